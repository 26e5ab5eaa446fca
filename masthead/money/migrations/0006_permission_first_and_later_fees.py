from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("money", "0005_what_a_real_provider_says"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkout",
            name="permission_first",
            field=models.BooleanField(
                default=False, help_text="Its page takes a permission to collect; the payment is asked for after that."
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="later_fee_minor",
            field=models.BigIntegerField(default=0, help_text="What was taken for it after it was collected."),
        ),
    ]
