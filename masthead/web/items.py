"""Stories and films as lists show them: plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404

from masthead.core import clock
from masthead.newsroom import stories
from masthead.newsroom.models import FilmPage, Piece
from masthead.press.recording import made_of
from masthead.web import pictures
from masthead.web.shell import Link

A_PAGE = stories.A_PAGE


@dataclass(frozen=True)
class Item:
    """One story or film in a list."""

    url: str
    headline: str
    standfirst: str
    byline: str
    moment: datetime
    kicker: Link | None
    picture: pictures.Shown | None
    length: str
    piece: Piece


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    number: int
    pieces: list[Piece]
    files: pictures.Files
    more: bool

    def items(self, place: str = "card", *, in_section: bool = False) -> list[Item]:
        """Its stories and films; `in_section`: the list is a section's, so its name need not be said."""
        return items(self.pieces, self.files, place, in_section=in_section)


def page_of(of: Any, number: int = 1, *, oldest_first: bool = False) -> Page:
    """Page `number` of a list of the newsroom's. Raises Http404 beyond the last one; the first may be empty."""
    start = (number - 1) * A_PAGE
    keys = stories.keys_of(of, count=A_PAGE + 1, start=start, oldest_first=oldest_first)
    if number > 1 and not keys:
        raise Http404
    pieces = stories.fetch(keys[:A_PAGE])
    return Page(number, pieces, stories.sources_of(pieces), more=len(keys) > A_PAGE)


def newest(of: Any, most: int, place: str = "card", *, but_not: Iterable[int] = ()) -> list[Item]:
    """The newest of a list."""
    pieces = stories.newest(of, count=most, but_not=but_not)
    return items(pieces, stories.sources_of(pieces), place)


def items(
    pieces: Iterable[Piece], files: pictures.Files, place: str = "card", *, in_section: bool = False
) -> list[Item]:
    """The pieces as a list shows them."""
    return [item(piece, files, place, in_section=in_section) for piece in pieces]


def item(piece: Piece, files: pictures.Files, place: str = "card", *, in_section: bool = False) -> Item:
    """One piece as a list shows it, its picture sized for where it stands; without `files`, in words alone."""
    bylines = list(piece.bylines.all())
    made_of(*(f"person:{byline.person_id}" for byline in bylines if byline.person_id))
    return Item(
        url=piece.path_now,
        headline=piece.headline,
        standfirst=piece.standfirst,
        byline=names([byline.name for byline in bylines]),
        moment=moment_of(piece),
        kicker=_kicker(piece, in_section),
        picture=pictures.shown(piece.lead_picture, files, place, caption=piece.lead_caption),
        length=length(piece.seconds) if isinstance(piece, FilmPage) else "",
        piece=piece,
    )


def moment_of(piece: Piece) -> datetime:
    """When it came out; a draft, which only a preview shows, comes out now."""
    return piece.published_at or clock.now()


def names(these: Sequence[str]) -> str:
    """'Daniel Osei, Priya Lander and Grace Whitlock'."""
    return " and ".join([", ".join(these[:-1]), these[-1]] if len(these) > 1 else these)


def length(seconds: int) -> str:
    """A film's length as a clock shows it: 8.40."""
    return f"{seconds // 60}.{seconds % 60:02}" if seconds else ""


def day(moment: datetime) -> str:
    """'11 June 2026', in the newsroom's time zone."""
    on = clock.day_of(moment)
    return f"{on.day} {on:%B %Y}"


def _kicker(piece: Piece, in_section: bool) -> Link | None:
    if isinstance(piece, FilmPage):
        return Link("Films", "/films/")
    if in_section or piece.section is None:
        return None
    return Link(piece.section.title, piece.section.path_now)
