from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("membership", "0006_care_gives_courtesies")]
    operations = [
        migrations.AddField(
            model_name="tier",
            name="sale_minor",
            field=models.PositiveBigIntegerField(
                default=0, verbose_name="part that is a sale, each month, its VAT in it"
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="vat_hundredths",
            field=models.PositiveIntegerField(default=0, verbose_name="rate of VAT on it, in hundredths of a percent"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(("sale_minor__lte", models.F("floor_minor")), ("vat_hundredths__lte", 10000)),
                name="tier_sells_at_most_its_floor",
            ),
        ),
    ]
