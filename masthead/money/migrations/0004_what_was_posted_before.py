"""Entries from before say which provider and which income they are about; their sums by month are added up."""

from collections import Counter
from typing import Any

from django.db import migrations

from masthead.money import guards

AT_ONCE = 500
SAYS = {"owed_by:": "provider", "income:": "income"}


def say_what_it_is_about(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor)
    transactions, lines = apps.get_model("money", "Transaction").objects, apps.get_model("money", "Line").objects
    for account in lines.values_list("account", flat=True).distinct().order_by():
        for kind, column in SAYS.items():
            if account.startswith(kind):
                value = account.removeprefix("owed_by:")
                of_it = lines.filter(account=account).values("transaction_id")
                transactions.filter(**{column: ""}, key__in=of_it).update(**{column: value})
    payments, refunds = apps.get_model("money", "Payment").objects, apps.get_model("money", "Refund").objects
    for payment in payments.filter(returned_at__isnull=False).iterator():
        key = f"{payment.provider}:{payment.reference}:returned"
        transactions.filter(key=key).update(income=payment.income_account)
    for refund in refunds.filter(made_at__isnull=False).select_related("payment").iterator():
        key = f"{refund.payment.provider}:{refund.reference}:refunded"
        transactions.filter(key=key).update(income=refund.payment.income_account)
    for mirror in transactions.filter(key__endswith=":reversed").iterator():
        of_it = transactions.filter(key=mirror.key.removesuffix(":reversed")).values_list("income", flat=True).first()
        transactions.filter(key=mirror.key).update(income=of_it or mirror.income)
    guards.renew(schema_editor)


def add_up(apps: Any, schema_editor: Any) -> None:
    sums: Counter[tuple[Any, ...]] = Counter()
    lines = apps.get_model("money", "Line").objects.values_list(
        "transaction__on", "transaction__provider", "transaction__income", "account", "currency", "amount_minor"
    )
    for on, *key, minor in lines.iterator():
        sums[on.replace(day=1), *key] += minor
    turnover = apps.get_model("money", "Turnover")
    names = ("month", "provider", "income", "account", "currency")
    rows = (turnover(**dict(zip(names, key, strict=True)), minor=minor) for key, minor in sums.items())
    turnover.objects.bulk_create(rows, batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [("money", "0003_turnover")]
    operations = [
        migrations.RunPython(say_what_it_is_about, migrations.RunPython.noop),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
