"""What a story brought in, without names, is a permission of its own, and Editors have it."""

from django.db import migrations

from masthead.core.rights import permit

MAY = "view_income"
SAYS = "Can see what a story brought in, without names"


def say_who_may(apps, schema_editor):
    permit(apps, "Editors", f"giving.pledge.{MAY}", says={MAY: SAYS})


class Migration(migrations.Migration):
    dependencies = [("giving", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        migrations.AlterModelOptions("pledge", {"ordering": ["-created_at"], "permissions": [(MAY, SAYS)]}),
        migrations.RunPython(say_who_may, migrations.RunPython.noop),
    ]
