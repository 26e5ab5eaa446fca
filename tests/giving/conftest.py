"""A newsroom that takes money, and a day that a story begins on."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest

from masthead.core import clock as the_clock
from tests.worlds.giving import Newsroom
from tests.worlds.money import open_bank


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
