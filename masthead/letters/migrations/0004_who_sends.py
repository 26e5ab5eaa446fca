"""Editors send letters, look at copies, stop and lift letters to an address, and may overrule our standing."""

from django.db import migrations

from masthead.core.rights import on, permit


def say_who_may(apps, schema_editor):
    permit(apps, "Editors", *on("letters", "mailing", "add"), *on("letters", "delivery", "view"))
    permit(apps, "Editors", *on("letters", "suppression", "add", "change", "view"))
    permit(apps, "Editors", *on("letters", "examination", "view"), *on("letters", "overrule", "add"))


class Migration(migrations.Migration):
    dependencies = [("letters", "0003_who_writes"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
