"""What the desk can do for a person about what they give. The verbs are giving's own; money moves by the right to."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from wagtail.admin.widgets import AdminDateInput

from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.giving import gifts, mails, pledges, schedule
from masthead.giving.models import PAID, Gift, Instalment, Pledge
from masthead.giving.previews import day
from masthead.giving.refusals import NotFromHere
from masthead.giving.states import State
from masthead.money import payments
from masthead.money.amounts import Money
from masthead.money.models import Payment
from masthead.readers.care.forms import ActForm
from masthead.readers.care.people import MOVE, Person
from masthead.readers.care.register import Act, act, the_person
from masthead.readers.forms import AddressField

from . import reading


class Drifted(Refusal):
    """Something was given back since the form was shown."""

    for_people_text = (
        "Meanwhile %(left)s is left of this payment, not %(seen)s: somebody has given some of it back. "
        "Look at the payment again. Nothing has been changed."
    )


class NotHereYet(Refusal):
    """It was promised and has not arrived."""

    for_people_text = (
        "The bank has promised this payment, and it has not come yet: what has not come can’t be given back. "
        "End the support now, and refund it when it is here. Nothing has been changed."
    )


class NoReceipt(Refusal):
    """Nobody is at an address, or nothing was paid."""

    for_people_text = "There is no address to send it to, or nothing was paid. Nothing has been sent."


# --- whose it is -----------------------------------------------------------------------------------------


def pledge_of(person: Person, reference: str) -> Pledge | None:
    """One of their pledges; None for what is not theirs."""
    return Pledge.objects.filter(person.owns(), reference=reference).select_related("mandate").first()


def payment_of(person: Person, reference: str) -> Payment | None:
    """One of their payments, with what was asked back of it; None for what is not theirs."""
    payment = Payment.objects.filter(reference=reference).first()
    if payment is None:
        return None
    kind, order, *_ = payment.order_key.split(":")
    rows: QuerySet[Any] | None = {"pledge": Pledge.objects.all(), "gift": Gift.objects.all()}.get(kind)
    if rows is None or not rows.filter(person.owns(), reference=order).exists():
        return None
    asked = payment.refunds.filter(failed_at=None).values_list("amount_minor", flat=True)
    payment.asked_back = sum(asked)  # type: ignore[attr-defined]
    return payment


# --- amount and day --------------------------------------------------------------------------------------


class AmountForm(ActForm):
    """Another amount, as people write them, in the pledge's own currency."""

    amount = forms.CharField(label="New amount", max_length=20)

    def clean_amount(self) -> Money:
        try:
            return Money.parse(self.cleaned_data["amount"], self.to.currency)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.for_people) from None


def _amount_says(_person: Person, pledge: Pledge) -> list[str]:
    return [
        f"Now: {pledge.amount} {pledge.get_interval_display()}, next on {day(pledge.next_on)}.",
        "From the next collection on, and for a try to come of one that failed. They are told by mail.",
    ]


def _change_amount(_person: Person, pledge: Pledge, typed: dict[str, Any], by: Actor, _note: int) -> None:
    pledges.change(pledge, amount=typed["amount"], interval=pledge.interval, by=by)  # type: ignore[arg-type]


act(
    Act(
        name="amount",
        label="Change amount",
        title="Change the amount",
        done="Changed, and they are being told.",
        find=pledge_of,
        says=_amount_says,
        do=_change_amount,
        form=AmountForm,
        begins_with=lambda _person, pledge: {"amount": str(pledge.amount.decimal)},
        right=MOVE,
        at="amount",
    ),
    logged="Changed the amount",
)


class DayForm(ActForm):
    """A day to come."""

    day = forms.DateField(label="Collect on", widget=AdminDateInput)


def _day_says(_person: Person, pledge: Pledge) -> list[str]:
    try:
        soonest, latest = schedule.days_to_move_to(pledge)
    except NotFromHere as refusal:
        return [refusal.for_people]
    failing = pledge.failing if pledge.state == State.OVERDUE else None
    now = f"Tried again on {day(failing.try_again_on)}." if failing and failing.try_again_on else ""
    if failing is None:
        now = f"Next on {day(pledge.next_on)}; from then on always on the day of the month that you choose."
    return [now or "Not tried again by itself.", f"From {day(soonest)} to {day(latest)}. They are told by mail before."]


def _move_date(_person: Person, pledge: Pledge, typed: dict[str, Any], by: Actor, _note: int) -> None:
    pledges.collect_on(pledge, day=typed["day"], by=by)


def _day_now(_person: Person, pledge: Pledge) -> dict[str, date | None]:
    failing = pledge.failing if pledge.state == State.OVERDUE else None
    return {"day": failing.try_again_on if failing else pledge.next_on}


act(
    Act(
        name="move-date",
        label="Move the date",
        title="Move the date",
        done="Moved, and they are being told.",
        find=pledge_of,
        says=_day_says,
        do=_move_date,
        form=DayForm,
        begins_with=_day_now,
        right=MOVE,
        at="day",
    ),
    logged="Moved the date",
)


class GraceForm(ActForm):
    """A later day."""

    until = forms.DateField(label="Benefits stay until, that day not included", widget=AdminDateInput)


def _grace_says(_person: Person, pledge: Pledge) -> list[str]:
    failing = pledge.failing
    if failing is None:
        return ["Nothing of it is overdue."]
    return [
        f"Now until {day(failing.grace_until)}; at most until {day(schedule.latest_grace(failing))}.",
        "Every benefit stays so long, and they are told by mail.",
    ]


def _extend_grace(_person: Person, pledge: Pledge, typed: dict[str, Any], by: Actor, _note: int) -> None:
    pledges.extend_grace(pledge, until=typed["until"], by=by)


act(
    Act(
        name="extend-grace",
        label="Extend the grace",
        title="Extend the grace",
        done="Extended, and they are being told.",
        find=pledge_of,
        says=_grace_says,
        do=_extend_grace,
        form=GraceForm,
        right=MOVE,
        at="until",
    ),
    logged="Extended the grace",
)


# --- giving back, and ending -----------------------------------------------------------------------------


class RefundForm(ActForm):
    """Whole or part; and what was left of the payment when the form was shown."""

    amount = forms.CharField(label="Give back", max_length=20, help_text="All that is left of it, or less.")
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean_amount(self) -> Money:
        try:
            amount = Money.parse(self.cleaned_data["amount"], self.to.currency)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.for_people) from None
        if not amount:
            raise forms.ValidationError("Give back something above nothing.")
        return amount


def _refund_says(_person: Person, payment: Payment) -> list[str]:
    if payment.collected_on is None:
        return [f"{payment.amount} has not come: there is nothing to give back."]
    return [
        f"{payment.amount} came on {day(payment.collected_on)}; {reading.left_of(payment)} of it is left to give back.",
        "It goes back the way it came. Until the provider has it we ask again by ourselves, for as long as it takes.",
    ]


def _refund_begins(_person: Person, payment: Payment) -> dict[str, Any]:
    left = reading.left_of(payment)
    return {"amount": str(left.decimal), "seen": left.minor}


def _refundable(payment: Payment, typed: dict[str, Any]) -> Payment:
    """The payment, locked, with no less left of it than the form had shown. Raises Drifted, NotHereYet."""
    locked = Payment.objects.locked(payment.pk)
    locked.asked_back = sum(  # type: ignore[attr-defined]
        locked.refunds.filter(failed_at=None).values_list("amount_minor", flat=True)
    )
    left = reading.left_of(locked)
    if locked.promised_at and not locked.collected_at and not locked.failed_at:
        raise NotHereYet
    if left.minor != typed["seen"]:
        raise Drifted(left=left, seen=Money(typed["seen"], left.currency))
    return locked


def _why(note: int) -> str:
    """What a refund keeps as its reason: where it is written, never the words, since the books outlast an account."""
    return f"note {note}"


def _refund(_person: Person, payment: Payment, typed: dict[str, Any], by: Actor, note: int) -> None:
    payments.refund(_refundable(payment, typed), typed["amount"], by=by, reason=_why(note))


act(
    Act(
        name="refund",
        label="Refund",
        title="Refund a payment",
        done="The refund is on its way.",
        find=payment_of,
        says=_refund_says,
        do=_refund,
        form=RefundForm,
        begins_with=_refund_begins,
        right=MOVE,
        at="amount",
        is_grave=True,
    ),
    logged="Refunded",
)


def _paid_pledge(person: Person, reference: str) -> Payment | None:
    """A payment of theirs that was for a pledge."""
    payment = payment_of(person, reference)
    return payment if payment and payment.order_key.startswith("pledge:") else None


def _of_order(payment: Payment) -> Pledge:
    return Pledge.objects.get(reference=payment.order_key.split(":")[1])


def _refund_and_end_says(person: Person, payment: Payment) -> list[str]:
    pledge = _of_order(payment)
    return [
        *_refund_says(person, payment),
        f"Then {pledge.amount} {pledge.get_interval_display()}, pledge {pledge.reference}, ends: nothing is collected "
        "any more. Both are done, or neither. They are told by mail.",
    ]


def _refund_and_end(_person: Person, payment: Payment, typed: dict[str, Any], by: Actor, note: int) -> None:
    pledge = Pledge.objects.locked(_of_order(payment).pk)
    paid = _refundable(payment, typed)
    pledges.refund_and_end(pledge, paid, typed["amount"], by=by, reason=_why(note))


act(
    Act(
        name="refund-and-end",
        label="Refund and end",
        title="Refund, then end the support",
        done="It has ended, and the refund is on its way.",
        find=_paid_pledge,
        says=_refund_and_end_says,
        do=_refund_and_end,
        form=RefundForm,
        begins_with=_refund_begins,
        right=MOVE,
        at="amount",
        is_grave=True,
    ),
    logged="Refunded, and ended the support",
)


def _end_says(_person: Person, pledge: Pledge) -> list[str]:
    paid = f" What is paid for lasts until {day(pledge.paid_until)}." if pledge.has_paid_time else ""
    return [
        f"{pledge.amount} {pledge.get_interval_display()}: nothing is collected any more.{paid} They are told by mail."
    ]


def _end(_person: Person, pledge: Pledge, _typed: dict[str, Any], by: Actor, _note: int) -> None:
    pledges.end(pledge, by=by)


act(
    Act(
        name="end",
        label="End it",
        title="End the support",
        done="It has ended, and they are being told.",
        find=pledge_of,
        says=_end_says,
        do=_end,
        right=MOVE,
        is_grave=True,
    ),
    logged="Ended the support",
)


# --- sending once more -----------------------------------------------------------------------------------


def _again_says(person: Person, _to: Any) -> list[str]:
    return [f"It goes to {person.email}." if person.email else "There is no address to send it to."]


def _send_receipt(_person: Person, payment: Payment, _typed: dict[str, Any], _by: Actor, note: int) -> None:
    kind, reference, *number = payment.order_key.split(":")
    if kind == "gift":
        gift = Gift.objects.get(reference=reference)
        if not gift.email or payment.collected_at is None:
            raise NoReceipt
        mails.thanks_again(gift, payment, once=note)
        return
    instalment = Instalment.objects.select_related("pledge__mandate").get(
        pledge__reference=reference, number=int(number[0])
    )
    if not instalment.pledge.email or instalment.state not in PAID:
        raise NoReceipt
    mails.receipt_again(instalment.pledge, instalment, once=note)


act(
    Act(
        name="receipt",
        label="Send the receipt again",
        title="Send the receipt again",
        done="The receipt is on its way.",
        find=payment_of,
        says=_again_says,
        do=_send_receipt,
    ),
    logged="Sent the receipt again",
)


def _send_not_paid(_person: Person, pledge: Pledge, _typed: dict[str, Any], _by: Actor, note: int) -> None:
    failing = pledge.failing
    if pledge.state != State.OVERDUE or failing is None or not pledge.email:
        raise NotFromHere(now=State(pledge.state).label)
    mails.not_paid_again(pledge, failing, once=note)


def _not_paid_says(person: Person, pledge: Pledge) -> list[str]:
    link = "the link to approve it" if pledge.approve_at else "the link to give another card or account"
    return [*_again_says(person, pledge), f"It says why, what is done, and has {link}."]


act(
    Act(
        name="not-paid-again",
        label="Send them the link again",
        title="Send the link again",
        done="It is on its way.",
        find=pledge_of,
        says=_not_paid_says,
        do=_send_not_paid,
    ),
    logged="Sent the link to pay again",
)


# --- a mistyped address that nobody has confirmed --------------------------------------------------------


class CorrectForm(ActForm):
    """The right address."""

    email = AddressField(label="The right address")


def _unconfirmed(person: Person, reference: str) -> Person | None:
    """Somebody who gives, and whose address is not confirmed yet."""
    return the_person(person, reference) if person.reader is None else None


def _correct_says(person: Person, _to: Any) -> list[str]:
    return [f"Now: {person.email}, which nobody has confirmed.", "The right one gets a link to confirm it."]


def _correct(person: Person, _to: Any, typed: dict[str, Any], by: Actor, _note: int) -> None:
    for pledge in Pledge.objects.filter(person.owns()):
        pledges.correct_address(pledge, email=typed["email"], by=by)
    for gift in Gift.objects.filter(person.owns()):
        gifts.correct_address(gift, email=typed["email"], by=by)


act(
    Act(
        name="correct-address",
        stands="who",
        label="Correct the address",
        title="Correct the address",
        done="Corrected. The right address gets a link to confirm it.",
        find=_unconfirmed,
        says=_correct_says,
        do=_correct,
        form=CorrectForm,
        right=MOVE,
        at="email",
    ),
    logged="Corrected the address",
)
