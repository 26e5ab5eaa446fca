"""Money that came and went, entered through the real journal and the desk's own verbs, without a bank in between."""

from collections import Counter
from datetime import date, datetime, time
from itertools import count
from typing import Any

from django.db import transaction

from masthead.core import clock, sums
from masthead.core.actors import Actor
from masthead.money import facts, journal, ledger, receipts
from masthead.money.amounts import Money
from masthead.money.ledger import Account
from masthead.money.models import Line, Payment, Refund, Transaction, Turnover
from masthead.openbooks import spending
from masthead.openbooks.models import Category, Payee, Spending

STAFF = Actor.staff(1)
NUMBERS = count()


def gave(
    amount: Money, *, on: date, kind: str = Account.MEMBERSHIP, fee: int = 0, provider: str = "cardhouse", **more: Any
) -> Payment:
    """A payment that a provider says it has, less its fee in minor units."""
    payment = Payment.objects.create(
        order_key=f"test:{next(NUMBERS)}", provider=provider, amount_minor=amount.minor, currency=amount.currency,
        description="A test", income_account=kind, collected_at=noon(on), collected_on=on, fee_minor=fee,
        **more,
    )  # fmt: skip
    _follow(payment)
    return payment


def refunded(payment: Payment, minor: int, *, on: date) -> Refund:
    """Some of it went back."""
    made = Refund.objects.create(
        payment=payment, amount_minor=minor, currency=payment.currency, asked_by=str(STAFF), made_at=noon(on)
    )
    _follow(payment)
    return made


def taken_back(payment: Payment, *, on: date, fee: int = 0, minor: int = 0, claim: str = "") -> None:
    """The giver's bank took it back, and the provider took something for its trouble; `claim` names one of several."""
    taken = minor or payment.amount_minor
    payment.disputes.create(reference=claim or payment.reference, taken_at=noon(on), amount_minor=taken, fee_minor=fee)
    _follow(payment)


def won(payment: Payment, *, on: date, minor: int = 0, claim: str = "") -> None:
    """The claim was undone."""
    dispute = payment.disputes.get(reference=claim or payment.reference)
    dispute.back_at, dispute.back_minor = noon(on), minor or dispute.amount_minor
    dispute.save()
    _follow(payment)


def came_back(refund: Refund, *, on: date) -> None:
    """The giver's bank did not take a refund."""
    refund.failed_at = noon(on)
    refund.save()
    _follow(refund.payment)


def _follow(payment: Payment) -> None:
    """As facts do it, in one transaction."""
    with transaction.atomic():
        facts.add_up_disputes(payment)
        payment.save()
        journal.post_all(payment)
        receipts.make_all(payment)


def spent(amount: Money, on_what: str = "Running costs", *, on: date, payee: str = Payee.FIRM, **more: Any) -> Spending:
    """Entered at the desk."""
    category = Category.objects.get(name=on_what)
    return spending.enter(on=on, category=category, amount=amount, payee=Payee(payee), by=STAFF, **more)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=clock.zone())


def many_lines(lines: int, *, year: int, provider: str = "cardhouse") -> None:
    """So many lines of the books at once, a third of an entry each, as the guards want them: lines before entries."""
    for start in range(0, lines // 3, 2_000):
        some = range(start, min(start + 2_000, lines // 3))
        rows = [(f"{provider}:bulk{number}:collected", date(year, number % 12 + 1, number % 28 + 1)) for number in some]
        Line.objects.bulk_create(
            Line(transaction_id=key, account=account, amount_minor=minor, currency="GBP", on=day)
            for key, day in rows
            for account, minor in _sides(provider)
        )
        Transaction.objects.bulk_create(
            Transaction(key=key, on=day, provider=provider, income=Account.GIFTS) for key, day in rows
        )
        months = Counter(day.replace(day=1) for _key, day in rows)
        changes = {
            (month, provider, Account.GIFTS, "", account, "GBP"): minor * times
            for month, times in months.items()
            for account, minor in _sides(provider)
        }
        sums.add(Turnover, changes, keys=ledger.OF_A_SUM, total="minor")


def _sides(provider: str) -> list[tuple[str, int]]:
    return [(Account.owed_by(provider), 481), (Account.FEES, 19), (Account.GIFTS, -500)]
