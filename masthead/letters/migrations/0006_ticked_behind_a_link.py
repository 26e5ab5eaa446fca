from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0005_clicks_as_totals"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="consent",
            options={"ordering": ["-asked_at", "-pk"]},
        ),
        migrations.AlterField(
            model_name="consent",
            name="confirmed_at",
            field=models.DateTimeField(
                blank=True, help_text="Empty: ticked behind a link in a letter, which anybody may have had.", null=True
            ),
        ),
    ]
