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
    found = payments.objects.filter(collected_at__isnull=False)
    found = found.select_related("offline").prefetch_related("refunds", "disputes")
    for payment in found.iterator(AT_ONCE):
        own, first = f"{payment.provider}:{payment.reference}", payment.collected_at
        yield first, payment.pk, 0, payment, "paid", f"{own}:collected", 0
        order, offline = 0, getattr(payment, "offline", None)
        if offline and offline.reversed_at:
            at = max(first, offline.reversed_at)
            yield at, payment.pk, 1, payment, "reversed", f"{own}:collected:reversed", payment.amount_minor
        for refund in payment.refunds.all():
            key = f"{payment.provider}:{refund.reference}:refunded"
            if refund.made_at:
                order += 2
                at = max(first, refund.made_at)
                yield at, payment.pk, order, payment, "refunded", key, refund.amount_minor
                if refund.failed_at:
                    at = max(at, refund.failed_at)
                    yield at, payment.pk, order + 1, payment, "kept", f"{key}:reversed", -refund.amount_minor
        for dispute in payment.disputes.all():
            order += 2
            at, key = max(first, dispute.taken_at), f"{payment.provider}:{dispute.reference}"
            yield at, payment.pk, order, payment, "returned", f"{key}:returned", dispute.amount_minor
            if dispute.back_at:
                at = max(at, dispute.back_at)
                yield at, payment.pk, order + 1, payment, "reinstated", f"{key}:reinstated", -dispute.back_minor


class Migration(migrations.Migration):
    dependencies = [("money", "0017_lines_have_a_day")]
    operations = [migrations.RunPython(give_receipts, migrations.RunPython.noop)]
