"""Editors start and change lists, look at who is on them and who signed up, and take somebody off on request."""

from django.db import migrations

MAY = (
    "add_letterlist",
    "change_letterlist",
    "delete_letterlist",
    "view_letterlist",
    "change_subscription",
    "view_subscription",
    "view_signup",
)


def permit(apps, schema_editor):
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    editors, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Editors")
    for code in MAY:
        doing, _, thing = code.partition("_")
        content_type, _ = types.objects.get_or_create(app_label="letters", model=thing)
        permission, _ = permissions.objects.get_or_create(
            content_type=content_type, codename=code, defaults={"name": f"Can {doing} {thing}"}
        )
        editors.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("letters", "0006_ticked_behind_a_link"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(permit, migrations.RunPython.noop)]
