"""Who may write letters at the desk: editors all of it, reporters drafts."""

from django.db import migrations

from masthead.core.rights import on, permit


def say_who_may(apps, schema_editor):
    permit(apps, "Editors", *on("letters", "issue", "add", "change", "delete", "view"))
    permit(apps, "Reporters", *on("letters", "issue", "add", "change", "view"))


class Migration(migrations.Migration):
    dependencies = [("letters", "0002_first_lists"), ("newsroom", "0002_founding")]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
