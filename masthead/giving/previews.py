"""How a pledge stands before and after a change, as its giver reads it: when is collected next, how much, what with."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import date_format

from masthead.money.amounts import Money

from . import notices, schedule
from .models import Interval, Move, Pledge


def day(when: date | None) -> str:
    """As readers read it: 24 October 2026."""
    return date_format(when, "j F Y") if when else ""


@dataclass(frozen=True)
class Standing:
    """What is given how often, and when it is collected next; `rests_from` where benefits rest until then."""

    amount: Money
    interval: str
    next_on: date | None
    rests_from: date | None = None

    @property
    def often(self) -> str:
        """Such as every month."""
        return str(Interval(self.interval).label)

    @property
    def next(self) -> str:
        """The day in words; empty when nothing is collected."""
        return day(self.next_on)


@dataclass(frozen=True)
class Preview:
    """Before and after, side by side."""

    before: Standing
    after: Standing

    @property
    def has_later_day(self) -> bool:
        """Whether it is collected on another day than before."""
        return self.before.next_on != self.after.next_on


def now(pledge: Pledge) -> Standing:
    """As it was told last."""
    return Standing(pledge.amount, pledge.interval, notices.day_told(pledge), pledge.rests_from)


def of_change(pledge: Pledge, *, amount: Money, interval: Interval) -> Preview:
    """With another amount or rhythm: told today, it may have to be collected later than planned."""
    before = now(pledge)
    return Preview(before, Standing(amount, interval, notices.day_of_next(pledge), pledge.rests_from))


def of_day(pledge: Pledge, to: int) -> Preview:
    """On another day of the month."""
    ahead = schedule.moved_to(pledge, to)
    before = now(pledge)
    soonest = notices.day_if_told_today(pledge, ahead.next_on)
    return Preview(before, replace(before, next_on=soonest, rests_from=ahead.rests_from))


def before(pledge: Pledge, moved: Move) -> Standing:
    """As it stood before `moved`, by what that has kept."""

    def was(name: str, value: object) -> object:
        return moved.changed.get(name, [value])[0]

    next_on = was("next_on", pledge.next_on)
    return Standing(
        Money(int(str(was("amount_minor", pledge.amount_minor))), pledge.currency),
        str(was("interval", pledge.interval)),
        date.fromisoformat(next_on) if isinstance(next_on, str) else pledge.next_on,
    )
