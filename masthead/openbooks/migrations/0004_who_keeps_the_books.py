# ruff: noqa: N806  (models as they stood then keep the names of classes)
"""Editors see the figures; Bookkeepers enter what was spent, too. Who may see spending already sees the figures on."""

from typing import Any

from django.db import migrations
from django.db.models import Q

FIGURES = ("openbooks", "spent", "view_figures")
NAMES = {"view_figures": "Can see the figures of the open books"}
ENTRIES = ("spending", "category", "import")
BOOKKEEPERS_MAY = [
    FIGURES,
    ("wagtailadmin", "admin", "access_admin"),
    *(("openbooks", model, f"{act}_{model}") for model in ENTRIES for act in ("add", "change", "delete", "view")),
    ("money", "line", "view_line"),
]


def say_who_may(apps: Any, schema_editor: Any) -> None:
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")

    def permission(app: str, model: str, codename: str) -> Any:
        content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        return Permission.objects.get_or_create(
            content_type=content_type, codename=codename, 
            defaults={"name": NAMES.get(codename, f"Can {codename.replace('_', ' ')}")},
        )[0]  # fmt: skip

    editors, bookkeepers = (Group.objects.get_or_create(name=name)[0] for name in ("Editors", "Bookkeepers"))
    bookkeepers.permissions.add(*(permission(*may) for may in BOOKKEEPERS_MAY))
    saw = Q(permissions__codename="view_spending", permissions__content_type__app_label="openbooks")
    for group in {editors, *Group.objects.filter(saw)}:
        group.permissions.add(permission(*FIGURES))


class Migration(migrations.Migration):
    dependencies = [
        ("openbooks", "0003_figures_may_be_seen"),
        ("newsroom", "0002_founding"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailadmin", "0006_formstate"),
    ]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
