"""A series names its days by a rule, plans the next call by itself, and says when a promise was broken."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from masthead.calls import dates, series
from masthead.calls.models import Call, CallState, Every, Series
from masthead.calls.refusals import SeriesGoesOnAlready
from masthead.core import clock as the_clock
from masthead.core.models import AuditRecord
from tests.worlds import calls
from tests.worlds.rooms import STAFF


@pytest.mark.parametrize(
    ("rule", "after", "days"),
    [
        ({}, "2026-11-25", ["2027-01-07", "2027-04-01", "2027-07-01", "2027-10-07"]),
        ({"month": 3}, "2026-11-25", ["2026-12-03", "2027-03-04"]),
        ({"every_months": 1, "week": 5, "weekday": 4}, "2027-01-01", ["2027-01-29", "2027-02-26", "2027-03-26"]),
        ({"every_months": 12, "month": 6, "week": 2, "weekday": 0}, "2026-06-08", ["2027-06-14", "2028-06-12"]),
        ({"every_months": 6, "week": 4, "weekday": 6}, "2026-12-31", ["2027-01-24", "2027-07-25"]),
    ],
)
def test_a_rule_names_its_days(rule, after, days):
    row, day, found = Series(**rule), date.fromisoformat(after), []

    for _ in days:
        found.append(day := series.next_day(row, day))

    assert [day.isoformat() for day in found] == days


@given(
    rule=st.builds(
        lambda every, month, week, weekday: Series(
            every_months=every, month=min(month, every), week=week, weekday=weekday
        ),
        st.sampled_from(Every.values),
        st.integers(1, 12),
        st.integers(1, 5),
        st.integers(0, 6),
    ),
    after=st.dates(date(2020, 1, 1), date(2060, 1, 1)),
)
def test_every_period_has_one_day_and_it_is_the_weekday_that_was_asked_for(rule, after):
    first = series.next_day(rule, after)
    second = series.next_day(rule, first)

    assert after < first < second
    assert {first.weekday(), second.weekday()} == {rule.weekday}
    period = series.period_of(rule, first)
    assert period.begins <= first < period.ends
    assert series.period_of(rule, second).begins == period.ends


@pytest.mark.parametrize(
    ("zone", "in_winter", "in_summer"),
    [
        ("Europe/London", datetime(2027, 1, 7, 19, tzinfo=UTC), datetime(2027, 7, 1, 18, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 1, 8, 0, tzinfo=UTC), datetime(2027, 7, 1, 23, tzinfo=UTC)),
        ("Australia/Adelaide", datetime(2027, 1, 7, 8, 30, tzinfo=UTC), datetime(2027, 7, 1, 9, 30, tzinfo=UTC)),
    ],
)
def test_seven_in_the_evening_is_seven_on_the_wall_all_year(zone, in_winter, in_summer):
    the_clock.live_in(zone)

    found = [series.next_date(Series(), after) for after in (date(2026, 12, 1), date(2027, 6, 1))]

    assert found == [in_winter, in_summer]


def test_an_hour_that_the_clock_skips_is_the_one_after_it():
    row = Series(every_months=1, week=5, weekday=6, at=time(1, 30))  # the last Sunday of March: from 1 to 2 at once

    assert series.next_date(row, date(2027, 3, 1)) == calls.moment("2027-03-28 02:30")


@pytest.mark.django_db
def test_one_click_starts_the_quarterly_call_and_plans_the_first():
    calls.it_is("2026-11-25 12:00")

    call = calls.the_quarterly()

    assert (call.starts_at, call.minutes, call.capacity) == (calls.moment("2027-01-07 19:00"), 60, 120)
    assert call.path == "/calls/2027-01/"
    assert call.series.rule == "the first Thursday of each quarter, 19:00"
    with pytest.raises(SeriesGoesOnAlready):
        series.start(by=STAFF)
    assert set(AuditRecord.objects.values_list("action", flat=True)) == {"series.started", "call.planned"}


@pytest.mark.django_db
def test_the_next_call_is_planned_when_the_one_before_is_over():
    calls.it_is("2026-11-25 12:00")
    first = calls.the_quarterly()

    calls.it_is("2027-01-07 19:30")
    series.keep_going()
    during = Call.objects.count()
    calls.it_is("2027-01-07 20:01")
    series.keep_going()
    series.keep_going()

    first.refresh_from_db()
    following = Call.objects.exclude(pk=first.pk).get()
    assert (during, first.state, following.state) == (1, CallState.HELD, CallState.PLANNED)
    assert following.starts_at == calls.moment("2027-04-01 19:00")
    assert following.made_by == "system:clock"


@pytest.mark.django_db
def test_a_cancelled_call_is_followed_by_that_of_the_next_quarter_and_a_moved_one_by_no_second():
    calls.it_is("2026-11-25 12:00")
    first = calls.the_quarterly()

    dates.move(first, to=calls.moment("2026-12-17 19:00"), by=STAFF)
    calls.it_is("2026-12-17 20:30")
    series.keep_going()
    second = Call.objects.coming().get()
    dates.cancel(second, by=STAFF)
    series.keep_going()

    assert second.starts_at == calls.moment("2027-04-01 19:00")
    assert Call.objects.coming().get().starts_at == calls.moment("2027-07-01 19:00")


@pytest.mark.django_db
def test_a_series_that_was_stopped_plans_nothing_more_and_its_call_stands():
    calls.it_is("2026-11-25 12:00")
    call = calls.the_quarterly()

    series.stop(call.series, by=STAFF)
    series.stop(call.series, by=STAFF)
    before = Call.objects.coming().count()
    calls.it_is("2027-01-08 12:00")
    series.keep_going()

    assert (before, Call.objects.count()) == (1, 1)
    assert AuditRecord.objects.filter(action="series.stopped").count() == 1


@pytest.mark.django_db
def test_a_month_outside_its_period_is_refused_with_a_sentence():
    with pytest.raises(ValidationError) as refused:
        calls.a_series(every_months=3, month=4)

    assert "Choose a month within the period" in str(refused.value)


# --- the alarm -------------------------------------------------------------------------------------------------


def alarms() -> list[tuple[str, bool]]:
    return [(missed.period.name, missed.is_over) for missed in series.missed()]


@pytest.mark.django_db
def test_a_quarter_without_a_call_is_an_alarm_until_the_next_call_is_held():
    calls.it_is("2026-11-25 12:00")
    first = calls.the_quarterly()
    at_first = alarms()

    calls.it_is("2027-01-05 12:00")
    dates.cancel(first, by=STAFF)
    series.keep_going()
    at_once = alarms()
    calls.it_is("2027-04-02 12:00")
    after_the_quarter = alarms()  # nothing ran on 1 April, so that call is only planned
    series.keep_going()
    after_the_next = alarms()

    assert at_first == []
    assert at_once == [("January to March 2027", False)]
    assert after_the_quarter == [("January to March 2027", True)]
    assert after_the_next == []


@pytest.mark.django_db
def test_a_call_that_did_not_take_place_after_all_leaves_its_quarter_empty():
    calls.it_is("2026-11-25 12:00")
    first = calls.the_quarterly()
    calls.it_is("2027-01-07 20:30")
    series.keep_going()
    as_held = alarms()

    dates.was_not_held(first, by=STAFF)

    assert (as_held, alarms()) == ([], [("January to March 2027", False)])


@pytest.mark.django_db
def test_a_call_held_in_the_last_days_before_its_quarter_keeps_that_quarters_promise():
    calls.it_is("2026-11-25 12:00")
    dates.move(calls.the_quarterly(), to=calls.moment("2026-12-30 19:00"), by=STAFF)

    calls.it_is("2027-02-01 12:00")
    series.keep_going()

    assert alarms() == []


@pytest.mark.parametrize(
    ("every", "day", "name"),
    [(1, "2027-03-09", "March 2027"), (12, "2027-03-09", "2027"), (6, "2027-03-09", "January to June 2027")],
)
def test_a_period_has_a_name(every, day, name):
    assert series.period_of(Series(every_months=every), date.fromisoformat(day)).name == name
