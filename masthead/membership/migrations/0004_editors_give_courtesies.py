"""Editors give courtesy memberships, see them, and end them."""

from django.db import migrations

MAY = ("add_courtesy", "delete_courtesy", "view_courtesy")


def permit(apps, schema_editor):
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    editors, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Editors")
    for code in MAY:
        doing, _, thing = code.partition("_")
        content_type, _ = types.objects.get_or_create(app_label="membership", model=thing)
        permission, _ = permissions.objects.get_or_create(
            content_type=content_type, codename=code, defaults={"name": f"Can {doing} {thing}"}
        )
        editors.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0003_letter_and_call_are_delivered"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(permit, migrations.RunPython.noop)]
