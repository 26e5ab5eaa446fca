"""Editors keep advertisers and their bookings."""

from django.db import migrations

MAY = (
    "add_advertiser",
    "change_advertiser",
    "delete_advertiser",
    "view_advertiser",
    "add_booking",
    "change_booking",
    "delete_booking",
    "view_booking",
)


def permit(apps, schema_editor):
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    editors, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Editors")
    for code in MAY:
        doing, _, thing = code.partition("_")
        content_type, _ = types.objects.get_or_create(app_label="adverts", model=thing)
        permission, _ = permissions.objects.get_or_create(
            content_type=content_type, codename=code, defaults={"name": f"Can {doing} {thing}"}
        )
        editors.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("adverts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(permit, migrations.RunPython.noop)]
