"""Two rights that stand apart from editing: to see who pays what, and to move money. Two groups have them."""

from django.db import migrations

from masthead.core.rights import permit

SAYS = {
    "see_money": "Can see who pays what, and why a payment failed",
    "move_money": "Can refund, stop and change what people pay",
}
GROUPS = ("Supporter care", "Treasurers")


def say_who_may(apps, schema_editor):
    for group in GROUPS:
        permit(apps, group, "wagtailadmin.admin.access_admin")
        permit(apps, group, *(f"money.payment.{right}" for right in SAYS), says=SAYS)


class Migration(migrations.Migration):
    dependencies = [
        ("money", "0008_setups_and_last_days"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailadmin", "0006_formstate"),
    ]
    operations = [
        migrations.AlterModelOptions("payment", {"ordering": ["-pk"], "permissions": list(SAYS.items())}),
        migrations.RunPython(say_who_may, migrations.RunPython.noop),
    ]
