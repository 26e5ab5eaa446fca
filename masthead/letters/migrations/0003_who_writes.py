"""Who may write letters at the desk: editors all of it, reporters drafts."""

from django.db import migrations

MAY = {"Editors": ("add", "change", "delete", "view"), "Reporters": ("add", "change", "view")}


def say_who_may(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="letters", model="issue"
    )
    for name, acts in MAY.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for act in acts:
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=f"{act}_issue", defaults={"name": f"Can {act} issue"}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("letters", "0002_first_lists"), ("newsroom", "0002_founding")]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
