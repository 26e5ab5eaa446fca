"""Search over headlines, standfirsts, bylines and bodies. Whatever is typed is words: operators mean nothing."""

import re
from dataclasses import dataclass

from masthead.newsroom import stories
from masthead.newsroom.models import FilmPage, Piece, StoryPage

LONGEST = 120
MOST_WORDS = 8
A_PAGE = 20
LAST_PAGE = 25

_WORD = re.compile(r"[\w]+(?:[’'-][\w]+)*")


@dataclass(frozen=True)
class Results:
    """One page of what was found."""

    words: str
    pieces: list[Piece]
    has_more: bool


def words_of(typed: str) -> str:
    """What is searched for: the words alone, without quotes, operators and signs; at most eight."""
    return " ".join(_WORD.findall(typed[:LONGEST].replace("\x00", " "))[:MOST_WORDS])


def search(typed: str, *, page: int = 1) -> Results:
    """What was published about the words typed, best match first; nothing for no words.

    SQLite folds accents and does not stem, PostgreSQL stems and does not fold.
    """
    words = words_of(typed)
    if not words:
        return Results("", [], has_more=False)
    page = min(max(page, 1), LAST_PAGE)
    start, end = (page - 1) * A_PAGE, page * A_PAGE + 1
    found = [(row.pk, 0) for row in _matching(StoryPage, words, end)]
    films = [(row.pk, 1) for row in _matching(FilmPage, words, end)]
    keys = [pk for pk, _ in found + films][start:end]
    return Results(words, stories.fetch(keys[:A_PAGE]), has_more=len(keys) > A_PAGE)


def _matching(model: type[Piece], words: str, count: int) -> list[Piece]:
    rows = model.objects.live().defer_streamfields().search(words, operator="and")[:count]
    return list(rows)
