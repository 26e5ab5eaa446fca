"""Series of calls: a rule that names the next day, and the clock's rule that keeps the promise of it."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.formats import date_format

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.jobs import every
from masthead.newsroom import menu

from . import dates
from .models import LAST_WEEK, Call, CallState, Series
from .refusals import SeriesGoesOnAlready

log = structlog.get_logger("masthead.calls")
CLOCK = Actor.system("clock")

audit.register("series.started", "{by} started a series of calls, {subject}")
audit.register("series.changed", "{by} changed a series of calls, {subject}")
audit.register("series.stopped", "{by} stopped a series of calls, {subject}")


def next_day(series: Series, after: date) -> date:
    """The first day after `after` that the rule names."""
    return next(day for day in _days(series, after.year) if day > after)


def next_date(series: Series, after: date) -> datetime:
    """The moment at which the first call after the day `after` begins, by the clock on the newsroom's wall; as UTC."""
    return moment_on(series, next_day(series, after))


def moment_on(series: Series, day: date) -> datetime:
    """When a call of the series begins on `day`: an hour that the wall clock skips is the one after it."""
    return datetime.combine(day, series.at, tzinfo=clock.zone()).astimezone(UTC)


def start(*, by: Actor) -> Series:
    """The routine as most newsrooms want it, in one click: the first Thursday of each quarter, at seven in the evening.

    Raises SeriesGoesOnAlready.
    """
    with transaction.atomic():
        if Series.objects.select_for_update().filter(is_active=True).exists():
            raise SeriesGoesOnAlready
        editor = menu.paper().editor_in_chief
        facts = {"host_name": editor, "name": f"The call with {editor}"} if editor else {}
        return begin(Series(**facts), by=by)


def begin(series: Series, *, by: Actor) -> Series:
    """Keep a new series; its first call is planned with it."""
    with transaction.atomic():
        series.save()
        audit.record("series.started", series, by=by)
        plan_next(series, by=by)
    return series


def change(series: Series, *, by: Actor) -> Series:
    """Keep a series as it was changed: it holds for the calls that are planned from now on.

    One that goes on again promises from today on, not for the time in which it was stopped.
    """
    with transaction.atomic():
        before = Series.objects.select_for_update().get(pk=series.pk)
        if series.is_active and not before.is_active:
            series.made_at = clock.now()
        series.save()
        audit.record("series.changed", series, by=by)
        plan_next(series, by=by)
    return series


def stop(series: Series, *, by: Actor) -> None:
    """Make no further call by itself; the one that is planned stands. Twice changes nothing."""
    with transaction.atomic():
        series = Series.objects.select_for_update().get(pk=series.pk)
        if series.is_active:
            series.is_active = False
            series.save(update_fields=["is_active"])
            audit.record("series.stopped", series, by=by)


def plan_next(series: Series, *, by: Actor) -> Call | None:
    """Plan the call that comes next by the rule, unless one stands already. However many try, one is made."""
    if not series.is_active or Call.objects.coming().filter(series=series).exists():
        return None
    latest = series.calls.exclude(slot=None).order_by("-slot").values_list("slot", flat=True).first()
    day = next_day(series, max(clock.today(), latest or clock.today()))
    try:
        with transaction.atomic():
            return dates.plan(
                series.name,
                moment_on(series, day),
                by=by,
                series=series,
                slot=day,
                standfirst=series.standfirst,
                host_name=series.host_name,
                minutes=series.minutes,
                capacity=series.capacity,
                invite_days=series.invite_days,
                provider=series.provider,
                place=series.place,
            )
    except IntegrityError:  # another process made it in this moment
        return None


@every(hours=1)
def keep_going() -> None:
    """Close what is over, and plan the next call of each series; the desk's first page says so."""
    dates.close_past()
    for series in Series.objects.filter(is_active=True):
        call = plan_next(series, by=CLOCK)
        if call is not None:
            log.info("call.planned", series=series.pk, call=call.pk, starts_at=call.starts_at.isoformat())


@dataclass(frozen=True)
class Period:
    """A stretch of months in which a series promises one call: a quarter, from `begins` to the day before `ends`."""

    begins: date
    ends: date

    @property
    def name(self) -> str:
        """'October to December 2026', 'March 2027', '2027'."""
        last = self.ends - timedelta(days=1)
        if (self.begins.month, last.month) == (1, 12) and self.begins.year == last.year:
            return str(self.begins.year)
        if (self.begins.year, self.begins.month) == (last.year, last.month):
            return date_format(self.begins, "F Y")
        return f"{date_format(self.begins, 'F')} to {date_format(last, 'F Y')}"


@dataclass(frozen=True)
class Missed:
    """A promise that was broken (`is_over`), or is about to be: a period without a call."""

    series: Series
    period: Period
    is_over: bool


def missed() -> list[Missed]:
    """What the desk has to be alarmed about: of each series the last period, if it and this one had no call so far;
    and this one, if its day has passed or was cancelled and no call is planned in it.

    A period counts only if its day came after the series was made.
    """
    found = []
    for series in Series.objects.filter(is_active=True):
        now, last = period_of(series, clock.today()), period_of(series, _before(series, clock.today()))
        made = clock.day_of(series.made_at)
        if _day_in(series, last) > made and not _has(series, last, now, held_only=True):
            found.append(Missed(series, last, is_over=True))
        if _day_in(series, now) > made and not _has(series, now, now, held_only=False):
            found.append(Missed(series, now, is_over=False))
    return found


def period_of(series: Series, day: date) -> Period:
    """The period in which `day` lies."""
    month = (day.month - 1) // series.every_months * series.every_months + 1
    begins = date(day.year, month, 1)
    return Period(begins, clock.add_months(begins, series.every_months))


def _before(series: Series, day: date) -> date:
    return period_of(series, day).begins - timedelta(days=1)


def _day_in(series: Series, period: Period) -> date:
    return next_day(series, period.begins - timedelta(days=1))


def _has(series: Series, since: Period, until: Period, *, held_only: bool) -> bool:
    states = [CallState.HELD] if held_only else [CallState.HELD, CallState.PLANNED]
    begins, ends = clock.start_of(since.begins), clock.start_of(until.ends)
    within = Q(starts_at__gte=begins, starts_at__lt=ends) | Q(slot__gte=since.begins, slot__lt=until.ends)
    return series.calls.filter(within, state__in=states).exists()


def _days(series: Series, year: int) -> Iterator[date]:
    """The days that the rule names from the year's first period on, without end."""
    months = year * 12
    while True:
        index = months + series.month - 1
        yield _day_of_month(series, index // 12, index % 12 + 1)
        months += series.every_months


def _day_of_month(series: Series, year: int, month: int) -> date:
    """The first to fourth such weekday of a month, or its last."""
    first_weekday, length = monthrange(year, month)
    day = 1 + (series.weekday - first_weekday) % 7 + 7 * (series.week - 1)
    if series.week == LAST_WEEK and day > length:
        day -= 7
    return date(year, month, day)
