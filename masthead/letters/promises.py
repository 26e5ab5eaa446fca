"""Letters that were promised and didn't come: each week or month of a list's rhythm without its issue."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from masthead.core import clock
from masthead.letters.models import LetterList, Rhythm
from masthead.membership.models import Grant


@dataclass(frozen=True)
class Broken:
    """A list whose promised letter didn't come: since which day it is late, and how many are missing."""

    list: LetterList
    since: date
    missing: int


def broken() -> list[Broken]:
    """Every list that owes its readers a letter.

    A week or month is owed a letter if somebody was promised one before it began. A letter that was withdrawn later
    came all the same.
    """
    promised = LetterList.objects.exclude(rhythm=Rhythm.NONE).annotate(last=Max("issues__sent_at"))
    found = []
    for letters in promised:
        owes_since = letters.last or _first_promised(letters)
        if owes_since is None:
            continue
        owed = _next(letters, _begin_of(letters, clock.day_of(owes_since)))
        late_since, missing = _next(letters, owed), 0
        while _next(letters, owed) <= clock.today():
            owed, missing = _next(letters, owed), missing + 1
        if missing:
            found.append(Broken(letters, late_since, missing))
    return found


def _first_promised(letters: LetterList) -> datetime | None:
    """When the first reader was promised this letter; None when nobody was."""
    if letters.is_free:
        return letters.subscriptions.standing().order_by("pk").values_list("joined_at", flat=True).first()
    return Grant.objects.filter(benefit=letters.benefit).order_by("pk").values_list("from_at", flat=True).first()


def _begin_of(letters: LetterList, day: date) -> date:
    """The first day of the week (a Monday) or month in which `day` lies."""
    return day - timedelta(days=day.weekday()) if letters.rhythm == Rhythm.WEEK else day.replace(day=1)


def _next(letters: LetterList, begin: date) -> date:
    """The first day of the week or month that follows the one beginning on `begin`."""
    return begin + timedelta(days=7) if letters.rhythm == Rhythm.WEEK else clock.add_months(begin, 1)
