"""Editors keep advertisers and their bookings."""

from django.db import migrations

from masthead.core.rights import on, permit


def say_who_may(apps, schema_editor):
    for model in ("advertiser", "booking"):
        permit(apps, "Editors", *on("adverts", model, "add", "change", "delete", "view"))


class Migration(migrations.Migration):
    dependencies = [("adverts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
