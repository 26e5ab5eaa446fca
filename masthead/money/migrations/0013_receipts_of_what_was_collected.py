"""What was collected before there were numbered receipts gets its own, in the order in which it happened."""

from collections import Counter
from typing import Any

from django.db import migrations

from masthead.core import clock

AT_ONCE = 500


def give_receipts(apps: Any, schema_editor: Any) -> None:
    receipt, numbers = apps.get_model("money", "Receipt"), Counter[int]()
    happened = sorted(_happened(apps.get_model("money", "Payment")), key=lambda each: each[:3])
    back, last, rows = Counter[int](), {}, []
    for key, (at, _pk, _order, payment, kind, cause, minor) in enumerate(happened, start=1):
        year = clock.day_of(at).year
        numbers[year] += 1
        back[payment.pk] += minor
        rows.append(
            receipt(
                pk=key, year=year, number=numbers[year], payment_id=payment.pk, kind=kind, cause=cause,
                issued_on=clock.day_of(at), happened_on=clock.day_of(at), paid_minor=payment.amount_minor,
                back_minor=min(max(back[payment.pk], 0), payment.amount_minor), currency=payment.currency,
                corrects_id=last.get(payment.pk),
            )
        )  # fmt: skip
        last[payment.pk] = key
    receipt.objects.bulk_create(rows, batch_size=AT_ONCE)
    years = apps.get_model("money", "ReceiptYear")
    years.objects.bulk_create(years(year=year, last=count) for year, count in numbers.items())
    if rows and schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SELECT setval(pg_get_serial_sequence('money_receipt', 'id'), %s)", [len(rows)])


def _happened(payments: Any) -> Any:
    """When, to which payment, in which order; what, under which key, and how much it took back."""
    found = payments.objects.filter(collected_at__isnull=False).prefetch_related("refunds")
    for payment in found.iterator(AT_ONCE):
        own, first = f"{payment.provider}:{payment.reference}", payment.collected_at
        yield first, payment.pk, 0, payment, "paid", f"{own}:collected", 0
        order = 0
        for refund in payment.refunds.all():
            key = f"{payment.provider}:{refund.reference}:refunded"
            if refund.made_at:
                order += 2
                at = max(first, refund.made_at)
                yield at, payment.pk, order, payment, "refunded", key, refund.amount_minor
                if refund.failed_at:
                    at = max(at, refund.failed_at)
                    yield at, payment.pk, order + 1, payment, "kept", f"{key}:reversed", -refund.amount_minor
        if payment.returned_at:
            at = max(first, payment.returned_at)
            yield at, payment.pk, order + 2, payment, "returned", f"{own}:returned", payment.returned_minor
            if payment.reinstated_at:
                at, minor = max(at, payment.reinstated_at), -payment.reinstated_minor
                yield at, payment.pk, order + 3, payment, "reinstated", f"{own}:reinstated", minor


class Migration(migrations.Migration):
    dependencies = [("money", "0012_lines_have_a_day")]
    operations = [migrations.RunPython(give_receipts, migrations.RunPython.noop)]
