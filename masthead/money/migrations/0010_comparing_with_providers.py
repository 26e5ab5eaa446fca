"""A provider's own books line by line, comparisons with ours, differences; fees of refunds; claims one by one."""

import django.db.models.deletion
from django.db import migrations, models

import masthead.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("money", "0009_who_sees_and_moves_money"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=40)),
                ("first", models.DateField(verbose_name="from")),
                ("last", models.DateField(verbose_name="to")),
                ("until", models.DateTimeField(help_text="The moment up to which it fetches.")),
                ("by", models.CharField(max_length=80)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("fetch", "fetches the provider's lines"),
                            ("pair", "looks for each line in the books"),
                            ("look", "looks for what the provider lacks"),
                            ("balance", "compares the balance"),
                            ("done", "done"),
                        ],
                        default="fetch",
                        max_length=20,
                    ),
                ),
                ("day", models.DateField(verbose_name="day being fetched")),
                ("place", models.CharField(blank=True, help_text="Where to go on.", max_length=200)),
                ("lines", models.PositiveIntegerField(default=0, verbose_name="lines fetched")),
                ("of_others", models.PositiveIntegerField(default=0, verbose_name="not ours")),
                ("asked", models.PositiveIntegerField(default=0, verbose_name="asked for again")),
                (
                    "waiting",
                    models.PositiveIntegerField(
                        default=0, help_text="They are given some days.", verbose_name="not listed there yet"
                    ),
                ),
                ("found", models.PositiveIntegerField(default=0, verbose_name="differences found")),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("begun_at", models.DateTimeField(default=masthead.core.clock.now)),
                ("touched_at", models.DateTimeField(db_index=True, default=masthead.core.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="refund",
            name="failed_fee_minor",
            field=models.BigIntegerField(default=0, help_text="What it cost that it came back."),
        ),
        migrations.AddField(
            model_name="refund",
            name="fee_minor",
            field=models.BigIntegerField(
                default=0, help_text="What it cost; below zero where some of a fee came back."
            ),
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=120, unique=True)),
                (
                    "provider_ref",
                    models.CharField(blank=True, db_index=True, max_length=120, verbose_name="provider's reference"),
                ),
                ("taken_at", models.DateTimeField()),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("back_at", models.DateTimeField(blank=True, null=True)),
                ("back_minor", models.BigIntegerField(default=0)),
                ("back_fee_minor", models.BigIntegerField(default=0)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="money.payment"
                    ),
                ),
            ],
            options={
                "ordering": ["taken_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ProviderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=40)),
                ("provider_ref", models.CharField(max_length=160, verbose_name="provider's reference")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("payment", "a payment"),
                            ("payment undone", "a payment that was sent back"),
                            ("refund", "a refund"),
                            ("refund undone", "a refund that came back"),
                            ("dispute", "a claim through the bank, or its end"),
                            ("fee", "a fee"),
                            ("payout", "paid out to the bank"),
                            ("payout undone", "a payout that came back"),
                            ("other", "something else of the account"),
                            ("another's", "not ours: of somebody who shares the account"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "payment",
                    models.CharField(
                        blank=True, help_text="Our reference of it.", max_length=120, verbose_name="payment"
                    ),
                ),
                (
                    "payment_ref",
                    models.CharField(blank=True, help_text="The provider's reference of the payment.", max_length=120),
                ),
                (
                    "thing",
                    models.CharField(
                        blank=True, help_text="The refund, dispute or payout it is about.", max_length=120
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.CharField(blank=True, db_index=True, max_length=160, verbose_name="entry of our books"),
                ),
                ("seen_at", models.DateTimeField(default=masthead.core.clock.now)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("entry", "")), fields=["provider", "id"], name="lines_not_in_our_books"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "provider_ref"), name="provider_line_is_kept_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("not_with_us", "at the provider and not with us"),
                            ("not_there", "with us and not at the provider"),
                            ("other_amount", "another amount"),
                            ("other_fee", "another fee"),
                            ("other_currency", "another currency"),
                            ("other_day", "another day"),
                            ("other_state", "another state"),
                            ("balance", "another balance"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject", models.CharField(max_length=160, verbose_name="about")),
                ("currency", models.CharField(max_length=3)),
                ("theirs_minor", models.BigIntegerField(blank=True, null=True, verbose_name="theirs")),
                ("ours_minor", models.BigIntegerField(blank=True, null=True, verbose_name="ours")),
                ("day", models.DateField()),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("vanished", "closed by itself: both agree by now"),
                            ("fetched", "fetched again, and both agree"),
                            ("posted", "an entry was posted"),
                            ("explained", "explained"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=20,
                    ),
                ),
                ("found_at", models.DateTimeField(default=masthead.core.clock.now)),
                ("seen_at", models.DateTimeField(default=masthead.core.clock.now, verbose_name="last seen")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_by", models.CharField(blank=True, max_length=80)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("entry", models.CharField(blank=True, max_length=160, verbose_name="entry posted")),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="money.payment",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["provider", "subject"], name="differences_of_subject")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("provider", "kind", "subject"),
                        name="difference_is_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="difference_is_closed_with_a_moment",
                    ),
                ],
            },
        ),
    ]
