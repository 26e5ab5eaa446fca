"""Treasurers and Bookkeepers close months; Treasurers look at the lines of the books too."""

from django.db import migrations

from masthead.core.rights import on, permit

CLOSE = "money.monthclose.close_month"
SAYS = {"close_month": "Can close a month of the books, and open it again"}


def say_who_may(apps, schema_editor):
    for group in ("Treasurers", "Bookkeepers"):
        permit(apps, group, "wagtailadmin.admin.access_admin", CLOSE, *on("money", "line", "view"), says=SAYS)


class Migration(migrations.Migration):
    dependencies = [("money", "0018_receipts_of_what_was_collected")]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
