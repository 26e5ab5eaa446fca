"""How many stories and films of our own were published this year: what appeals and letters may say of it."""

from functools import partial

from masthead.core import clock, fillins
from masthead.newsroom import tallies
from masthead.newsroom.models import CountedWords
from masthead.press import recording
from masthead.press.changes import announce

NAMES = {"stories this year": "story", "films this year": "film"}


def register() -> None:
    """Own the two fill-ins."""
    for name, kind in NAMES.items():
        fillins.register(name, partial(words_for, kind))


def words_for(kind: str) -> str:
    """This year's count in words that stay true for a while. They change by themselves when the year ends."""
    today = clock.today()
    recording.changes_at(clock.start_of(today.replace(year=today.year + 1, month=1, day=1)))
    return fillins.honest(tallies.total(kind, today.year))


def refresh() -> None:
    """Tell the presses when the words have changed, in the transaction that changed the count."""
    known = dict(CountedWords.objects.values_list("name", "words"))
    for name, kind in NAMES.items():
        words = fillins.honest(tallies.total(kind, clock.today().year))
        if known.get(name) != words:
            CountedWords.objects.update_or_create(name=name, defaults={"words": words})
            announce(f"fill:{name}")
