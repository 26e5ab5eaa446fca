"""Editors give courtesy memberships, see them, and end them."""

from django.db import migrations

from masthead.core.rights import on, permit


def say_who_may(apps, schema_editor):
    permit(apps, "Editors", *on("membership", "courtesy", "add", "delete", "view"))


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0003_letter_and_call_are_delivered"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
