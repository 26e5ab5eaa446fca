"""A newsroom that takes money, and a day that a story begins on."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest

from masthead.core import clock as the_clock
from masthead.core import jobs
from tests.worlds.giving import Newsroom
from tests.worlds.money import open_bank

OF_OTHER_FLOORS = ("masthead.letters.", "masthead.calls.", "masthead.openbooks.", "masthead.newsroom.")
AT_NIGHT = "masthead.money.reconciling."


@pytest.fixture(autouse=True)
def no_rules_of_other_floors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are lived through by the hundred here: what the clock does for other floors, or at night, is left out."""
    kept = {name: rule for name, rule in jobs.RULES.items() if not name.startswith((*OF_OTHER_FLOORS, AT_NIGHT))}
    monkeypatch.setattr(jobs, "RULES", kept)


@pytest.fixture
def newsroom(db: None) -> Iterator[Newsroom]:
    """With a real practice bank; the clock is set back afterwards."""
    with open_bank() as bank:
        yield Newsroom(bank)


@pytest.fixture
def today(newsroom: Newsroom) -> Callable[[date], None]:
    """Set the day: noon in the newsroom."""

    def set_day(day: date) -> None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=the_clock.zone())
        the_clock.move_to(the_clock.offset() + round((noon - the_clock.now()).total_seconds()))

    return set_day
