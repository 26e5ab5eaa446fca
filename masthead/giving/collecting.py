"""What the clock does with pledges: collect what is due, try again what failed, end what is over."""

from django.db import transaction

from masthead.core import clock, faults
from masthead.core.actors import Actor
from masthead.money import payments
from masthead.money.models import Mandate, Payment
from masthead.money.states import NoticeKind

from . import mails, notices, pledges, schedule
from .models import Instalment, InstalmentState, Pledge
from .states import Cause, State, move

BY = Actor.system("clock")


def collect_due(pledge: Pledge) -> Instalment | None:
    """Ask for one instalment if the pledge is due today; row, payment and next day stand in one transaction.

    After an outage the missed months are let go: one is collected, the next day lies ahead (see schedule). A giver who
    was not told of it is told first, and it waits until the day that was told.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        due = pledge.next_on
        if pledge.state != State.ACTIVE or due is None or due > clock.today():
            return None
        pledge.mandate = pledge.mandate or _mandate_of(pledge)
        notice = notices.of_next(pledge)
        if notice is None and pledge.mandate is not None:
            mails.coming(pledge)  # first the word, then the money
            return None
        if notice is not None and notice.not_before > clock.now():
            return None
        pledge.next_on = schedule.next_after(due, pledge.interval, pledge.anchor_day)
        pledge.save(update_fields=["next_on"])
        newest = pledge.instalments.order_by("-number").first()
        instalment = Instalment.objects.create(
            pledge=pledge,
            number=newest.number + 1 if newest else 1,
            due_on=due,
            covers_until=pledge.next_on,
            amount_minor=pledge.amount_minor,
            interval=pledge.interval,
        )
        _ask_for(instalment, pledge)
        faults.reach("instalment.half-way")
    return instalment


def try_again(instalment: Instalment) -> None:
    """Ask once more for what failed, at the amount that the pledge has now: another try is another payment."""
    with transaction.atomic():
        pledge = Pledge.objects.locked(instalment.pledge_id)
        instalment = pledge.instalments.get(pk=instalment.pk)
        is_due = instalment.try_again_on is not None and instalment.try_again_on <= clock.today()
        if not is_due or not _may_be_tried(instalment, pledge):
            return
        if pledge.mandate is not None and not _was_told(instalment):
            return
        instalment.tries += 1
        instalment.state, instalment.try_again_on = InstalmentState.ASKED, None
        if instalment.interval != pledge.interval:
            instalment.interval = pledge.interval
            instalment.covers_until = schedule.end_of_cover(instalment.due_on, pledge.interval, pledge.anchor_day)
            pledge.next_on = schedule.on_or_after(instalment.covers_until, pledge.anchor_day)
            pledge.rests_from = schedule.rests_from(pledge, planned=instalment.covers_until, next_on=pledge.next_on)
            pledge.save(update_fields=["next_on", "rests_from"])
        instalment.amount_minor = pledge.amount_minor
        instalment.save()
        _ask_for(instalment, pledge)


def _may_be_tried(instalment: Instalment, pledge: Pledge) -> bool:
    """What failed; and what was let go for another amount before the bank was asked for it."""
    if instalment.state == InstalmentState.ASKED:
        return pledge.state in (State.ACTIVE, State.OVERDUE)
    return pledge.state == State.OVERDUE and instalment.state == InstalmentState.FAILED


def announce(pledge: Pledge) -> None:
    """Tell of the next collection in a letter of its own, if nothing told of it in time, or if a pause ends with it."""
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if pledge.state not in (State.ACTIVE, State.PAUSED) or not pledge.mandate:
            return
        notice = notices.of_next(pledge)
        if notice is None or (pledge.state == State.PAUSED and notice.kind != NoticeKind.LETTER):
            mails.coming(pledge)


def end_pause(pledge: Pledge) -> None:
    """Go on, when the day has come until which it was paused."""
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if pledge.state == State.PAUSED and pledge.paused_until and pledge.paused_until <= clock.today():
            move(pledge, to=State.ACTIVE, by=BY, cause=Cause.PAUSE_OVER)


def end_grace(pledge: Pledge) -> None:
    """End a pledge whose payment failed so long ago, unless a try is still under way."""
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        failing, grace = pledge.failing, schedule.grace_of(pledge)
        if pledge.state != State.OVERDUE or failing is None or grace is None or grace > clock.today():
            return
        if failing.state != InstalmentState.ASKED:
            pledges.end(pledge, by=BY, cause=Cause.GRACE_OVER)


def remind(pledge: Pledge) -> None:
    """Tell the giver once more, shortly before the grace is over, unless something is under way."""
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        failing = pledge.failing
        if pledge.state != State.OVERDUE or failing is None or failing.reminded_on or failing.grace_until is None:
            return
        is_time = failing.grace_until - schedule.REMIND_BEFORE <= clock.today() < failing.grace_until
        if is_time and failing.state != InstalmentState.ASKED and failing.try_again_on is None:
            failing.reminded_on = clock.today()
            failing.save(update_fields=["reminded_on"])
            mails.still_not_paid(pledge, failing)


def _ask_for(instalment: Instalment, pledge: Pledge) -> None:
    if pledge.mandate is None:
        instalment.state = InstalmentState.FAILED
        schedule.begin_grace(instalment)
        instalment.save()
        if pledge.state == State.ACTIVE:
            move(pledge, to=State.OVERDUE, by=BY, cause=Cause.NOT_PAID)
            mails.not_paid(pledge, instalment)
        return
    pledge.save(update_fields=["mandate"])
    payment = payments.collect(
        pledge.mandate, instalment.amount, instalment.order_key, description=mails.what_it_is(pledge)
    )
    instalment.payment_reference = payment.reference
    instalment.save(update_fields=["payment_reference"])


def _was_told(instalment: Instalment) -> bool:
    """Whether the try may be made now; a giver who doesn't know of it is told, and it waits."""
    notice = notices.of_next_try(instalment)
    if notice is None:
        when = notices.day_for_try(instalment)
        instalment.try_again_on = when
        instalment.save(update_fields=["try_again_on"])
        mails.trying_again(instalment.pledge, instalment, when)
    return notice is not None and notice.not_before <= clock.now()


def _mandate_of(pledge: Pledge) -> Mandate | None:
    """The mandate of the first payment, if we heard of it only after the pledge had begun."""
    first = Payment.objects.select_related("mandate").filter(order_key=f"pledge:{pledge.reference}:1").first()
    return first.mandate if first else None
