from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "parts",
                    models.JSONField(help_text="Names of rows and lists, such as page:7 or list:section:politics."),
                ),
                (
                    "pull",
                    models.BooleanField(
                        default=False, help_text="Whether the old page may not be shown a moment longer."
                    ),
                ),
            ],
        ),
    ]
