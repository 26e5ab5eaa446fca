from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("giving", "0004_grace_of_what_failed_before")]

    operations = [
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.CheckConstraint(
                condition=models.Q(("failed_on__isnull", True), ("grace_until__isnull", True))
                | models.Q(("failed_on__isnull", False), ("grace_until__gt", models.F("failed_on"))),
                name="instalment_that_failed_has_a_grace",
            ),
        ),
    ]
