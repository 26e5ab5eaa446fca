"""Editors plan and hold calls. No call is made here: the desk starts the series with one click."""

from typing import Any

from django.db import migrations

from masthead.core.rights import on, permit

EDITORS_MAY = {
    "call": ("add", "change", "view"),
    "series": ("add", "change", "view"),
    "seat": ("change", "view"),
    "question": ("change", "view"),
    "recording": ("add", "change", "delete", "view"),
}


def say_who_may(apps: Any, schema_editor: Any) -> None:
    for model, acts in EDITORS_MAY.items():
        permit(apps, "Editors", *on("calls", model, *acts))


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0001_initial"),
        ("newsroom", "0002_founding"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
