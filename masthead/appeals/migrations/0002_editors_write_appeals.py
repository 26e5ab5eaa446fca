"""Editors write appeals."""

from django.db import migrations

from masthead.core.rights import on, permit


def say_who_may(apps, schema_editor):
    permit(apps, "Editors", *on("appeals", "appeal", "add", "change", "delete", "view"))


class Migration(migrations.Migration):
    dependencies = [("appeals", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
