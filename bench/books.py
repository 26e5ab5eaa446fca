"""What the books cost at the desk: a newsroom of 5,000 supporters, with a year of older lines and with ten.

The rows are those that collections, refunds, claims and fees leave, inserted in bulk through every guard; the sums are
counted from them. Its measures are the income statement, an account's page and the close of a month.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.rig import judged

COMMAND = "python -m bench books"
SUPPORTERS = int(os.environ.get("BENCH_SUPPORTERS", "5000"))  # fewer, for a look in minutes
A_YEAR = 12 * SUPPORTERS
ROUNDS = 15
DEARER = 1.5  # times that a page may cost with ten years of older lines instead of one
SECRET = "only-for-a-measurement-that-nobody-can-reach"  # noqa: S105
MEASURES = ("statement", "account", "month", "close")


def main() -> None:
    from bench.openbooks import _run

    print(f"made by: {COMMAND}   (1, 5 and 15 minutes of load: {os.getloadavg()})")
    folder = Path(tempfile.mkdtemp(prefix="bench-books-"))
    env = {**os.environ, "MASTHEAD_HOME": str(folder), "MASTHEAD_SECRET": SECRET}
    seen = []
    try:
        _run(env, "-m", "masthead", "manage", "migrate", "-v0")
        for years in (1, 10):
            told = json.loads(_run(env, "-m", "bench.books", str(years)).splitlines()[-1])
            seen.append(told)
            took = ", ".join(f"{name} {told[name] * 1000:.1f} ms ({told['queries'][name]})" for name in MEASURES)
            print(
                f"{years} years of older lines, {told['lines']:,} lines in all, {told['receipts']:,} receipts: {took} "
                f"of processor time (middle of {ROUNDS}; queries); "
                f"built in {told['built']:.0f} s, recounted in {told['recount']:.1f} s"
            )
        for name in MEASURES:
            ratio = seen[1][name] / seen[0][name]
            print(f"ratio, {name}: {ratio:.2f} ({judged(f'books, ratio of {name}', ratio, at_most=DEARER)})")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- In a process with Django ------------------------------------------------------------------------------


def measure(years: int) -> None:
    """Grow to so many years of older lines behind last year's, look at everything again and again, say it as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "masthead.web.settings"
    from masthead.web import workers

    workers.prepare()
    from datetime import date

    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from masthead.core import clock
    from masthead.core.actors import Actor
    from masthead.money import ledger, months
    from masthead.money.models import Line, Receipt, Transaction
    from masthead.readers.models import StaffUser

    last = clock.today().year - 1
    since = time.perf_counter()
    there = set(Transaction.objects.dates("on", "year"))
    for year in range(last, last - years - 1, -1):
        if date(year, 1, 1) not in there:
            grow(year)
    with transaction.atomic():
        ledger.sum_again()
    built = time.perf_counter() - since
    since = time.perf_counter()
    if wrong := [*ledger.imbalances().items(), *ledger.miscounted().items()]:
        raise SystemExit(f"the books are wrong: {wrong[:3]}")
    recount = time.perf_counter() - since

    who, _ = StaffUser.objects.get_or_create(email="bench@example.org", defaults={"is_superuser": True})
    StaffUser.objects.filter(pk=who.pk).update(is_superuser=True, is_staff=True)
    desk = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
    desk.force_login(who)
    month, by = date(last, 6, 1), Actor.staff(who.pk)
    told: dict[str, Any] = {"built": built, "recount": recount, "queries": {}}
    told |= {"lines": Line.objects.count(), "receipts": Receipt.objects.count()}

    def close() -> None:
        point = transaction.savepoint()
        months.close(month, by=by)
        transaction.savepoint_rollback(point)

    acts: dict[str, Any] = {
        "statement": lambda: _get(desk, f"/desk/books/?year={last}&currency=GBP"),
        "account": lambda: _get(desk, f"/desk/books/lines/?account=owed_by:stripe&currency=GBP&month={month:%Y-%m}"),
        "month": lambda: _get(desk, f"/desk/books/months/{month:%Y-%m}/"),
        "close": close,
    }
    with transaction.atomic():  # the closes of all months before are taken back, so that older years can be added
        _close_before(month, str(by))
        for name, act in acts.items():
            act()
            with CaptureQueriesContext(connection) as asked:
                act()
            told["queries"][name] = len(asked)
            told[name] = median(_took(act) for _round in range(ROUNDS))
        transaction.set_rollback(True)
    print(json.dumps(told))


def _took(act: Any) -> float:
    """Seconds of processor time: steady also when others use the machine."""
    since = time.process_time()
    act()
    return time.process_time() - since


def _get(desk: Any, path: str) -> None:
    answer = desk.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")


def _close_before(month: Any, by: str) -> None:
    """Rows of closes for every month before, as closing one after the other leaves them, without counting each anew."""
    from datetime import timedelta

    from masthead.core import clock
    from masthead.money import months
    from masthead.money.models import MonthClose

    before = MonthClose.objects.order_by("-month").values_list("month", flat=True).first()
    digest = MonthClose.objects.order_by("-month").values_list("digest", flat=True).first() or ""
    for each in sorted(found.first for found in months.listed() if found.first < month):
        if before and each <= before:
            continue
        figures = months.figures_of(each)
        made = MonthClose.objects.create(
            month=each, last_on=clock.add_months(each, 1) - timedelta(days=1), figures=figures, entries=0,
            before=digest, digest=months.digest(each, figures, digest), closed_by=by,
        )  # fmt: skip
        digest = made.digest


# --- A year of a newsroom ----------------------------------------------------------------------------------


def grow(year: int) -> None:
    """A collection each month from each supporter, three of four by card; fees, failures, refunds, claims, payouts."""
    from datetime import date

    from django.db import transaction

    from masthead.money.models import Line, Payment, Receipt, ReceiptYear, Refund, Transaction

    payments, refunds, lines, entries, papers = [], [], [], [], []
    for payment, refund in _of_year(year):
        payments.append(payment)
        if refund:
            refunds.append((len(payments) - 1, refund))
    with transaction.atomic():
        made = Payment.objects.bulk_create(payments, batch_size=2_000)
        for place, refund in refunds:
            refund.payment = made[place]
        Refund.objects.bulk_create((refund for _place, refund in refunds), batch_size=2_000)
        for payment in made:
            if payment.collected_on:
                _post(lines, entries, payment)
                papers.append(_paper(year, len(papers) + 1, payment))
        for _place, refund in refunds:
            _post_refund(lines, entries, refund)
        for month in range(1, 13):
            _pay_out(lines, entries, date(year, month, 28))
        Line.objects.bulk_create(lines, batch_size=5_000)
        Transaction.objects.bulk_create(entries, batch_size=5_000)
        Receipt.objects.bulk_create(papers, batch_size=5_000)
        ReceiptYear.objects.create(year=year, last=len(papers))


def _of_year(year: int) -> Iterator[tuple[Any, Any]]:
    from datetime import date, datetime, time

    from masthead.core import clock
    from masthead.money.models import Payment, Refund

    for number in range(A_YEAR):
        supporter, month = number % SUPPORTERS, number // SUPPORTERS + 1
        day = date(year, month, supporter % 28 + 1)
        at = datetime.combine(day, time(9), tzinfo=clock.zone())
        provider, method = ("gocardless", "debit") if supporter % 4 == 0 else ("stripe", "card")
        amount = (300, 600, 1200, 2500)[supporter % 4]
        fails, claimed = number % 33 == 0, number % 997 == 0
        payment = Payment(
            reference=f"B{year}{number:06}", order_key=f"pledge:BENCH{supporter:05}:{year}:{month}", provider=provider,
            amount_minor=amount, currency="GBP", description="Support, every month", method=method, created_at=at,
            income_account="income:membership", state="failed" if fails else "returned" if claimed else "collected",
        )  # fmt: skip
        if fails:
            payment.failed_at, payment.failure = at, "no_money"
            yield payment, None
            continue
        payment.collected_at, payment.collected_on, payment.fee_minor = at, day, 20 + amount * 15 // 1000
        if claimed:
            payment.returned_at, payment.returned_minor, payment.return_fee_minor = at, amount, 1500
        refund = None
        if number % 400 == 1 and not claimed:
            payment.refunded_minor, payment.state = amount, "refunded"
            refund = Refund(
                reference=f"R{year}{number:06}", amount_minor=amount, currency="GBP", asked_by="staff:1", made_at=at
            )
        yield payment, refund


def _entry(
    lines: list[Any], entries: list[Any], key: str, *, day: Any, about: dict[str, str], sides: dict[str, int]
) -> None:
    from masthead.money.models import Line, Transaction

    lines += [
        Line(transaction_id=key, account=account, amount_minor=minor, currency="GBP", on=day)
        for account, minor in sides.items()
        if minor
    ]
    entries.append(Transaction(key=key, on=day, **about))


def _about(payment: Any) -> dict[str, str]:
    return {"provider": payment.provider, "income": payment.income_account, "method": payment.method}


def _post(lines: list[Any], entries: list[Any], payment: Any) -> None:
    own, owed = f"{payment.provider}:{payment.reference}", f"owed_by:{payment.provider}"
    amount, fee = payment.amount_minor, payment.fee_minor
    sides = {owed: amount - fee, "fees": fee, payment.income_account: -amount}
    _entry(lines, entries, f"{own}:collected", day=payment.collected_on, about=_about(payment), sides=sides)
    if payment.returned_at:
        sides = {"returned": amount, "fees": payment.return_fee_minor, owed: -amount - payment.return_fee_minor}
        _entry(lines, entries, f"{own}:returned", day=payment.collected_on, about=_about(payment), sides=sides)


def _post_refund(lines: list[Any], entries: list[Any], refund: Any) -> None:
    payment = refund.payment
    sides = {"refunds": refund.amount_minor, f"owed_by:{payment.provider}": -refund.amount_minor}
    key = f"{payment.provider}:{refund.reference}:refunded"
    _entry(lines, entries, key, day=payment.collected_on, about=_about(payment), sides=sides)


def _pay_out(lines: list[Any], entries: list[Any], day: Any) -> None:
    for provider in ("stripe", "gocardless"):
        sides = {"bank": 1_000_000, f"owed_by:{provider}": -1_000_000}
        about = {"provider": provider, "income": "", "method": ""}
        _entry(lines, entries, f"{provider}:payout:{day}", day=day, about=about, sides=sides)


def _paper(year: int, number: int, payment: Any) -> Any:
    from masthead.money.models import Receipt

    cause = f"{payment.provider}:{payment.reference}:collected"
    return Receipt(
        year=year, number=number, payment=payment, kind="paid", cause=cause,
        issued_on=payment.collected_on, happened_on=payment.collected_on, paid_minor=payment.amount_minor,
        currency="GBP",
    )  # fmt: skip


if __name__ == "__main__":
    measure(int(sys.argv[1]))
