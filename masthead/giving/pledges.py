"""The verbs of a pledge: start, change, move its date, pause, resume, end, correct its address, join it to a reader."""

from datetime import date

from django.db import transaction

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.money import checkouts, payments, providers
from masthead.money.amounts import Money
from masthead.money.defences import Visitor
from masthead.money.models import Checkout, Payment, Refund
from masthead.money.notices import earliest
from masthead.readers import addresses
from masthead.readers.models import Device, Reader

from . import fees, mails, previews, refunds, remarks, schedule, terms
from .models import OPEN, Instalment, InstalmentState, Interval, Pledge
from .origins import NOWHERE, Origin
from .refusals import (
    AlreadyConfirmed,
    ChangedSince,
    DayTooLate,
    DayTooSoon,
    GraceNotLonger,
    GraceTooLong,
    NoSuchDay,
    NotFromHere,
    NothingToGiveBack,
    OtherCurrency,
    PauseTooLong,
    PauseTooShort,
)
from .remarks import NOTHING, Said
from .states import Act, Cause, State, move, note, standing

THANKS = "/support/thanks/{reference}/"
DAYS_OF_A_MONTH = range(1, 32)

audit.register("pledge.started", "{by} began pledge {subject}")
audit.register("pledge.changed", "{by} changed pledge {subject} to {amount_minor} {currency} every {interval}")
audit.register("pledge.date_moved", "{by} moved pledge {subject} to day {day}, to be collected on {next_on}")
audit.register("pledge.paused", "{by} paused pledge {subject} until {until}")
audit.register("pledge.resumed", "{by} resumed pledge {subject}, to be collected on {next_on}")
audit.register("pledge.ended", "{by} ended pledge {subject}, because {cause}")
audit.register("pledge.ended_with_refund", "{by} ended pledge {subject} with {amount_minor} {currency} given back")
audit.register("pledge.readdressed", "{by} corrected the address of pledge {subject}")
audit.register("pledge.claimed", "pledge {subject} joined an account")
audit.register("pledge.grace_extended", "{by} extended the grace of pledge {subject} until {until}")


def start(
    *, amount: Money, interval: Interval, email: str, device: Device | None, reader: Reader | None, by: Actor,
    origin: Origin = NOWHERE, provider: str = "", cover_fee: bool = False, said: Said = NOTHING,
    visitor: Visitor | None = None,
) -> Checkout:  # fmt: skip
    """Promise `amount` every `interval`; the pledge lives from its first payment. Returns where that is paid.

    `reader` is the signed-in one, if the address is theirs; `provider` is the way to pay that was chosen, or empty.
    With `cover_fee` so much more is promised that `amount` arrives whole.
    Where `visitor` is told it may be held to be looked at first (see checkouts.begin).
    Raises AmountOutside, TooLittleNow, OtherCurrency, NotThisWay; Trouble when the provider cannot be reached: then
    the pledge stays pending and ends by itself.
    """
    terms.taken(amount.currency)
    terms.check_new(amount)
    way = providers.choose(provider, amount.currency, keeps_mandate=True)
    given, amount = amount, fees.covering(amount, fees.rate_of(way, amount.currency)) if cover_fee else amount
    today = clock.today()
    with transaction.atomic():
        pledge = Pledge.objects.create(
            amount_minor=amount.minor,
            fee_minor=(amount - given).minor,
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
        remarks.keep(pledge, said)
        audit.record("pledge.started", pledge, by=by)
    return checkouts.begin(
        order_key=instalment.order_key,
        amount=amount,
        keeps_mandate=True,
        email=pledge.email,
        description=mails.what_it_is(pledge),
        return_to=THANKS,
        provider=provider,
        visitor=visitor,
    )


def change_amount(pledge: Pledge, *, amount: Money, by: Actor, seen: int | None = None) -> None:
    """Another amount, as often as before. See change."""
    change(pledge, amount=amount, interval=Interval(pledge.interval), by=by, seen=seen)


def change_interval(pledge: Pledge, *, interval: Interval, amount: Money, by: Actor, seen: int | None = None) -> None:
    """Monthly becomes yearly or the other way round, with the `amount` that is given then. See change."""
    change(pledge, amount=amount, interval=interval, by=by, seen=seen)


def change(pledge: Pledge, *, amount: Money, interval: Interval, by: Actor, seen: int | None = None) -> None:
    """From the next collection on, and for a try to come of one that failed; what is paid for stays as it was paid.

    What the bank was not asked for yet is let go, and asked for anew; what is taken or promised stays. What is
    so already changes nothing and tells nobody. `seen` is the newest move that the page showed from which it is asked.
    Raises AmountOutside, OtherCurrency, ChangedSince, and NotFromHere unless it lives.
    """
    terms.check(amount)
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if amount.currency != pledge.currency:
            raise OtherCurrency(currency=pledge.currency)
        _must_live(pledge)
        if (pledge.amount, pledge.interval) == (amount, interval):
            return
        must_be_as_seen(pledge, seen)
        before, act = standing(pledge), Act.AMOUNT if interval == pledge.interval else Act.INTERVAL
        pledge.amount_minor, pledge.interval, pledge.fee_minor = amount.minor, interval, 0
        moved = note(pledge, by=by, cause=Cause.ASKED, act=act, before=before)
        audit.record(
            "pledge.changed", pledge, by=by, amount_minor=amount.minor, currency=amount.currency, interval=interval
        )
        mails.changed(pledge, moved, _asked_for_anew(pledge))


def _asked_for_anew(pledge: Pledge) -> Instalment | None:
    """What is tried again with the new amount; not sooner than the method of paying allows."""
    instalment = pledge.instalments.filter(state__in=OPEN).order_by("-number").first()
    if instalment is None:
        return None
    soonest = earliest(pledge.mandate.method if pledge.mandate else "")
    if instalment.try_again_on is not None:
        instalment.try_again_on = max(instalment.try_again_on, soonest)
    elif payments.withdraw(instalment.order_key):
        instalment.try_again_on = soonest
        if instalment.state == InstalmentState.WAITING:
            instalment.state = InstalmentState.FAILED
    else:
        return None
    instalment.save(update_fields=["try_again_on", "state"])
    return instalment


def collect_on(pledge: Pledge, *, day: date, by: Actor) -> None:
    """Collect on `day` in place of the next day, and on its day of the month from then on; of what fails, try it then.

    Raises DayTooSoon (before what is paid for ends, or sooner than the method allows after the notice), DayTooLate
    (beyond LONGEST_MOVE months after the day that it was, or not within the grace), and NotFromHere unless it is active
    or tried again.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        soonest, latest = schedule.days_to_move_to(pledge)
        if day < soonest:
            raise DayTooSoon(soonest=previews.day(soonest))
        if day > latest:
            raise DayTooLate(latest=previews.day(latest))
        before = standing(pledge)
        failing = pledge.failing if pledge.state == State.OVERDUE else None
        if failing is not None:
            failing.try_again_on = day
            failing.save(update_fields=["try_again_on"])
        else:
            pledge.rests_from = schedule.rests_from(pledge, planned=schedule.planned(pledge), next_on=day)
            pledge.next_on, pledge.anchor_day = day, day.day
        moved = note(pledge, by=by, cause=Cause.ASKED, act=Act.DAY, before=before)
        audit.record("pledge.date_moved", pledge, by=by, day=day.day, next_on=day)
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
            raise GraceNotLonger(now=previews.day(failing.grace_until))
        if until > latest:
            raise GraceTooLong(latest=previews.day(latest))
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


def move_date(pledge: Pledge, *, day: int, by: Actor, seen: int | None = None) -> None:
    """Collect on another `day` of the month, 1 to 31, from the next collection on, which never comes sooner by it.

    Between the end of the paid time and the new day benefits rest, but for a bridge: see schedule.moved_to. A try to
    come of what failed keeps its day. Raises NoSuchDay, ChangedSince, and NotFromHere unless it is active or overdue.
    """
    if day not in DAYS_OF_A_MONTH:
        raise NoSuchDay
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if pledge.state not in (State.ACTIVE, State.OVERDUE):
            raise NotFromHere(now=State(pledge.state).label)
        if pledge.anchor_day == day:
            return
        must_be_as_seen(pledge, seen)
        before = standing(pledge)
        ahead = schedule.moved_to(pledge, day)
        pledge.anchor_day, pledge.next_on, pledge.rests_from = day, ahead.next_on, ahead.rests_from
        moved = note(pledge, by=by, cause=Cause.ASKED, act=Act.DAY, before=before)
        audit.record("pledge.date_moved", pledge, by=by, day=day, next_on=pledge.next_on)
        mails.changed(pledge, moved)


def pause(pledge: Pledge, *, until: date, by: Actor, seen: int | None = None) -> None:
    """Collect nothing before `until`, then on the pledge's day; a house rule says whether unpaid benefits last.

    They do in a pause that begins within paid time alone, so that one pause after the other keeps nothing. Raises
    PauseTooShort, PauseTooLong (beyond LONGEST_PAUSE months after the next collection), ChangedSince, and NotFromHere
    when the pledge is not active.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if pledge.state != State.ACTIVE or pledge.next_on is None:
            raise NotFromHere(now=State(pledge.state).label)
        must_be_as_seen(pledge, seen)
        latest = schedule.days_to_pause_until(pledge)[-1]
        if until <= pledge.next_on:
            raise PauseTooShort(next=previews.day(pledge.next_on))
        if until > latest:
            raise PauseTooLong(latest=previews.day(latest))
        before = standing(pledge)
        pledge.next_on, pledge.rests_from = schedule.on_or_after(until, pledge.anchor_day), None
        pledge.keeps_while_paused = terms.in_force().keeps_while_paused and pledge.has_paid_time
        moved = move(
            pledge, to=State.PAUSED, paused_until=pledge.next_on, by=by, cause=Cause.ASKED, act=Act.PAUSE, before=before
        )
        let_go(pledge)
        audit.record("pledge.paused", pledge, by=by, until=pledge.next_on)
        mails.paused(pledge, moved)


def day_when_resumed(pledge: Pledge) -> date:
    """When it would be collected next if it were resumed today: when the paid time is over, or at once if it is."""
    today = clock.today()
    if pledge.paid_until is None or pledge.paid_until <= today:
        return today
    return schedule.on_or_after(pledge.paid_until, pledge.anchor_day)


def resume(pledge: Pledge, *, by: Actor, seen: int | None = None) -> None:
    """Go on before the pause is over; when the paid time is over, a new one begins today, with a collection.

    Otherwise a pause of a day, each month, would keep the benefits without a payment. Raises ChangedSince, and
    NotFromHere unless it is paused.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        if pledge.state != State.PAUSED:
            raise NotFromHere(now=State(pledge.state).label)
        must_be_as_seen(pledge, seen)
        before = standing(pledge)
        pledge.next_on = day_when_resumed(pledge)
        if pledge.next_on == clock.today():
            pledge.anchor_day = pledge.next_on.day
        elif pledge.paid_until is not None and pledge.next_on > pledge.paid_until:
            pledge.rests_from = schedule.rests_from(pledge, planned=pledge.paid_until, next_on=pledge.next_on)
        moved = move(pledge, to=State.ACTIVE, by=by, cause=Cause.ASKED, act=Act.RESUME, before=before)
        audit.record("pledge.resumed", pledge, by=by, next_on=pledge.next_on)
        mails.resumed(pledge, moved)


def end(pledge: Pledge, *, by: Actor, cause: Cause = Cause.ASKED, seen: int | None = None) -> None:
    """Collect nothing any more; benefits last while they are paid for.

    Raises ChangedSince, and NotFromHere when it has ended.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        must_be_as_seen(pledge, seen)
        began = pledge.started_on is not None
        _stop(pledge, by=by, cause=cause, act=Act.END if cause == Cause.ASKED else "")
        audit.record("pledge.ended", pledge, by=by, cause=cause)
        if began and cause != Cause.ERASED:
            mails.ended(pledge, cause)


def end_with_refund(pledge: Pledge, *, by: Actor, seen: int | None = None) -> Money:
    """End it and all that it brings now, and give the unused part back: all, in the cooling-off time. Returns how much.

    What the bank has promised is called off if it still can be, or goes back once it is collected. Raises
    NothingToGiveBack, ChangedSince, and NotFromHere unless it lives.
    """
    with transaction.atomic():
        pledge = Pledge.objects.locked(pledge.pk)
        _must_live(pledge)
        must_be_as_seen(pledge, seen)
        is_whole = refunds.cooling_off_until(pledge) is not None
        let_go(pledge)
        shares = refunds.mark(pledge)
        back = refunds.total(shares, pledge.currency)
        if not back:
            raise NothingToGiveBack
        pledge.paid_until = min(pledge.paid_until or clock.today(), clock.today())
        _stop(pledge, by=by, cause=Cause.ASKED, act=Act.REFUND)
        audit.record("pledge.ended_with_refund", pledge, by=by, amount_minor=back.minor, currency=back.currency)
        mails.ended_with_refund(pledge, shares, back, is_whole=is_whole)
        for share in shares:
            refunds.give_back(share.instalment, by=by)
    return back


def _stop(pledge: Pledge, *, by: Actor, cause: Cause, act: str) -> None:
    before = standing(pledge)
    pledge.next_on = pledge.rests_from = None
    let_go(pledge)
    move(pledge, to=State.ENDED, by=by, cause=cause, act=act, before=before)


def must_be_as_seen(pledge: Pledge, seen: int | None) -> None:
    """Raise ChangedSince if anything happened to it since the move `seen`; None stands for who saw no page."""
    if seen is not None and seen != pledge.newest_move:
        raise ChangedSince


def let_go(pledge: Pledge) -> None:
    """Try nothing of a locked pledge again, and let go what the bank was not asked for yet or wants approved."""
    planned = pledge.instalments.filter(try_again_on__isnull=False)
    planned.filter(state=InstalmentState.ASKED).update(state=InstalmentState.ABANDONED)
    planned.update(try_again_on=None)
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
