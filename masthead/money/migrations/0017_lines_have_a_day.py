from django.db import migrations, models

from masthead.money import guards


def renew(apps, schema_editor):
    guards.renew(schema_editor)


def remove(apps, schema_editor):
    guards.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("money", "0016_what_was_posted_has_its_day")]
    operations = [
        migrations.RunPython(remove, renew),  # SQLite remakes the table of lines
        migrations.RemoveIndex(model_name="line", name="lines_of_account"),
        migrations.AlterField(
            model_name="line",
            name="on",
            field=models.DateField(
                help_text="The day of its entry: here too, so that a month of an account is found at once."
            ),
        ),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(fields=["account", "currency", "on", "id"], name="lines_of_account_by_day"),
        ),
        migrations.RunPython(renew, remove),
    ]
