"""Who cares for supporters, and who keeps the money, may read why supporters ended."""

from django.db import migrations

from masthead.core.rights import on, permit


def say_who_may(apps, schema_editor):
    for group in ("Supporter care", "Treasurers"):
        permit(apps, group, *on("giving", "leaving", "view"))


class Migration(migrations.Migration):
    dependencies = [("giving", "0007_pledges_for_life"), ("money", "0009_who_sees_and_moves_money")]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
