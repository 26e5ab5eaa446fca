import django.db.models.deletion
from django.db import migrations, models

import masthead.core.clock
from masthead.money import guards


def renew(apps, schema_editor):
    guards.renew(schema_editor)


def remove(apps, schema_editor):
    guards.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("money", "0014_found_by_what_is_known"),
    ]

    operations = [
        migrations.RunPython(remove, renew),  # SQLite remakes tables
        migrations.CreateModel(
            name="Issuer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=160, verbose_name="name in law")),
                ("address", models.TextField(blank=True, help_text="As it stands on a letter.", max_length=400)),
                ("tax_number", models.CharField(blank=True, max_length=60, verbose_name="tax or VAT number")),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="A sentence that each receipt ends with, as your adviser words it.",
                        max_length=400,
                    ),
                ),
                ("since", models.DateTimeField(default=masthead.core.clock.now)),
                ("by", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="MonthClose",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.")),
                ("last_on", models.DateField(help_text="Its last day.")),
                ("figures", models.JSONField()),
                ("entries", models.PositiveIntegerField(help_text="How many entries it holds.")),
                ("before", models.CharField(blank=True, help_text="The digest of the close before.", max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("closed_at", models.DateTimeField(default=masthead.core.clock.now)),
                ("closed_by", models.CharField(max_length=80)),
                ("reopened_at", models.DateTimeField(blank=True, null=True)),
                ("reopened_by", models.CharField(blank=True, max_length=80)),
                ("reason", models.CharField(blank=True, help_text="Why it was opened again.", max_length=500)),
            ],
            options={
                "ordering": ["-month", "-pk"],
                "permissions": [("close_month", "Can close a month of the books, and open it again")],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("paid", "paid"),
                            ("refunded", "given back"),
                            ("kept", "what was given back did not arrive, and stays paid"),
                            ("returned", "claimed back through the bank"),
                            ("reinstated", "a claim through the bank was undone"),
                            ("reversed", "entered, and taken back"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "cause",
                    models.CharField(help_text="The key of the entry that it is about.", max_length=160, unique=True),
                ),
                ("issued_on", models.DateField()),
                ("happened_on", models.DateField()),
                ("paid_minor", models.BigIntegerField()),
                ("back_minor", models.BigIntegerField(default=0)),
                ("sale_minor", models.BigIntegerField(default=0)),
                ("vat_hundredths", models.PositiveIntegerField(default=0)),
                ("vat_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "ordering": ["-year", "-number"],
            },
        ),
        migrations.CreateModel(
            name="ReceiptYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AlterModelOptions(
            name="turnover",
            options={"ordering": ["month", "provider", "income", "method", "account", "currency"]},
        ),
        migrations.RemoveConstraint(
            model_name="turnover",
            name="turnover_is_summed_once",
        ),
        migrations.AddField(
            model_name="line",
            name="on",
            field=models.DateField(null=True),  # filled by the next migration
        ),
        migrations.AddField(
            model_name="payment",
            name="method",
            field=models.CharField(
                blank=True,
                default="",
                help_text="card, debit, transfer, cheque, cash: once it is known.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="sale_minor",
            field=models.BigIntegerField(default=0, help_text="The part of the price that is a sale, its VAT in it."),
        ),
        migrations.AddField(
            model_name="payment",
            name="vat_hundredths",
            field=models.PositiveIntegerField(default=0, help_text="The rate of VAT on it: 2000 is 20 %."),
        ),
        migrations.AddField(
            model_name="payment",
            name="vat_minor",
            field=models.BigIntegerField(default=0, help_text="The VAT in it."),
        ),
        migrations.AddField(
            model_name="dispute",
            name="vat_minor",
            field=models.BigIntegerField(blank=True, help_text="The VAT in it, once it is in the books.", null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="vat_minor",
            field=models.BigIntegerField(blank=True, help_text="The VAT in it, once it is in the books.", null=True),
        ),
        migrations.AddField(
            model_name="transaction",
            name="happened_on",
            field=models.DateField(
                blank=True,
                help_text="Its own day, where that lies in a month that was closed before it was posted.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="transaction",
            name="method",
            field=models.CharField(blank=True, default="", help_text="How it was paid.", max_length=20),
        ),
        migrations.AddField(
            model_name="turnover",
            name="method",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sale_minor__lte", models.F("amount_minor")),
                    ("vat_minor__gte", 0),
                    ("vat_minor__lte", models.F("sale_minor")),
                ),
                name="payment_has_its_vat_in_what_is_sold",
            ),
        ),
        migrations.AddConstraint(
            model_name="turnover",
            constraint=models.UniqueConstraint(
                fields=("month", "provider", "income", "method", "account", "currency"), name="turnover_is_summed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthclose",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reopened_at", None)), fields=("month",), name="month_is_closed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthclose",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), ("reopened_at", None)),
                    models.Q(("reopened_at__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="month_is_opened_again_with_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="corrects",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="money.receipt"
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="issuer",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="money.issuer"
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="money.payment"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("year", "number"), name="receipt_has_its_own_number"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gt", 0), ("paid_minor__gt", 0)), name="receipt_is_of_something"
            ),
        ),
        migrations.RunPython(renew, remove),
    ]
