import django.db.models.deletion
from django.db import migrations, models

import masthead.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("money", "0012_money_without_a_provider"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="state",
            field=models.CharField(
                choices=[
                    ("kept", "kept, not yet looked at"),
                    ("done", "done"),
                    ("again", "to be looked at once more"),
                    ("waiting", "waits for a payment that is not known yet"),
                    ("unknown", "of a kind that we do not know"),
                    ("not_ours", "about something that is not ours"),
                    ("failed", "could not be done"),
                ],
                db_index=True,
                default="kept",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_raised", models.BooleanField()),
                ("by", models.CharField(max_length=80)),
                ("began_at", models.DateTimeField(default=masthead.core.clock.now)),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("tried", models.PositiveIntegerField(default=0, verbose_name="first payments that had ended")),
                ("declined", models.PositiveIntegerField(default=0, verbose_name="of them declined")),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("is_raised", True)),
                        fields=("is_raised",),
                        name="alert_is_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, default=masthead.core.clock.now, verbose_name="begun")),
                ("address_key", models.CharField(db_index=True, max_length=64, verbose_name="address")),
                ("network_key", models.CharField(max_length=64, verbose_name="network")),
                ("email_key", models.CharField(db_index=True, max_length=64, verbose_name="e-mail address")),
                ("card_key", models.CharField(blank=True, max_length=64, verbose_name="card")),
                ("given_back_at", models.DateTimeField(blank=True, null=True, verbose_name="paid, so not counted")),
                (
                    "checkout",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempt", to="money.checkout"
                    ),
                ),
            ],
            options={
                "verbose_name": "beginning to pay",
                "verbose_name_plural": "beginnings to pay",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="MethodOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=40)),
                ("method", models.CharField(max_length=40)),
                ("by", models.CharField(max_length=80)),
                ("since", models.DateTimeField(default=masthead.core.clock.now)),
            ],
            options={
                "ordering": ["provider", "method"],
                "constraints": [models.UniqueConstraint(fields=("provider", "method"), name="method_is_off_once")],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits to be looked at"),
                            ("released", "released"),
                            ("refused", "refused"),
                        ],
                        db_index=True,
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        choices=[
                            ("address", "many begun at one address, and not paid"),
                            ("network", "many begun in one network, and not paid"),
                            ("email", "many begun for one e-mail address, and not paid"),
                            ("card", "who began it has used a card that many have tried"),
                            ("declined", "several were declined at one address or for one e-mail address"),
                        ],
                        max_length=10,
                        verbose_name="why",
                    ),
                ),
                ("held_at", models.DateTimeField(default=masthead.core.clock.now, verbose_name="held since")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("decided_by", models.CharField(blank=True, max_length=80, verbose_name="by")),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "checkout",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hold", to="money.checkout"
                    ),
                ),
            ],
            options={
                "verbose_name": "held payment",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="hold_waits_until_it_is_decided",
                    )
                ],
            },
        ),
    ]
