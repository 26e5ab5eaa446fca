"""Supporter care gives memberships, and ends them."""

from django.db import migrations

from masthead.core.rights import on, permit


def say_who_may(apps, schema_editor):
    permit(apps, "Supporter care", *on("membership", "courtesy", "add", "delete", "view"))


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0005_presents"),
        ("money", "0009_who_sees_and_moves_money"),
    ]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
