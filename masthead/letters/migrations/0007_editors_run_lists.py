"""Editors start and change lists, look at who is on them and who signed up, and take somebody off on request."""

from django.db import migrations

from masthead.core.rights import on, permit


def say_who_may(apps, schema_editor):
    permit(apps, "Editors", *on("letters", "letterlist", "add", "change", "delete", "view"))
    permit(apps, "Editors", *on("letters", "subscription", "change", "view"), *on("letters", "signup", "view"))


class Migration(migrations.Migration):
    dependencies = [("letters", "0006_ticked_behind_a_link"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
