import django.db.models.deletion
from django.db import migrations, models

import masthead.core.clock
import masthead.money.references
from masthead.money import guards


def renew_guards(apps, schema_editor):
    guards.renew(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("money", "0007_notices")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, renew_guards),
        migrations.AddField(
            model_name="mandate",
            name="expires_on",
            field=models.DateField(blank=True, db_index=True, null=True, verbose_name="last day"),
        ),
        migrations.AddField(
            model_name="mandate",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Given in its place.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="money.mandate",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="looked_up_at",
            field=models.DateTimeField(blank=True, help_text="When we last asked why it takes so long.", null=True),
        ),
        migrations.CreateModel(
            name="Setup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=masthead.money.references.unguessable, editable=False, max_length=32, unique=True
                    ),
                ),
                ("order_key", models.CharField(db_index=True, help_text="What it is for.", max_length=120)),
                ("provider", models.CharField(max_length=40)),
                ("provider_ref", models.CharField(blank=True, max_length=120, verbose_name="provider's reference")),
                ("pay_url", models.CharField(blank=True, max_length=500, verbose_name="page")),
                ("currency", models.CharField(help_text="In which is to be collected.", max_length=3)),
                ("description", models.CharField(max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("return_path", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("done", "a card or account was given"),
                            ("failed", "left after the bank had said no"),
                            ("abandoned", "left without giving one"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("declined_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=masthead.core.clock.now)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "mandate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="setups",
                        to="money.mandate",
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
        migrations.RunPython(renew_guards, migrations.RunPython.noop),
    ]
