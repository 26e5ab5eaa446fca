"""What a change was before and after, pauses that keep benefits, days that were moved, money that goes back, and why
somebody ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0006_told_of_a_card_that_ends"),
        ("money", "0009_who_sees_and_moves_money"),
        ("readers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leaving",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(db_index=True, verbose_name="month, as its first day")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("money", "I can’t afford it at the moment"),
                            ("elsewhere", "I give to something else now"),
                            ("read_less", "I read it less than I did"),
                            ("coverage", "I miss subjects, or there are too few stories"),
                            ("opinion", "I don’t agree with what it writes"),
                            ("benefits", "I don’t use what I get for it"),
                            ("letters", "Too many letters or appeals"),
                            ("trouble", "Something did not work: paying, the site, a letter"),
                            ("once", "I meant to give once, or for a while"),
                            ("moved", "I have moved away, or my life has changed"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="in their own words")),
                (
                    "offer",
                    models.CharField(
                        choices=[("none", "nothing"), ("lower", "a lower amount"), ("pause", "a pause")],
                        default="none",
                        max_length=5,
                        verbose_name="was offered",
                    ),
                ),
                (
                    "interval",
                    models.CharField(choices=[("month", "every month"), ("year", "every year")], max_length=5),
                ),
                ("with_refund", models.BooleanField(verbose_name="ended at once, with a refund")),
            ],
            options={
                "verbose_name": "reason to end",
                "verbose_name_plural": "reasons to end",
                "ordering": ["-month", "reason", "words"],
            },
        ),
        migrations.AddField(
            model_name="givingterms",
            name="keeps_while_paused",
            field=models.BooleanField(
                default=False,
                help_text="For the one to three months of a pause, unpaid. If not, they stop when the paid time is "
                "over. Who is paused already keeps what they were told.",
                verbose_name="benefits stay during a pause",
            ),
        ),
        migrations.AddField(
            model_name="givingterms",
            name="refunds_unused",
            field=models.BooleanField(
                default=True,
                help_text="Later than 14 days after the first payment; within them they may in any case, with all of "
                "it back.",
                verbose_name="readers may end at once, with the unused part back",
            ),
        ),
        migrations.AddField(
            model_name="instalment",
            name="give_back_minor",
            field=models.PositiveBigIntegerField(
                default=0, verbose_name="to be given back, at once or when it is collected"
            ),
        ),
        migrations.AddField(
            model_name="move",
            name="act",
            field=models.CharField(
                blank=True,
                choices=[
                    ("amount", "the amount"),
                    ("interval", "how often"),
                    ("day", "the day of collection"),
                    ("means", "the card or account"),
                    ("pause", "paused it"),
                    ("resume", "went on"),
                    ("end", "ended it"),
                    ("refund", "ended it with a refund"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="move",
            name="changed",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="pledge",
            name="keeps_while_paused",
            field=models.BooleanField(default=False, verbose_name="benefits stay while it is paused"),
        ),
        migrations.AddField(
            model_name="pledge",
            name="rests_from",
            field=models.DateField(
                blank=True, null=True, verbose_name="benefits rest from this day until it is collected"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.CheckConstraint(
                condition=models.Q(("give_back_minor__lte", models.F("amount_minor"))),
                name="instalment_gives_back_at_most_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "paused"), ("keeps_while_paused", False), _connector="OR"),
                name="pledge_keeps_benefits_in_a_pause_only_while_paused",
            ),
        ),
    ]
