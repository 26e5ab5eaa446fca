"""Lines get the day of their entry; entries say how it was paid, where that is known; their sums are added up anew."""

from collections import Counter
from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Q, Subquery

from masthead.money import guards

AT_ONCE = 500
NAMES = ("month", "provider", "income", "method", "account", "currency")


def say_day_and_way(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor)
    entries, lines = apps.get_model("money", "Transaction").objects, apps.get_model("money", "Line").objects
    lines.update(on=Subquery(entries.filter(key=OuterRef("transaction_id")).values("on")[:1]))
    payments = apps.get_model("money", "Payment").objects.select_related("mandate", "offline")
    payments = payments.prefetch_related("refunds", "disputes")
    is_known = Q(mandate__isnull=False) | Q(offline__isnull=False)
    for payment in payments.filter(is_known, collected_at__isnull=False).iterator(AT_ONCE):
        way = payment.mandate.method if payment.mandate else payment.offline.method
        own = f"{payment.provider}:{payment.reference}"
        keys = [f"{own}:collected", f"{own}:collected:reversed"]
        refunds = [f"{payment.provider}:{refund.reference}:refunded" for refund in payment.refunds.all()]
        keys += refunds + [f"{key}:reversed" for key in refunds]
        claims = [f"{payment.provider}:{dispute.reference}" for dispute in payment.disputes.all()]
        keys += [f"{claim}:{what}" for claim in claims for what in ("returned", "reinstated")]
        entries.filter(key__in=keys).update(method=way)
        entries.filter(key__gte=f"{own}:fee:", key__lt=f"{own}:fee;").update(method=way)
        apps.get_model("money", "Payment").objects.filter(pk=payment.pk).update(method=way)
    guards.renew(schema_editor)


def add_up(apps: Any, schema_editor: Any) -> None:
    sums: Counter[tuple[Any, ...]] = Counter()
    lines = apps.get_model("money", "Line").objects.values_list(
        "on", "transaction__provider", "transaction__income", "transaction__method", "account", "currency",
        "amount_minor",
    )  # fmt: skip
    for on, *key, minor in lines.iterator():
        sums[on.replace(day=1), *key] += minor
    turnover = apps.get_model("money", "Turnover")
    turnover.objects.all().delete()
    rows = (turnover(**dict(zip(NAMES, key, strict=True)), minor=minor) for key, minor in sums.items())
    turnover.objects.bulk_create(rows, batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [("money", "0015_months_and_receipts")]
    operations = [
        migrations.RunPython(say_day_and_way, migrations.RunPython.noop),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
