"""What a story brought in, without names, is a permission of its own, and Editors have it."""

from django.db import migrations

MAY = "view_income"
SAYS = "Can see what a story brought in, without names"


def permit(apps, schema_editor):
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    editors, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Editors")
    pledges, _ = types.objects.get_or_create(app_label="giving", model="pledge")
    permission, _ = permissions.objects.get_or_create(content_type=pledges, codename=MAY, defaults={"name": SAYS})
    editors.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("giving", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        migrations.AlterModelOptions("pledge", {"ordering": ["-created_at"], "permissions": [(MAY, SAYS)]}),
        migrations.RunPython(permit, migrations.RunPython.noop),
    ]
