from datetime import timedelta

from django.db import migrations


def give_grace(apps, schema_editor):
    """Each instalment that failed has its two weeks from its own failure, as was told."""
    failed = apps.get_model("giving", "Instalment").objects.filter(failed_on__isnull=False, grace_until__isnull=True)
    for row in failed.iterator():
        row.grace_until = row.failed_on + timedelta(days=14)
        row.save(update_fields=["grace_until"])


class Migration(migrations.Migration):
    dependencies = [("giving", "0003_grace_of_an_instalment")]

    operations = [migrations.RunPython(give_grace, migrations.RunPython.noop)]
