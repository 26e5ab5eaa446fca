import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0004_who_sends"),
    ]

    operations = [
        migrations.AddField(
            model_name="letterlist",
            name="counts_clicks",
            field=models.BooleanField(
                default=False,
                help_text="How often each link is followed, in all; by whom is not kept. Mail scanners count too.",
                verbose_name="count clicks",
            ),
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(help_text="the same in every copy", max_length=24, unique=True)),
                ("address", models.CharField(max_length=2000)),
                ("clicks", models.PositiveIntegerField(default=0)),
                (
                    "mailing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="letters.mailing"
                    ),
                ),
            ],
            options={
                "ordering": ["-clicks", "pk"],
                "constraints": [models.UniqueConstraint(fields=("mailing", "address"), name="link_once_in_a_mailing")],
            },
        ),
    ]
