"""The words that appeals and letters say of the open books: true, and told when they change."""

from datetime import date
from fractions import Fraction

import pytest
from structlog.testing import capture_logs

from masthead.core import clock as the_clock
from masthead.core import fillins
from masthead.openbooks import figures, said, spending, tasks
from masthead.openbooks.models import Spending
from masthead.press import recording
from masthead.press.models import Change
from tests.openbooks.seeing import read, words
from tests.worlds import asks, newsroom
from tests.worlds.money import GBP
from tests.worlds.openbooks import STAFF, spent

pytestmark = pytest.mark.django_db


@pytest.fixture
def day() -> date:
    return the_clock.today().replace(month=1, day=1)


def told() -> set[str]:
    """What the presses were told since the last time, of figures."""
    parts = {part for change in Change.objects.all() for part in change.parts}
    Change.objects.all().delete()
    return {part for part in parts if part.startswith(("fill:", "counted:"))}


@pytest.mark.parametrize(
    ("share", "words"),
    [
        ("86/100", "over 85%"), ("89/100", "nearly 90%"), ("90/100", "90%"), ("8999/10000", "nearly 90%"),
        ("851/1000", "over 85%"), ("3/100", "under 5%"), ("1", "100%"), ("0", "0%"), ("999/1000", "nearly 100%"),
    ],
)  # fmt: skip
def test_a_share_is_said_honestly(share, words):
    assert said.honest_share(Fraction(share)) == words


def test_an_appeal_says_the_share_and_follows_it(day):
    asks.appeal(money="<p>Of every pound {share to journalism} pays for journalism.</p>")
    story = newsroom.a_story()
    nothing_yet = words(read(story.path_now))
    spent(GBP("86.00"), "Reporting and editing", on=day)
    rent = spent(GBP("14.00"), "Running costs", on=day)
    most = words(read(story.path_now))
    spending.remove(rent, by=STAFF)

    assert "Of every pound as much as we can pays for journalism." in nothing_yet
    assert "Of every pound over 85% pays for journalism." in most
    assert "Of every pound 100% pays for journalism." in words(read(story.path_now))


def test_only_a_change_of_words_is_told(day):
    spent(GBP("860.00"), "Reporting and editing", on=day)
    spent(GBP("140.00"), "Running costs", on=day)
    told()
    spent(GBP("1.00"), "Running costs", on=day)
    same_words = told()
    spent(GBP("200.00"), "Running costs", on=day)

    assert same_words == set()
    assert told() == {"fill:share to journalism"}


def test_until_something_is_entered_the_share_is_last_years(day):
    last_year = day - the_clock.days(40)
    spent(GBP("90.00"), "Reporting and editing", on=last_year)
    spent(GBP("10.00"), "Running costs", on=last_year)
    before = fillins.fill("{share to journalism}")
    spent(GBP("5.00"), "Running costs", on=day)

    assert (before, fillins.fill("{share to journalism}")) == ("90%", "0%")


def test_words_are_those_of_the_year_when_it_ends(day, clock):
    spent(GBP("90.00"), "Reporting and editing", on=day)
    said.refresh()
    with recording.record() as noted:
        fillins.fill("{letters this year}")
    ends = the_clock.start_of(day.replace(year=day.year + 1))

    assert noted.ends_at == ends.timestamp()
    clock.forward(days=(ends - the_clock.now()).days + 1)
    assert fillins.fill("{share to journalism}") == "100%"  # last year's, from now on


def test_the_clock_looks_at_what_nobody_tells(monkeypatch):
    tasks.look_again()
    told()
    monkeypatch.setattr(figures, "supporters", lambda: 2_004)
    before = fillins.fill("{supporters}")
    tasks.look_again()

    assert (before, fillins.fill("{supporters}")) == ("no", "over 2,000")
    assert told() == {"fill:supporters"}


def test_a_wrong_sum_is_an_error_in_the_log(day):
    row = spent(GBP("5.00"), on=day)
    Spending.objects.update(amount_minor=700)

    with capture_logs() as log:
        tasks.recount()

    [entry] = [each for each in log if each["event"] == "openbooks.sum_wrong"]
    assert (entry["log_level"], entry["category"], entry["kept"], entry["counted"]) == (
        "error", row.category_id, 500, 700,
    )  # fmt: skip
