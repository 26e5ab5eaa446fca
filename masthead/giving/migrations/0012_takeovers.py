import django.db.models.deletion
from django.db import migrations, models

import masthead.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0011_least_under_attack"),
    ]

    operations = [
        migrations.AlterField(
            model_name="move",
            name="cause",
            field=models.CharField(
                choices=[
                    ("paid", "a payment arrived or was promised"),
                    ("not_paid", "a payment failed"),
                    ("never_paid", "the first payment never came"),
                    ("taken_back", "a payment was claimed back or refunded"),
                    ("asked", "asked for"),
                    ("pause_over", "the pause was over"),
                    ("grace_over", "the grace was over"),
                    ("erased", "the account was erased"),
                    ("claimed", "its address was confirmed"),
                    ("taken_over", "taken over from other software"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Takeover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=40)),
                ("digest", models.CharField(max_length=64, verbose_name="hash of the file")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "each line is looked at"),
                            ("checked", "looked at: waits for your word"),
                            ("applying", "supporters are taken over"),
                            ("done", "done"),
                            ("stopped", "stopped"),
                        ],
                        default="checking",
                        max_length=10,
                    ),
                ),
                ("lines_count", models.PositiveIntegerField(verbose_name="lines")),
                ("taken_count", models.PositiveIntegerField(default=0, verbose_name="taken over")),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField(default=masthead.core.clock.now)),
            ],
            options={
                "verbose_name": "file of supporters",
                "verbose_name_plural": "files of supporters",
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(fields=("provider", "digest"), name="takeover_of_a_file_once")],
            },
        ),
        migrations.CreateModel(
            name="TakeoverLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="line")),
                ("written", models.JSONField(help_text="The cells by name.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unseen", "not looked at yet"),
                            ("good", "can be taken over"),
                            ("bad", "can't be taken over"),
                            ("taken", "taken over"),
                            ("known", "was taken over before"),
                        ],
                        db_index=True,
                        default="unseen",
                        max_length=6,
                    ),
                ),
                ("says", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "pledge",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="giving.pledge",
                    ),
                ),
                (
                    "takeover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="giving.takeover"
                    ),
                ),
            ],
            options={
                "ordering": ["takeover", "number"],
                "constraints": [models.UniqueConstraint(fields=("takeover", "number"), name="takeover_line_once")],
            },
        ),
    ]
