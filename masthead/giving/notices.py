"""What a giver has to be told before a pledge is collected, and whether they were.

Month by month the thanks or receipt before says the next day and amount. What lies further ahead than a giver
remembers (a year, a pause) gets a letter of its own. A change says the new day and amount at once, a failure the days
of the tries to come. How long before a collection is a rule of its method, in money.notices.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import F, Max

from masthead.core import clock
from masthead.money import notices
from masthead.money.models import Notice
from masthead.money.states import NoticeKind

from .models import Instalment, Interval, Pledge
from .states import State

FORGOTTEN_AFTER = timedelta(days=45)  # what was told so long before the collection has to be told again
LATE_BY = timedelta(days=7)  # a collection so long after the day that was told is another one
LETTER_BEFORE = {Interval.MONTH: timedelta(days=2), Interval.YEAR: timedelta(days=7)}  # the collection, at least
LETTER_AHEAD = timedelta(days=14)  # when the letter goes out, if all is well


def key_of_next(pledge: Pledge) -> str:
    """The order key of the collection that comes next."""
    newest = pledge.instalments.order_by("-number").first()
    return Instalment(pledge=pledge, number=newest.number + 1 if newest else 1).order_key


def key_of_next_try(instalment: Instalment, ahead: int = 1) -> str:
    """The order key of the try after this one, or of one further `ahead`."""
    return Instalment(pledge=instalment.pledge, number=instalment.number, tries=instalment.tries + ahead).order_key


def day_of_next(pledge: Pledge) -> date | None:
    """The day of the next collection if it is told today: the pledge's own, or later where the method wants it."""
    return day_if_told_today(pledge, pledge.next_on) if pledge.next_on else None


def day_if_told_today(pledge: Pledge, day: date) -> date:
    """`day`, or the first one after it on which its method allows to collect what is told today."""
    return max(day, notices.earliest(_method(pledge)))


def day_told(pledge: Pledge) -> date | None:
    """The day of the next collection as the giver knows it: as it was told, or the pledge's own."""
    notice = of_next(pledge)
    return notice.day if notice else pledge.next_on


def tell_of_next(pledge: Pledge, *, kind: NoticeKind, told_by: str, day: date | None = None) -> None:
    """Note that the mail called `told_by` says day and amount of the next collection."""
    day = day or day_of_next(pledge)
    if day is not None:
        notices.tell(key_of_next(pledge), pledge.amount, day=day, method=_method(pledge), kind=kind, told_by=told_by)


def of_next(pledge: Pledge) -> Notice | None:
    """The notice that the next collection has; None when the giver has to be told anew."""
    notice = notices.newest_of(key_of_next(pledge))
    return notice if notice and _is_of(notice, pledge) else None


def days_told(pledges: Sequence[Pledge]) -> dict[int, date | None]:
    """The day of the next collection of each, as its giver knows it, by key: in two queries for all of them."""
    newest = Instalment.objects.filter(pledge__in=pledges).values("pledge").annotate(newest=Max("number"))
    numbers = dict(newest.values_list("pledge", "newest"))
    keys = {Instalment(pledge=row, number=numbers.get(row.pk, 0) + 1).order_key: row for row in pledges}
    told = {row.order_key: row for row in Notice.objects.filter(order_key__in=keys).order_by("pk")}
    days = {row.pk: row.next_on for row in pledges}
    return days | {keys[key].pk: row.day for key, row in told.items() if _is_of(row, keys[key])}


def day_for_letter(pledge: Pledge) -> date:
    """The day that a letter of today can name for the next collection."""
    soonest = max(clock.today() + LETTER_BEFORE[Interval(pledge.interval)], notices.earliest(_method(pledge)))
    return max(pledge.next_on or soonest, soonest)


def tell_of_try(instalment: Instalment, *, day: date, kind: NoticeKind, told_by: str, ahead: int = 1) -> None:
    """Note that the mail called `told_by` says when it is tried again, with the amount that the pledge has now."""
    pledge = instalment.pledge
    key = key_of_next_try(instalment, ahead)
    notices.tell(key, pledge.amount, day=day, method=_method(pledge), kind=kind, told_by=told_by)


def day_for_try(instalment: Instalment) -> date:
    """The day that a letter of today can name for the next try."""
    return max(clock.today() + LETTER_BEFORE[Interval.MONTH], notices.earliest(_method(instalment.pledge)))


def of_next_try(instalment: Instalment) -> Notice | None:
    """The notice that the next try of a failed instalment has, with the amount that the pledge has now."""
    notice = notices.newest_of(key_of_next_try(instalment))
    pledge = instalment.pledge
    is_of = notice is not None and (notice.amount, notice.method) == (pledge.amount, _method(pledge))
    return notice if is_of else None


def lacking(today: date) -> "list[int]":
    """The pledges, by key, whose next collection is near and may need a letter of its own."""
    near = Pledge.objects.filter(state__in=(State.ACTIVE, State.PAUSED), next_on__gt=today)
    near = near.filter(next_on__lte=today + LETTER_AHEAD)
    as_receipts_say = {"state": State.ACTIVE, "interval": Interval.MONTH, "next_on": F("paid_until")}
    near = near.exclude(**as_receipts_say)
    return list(near.values_list("pk", flat=True))


def _is_of(notice: Notice, pledge: Pledge) -> bool:
    """Whether it tells of the next collection as that is now, and so lately that the giver may remember."""
    if pledge.next_on is None or notice.amount != pledge.amount or notice.method != _method(pledge):
        return False
    is_forgotten = notice.day - clock.day_of(notice.told_at) > FORGOTTEN_AFTER
    is_other_day = notice.day < pledge.next_on or notice.day + LATE_BY < clock.today()
    return not is_forgotten and not is_other_day


def _method(pledge: Pledge) -> str:
    return pledge.mandate.method if pledge.mandate else ""
