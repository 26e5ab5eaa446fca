"""The categories that every newsroom begins with."""

from typing import Any

from django.db import migrations

CATEGORIES = [
    ("Reporting and editing", "people"),
    ("Films, pictures, checking and law", "journalism"),
    ("Running costs", "running"),
    ("Post and bank", "fees"),
]


def begin(apps: Any, schema_editor: Any) -> None:
    category = apps.get_model("openbooks", "Category")
    for position, (name, kind) in enumerate(CATEGORIES):
        category.objects.create(name=name, kind=kind, position=position)


class Migration(migrations.Migration):
    dependencies = [("openbooks", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
