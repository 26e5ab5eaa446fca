"""A running story, as the pages of others show it: where one story stands in it, and its dates beside a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from masthead.newsroom import chains, stories
from masthead.newsroom.models import Piece, RunningStory
from masthead.press.recording import made_of
from masthead.web import items
from masthead.web.items import Item

_NTH = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_COUNT = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Step:
    """One story of the chain."""

    url: str
    headline: str
    moment: datetime
    here: bool


@dataclass(frozen=True)
class Chain:
    """Where a story stands in its running story."""

    title: str
    url: str
    says: str
    near: list[Step]


@dataclass(frozen=True)
class Beside:
    """A running story's dates, latest first."""

    title: str
    url: str
    says: str
    stories: list[Item]


def around(position: chains.Position) -> Chain:
    """Where a piece stands in its running story."""
    near = [
        Step(link.piece.path_now, link.piece.headline, items.moment_of(link.piece), link.is_here)
        for link in position.links
    ]
    says = f"The {_nth(position.number)} of {_count(position.total)} reports"
    return Chain(position.chain.name, position.chain.path, says, near)


def foremost(pieces: Iterable[Piece], *, most: int) -> Beside | None:
    """The running story that the first of these pieces is part of; None when it has but one story so far."""
    key = next((piece.chain_id for piece in pieces if piece.chain_id), None)
    if key is None:
        return None
    made_of(f"chain:{key}")
    chain = RunningStory.objects.get(pk=key)
    count = stories.count_in(chain)
    says = f"{_count(count).capitalize()} reports, latest first."
    return Beside(chain.name, chain.path, says, items.newest(chain, most)) if count > 1 else None


def _nth(number: int) -> str:
    return _NTH[number] if number < len(_NTH) else f"{number}th"


def _count(number: int) -> str:
    return _COUNT[number] if number < len(_COUNT) else str(number)
