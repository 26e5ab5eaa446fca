"""The books are guarded by the database itself."""

from django.db import migrations

from masthead.money import guards


def renew(apps, schema_editor):
    guards.renew(schema_editor)


def remove(apps, schema_editor):
    guards.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("money", "0001_initial")]
    operations = [migrations.RunPython(renew, remove)]
