"""Receipts: what a giver sees of what was given; the numbered papers themselves are made where the money is booked."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from masthead.core import clock
from masthead.money import receipts as numbered
from masthead.money.amounts import Money
from masthead.money.models import Payment
from masthead.money.models import Receipt as Paper
from masthead.money.receipts import YearOfReceipts
from masthead.readers.models import Device, Reader

from . import present_mails
from .mails import what_it_is
from .models import Gift, Instalment, InstalmentState, Pledge, Present
from .states import GiftState, PresentState

SHOWN = (
    InstalmentState.PROMISED,
    InstalmentState.COLLECTED,
    InstalmentState.RETURNED,
    InstalmentState.REFUNDED,
    InstalmentState.FAILED,
)
IN_WORDS = {
    InstalmentState.PROMISED: "Promised",
    InstalmentState.COLLECTED: "Paid",
    InstalmentState.RETURNED: "Claimed back",
    InstalmentState.REFUNDED: "Refunded",
    InstalmentState.FAILED: "Not paid",
    GiftState.GIVEN: "Paid",
    GiftState.TAKEN_BACK: "Given back",
}


@dataclass(frozen=True)
class Receipt:
    """One line in the list of receipts."""

    on: date
    what: str
    state: str
    amount: Money
    reference: str
    is_paid: bool


def listed(reader: Reader | None, device: Device | None, presents: list[Present] | None = None) -> list[Receipt]:
    """All that was given or tried, newest first; `presents` are theirs, where they were read already."""
    pledges = Pledge.objects.of(reader, device)
    instalments = Instalment.objects.filter(pledge__in=pledges, state__in=SHOWN).select_related("pledge")
    gifts = Gift.objects.of(reader, device).filter(state__in=(GiftState.GIVEN, GiftState.TAKEN_BACK))
    rows = [_of_instalment(row) for row in instalments] + [_of_gift(row) for row in gifts]
    rows += [
        _of_present(row) for row in (Present.objects.of(reader, device).bought() if presents is None else presents)
    ]
    return sorted(rows, key=lambda receipt: receipt.on, reverse=True)


def totals(rows: list[Receipt]) -> list[Money]:
    """What was paid since they began: a sum for each currency, since currencies are never added."""
    paid: Counter[str] = Counter()
    for row in rows:
        if row.is_paid:
            paid[row.amount.currency] += row.amount.minor
    return [Money(minor, currency) for currency, minor in sorted(paid.items())]


def one(reference: str, reader: Reader | None, device: Device | None) -> tuple[Receipt, Payment] | None:
    """One of theirs, with its payment; None for what isn't theirs or doesn't exist."""
    found = next((row for row in listed(reader, device) if row.reference == reference), None)
    payment = Payment.objects.select_related("mandate").filter(reference=reference).first()
    return (found, payment) if found and payment else None


def papers_of(payment: Payment) -> list[Paper]:
    """Its numbered papers, the newest first: the receipt, and what corrects it."""
    return list(payment.receipts.select_related("payment", "corrects", "issuer").order_by("-pk"))


def years(rows: list[Receipt]) -> list[int]:
    """The years in which something was paid, newest first."""
    return sorted({row.on.year for row in rows if row.is_paid}, reverse=True)


def of_year(reader: Reader, year: int) -> list[YearOfReceipts]:
    """What a reader paid in `year`, as it stands now, by currency."""
    instalments = Instalment.objects.filter(pledge__reader=reader).exclude(payment_reference="")
    gifts = Gift.objects.filter(reader=reader).exclude(payment_reference="")
    presents = Present.objects.filter(reader=reader).exclude(payment_reference="")
    given = (instalments, gifts, presents)
    references = [each for rows in given for each in rows.values_list("payment_reference", flat=True)]
    return numbered.of_year(references, year)


def _of_instalment(row: Instalment) -> Receipt:
    state = InstalmentState(row.state)
    on = row.paid_on or row.failed_on or row.due_on
    what = f"Support, {row.get_interval_display()}"
    return Receipt(on, what, IN_WORDS[state], row.amount, row.payment_reference, state == InstalmentState.COLLECTED)


def _of_gift(row: Gift) -> Receipt:
    state = GiftState(row.state)
    on = clock.day_of(row.given_at or row.created_at)
    return Receipt(on, what_it_is(row), IN_WORDS[state], row.amount, row.payment_reference, state == GiftState.GIVEN)


def _of_present(row: Present) -> Receipt:
    is_paid = row.state not in (PresentState.FAILED, PresentState.TAKEN_BACK)
    state = IN_WORDS.get(PresentState(row.state), "Paid")
    on = clock.day_of(row.bought_at or row.created_at)
    return Receipt(on, present_mails.what_it_is(row), state, row.amount, row.payment_reference, is_paid)
