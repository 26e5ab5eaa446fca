from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("giving", "0002_editors_see_incomes")]

    operations = [
        migrations.AddField(
            model_name="instalment",
            name="grace_until",
            field=models.DateField(blank=True, null=True, verbose_name="benefits stay until, that day not included"),
        ),
        migrations.AddField(
            model_name="instalment",
            name="reminded_on",
            field=models.DateField(blank=True, null=True, verbose_name="reminded of it on"),
        ),
        migrations.AddField(
            model_name="givingterms",
            name="grace_days",
            field=models.PositiveSmallIntegerField(
                default=14,
                help_text="For so many days after a payment has failed every benefit stays; then the support ends. "
                "From 7 to 60; who is within a grace already keeps the day that they were told.",
            ),
        ),
        migrations.AddConstraint(
            model_name="givingterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("grace_days__range", (7, 60))),
                name="terms_give_a_grace",
                violation_error_message="A grace lasts from 7 to 60 days.",
            ),
        ),
    ]
