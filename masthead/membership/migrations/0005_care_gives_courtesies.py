"""Supporter care gives memberships, and ends them."""

from django.db import migrations

from masthead.core.rights import on, permit


def say_who_may(apps, schema_editor):
    permit(apps, "Supporter care", *on("membership", "courtesy", "add", "delete", "view"))


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0004_editors_give_courtesies"),
        ("money", "0009_who_sees_and_moves_money"),
    ]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
