"""Letters that were promised and didn't come: each week or month of a list's rhythm without its issue."""

from dataclasses import dataclass
from datetime import date

from masthead.letters.models import LetterList


@dataclass(frozen=True)
class Broken:
    """A list whose promised letter didn't come, since which day it is late, and how many are missing since."""

    list: LetterList
    since: date
    missing: int


def broken() -> list[Broken]:
    """Every list that owes its readers a letter."""
    raise NotImplementedError
