"""Why somebody may have something: what a pledge, a gift, a present and a courtesy grant."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.giving import schedule
from masthead.giving.models import Gift, Pledge, Present
from masthead.giving.states import GiftState, PresentState, State
from masthead.money.amounts import Money
from masthead.readers import accounts, addresses
from masthead.readers.models import Reader

from . import grants, tiers
from .grants import Span
from .models import AD_FREE, THANKED, Courtesy, Grant, Reason

THANKED_FOR = timedelta(days=90)
LONGEST_COURTESY = 100 * 12  # months

audit.register("courtesy.given", "{by} gave a courtesy membership, {subject}, until {until}")
audit.register("courtesy.ended", "{by} ended a courtesy membership, {subject}")


class CourtesyInThePast(Refusal):
    """Its last day is over."""

    for_people_text = "Choose a last day from today on. Nothing has been changed."


class CourtesyTooLong(Refusal):
    """Its last day is further off than LONGEST_COURTESY."""

    for_people_text = "Choose a last day before %(latest)s. Nothing has been changed."


def of_pledge(pledge: Pledge) -> None:
    """Grant what a pledge has earned, as it stands now; called in the transaction that moves it."""
    grants.agree(Reason.PLEDGE, pledge.reference, holders=(pledge.reader, pledge.device), spans=earned_by(pledge))


def earned_by(pledge: Pledge) -> dict[str, Span]:
    """What a pledge grants now, by benefit.

    While it is active: all that its amount reaches, without end; overdue: the same, within the grace; either until it
    rests, when its day was moved beyond the paid time. Paused: what was paid for, by the house rule of that day. What
    was paid for lasts as long as it was paid for, whatever follows. Below the lowest floor: thanks for each payment.
    """
    paid = pledge.last_paid
    reached = _reached(pledge, paid.amount, paid.interval) if paid else {}
    if paid is None and pledge.paid_until and not pledge.instalments.exists():
        reached = _reached(pledge, pledge.amount, pledge.interval)  # paid to the software of before
    paid_for = reached if pledge.paid_until else {}
    spans: dict[str, Span] = {}
    if pledge.state in (State.ACTIVE, State.OVERDUE):
        grace = schedule.grace_of(pledge) if pledge.state == State.OVERDUE else None
        for code, floor in _reached(pledge, pledge.amount, pledge.interval).items():
            # An old debit that bounces late makes it overdue in the middle of a month that is paid.
            last = max(grace, pledge.paid_until or grace) if grace and code in paid_for else grace
            if rests := pledge.rests_from:
                rests = max(rests, pledge.paid_until or rests) if code in paid_for else rests
                last = min(last, rests) if last else rests
            spans[code] = Span(None, clock.start_of(last) if last else None, floor)
    if pledge.keeps_while_paused and pledge.paused_until:
        day_of_return = clock.start_of(
            pledge.paused_until + timedelta(days=1)
        )  # the clock may be late to end the pause
        spans |= {code: Span(day_of_return, None, floor) for code, floor in paid_for.items()}
    if pledge.paid_until:
        for code, floor in paid_for.items():
            spans.setdefault(code, Span(clock.start_of(pledge.paid_until), None, floor))
    if paid and paid.paid_on and AD_FREE not in spans and AD_FREE not in reached:
        spans[THANKED] = Span(clock.start_of(paid.paid_on + THANKED_FOR))
    return spans


def of_gift(gift: Gift) -> None:
    """Thanks for 90 days, or the months of membership that it pays for; nothing when it failed or was taken back."""
    spans: dict[str, Span] = {}
    if gift.state == GiftState.GIVEN and gift.covers_until is not None:
        a_month = Money(gift.amount_minor // gift.months, gift.currency)
        spans = _membership(a_month, until=clock.start_of(gift.covers_until))
    elif gift.state == GiftState.GIVEN and gift.given_at is not None:
        spans = {THANKED: Span(_after(gift.given_at))}
    grants.agree(Reason.GIFT, gift.reference, holders=(gift.reader, gift.device), spans=spans)


def of_present(present: Present) -> None:
    """The months that somebody got, from the claim on; nothing when it failed or was taken back."""
    is_theirs = present.state == PresentState.CLAIMED and present.ends_on is not None
    spans = _membership(present.a_month, until=clock.start_of(present.ends_on)) if is_theirs else {}  # type: ignore[arg-type]
    grants.agree(Reason.PRESENT, present.reference, holders=(present.receiver,), spans=spans)


def _membership(a_month: Money, *, until: datetime) -> dict[str, Span]:
    """What was paid for at once: all that so much a month reaches, and at least what the lowest level grants.

    So a floor that rises between the payment and the claim takes nothing away.
    """
    return {
        code: Span(until) for code in {*tiers.reached_by(a_month, "month"), *tiers.codes_of_lowest(a_month.currency)}
    }


def give_courtesy(*, until: date, why: str, by: Actor, email: str = "", reader: Reader | None = None) -> Courtesy:
    """A membership that the newsroom gives, with all that any tier grants, the day `until` included.

    To a reader, or to who has this address, known or not. Raises BadAddress, CourtesyInThePast, CourtesyTooLong.
    """
    if until < clock.today():
        raise CourtesyInThePast
    if until >= (latest := clock.add_months(clock.today(), LONGEST_COURTESY)):
        raise CourtesyTooLong(latest=date_format(latest, "j F Y"))
    with transaction.atomic():
        reader = reader or accounts.reader_for(addresses.checked(email), by=by)
        courtesy = Courtesy.objects.create(reader=reader, until=until, reason=why, by=str(by))
        ends = clock.start_of(until + timedelta(days=1))
        spans = {code: Span(ends) for code in tiers.all_codes()}
        grants.agree(Reason.COURTESY, str(courtesy.pk), holders=(reader,), spans=spans)
        audit.record("courtesy.given", courtesy, by=by, until=until)
    return courtesy


def end_courtesy(courtesy: Courtesy, *, by: Actor) -> None:
    """End it now. Twice changes nothing."""
    with transaction.atomic():
        if Courtesy.objects.filter(pk=courtesy.pk, ended_at__isnull=True).update(ended_at=clock.now()):
            grants.agree(Reason.COURTESY, str(courtesy.pk), holders=(), spans={})
            audit.record("courtesy.ended", courtesy, by=by)


def _reached(pledge: Pledge, amount: Money, interval: str) -> dict[str, int]:
    """What an amount of it reaches; and what it has had and still reaches by the floor that it was given at.

    So a floor that is raised later takes nothing from who gives as before.
    """
    reached = tiers.reached_by(amount, interval)
    a_year = amount.minor * (tiers.MONTHS_A_YEAR if interval == "month" else 1)
    held = Grant.objects.for_reason(Reason.PLEDGE, pledge.reference).standing().filter(floor_minor__isnull=False)
    for code, floor in held.values_list("benefit", "floor_minor"):
        if floor is not None and a_year >= floor * tiers.MONTHS_A_YEAR:
            reached.setdefault(code, floor)
    return reached


def _after(moment: datetime | None) -> datetime | None:
    return moment + THANKED_FOR if moment else None
