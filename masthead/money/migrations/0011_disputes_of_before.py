"""Claims through the bank were kept on their payments; now each is a row, by the name that it was booked under."""

from django.db import migrations

AT_ONCE = 500


def make_rows(apps, schema_editor):
    payment, dispute = apps.get_model("money", "Payment"), apps.get_model("money", "Dispute")
    rows = (_dispute(dispute, each) for each in payment.objects.filter(returned_at__isnull=False).iterator(AT_ONCE))
    dispute.objects.bulk_create(rows, batch_size=AT_ONCE)


def _dispute(dispute, payment):
    return dispute(
        payment=payment,
        reference=payment.reference,
        taken_at=payment.returned_at,
        amount_minor=payment.returned_minor,
        fee_minor=payment.return_fee_minor,
        back_at=payment.reinstated_at,
        back_minor=payment.reinstated_minor,
        back_fee_minor=payment.reinstated_fee_minor,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("money", "0010_comparing_with_providers"),
    ]
    operations = [migrations.RunPython(make_rows, migrations.RunPython.noop)]
