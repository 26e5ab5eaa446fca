from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("giving", "0005_what_failed_has_a_grace")]

    operations = [
        migrations.AddField(
            model_name="pledge",
            name="told_of_card_until",
            field=models.DateField(blank=True, null=True, verbose_name="told that its card ends on"),
        ),
    ]
