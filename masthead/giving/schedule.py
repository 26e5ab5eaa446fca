"""When a pledge is collected. Days are days in the newsroom's time zone."""

from datetime import date, timedelta

from masthead.core import clock
from masthead.money import notices
from masthead.money.failures import Then

from . import terms
from .models import GRACE_DAYS, MONTHS, Instalment, InstalmentState, Interval, Pledge
from .refusals import NotFromHere
from .states import State

LONGEST_PAUSE = 3  # months, from the day on which it would have been collected
TRY_AGAIN_AFTER = (timedelta(days=3), timedelta(days=7))  # since the first failure
REMIND_BEFORE = timedelta(days=4)  # the end of the grace
LONGEST_MOVE = 2  # months, from the day on which it would have been collected
LONGEST_GRACE = timedelta(days=GRACE_DAYS[1])  # since the failure, however often it is extended


def after(day: date, interval: str, anchor: int) -> date:
    """The collection day one interval after `day`; a pledge of the 31st comes back to the 31st."""
    return clock.add_months(day, MONTHS[Interval(interval)], anchor=anchor)


def next_after(due: date, interval: str, anchor: int) -> date:
    """The first collection day after `due` that is not over yet.

    After a long outage one instalment is collected and those missed are not: nobody meets several months at once.
    """
    day = after(due, interval, anchor)
    while day <= clock.today():
        day = after(day, interval, anchor)
    return day


def on_or_after(day: date, pledge: Pledge) -> date:
    """The first day from `day` on that is the pledge's day of the month."""
    this_month = clock.add_months(day, 0, anchor=pledge.anchor_day)
    return this_month if this_month >= day else clock.add_months(day, 1, anchor=pledge.anchor_day)


def days_to_pause_until(pledge: Pledge) -> list[date]:
    """The days that a pause may last until: the next collection, put off by one, two or three months."""
    if pledge.next_on is None:
        return []
    return [
        clock.add_months(pledge.next_on, months, anchor=pledge.anchor_day) for months in range(1, LONGEST_PAUSE + 1)
    ]


def days_to_move_to(pledge: Pledge) -> tuple[date, date]:
    """The first and the last day that the next collection can be moved to; of what failed, the next try.

    A day is told before, as its method wants. Raises NotFromHere where there is nothing to move.
    """
    soonest = max(notices.earliest(pledge.mandate.method if pledge.mandate else ""), clock.today() + timedelta(days=1))
    if pledge.state == State.ACTIVE and pledge.next_on is not None:
        return soonest, clock.add_months(pledge.next_on, LONGEST_MOVE)
    failing = pledge.failing if pledge.state == State.OVERDUE else None
    is_tried = failing is not None and failing.state == InstalmentState.FAILED and pledge.mandate is not None
    if not is_tried or failing is None or failing.grace_until is None:
        raise NotFromHere(now=State(pledge.state).label)
    return soonest, failing.grace_until - timedelta(days=1)


def latest_grace(failing: Instalment) -> date:
    """Until when the grace of what failed can be extended at most."""
    return (failing.failed_on or clock.today()) + LONGEST_GRACE


def tries_ahead(instalment: Instalment, then: Then) -> list[date]:
    """The days of the tries to come, after this many have failed; none where the reason or the calendar has none.

    None is sooner than the method of paying allows after a notice of today, nor on or after the end of the grace.
    """
    if then != Then.LATER or instalment.failed_on is None or instalment.grace_until is None:
        return []
    mandate = instalment.pledge.mandate
    soonest = notices.earliest(mandate.method if mandate else "")
    days = {max(instalment.failed_on + after, soonest) for after in TRY_AGAIN_AFTER[instalment.tries - 1 :]}
    return sorted(day for day in days if day < instalment.grace_until)


def begin_grace(instalment: Instalment) -> None:
    """Note that an instalment failed, and until when that costs nothing. Of several times the first counts."""
    instalment.failed_on = instalment.failed_on or clock.today()  # heard of today: no grace runs before the giver knows
    instalment.grace_until = instalment.grace_until or instalment.failed_on + terms.in_force().grace


def grace_of(pledge: Pledge) -> date | None:
    """The day from which benefits end, while a payment is overdue; None when none is."""
    failing = pledge.failing
    return failing.grace_until if failing else None
