# ruff: noqa: N806  (models as they stood then keep the names of classes)
"""Editors plan and hold calls. No call is made here: the desk starts the series with one click."""

from typing import Any

from django.db import migrations

EDITORS_MAY = {
    "call": ("add", "change", "view"),
    "series": ("add", "change", "view"),
    "seat": ("change", "view"),
    "question": ("change", "view"),
    "recording": ("add", "change", "delete", "view"),
}


def say_who_may(apps: Any, schema_editor: Any) -> None:
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    editors, _ = Group.objects.get_or_create(name="Editors")
    for model, acts in EDITORS_MAY.items():
        content_type, _ = ContentType.objects.get_or_create(app_label="calls", model=model)
        for act in acts:
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=f"{act}_{model}", defaults={"name": f"Can {act} {model}"}
            )
            editors.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0001_initial"),
        ("newsroom", "0002_founding"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
