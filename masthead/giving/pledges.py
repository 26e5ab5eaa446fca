"""The verbs of a pledge: start, change, pause, resume, end, correct its address, join it to a reader."""

from datetime import date

from django.db import transaction

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.money import checkouts, payments, providers
from masthead.money.amounts import Money
from masthead.money.models import Checkout, Payment, Refund
from masthead.money.notices import earliest
from masthead.readers import addresses
from masthead.readers.models import Device, Reader

from . import mails, schedule, terms
from .models import Instalment, InstalmentState, Interval, Pledge
from .origins import NOWHERE, Origin
from .refusals import (
    AlreadyConfirmed,
    DayTooLate,
    DayTooSoon,
    GraceNotLonger,
    GraceTooLong,
    NotFromHere,
    OtherCurrency,
    PauseTooLong,
    PauseTooShort,
)
from .states import Cause, State, move, note

THANKS = "/support/thanks/{reference}/"

audit.register("pledge.started", "{by} began pledge {subject}")
audit.register("pledge.changed", "{by} changed pledge {subject} to {amount_minor} {currency} every {interval}")
audit.register("pledge.paused", "{by} paused pledge {subject} until {until}")
audit.register("pledge.resumed", "{by} resumed pledge {subject}, to be collected on {next_on}")
audit.register("pledge.ended", "{by} ended pledge {subject}, because {cause}")
audit.register("pledge.readdressed", "{by} corrected the address of pledge {subject}")
audit.register("pledge.claimed", "pledge {subject} joined an account")
audit.register("pledge.date_moved", "{by} moved the collection of pledge {subject} to {day}")
audit.register("pledge.grace_extended", "{by} extended the grace of pledge {subject} until {until}")


def start(
    *, amount: Money, interval: Interval, email: str, device: Device | None, reader: Reader | None, by: Actor,
    origin: Origin = NOWHERE, provider: str = "",
) -> Checkout:  # fmt: skip
    """Promise `amount` every `interval`; the pledge lives from its first payment. Returns where that is paid.

    `reader` is the signed-in one, if the address is theirs; `provider` is the way to pay that was chosen, or empty.
    Raises AmountOutside, OtherCurrency, NotThisWay; Trouble when the provider cannot be reached: then the pledge stays
    pending and ends by itself.
    """
    terms.check(amount)
    providers.choose(provider, amount.currency, keeps_mandate=True)
    today = clock.today()
    with transaction.atomic():
        pledge = Pledge.objects.create(
            amount_minor=amount.minor,
            currency=amount.currency,
            interval=interval,
            anchor_day=today.day,
            email=addresses.normalise(email),
            device=device,
            reader=reader,
            **origin.fields,
        )
        instalment = Instalment.objects.create(
            pledge=pledge,
            number=1,
            due_on=today,
            covers_until=schedule.after(today, interval, today.day),
            amount_minor=amount.minor,
            interval=interval,
        )
        audit.record("pledge.started", pledge, by=by)
    return checkouts.begin(
        order_key=instalment.order_key,
        amount=amount,
        keeps_mandate=True,
        email=pledge.email,
        description=mails.what_it_is(pledge),
        return_to=THANKS,
        provider=provider,
    )


def change(pledge: Pledge, *, amount: Money, interval: Interval, by: Actor) -> None:
    """From the next collection on, and for a try to come of one that failed; what is paid for stays as it was paid.

    Raises AmountOutside, OtherCurrency, and NotFromHere unless it lives.
    """
    terms.check(amount)
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if amount.currency != pledge.currency:
            raise OtherCurrency(currency=pledge.currency)
        _must_live(pledge)
        pledge.amount_minor, pledge.interval = amount.minor, interval
        moved = note(pledge, by=by, cause=Cause.ASKED)
        audit.record(
            "pledge.changed", pledge, by=by, amount_minor=amount.minor, currency=amount.currency, interval=interval
        )
        mails.changed(pledge, moved, _tried_again_later(pledge))


def _tried_again_later(pledge: Pledge) -> Instalment | None:
    """What fails and is tried again with the new amount; not sooner than the method of paying allows."""
    failing = pledge.failing
    if failing is None or failing.try_again_on is None:
        return None
    failing.try_again_on = max(failing.try_again_on, earliest(pledge.mandate.method if pledge.mandate else ""))
    failing.save(update_fields=["try_again_on"])
    return failing


def move_date(pledge: Pledge, *, day: date, by: Actor) -> None:
    """Collect on `day` in place of the next day, and on its day of the month from then on; of what fails, try it then.

    Raises DayTooSoon (today, or sooner than the method allows after the notice), DayTooLate (beyond LONGEST_MOVE months
    after the day that it was, or not within the grace), and NotFromHere unless it is active or tried again.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        soonest, latest = schedule.days_to_move_to(pledge)
        if day < soonest:
            raise DayTooSoon(soonest=mails.day(soonest))
        if day > latest:
            raise DayTooLate(latest=mails.day(latest))
        failing = pledge.failing if pledge.state == State.OVERDUE else None
        if failing is not None:
            failing.try_again_on = day
            failing.save(update_fields=["try_again_on"])
        else:
            pledge.next_on, pledge.anchor_day = day, day.day
        moved = note(pledge, by=by, cause=Cause.ASKED)
        audit.record("pledge.date_moved", pledge, by=by, day=day)
        mails.changed(pledge, moved, failing)


def extend_grace(pledge: Pledge, *, until: date, by: Actor) -> None:
    """Let a failed payment cost nothing before `until`; the giver is told. What is tried again stays as it was planned.

    Raises GraceNotLonger, GraceTooLong (beyond LONGEST_GRACE since the failure), and NotFromHere unless it is overdue.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        failing = pledge.failing
        if pledge.state != State.OVERDUE or failing is None or failing.grace_until is None:
            raise NotFromHere(now=State(pledge.state).label)
        latest = schedule.latest_grace(failing)
        if until <= failing.grace_until:
            raise GraceNotLonger(now=mails.day(failing.grace_until))
        if until > latest:
            raise GraceTooLong(latest=mails.day(latest))
        failing.grace_until, failing.reminded_on = until, None
        failing.save(update_fields=["grace_until", "reminded_on"])
        moved = note(pledge, by=by, cause=Cause.ASKED)
        audit.record("pledge.grace_extended", pledge, by=by, until=until)
        mails.grace_longer(pledge, moved, failing)


def refund_and_end(pledge: Pledge, payment: Payment, amount: Money, *, by: Actor, reason: str) -> Refund:
    """Give `amount` of one of its payments back, then end it: both or neither, and the provider is asked after that.

    The refund's row stands before the end does; while the provider is away it is asked again for as long as it takes,
    and nothing is collected meanwhile. Raises NotRefundable, and NotFromHere when it has ended already.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        _must_live(pledge)
        made = payments.refund(payment, amount, by=by, reason=reason)
        end(pledge, by=by)
    return made


def pause(pledge: Pledge, *, until: date, by: Actor) -> None:
    """Collect nothing before `until`, then on the pledge's day; benefits last while they are paid for.

    Raises PauseTooShort, PauseTooLong (beyond LONGEST_PAUSE months after the next collection), and NotFromHere when
    the pledge is not active.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if pledge.state != State.ACTIVE or pledge.next_on is None:
            raise NotFromHere(now=State(pledge.state).label)
        latest = schedule.days_to_pause_until(pledge)[-1]
        if until <= pledge.next_on:
            raise PauseTooShort(next=mails.day(pledge.next_on))
        if until > latest:
            raise PauseTooLong(latest=mails.day(latest))
        pledge.next_on = schedule.on_or_after(until, pledge)
        moved = move(pledge, to=State.PAUSED, paused_until=pledge.next_on, by=by, cause=Cause.ASKED)
        let_go(pledge)
        audit.record("pledge.paused", pledge, by=by, until=pledge.next_on)
        mails.paused(pledge, moved)


def day_when_resumed(pledge: Pledge) -> date:
    """When it would be collected next if it were resumed today: when the paid time is over, or at once if it is."""
    today = clock.today()
    if pledge.paid_until is None or pledge.paid_until <= today:
        return today
    return schedule.on_or_after(pledge.paid_until, pledge)


def resume(pledge: Pledge, *, by: Actor) -> None:
    """Go on before the pause is over; when the paid time is over, a new one begins today, with a collection.

    Otherwise a pause of a day, each month, would keep the benefits without a payment. Raises NotFromHere unless it
    is paused.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if pledge.state != State.PAUSED:
            raise NotFromHere(now=State(pledge.state).label)
        pledge.next_on = day_when_resumed(pledge)
        if pledge.next_on == clock.today():
            pledge.anchor_day = pledge.next_on.day
        moved = move(pledge, to=State.ACTIVE, by=by, cause=Cause.ASKED)
        audit.record("pledge.resumed", pledge, by=by, next_on=pledge.next_on)
        mails.resumed(pledge, moved)


def end(pledge: Pledge, *, by: Actor, cause: Cause = Cause.ASKED) -> None:
    """Collect nothing any more; benefits last while they are paid for. Raises NotFromHere when it has ended."""
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        began = pledge.started_on is not None
        pledge.next_on = None
        let_go(pledge)
        move(pledge, to=State.ENDED, by=by, cause=cause)
        audit.record("pledge.ended", pledge, by=by, cause=cause)
        if began and cause != Cause.ERASED:
            mails.ended(pledge, cause)


def let_go(pledge: Pledge) -> None:
    """Try nothing of a locked pledge again, and let go what the bank was not asked for yet or wants approved."""
    pledge.instalments.filter(try_again_on__isnull=False).update(try_again_on=None)
    for instalment in pledge.instalments.filter(state__in=(InstalmentState.ASKED, InstalmentState.WAITING)):
        payments.withdraw(instalment.order_key)


def correct_address(pledge: Pledge, *, email: str, by: Actor) -> None:
    """Send to another address, which was mistyped. Raises BadAddress, AlreadyConfirmed."""
    address = addresses.checked(email)
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if pledge.reader_id is not None:
            raise AlreadyConfirmed
        pledge.email = address
        pledge.save(update_fields=["email"])
        audit.record("pledge.readdressed", pledge, by=by)
        mails.ask_to_confirm(pledge)


def claim(pledge: Pledge, *, reader: Reader, by: Actor) -> None:
    """Join it to the account whose address was confirmed; the paying device keeps what it has."""
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if pledge.reader_id is not None:
            return
        pledge.reader = reader
        note(pledge, by=by, cause=Cause.CLAIMED)
        audit.record("pledge.claimed", pledge, by=by)


def _must_live(pledge: Pledge) -> None:
    if not pledge.live:
        raise NotFromHere(now=State(pledge.state).label)
