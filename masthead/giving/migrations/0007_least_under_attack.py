from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0006_told_of_a_card_that_ends"),
    ]

    operations = [
        migrations.AddField(
            model_name="givingterms",
            name="least_under_attack_minor",
            field=models.PositiveBigIntegerField(default=500),
        ),
    ]
