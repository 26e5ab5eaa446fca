"""How the draft of an issue is filled in before anybody writes: a month behind the scenes, a week in five stories."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from masthead.core import clock, fillins
from masthead.letters.models import LetterList
from masthead.letters.models.lists import Rhythm
from masthead.newsroom import menu, stories
from masthead.newsroom.models import Person, Piece

STORIES_OF_A_MONTH, STORIES_OF_A_WEEK = 3, 5
COUNTED = {"stories this year": "stories", "films this year": "films"}
A_MONTH, A_WEEK = timedelta(days=31), timedelta(days=7)

Blocks = list[dict[str, Any]]


@dataclass(frozen=True)
class Beginning:
    """What a new draft says: its name in the address, its lines, its blocks."""

    slug: str
    subject: str
    headline: str
    preheader: str = ""
    body: Blocks = field(default_factory=list)
    written_by: Person | None = None


def month(letters: LetterList) -> Beginning:
    """The letter from behind the scenes: what happened, the next call, what may have been missed, an appeal."""
    today = clock.today()
    seen = _newest(STORIES_OF_A_MONTH, since=clock.now() - A_MONTH)
    return Beginning(
        slug=f"{today:%B-%Y}".lower(),
        subject=f"{letters.name}, {today:%B %Y}",
        headline=f"What happened behind the scenes in {today:%B}",
        written_by=_editor_in_chief(),
        body=[
            _paragraph("Dear reader,"),
            _paragraph(
                "This is what the month was like where you don’t see it. Begin with a moment: a place, a person, a "
                "sentence that was said. Then say what it meant for what you could print, and what you could not."
            ),
            _paragraph(
                f"In all we have published {_counts()} this year. "
                "You pay for them, so you should know what is in them, also when it is nothing."
            ),
            {"type": "call", "value": {"words": ""}},
            _stories("What you may have missed", seen, shows="headlines"),
            _appeal(),
        ],
    )


def week(letters: LetterList) -> Beginning:
    """Five stories of the week, each with a line that leads over to it."""
    monday = _monday(clock.today())
    seen = _newest(STORIES_OF_A_WEEK, since=clock.now() - A_WEEK)
    first = seen[0].headline if seen else letters.name
    return Beginning(
        slug=f"{clock.today():%Y-%m-%d}",
        subject=f"{letters.name}: {first}"[:120],
        headline=first[:160],
        preheader=" · ".join(piece.headline for piece in seen[1:])[:160],
        written_by=_editor_in_chief(),
        body=[
            _paragraph(f"Good morning. These were the stories of the week from {_day(monday)}, and why they matter."),
            _stories("", seen, shows="pictures"),
            {"type": "call", "value": {"words": ""}},
            _appeal(),
        ],
    )


def bare(letters: LetterList) -> Beginning:
    """A letter without a rhythm: a greeting, the newest stories, an appeal."""
    return Beginning(
        slug=f"{clock.today():%Y-%m-%d}",
        subject=letters.name,
        headline=letters.name,
        body=[
            _paragraph("Dear reader,"),
            {"type": "stories", "value": {**_EMPTY, "heading": "New in the paper", "which": "newest", "count": 3}},
            _appeal(),
        ],
    )


BEGINNINGS: dict[str, Callable[[LetterList], Beginning]] = {Rhythm.MONTH: month, Rhythm.WEEK: week, Rhythm.NONE: bare}
"""A list's rhythm chooses its beginning."""

_EMPTY: dict[str, Any] = {
    "heading": "", "which": "hand", "count": 5, "section": None, "order": "newest", "shows": "summaries", "picks": [],
}  # fmt: skip


def _paragraph(words: str) -> dict[str, Any]:
    return {"type": "paragraph", "value": f"<p>{words}</p>"}


def _appeal() -> dict[str, Any]:
    return {"type": "appeal", "value": {"headline": "", "words": ""}}


def _stories(heading: str, pieces: list[Piece], *, shows: str) -> dict[str, Any]:
    """Chosen by hand, so that they can be put in another order and have words between them; else the newest."""
    if not pieces:
        return {"type": "stories", "value": {**_EMPTY, "heading": heading, "which": "newest", "shows": shows}}
    picks = [{"type": "item", "id": str(uuid4()), "value": {"words": "", "piece": piece.pk}} for piece in pieces]
    return {"type": "stories", "value": {**_EMPTY, "heading": heading, "shows": shows, "picks": picks}}


def _newest(count: int, *, since: datetime) -> list[Piece]:
    return [
        piece
        for piece in stories.newest(stories.ALL, count=count)
        if piece.published_at and piece.published_at >= since
    ]


def _counts() -> str:
    """What was published, in fill-in words; what there is none of is left out."""
    counted = [f"{{{name}}} {what}" for name, what in COUNTED.items() if fillins.WORDS[name]() != fillins.honest(0)]
    return " and ".join(counted or ["nothing yet"])


def _editor_in_chief() -> Person | None:
    """The one of our people who bears the name that the paper's settings give."""
    return Person.objects.filter(name=menu.paper().editor_in_chief.partition(",")[0]).first()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
