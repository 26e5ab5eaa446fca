"""Makes up the front page of what the newsroom chose. Pure: it gets all that it places.

No story stands twice, and no picture. Columns differ on purpose: a picture where there is one, words beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from masthead.newsroom.front import FrontItems
from masthead.newsroom.models import Piece, SectionPage, StoryPage
from masthead.web import blocks, items
from masthead.web.items import Item
from masthead.web.pictures import Files
from masthead.web.running import Beside
from masthead.web.shell import Link

BESIDE_THE_LEAD = 3
ALSO = 1
BANDS = 2
LEAST_IN_A_BAND = 4
IN_A_BAND = 8
IN_MORE = 2
VOICES = 3
FILMS = 3
IN_THE_CHAIN = 6


@dataclass(frozen=True)
class Column:
    """One column of a row: one pictured story, or several in words."""

    stories: list[Item]


@dataclass(frozen=True)
class Band:
    """One section across the page: a first story, then two columns."""

    title: str
    url: str
    first: Item
    columns: list[list[Item]]


@dataclass(frozen=True)
class Named:
    """Stories under a name: a section's further ones."""

    title: str
    url: str
    stories: list[Item]


@dataclass(frozen=True)
class Voice:
    """A sentence somebody said, out of a story."""

    words: str
    by: str
    url: str


@dataclass
class Front:
    """What stands where."""

    lead: Item | None = None
    also: list[Link] = field(default_factory=list)
    beside: list[Item] = field(default_factory=list)
    row: list[Column] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    films: list[Item] = field(default_factory=list)
    chain: Beside | None = None
    more: list[Named] = field(default_factory=list)


class Pile:
    """The stories still to be placed, in the order of their weight, and the pictures that stand already."""

    def __init__(self, pieces: Iterable[Piece], files: Files) -> None:
        self.pieces = list({piece.pk: piece for piece in pieces}.values())
        self.files = files
        self.stand: set[int] = set()

    def take(self, place: str | None = None, *, section: int | None = None, pictured: bool = False) -> Item | None:
        """The first that fits: in words, or with its picture at `place`; `pictured`: only one with a new picture."""
        for piece in self.pieces:
            if section is not None and piece.section_id != section:
                continue
            fresh = place is not None and piece.lead_picture is not None and piece.lead_picture.pk not in self.stand
            item = items.item(piece, self.files if fresh else {}, place or "card", in_section=section is not None)
            if pictured and item.picture is None:
                continue
            self.pieces.remove(piece)
            if item.picture:
                self.stand.add(item.picture.picture.pk)
            return item
        return None

    def take_some(self, most: int, *, section: int | None = None) -> list[Item]:
        taken = (self.take(section=section) for _ in range(most))
        return [item for item in taken if item]

    def drop(self, pieces: Iterable[Piece]) -> None:
        gone = {piece.pk for piece in pieces}
        self.pieces = [piece for piece in self.pieces if piece.pk not in gone]

    def left_in(self, section: int) -> int:
        return sum(piece.section_id == section for piece in self.pieces)


def make_up(chosen: FrontItems, voices: Sequence[Voice] = (), chain: Beside | None = None) -> Front:
    """The front page of what the newsroom chose: lead, picks, latest, and what is left in each section."""
    sections = [row.section for row in chosen.by_section]
    rest = (piece for row in chosen.by_section for piece in row.pieces)
    pile = Pile([*([chosen.lead] if chosen.lead else []), *chosen.picks, *chosen.latest, *rest], chosen.sources)
    front = Front(lead=pile.take("lead"))
    if front.lead is None:
        return front
    front.also = _also(front.lead.piece, chain)
    front.beside = pile.take_some(BESIDE_THE_LEAD)
    front.row = _row(pile)
    front.chain = chain
    if chain:
        pile.drop(item.piece for item in chain.stories)  # they stand in the line through time
    front.films = items.items(chosen.films[:FILMS], chosen.sources, "film")
    pile.stand |= {item.picture.picture.pk for item in front.films if item.picture}
    front.bands = _bands(pile, sections)
    front.voices = list(voices[:VOICES]) if len(voices) >= VOICES else []
    front.more = [
        Named(section.title, section.path_now, stories)
        for section in sections
        if (stories := pile.take_some(IN_MORE, section=section.pk))
    ]
    return front


def _also(lead: Piece, chain: Beside | None) -> list[Link]:
    """Below the lead: what else there is about the same matter."""
    if chain is None or all(item.piece.pk != lead.pk for item in chain.stories):
        return []
    others = [Link(item.headline, item.url) for item in chain.stories if item.piece.pk != lead.pk]
    return [*others[:ALSO], Link(f"{chain.title}, from the start", f"{chain.url}?order=first")]


def _row(pile: Pile) -> list[Column]:
    """Four columns: a picture, words, words, a picture."""
    first, last = pile.take("card", pictured=True), pile.take("card", pictured=True)
    columns: list[list[Item | None]] = [[first], [*pile.take_some(3)], [*pile.take_some(3)], [last]]
    return [Column(stories) for column in columns if (stories := [item for item in column if item])]


def _bands(pile: Pile, sections: Sequence[SectionPage]) -> list[Band]:
    """The sections that have most to show, in the order of the menu."""
    ranked = sorted(sections, key=lambda section: -pile.left_in(section.pk))[:BANDS]
    bands = []
    for section in sections:
        if section not in ranked or pile.left_in(section.pk) < LEAST_IN_A_BAND:
            continue
        first = pile.take("band", section=section.pk, pictured=True) or pile.take(section=section.pk)
        rest = pile.take_some(IN_A_BAND - 1, section=section.pk)
        if first:
            half = 3 if len(rest) > 4 else -(-len(rest) // 2)
            columns = [column for column in (rest[:half], rest[half:]) if column]
            bands.append(Band(section.title, section.path_now, first, columns))
    return bands


def voices_in(stories: Iterable[StoryPage]) -> list[Voice]:
    """The first pull quote that says who, of each story that has one."""
    found = []
    for story in stories:
        for block in _raw(story):
            if block["type"] == "pull_quote" and block["value"].get("who"):
                found.append(
                    Voice(blocks.without_quotes(block["value"]["text"]), block["value"]["who"], story.path_now)
                )
                break
    return found


def _raw(story: StoryPage) -> Iterable[dict[str, Any]]:
    """The blocks as they are stored: cheaper than making each a value."""
    body: Any = story.body
    blocks: Iterable[dict[str, Any]] = body.raw_data
    return blocks
