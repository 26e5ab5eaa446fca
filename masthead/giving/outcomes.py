"""What became of a payment, and what follows for its pledge or gift.

Each function looks at the facts that are known of the payment, not at the move that called: so a repeat changes
nothing, and in whatever order the facts arrived, pledge and grants end up the same.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.money import failures, notices, payments
from masthead.money.failures import Then
from masthead.money.models import Mandate, Payment
from masthead.money.states import MandateState, PaymentState

from . import collecting, mails, pledges, present_mails, presents, refunds, schedule, tasks
from .models import PAID, Gift, Instalment, InstalmentState, Pledge, Present
from .states import Cause, GiftState, PresentState, State, move, move_gift, move_present, note

NOT_PAID = (
    InstalmentState.FAILED,
    InstalmentState.ABANDONED,
    InstalmentState.RETURNED,
    InstalmentState.REFUNDED,
)

audit.register("pledge.paid_after_end", "A payment arrived for pledge {subject}, which had ended")


def of_instalment(payment: Payment) -> None:
    """Bring an instalment and its pledge into agreement with `payment`."""
    _, reference, number = payment.order_key.split(":")[:3]
    with transaction.atomic():
        pledge = Pledge.objects.locked_by(reference)
        instalment = pledge.instalments.get(number=int(number))
        by = Actor.provider(payment.provider)
        if _is_second(payment, instalment):
            _give_back(payment)
        elif payment.returned_at or _refunded(payment):
            _taken_back(pledge, instalment, payment, by)
        elif payment.collected_at:
            _paid(pledge, instalment, payment, InstalmentState.COLLECTED, by)
        elif payment.failed_at:
            _not_paid(pledge, instalment, payment, by)
        elif payment.promised_at:
            _paid(pledge, instalment, payment, InstalmentState.PROMISED, by)
        elif payment.approval_asked_at:
            _waits(pledge, instalment, payment, by)


def _is_second(payment: Payment, instalment: Instalment) -> bool:
    """Whether it is of another try than the one by which the instalment was paid. A claim back counts all the same."""
    is_other = bool(instalment.payment_reference) and payment.reference != instalment.payment_reference
    return is_other and instalment.state in PAID and payment.returned_at is None


def _give_back(payment: Payment) -> None:
    """Nobody pays twice: a try that was let go and came about after all goes back, whole."""
    if payment.state == PaymentState.COLLECTED and not payment.refunds.exists():
        payments.refund(payment, payment.amount, by=collecting.BY, reason="paid twice")


def of_gift(payment: Payment) -> None:
    """Bring a gift into agreement with `payment`."""
    with transaction.atomic():
        gift = Gift.objects.locked_by(payment.order_key.split(":")[1])
        was_paid = gift.state == GiftState.GIVEN
        gift.payment_reference = payment.reference
        if payment.returned_at or _refunded(payment):
            to = GiftState.TAKEN_BACK
        elif payment.collected_at or (payment.promised_at and not payment.failed_at):
            to = GiftState.GIVEN
        elif payment.failed_at:
            to = GiftState.FAILED
        else:
            return
        if to == GiftState.TAKEN_BACK and gift.state in (GiftState.PENDING, GiftState.FAILED):
            gift.given_at = gift.given_at or clock.now()
            move_gift(gift, to=GiftState.GIVEN)
        if to == gift.state:
            return
        if to == GiftState.GIVEN:
            gift.given_at = gift.given_at or clock.now()
        move_gift(gift, to=to)
        if to == GiftState.GIVEN and not was_paid:
            mails.thanks_for_gift(gift, payment)
        elif to == GiftState.FAILED and was_paid:
            mails.gift_not_paid(gift)


def of_present(payment: Payment) -> None:
    """Bring a present into agreement with `payment`."""
    with transaction.atomic():
        present = Present.objects.locked_by(payment.order_key.split(":")[1])
        present.payment_reference = payment.reference
        if payment.returned_at or _refunded(payment):
            _present_lost(present, payment, PresentState.TAKEN_BACK)
        elif payment.collected_at or (payment.promised_at and not payment.failed_at):
            if present.state == PresentState.TAKEN_BACK:
                presents.refund_if_paid(payment)  # it was given back before the money came
            elif present.state in (PresentState.PENDING, PresentState.FAILED):
                presents.bought(present, payment)
                tasks.deliver_present.enqueue(present.pk)  # at once, when its morning is over
        elif payment.failed_at:
            _present_lost(present, payment, PresentState.FAILED)


def _present_lost(present: Present, payment: Payment, to: PresentState) -> None:
    if present.state in (to, PresentState.TAKEN_BACK):
        return
    if to == PresentState.TAKEN_BACK and present.state in (PresentState.PENDING, PresentState.FAILED):
        presents.bought(present, payment)
    was_bought = present.state != PresentState.PENDING
    move_present(present, to=to)
    if was_bought and to == PresentState.TAKEN_BACK and not payment.returned_at:
        present_mails.given_back(present)  # refunded at the desk
    elif was_bought:
        present_mails.not_paid(present)


def _paid(pledge: Pledge, instalment: Instalment, payment: Payment, state: InstalmentState, by: Actor) -> None:
    if instalment.state in (state, InstalmentState.COLLECTED, InstalmentState.RETURNED, InstalmentState.REFUNDED):
        return
    was_paid, begins = instalment.state in PAID, pledge.state == State.PENDING
    instalment.state, instalment.try_again_on = state, None
    instalment.payment_reference = payment.reference
    instalment.paid_on = instalment.paid_on or _day_of(payment)
    if state == InstalmentState.COLLECTED:  # a promise keeps them: when that fails too, the grace is not begun anew
        instalment.failed_on = instalment.grace_until = instalment.reminded_on = None
    instalment.save()
    if instalment.give_back_minor:  # ended at once: it pays for nothing any more
        note(pledge, by=by, cause=Cause.PAID)
        refunds.give_back(instalment, by=collecting.BY)
        return
    if not was_paid:
        _go_on(pledge, instalment, payment, by)
    if state == InstalmentState.COLLECTED and not begins:  # the thanks for the first are a receipt as well
        mails.receipt(pledge, instalment)


def _go_on(pledge: Pledge, instalment: Instalment, payment: Payment, by: Actor) -> None:
    """What a payment gives to its pledge: paid time, and life."""
    pledge.paid_until = max(instalment.covers_until, pledge.paid_until or instalment.covers_until)
    if pledge.rests_from is not None and pledge.paid_until > pledge.rests_from:
        pledge.rests_from = None
    if pledge.state == State.PENDING:
        _begin(pledge, instalment, payment)
        move(pledge, to=State.ACTIVE, by=by, cause=Cause.PAID)
        mails.thanks_for_pledge(pledge, instalment)
    elif not _heal(pledge, by):
        if pledge.state == State.ENDED:  # it pays for time all the same, and nothing is collected after it
            pledge.started_on = pledge.started_on or instalment.paid_on
            audit.record("pledge.paid_after_end", pledge, by=by)
        note(pledge, by=by, cause=Cause.PAID)


def _heal(pledge: Pledge, by: Actor) -> bool:
    """Make an overdue pledge active again, if nothing of it is failing any more. Returns whether it did."""
    if pledge.state != State.OVERDUE or pledge.failing is not None:
        return False
    pledge.next_on = _not_over(pledge)
    move(pledge, to=State.ACTIVE, by=by, cause=Cause.PAID)
    return True


def _begin(pledge: Pledge, instalment: Instalment, payment: Payment) -> None:
    pledge.started_on = instalment.due_on
    pledge.next_on = instalment.covers_until
    if pledge.mandate is None:
        pledge.mandate = payment.mandate


def _not_paid(pledge: Pledge, instalment: Instalment, payment: Payment, by: Actor) -> None:
    if payment.order_key != instalment.order_key:
        return  # of an earlier try
    if instalment.state in NOT_PAID:
        return
    if instalment.state == InstalmentState.ASKED and instalment.try_again_on is not None:
        return  # let go for another amount; it is asked for anew on its day
    instalment.state, instalment.paid_on = InstalmentState.FAILED, None
    schedule.begin_grace(instalment)
    instalment.payment_reference = payment.reference
    then = failures.of(payment.failure).then
    ahead = schedule.tries_ahead(instalment, then)
    instalment.try_again_on = ahead[0] if ahead else None
    if other := _given_since(payment, pledge):
        instalment.try_again_on = notices.earliest(other.method)
        tasks.try_again.enqueue(instalment.pk)
    if pledge.state in (State.PAUSED, State.ENDED):
        instalment.state, instalment.try_again_on = InstalmentState.ABANDONED, None
    instalment.save()
    if then == Then.STOP and payment.mandate is not None:
        payments.cancel(payment.mandate, by=by)
    if pledge.state == State.PENDING:
        # The provider had taken the first payment before its bank said no: the promise may have been told later.
        pledge.paid_until = instalment.covers_until
        _begin(pledge, instalment, payment)
        move(pledge, to=State.ACTIVE, by=by, cause=Cause.PAID)
    _fall_behind(pledge, instalment, by, tries=ahead)
    collecting.end_grace(pledge)  # a try that came late, after an outage of ours, may have been the last


def _waits(pledge: Pledge, instalment: Instalment, payment: Payment, by: Actor) -> None:
    """The bank wants the giver's approval: it counts as not paid yet, and the giver is told."""
    if payment.order_key != instalment.order_key or instalment.state != InstalmentState.ASKED:
        return
    if pledge.state not in (State.ACTIVE, State.OVERDUE):
        return  # on the pay page the giver is there to approve it
    if _given_since(payment, pledge):
        payments.withdraw(payment.order_key)  # it fails, and is tried on the other one
        return
    instalment.state, instalment.payment_reference = InstalmentState.WAITING, payment.reference
    schedule.begin_grace(instalment)
    instalment.save()
    _fall_behind(pledge, instalment, by)


def _fall_behind(pledge: Pledge, instalment: Instalment, by: Actor, *, tries: Sequence[date] = ()) -> None:
    if pledge.paid_until == instalment.covers_until:
        pledge.paid_until = instalment.due_on
    if pledge.state == State.ACTIVE:
        move(pledge, to=State.OVERDUE, by=by, cause=Cause.NOT_PAID)
        mails.not_paid(pledge, instalment, tries=tries)
    else:
        note(pledge, by=by, cause=Cause.NOT_PAID)


def _taken_back(pledge: Pledge, instalment: Instalment, payment: Payment, by: Actor) -> None:
    """A claim through the bank ends the pledge, since we never collect again from who claims; a refund only unpays."""
    state = InstalmentState.RETURNED if payment.returned_at else InstalmentState.REFUNDED
    if instalment.state in (state, InstalmentState.RETURNED):
        return
    if pledge.state == State.PENDING:
        pledge.paid_until = instalment.covers_until
        _begin(pledge, instalment, payment)
        move(pledge, to=State.ACTIVE, by=by, cause=Cause.PAID)
    instalment.state, instalment.try_again_on = state, None
    instalment.failed_on = instalment.grace_until = instalment.reminded_on = None
    instalment.payment_reference = payment.reference
    instalment.paid_on = instalment.paid_on or _day_of(payment)  # it was paid, though we may hear of it only now
    instalment.save()
    if pledge.paid_until == instalment.covers_until:
        pledge.paid_until = instalment.due_on
    if state == InstalmentState.RETURNED and pledge.live:
        pledge.next_on = None
        pledges.let_go(pledge)
        move(pledge, to=State.ENDED, by=by, cause=Cause.TAKEN_BACK)
        mails.ended(pledge, Cause.TAKEN_BACK)
    elif not _heal(pledge, by):  # what failed was paid after all, and given back before we heard of either
        note(pledge, by=by, cause=Cause.TAKEN_BACK)


def _given_since(payment: Payment, pledge: Pledge) -> Mandate | None:
    """Another card or account that the giver has given since it was asked for."""
    asked, now = payment.mandate_id, pledge.mandate
    return now if asked and now and now.pk != asked and now.state == MandateState.ACTIVE else None


def _refunded(payment: Payment) -> bool:
    return bool(payment.collected_at and payment.refunded_minor >= payment.amount_minor)


def _day_of(payment: Payment) -> date:
    return clock.day_of(payment.promised_at or payment.collected_at or clock.now())


def _not_over(pledge: Pledge) -> date | None:
    """A collection day that passed while the pledge was overdue is let go."""
    if pledge.next_on is None or pledge.next_on > clock.today():
        return pledge.next_on
    return schedule.next_after(pledge.next_on, pledge.interval, pledge.anchor_day)
