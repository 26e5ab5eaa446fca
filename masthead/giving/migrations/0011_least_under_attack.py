from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0010_first_fee_rates"),
    ]

    operations = [
        migrations.AddField(
            model_name="givingterms",
            name="least_under_attack_minor",
            field=models.PositiveBigIntegerField(default=500),
        ),
    ]
