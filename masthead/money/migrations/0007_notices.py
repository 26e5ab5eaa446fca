import django.db.models.deletion
from django.db import migrations, models

from masthead.money import guards


def renew_guards(apps, schema_editor):
    guards.renew(schema_editor)


def remove_guards(apps, schema_editor):
    guards.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("money", "0006_permission_first_and_later_fees")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, renew_guards),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_key", models.CharField(db_index=True, max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("page", "the pay page said it"),
                            ("standing", "said with the thanks or the receipt before"),
                            ("change", "said when the giver changed something"),
                            ("letter", "a letter of its own"),
                            ("retry", "said with the failure before"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("day", models.DateField(verbose_name="to be collected on")),
                ("method", models.CharField(blank=True, max_length=20)),
                ("told_at", models.DateTimeField()),
                ("told_by", models.CharField(max_length=200)),
                ("not_before", models.DateTimeField()),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="notice_is_of_something"),
                    models.CheckConstraint(
                        condition=models.Q(("not_before__gte", models.F("told_at"))), name="notice_comes_before"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="notice",
            field=models.OneToOneField(
                blank=True,
                help_text="What told of it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment",
                to="money.notice",
            ),
        ),
        migrations.RunPython(renew_guards, remove_guards),
    ]
