"""Sections of a person's page, its plan, and lines of its log, of what they give."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from masthead.core import clock
from masthead.giving.models import Gift, Move, Pledge
from masthead.giving.previews import day
from masthead.giving.states import Cause, State
from masthead.money import failures, orders
from masthead.money.amounts import Money
from masthead.money.models import Notice, Payment, PaymentMove, Refund
from masthead.money.states import NoticeKind, PaymentState
from masthead.readers.care import log, register
from masthead.readers.care.log import Entry, Line
from masthead.readers.care.register import Button, File

from . import now, reading
from .reading import PAYMENTS_A_PAGE, Given


@dataclass(frozen=True)
class PledgeRow:
    """A pledge as the desk reads it."""

    pledge: Pledge
    says: str
    method: str
    is_live: bool
    is_unconfirmed: bool
    buttons: list[Button]


@dataclass(frozen=True)
class PaymentRow:
    """A payment as the desk reads it: what, how it stands, and why, in the words that the giver reads too."""

    payment: Payment
    on: Any
    what: str
    state: str
    why: str
    back: str
    is_bad: bool
    buttons: list[Button]


def _now(file: File) -> dict[str, Any]:
    given: Given = file.once(reading.load)
    found = now.concerns(file)
    well = [pledge for pledge in given.pledges if pledge.state in (State.ACTIVE, State.PAUSED)]
    return {"concerns": found, "well": well, "gives": bool(given.pledges or given.gifts), "person": file.person}


def _pledges(file: File) -> dict[str, Any] | None:
    given: Given = file.once(reading.load)
    rows = [_pledge_row(pledge, given, file) for pledge in given.pledges]
    return {"rows": rows} if rows else None


def _pledge_row(pledge: Pledge, given: Given, file: File) -> PledgeRow:
    wanted: list[tuple[str, str]] = []
    if pledge.live:
        wanted.append(("amount", pledge.reference))
    if pledge.state == State.ACTIVE:
        wanted.append(("move-date", pledge.reference))
    if paid := _newest_paid(pledge, given):
        wanted.append(("refund-and-end", paid.reference))
    if pledge.state != State.ENDED:
        wanted.append(("end", pledge.reference))
    return PledgeRow(
        pledge,
        _stands(pledge, given),
        pledge.mandate.hint if pledge.mandate else "",
        pledge.live,
        pledge.reader_id is None,
        file.buttons(*wanted),
    )


def _newest_paid(pledge: Pledge, given: Given) -> Payment | None:
    """What a refund with the end would give back: its newest payment that came, of which something is left."""
    if not pledge.live:
        return None
    mine = (row for row in given.payments if row.order_key.startswith(f"pledge:{pledge.reference}:"))
    return max((row for row in mine if reading.left_of(row)), key=lambda row: row.pk, default=None)


def _stands(pledge: Pledge, given: Given) -> str:
    if pledge.state == State.ENDED:
        ended = day(clock.day_of(pledge.ended_at)) if pledge.ended_at else ""
        return f"Ended on {ended}" + (f", paid until {day(pledge.paid_until)}" if pledge.has_paid_time else "")
    if pledge.state == State.PENDING:
        return "Waits for its first payment"
    if pledge.state == State.PAUSED:
        return f"Paused until {day(pledge.paused_until)}"
    if pledge.state == State.OVERDUE:
        failing = given.failing(pledge)
        return f"Overdue, grace until {day(failing.grace_until)}" if failing else "Overdue"
    return f"Active, next on {day(pledge.next_on)}"


def _payments(file: File) -> dict[str, Any] | None:
    given: Given = file.once(reading.load)
    rows = [_payment_row(payment, given, file) for payment in given.payments[:PAYMENTS_A_PAGE]]
    return {"rows": rows, "more": len(given.payments) > PAYMENTS_A_PAGE, "key": file.person.key} if rows else None


def _payment_row(payment: Payment, given: Given, file: File) -> PaymentRow:
    order = given.by_reference.get(payment.order_key.split(":")[1])
    left, wanted = reading.left_of(payment), []
    if payment.collected_at:
        wanted.append(("receipt", payment.reference))
    if left:
        wanted.append(("refund", payment.reference))
    if left and isinstance(order, Pledge) and order.live:
        wanted.append(("refund-and-end", payment.reference))
    is_bad = payment.state in (PaymentState.FAILED, PaymentState.RETURNED, PaymentState.NEEDS_APPROVAL)
    return PaymentRow(
        payment,
        payment.collected_on or clock.day_of(payment.created_at),
        now.what(order),
        _state_of(payment),
        failures.sentence(payment.why),
        _back(payment),
        is_bad,
        file.buttons(*wanted),
    )


def _state_of(payment: Payment) -> str:
    label = str(PaymentState(payment.state).label)
    return label[0].upper() + label[1:]


def _back(payment: Payment) -> str:
    asked: int = payment.asked_back  # type: ignore[attr-defined]
    if payment.refund_failed_at:  # type: ignore[attr-defined]
        return failures.refund_sentence(payment.refund_failure)  # type: ignore[attr-defined]
    if not asked:
        return ""
    done = "refunded" if payment.refund_made_at else "is being refunded"  # type: ignore[attr-defined]
    return f"{Money(asked, payment.currency)} {done}"


def _gifts(file: File) -> dict[str, Any] | None:
    given: Given = file.once(reading.load)
    return {"gifts": given.gifts} if given.gifts else None


register.section("now", "Now", "giving/care_now.html", _now, order=0)
register.section("pledges", "Pledges", "giving/care_pledges.html", _pledges, order=20)
register.section("gifts", "Given once", "giving/care_gifts.html", _gifts, order=25)
register.section("payments", "Payments", "giving/care_payments.html", _payments, order=30)
register.plan(now.planned)


# --- the log ---------------------------------------------------------------------------------------------


def _moves(file: File) -> QuerySet[Any] | None:
    given: Given = file.once(reading.load)
    if not given.pledges:
        return None
    rows = Move.objects.filter(pledge__in=given.pledges).exclude(cause=Cause.NOT_PAID, was=F("now"))
    return log.columns("pledge", rows, file, at="at", ref="pledge__reference", a="was", b="now", c="cause", d="by")


def _move(entry: Entry, _file: File) -> Line:
    if entry.a == entry.b:
        says = f"Pledge {entry.ref}: something changed"
        if entry.c == Cause.PAID:
            says = f"Pledge {entry.ref} goes on"
    else:
        says = f"Pledge {entry.ref}: {State(entry.a).label} → {State(entry.b).label}"
    why = f"because: {Cause(entry.c).label}" if entry.c in Cause else ""
    return Line(entry.at, log.CHANGE, says, why, by=entry.d, is_bad=entry.b == State.OVERDUE != entry.a)


def _of_payments(file: File) -> QuerySet[Any] | None:
    given: Given = file.once(reading.load)
    if not given.orders:
        return None
    rows = PaymentMove.objects.filter(orders.under(given.orders), payment__isnull=False)
    amount = Concat(Cast("payment__amount_minor", CharField()), Value(" "), F("payment__currency"))
    words = {"a": "now", "b": amount, "c": "payment__failure", "d": "was"}
    return log.columns("payment", rows, file, at="at", ref="payment__reference", **words)


def _payment(entry: Entry, _file: File) -> Line | None:
    minor, _, currency = entry.b.partition(" ")
    amount = Money(int(minor), currency)
    state = PaymentState(entry.a)
    why = failures.sentence("needs_approval" if state == PaymentState.NEEDS_APPROVAL else entry.c)
    bad = state in (PaymentState.FAILED, PaymentState.NEEDS_APPROVAL, PaymentState.RETURNED)
    return Line(entry.at, log.MONEY, f"{amount}: {state.label}", why if bad else f"payment {entry.ref}", is_bad=bad)


def _refunds(file: File) -> QuerySet[Any] | None:
    given: Given = file.once(reading.load)
    if not given.orders:
        return None
    mine = Payment.objects.filter(orders.under(given.orders)).values("pk")
    rows = Refund.objects.filter(payment__in=mine)
    amount = Concat(Cast("amount_minor", CharField()), Value(" "), F("currency"))
    how = Concat(Cast("made_at", CharField()), Value("|"), Cast("failed_at", CharField()), Value("|"), F("failure"))
    words = {"a": amount, "b": how, "c": "asked_by"}
    return log.columns("refund", rows, file, at="asked_at", ref="payment__reference", **words)


def _refund(entry: Entry, _file: File) -> Line:
    minor, _, currency = entry.a.partition(" ")
    made, failed, why = entry.b.split("|")
    says = f"Refund of {Money(int(minor), currency)} on payment {entry.ref}"
    how = failures.refund_sentence(why or "impossible") if failed else "made" if made else "under way at the provider"
    return Line(entry.at, log.MONEY, says, how, by=entry.c, is_bad=bool(failed))


def _notices(file: File) -> QuerySet[Any] | None:
    """What was told of collections: kept for good, when the mail that told it has been forgotten."""
    given: Given = file.once(reading.load)
    if not given.orders:
        return None
    amount = Concat(Cast("amount_minor", CharField()), Value(" "), F("currency"))
    rows = Notice.objects.filter(orders.under(given.orders)).exclude(Q(kind=NoticeKind.PAGE))
    return log.columns("notice", rows, file, at="told_at", ref="told_by", a=amount, b="day", c="kind")


def _notice(entry: Entry, _file: File) -> Line:
    minor, _, currency = entry.a.partition(" ")
    says = f"Told: {Money(int(minor), currency)} will be collected on {_as_day(entry.b)}"
    return Line(entry.at, log.TOLD, says, str(NoticeKind(entry.c).label), key=entry.ref)


def _as_day(text: str) -> str:
    return day(date.fromisoformat(text[:10]))


def _begun(file: File) -> QuerySet[Any] | None:
    given: Given = file.once(reading.load)
    if not given.gifts:
        return None
    rows = Gift.objects.filter(pk__in=[gift.pk for gift in given.gifts])
    amount = Concat(Cast("amount_minor", CharField()), Value(" "), F("currency"))
    return log.columns("gift", rows, file, at="created_at", ref="reference", a=amount)


def _gift(entry: Entry, _file: File) -> Line:
    minor, _, currency = entry.a.partition(" ")
    return Line(entry.at, log.CHANGE, f"Began to give {Money(int(minor), currency)} once", f"gift {entry.ref}")


log.register("pledge", _moves, _move)
log.register("payment", _of_payments, _payment)
log.register("refund", _refunds, _refund)
log.register("notice", _notices, _notice)
log.register("gift", _begun, _gift)
