"""When a pledge is collected. Days are days in the newsroom's time zone."""

from dataclasses import dataclass
from datetime import date, timedelta

from masthead.core import clock
from masthead.money import notices
from masthead.money.failures import Then

from . import terms
from .models import GRACE_DAYS, MONTHS, OPEN, Instalment, InstalmentState, Interval, Pledge
from .refusals import NotFromHere
from .states import Act, State

LONGEST_PAUSE = 3  # months, from the day on which it would have been collected
TRY_AGAIN_AFTER = (timedelta(days=3), timedelta(days=7))  # since the first failure
BRIDGED_AGAIN_AFTER = timedelta(days=365)
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


def on_or_after(day: date, anchor: int) -> date:
    """The first day from `day` on that is the `anchor` day of its month, or the last of a shorter one."""
    this_month = clock.add_months(day, 0, anchor=anchor)
    return this_month if this_month >= day else clock.add_months(day, 1, anchor=anchor)


@dataclass(frozen=True)
class Ahead:
    """The next collection, and from when benefits rest until it comes (None: they don't)."""

    next_on: date
    rests_from: date | None


def moved_to(pledge: Pledge, day: int) -> Ahead:
    """What follows if it were collected on this `day` of the month: on the first after what is paid or asked for.

    So nobody pays sooner than they thought, nor twice for a day. See rests_from.
    """
    next_on = on_or_after(max(planned(pledge), clock.today()), day)
    return Ahead(next_on, rests_from(pledge, planned=planned(pledge), next_on=next_on))


def planned(pledge: Pledge) -> date:
    """The day from which the next collection pays: none comes sooner, since the days before are paid or asked for."""
    newest = pledge.newest_instalment
    day = pledge.next_on or clock.today()
    return day if newest is None else min(day, newest.covers_until)


def rests_from(pledge: Pledge, *, planned: date, next_on: date) -> date | None:
    """From when benefits rest, if it is collected on `next_on` and not as `planned`; None when they don't.

    What is not paid for is not given; but days in number of the grace are bridged, once in BRIDGED_AGAIN_AFTER.
    """
    if next_on <= planned:
        return None
    newest = pledge.newest_instalment
    is_asked = newest is not None and newest.state in OPEN and newest.covers_until >= planned
    is_covered = is_asked or (pledge.paid_until is not None and pledge.paid_until >= planned)
    since = clock.now() - BRIDGED_AGAIN_AFTER
    before = pledge.moves.filter(act=Act.DAY, at__gte=since)
    if newest is not None:  # what was moved since is moved again, and not bridged twice
        before = before.filter(at__lt=clock.start_of(newest.due_on))
    bridge = terms.in_force().grace if is_covered and not before.exists() else timedelta()
    rests = planned + bridge
    return rests if rests < next_on else None


def end_of_cover(due: date, interval: str, anchor: int) -> date:
    """Until when an instalment of `due` pays; on its own day, where that is not the pledge's any more."""
    is_anchored = clock.add_months(due, 0, anchor=anchor) == due
    return next_after(due, interval, anchor if is_anchored else due.day)


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
        return max(soonest, planned(pledge)), clock.add_months(pledge.next_on, LONGEST_MOVE)
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
