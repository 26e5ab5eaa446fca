"""Editors see the figures; Bookkeepers enter what was spent, too. Who may see spending already sees the figures on."""

from typing import Any

from django.db import migrations
from django.db.models import Q

from masthead.core.rights import on, permit

FIGURES = "openbooks.spent.view_figures"
NAMES = {"view_figures": "Can see the figures of the open books"}
ENTRIES = ("spending", "category", "import")


def say_who_may(apps: Any, schema_editor: Any) -> None:
    permit(apps, "Bookkeepers", "wagtailadmin.admin.access_admin", *on("money", "line", "view"))
    for model in ENTRIES:
        permit(apps, "Bookkeepers", *on("openbooks", model, "add", "change", "delete", "view"))
    saw = Q(permissions__codename="view_spending", permissions__content_type__app_label="openbooks")
    others = apps.get_model("auth", "Group").objects.filter(saw).values_list("name", flat=True)
    for group in ("Editors", "Bookkeepers", *others):
        permit(apps, group, FIGURES, says=NAMES)


class Migration(migrations.Migration):
    dependencies = [
        ("openbooks", "0003_figures_may_be_seen"),
        ("newsroom", "0002_founding"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailadmin", "0006_formstate"),
    ]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
