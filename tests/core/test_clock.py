from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from masthead.core import clock as the_clock


def test_a_pledge_of_the_31st_returns_to_the_31st():
    assert the_clock.add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert the_clock.add_months(date(2025, 2, 28), 1, anchor=31) == date(2025, 3, 31)
    assert the_clock.add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_months_add_up_when_the_anchor_is_kept(day, first, second):
    on_the_way = the_clock.add_months(day, first)

    assert the_clock.add_months(on_the_way, second, anchor=day.day) == the_clock.add_months(day, first + second)


def test_a_day_begins_at_the_newsrooms_midnight(monkeypatch):
    monkeypatch.setattr(the_clock, "_zone", the_clock.ZoneInfo("Europe/London"))

    assert the_clock.start_of(date(2026, 7, 1)) == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert the_clock.day_of(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)


def test_processes_that_follow_one_file_move_together(tmp_path, monkeypatch):
    monkeypatch.setattr(the_clock, "_shared", None)
    the_clock.follow(tmp_path / "clock")

    the_clock.move_to(86_400)

    assert int.from_bytes((tmp_path / "clock").read_bytes(), "little", signed=True) == 86_400
    assert the_clock.offset() == 86_400
