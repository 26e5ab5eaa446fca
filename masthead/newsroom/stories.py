"""Asking for stories and films: what stands in a list, and all that a piece's own page shows.

Each function notes for the press what it asked for, also when the answer is empty. What a list costs depends on how
much of it is shown, not on the archive: `Listed` is read along its index, newest first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wagtail.models import Page

from masthead.newsroom import chains, pictures
from masthead.newsroom.models import (
    Byline,
    Correction,
    FilmPage,
    Listed,
    Person,
    Picture,
    Piece,
    PlainPage,
    RunningStory,
    SectionPage,
    StoryPage,
    Topic,
)
from masthead.newsroom.pictures.renditions import Sources
from masthead.press.recording import made_of

ALL, STORIES, FILMS = "all", "stories", "films"
A_PAGE = 20


@dataclass(frozen=True)
class Whole:
    """A story or film with everything that its page shows, fetched."""

    piece: Piece
    bylines: list[Byline]
    corrections: list[Correction]
    topics: list[Topic]
    sources: dict[int, Sources]
    """Files of the pictures in it and of those it reads on with, by key."""
    read_ons: dict[int, Piece]
    """The pieces that Read on blocks point to and readers can see, by key; others are gone, and so is their block."""
    automatic_read_on: Piece | None
    """Shown where no Read on of the editor's is left."""
    chain: chains.Position | None

    @property
    def corrections_at_top(self) -> list[Correction]:
        return [row for row in self.corrections if row.place == Correction.Place.TOP]

    @property
    def corrections_at_bottom(self) -> list[Correction]:
        return [row for row in self.corrections if row.place == Correction.Place.BOTTOM]


def name_of(of: SectionPage | Person | Topic | RunningStory | str) -> str:
    """The name of the list of a section, person, topic or running story; 'all' and 'films' are names already."""
    kinds = {SectionPage: "section", Person: "person", Topic: "topic", RunningStory: "chain"}
    return of if isinstance(of, str) else f"{kinds[type(of)]}:{of.pk}"


def newest(
    of: SectionPage | Person | Topic | RunningStory | str,
    *,
    count: int = A_PAGE,
    start: int = 0,
    oldest_first: bool = False,
    but_not: Iterable[int] = (),
) -> list[Piece]:
    """`count` published pieces of a list from the `start`th on, ready for cards."""
    excluded = set(but_not)
    keys = keys_of(of, count=count + len(excluded), start=start, oldest_first=oldest_first)
    return fetch([pk for pk in keys if pk not in excluded][:count])


def keys_of(
    of: SectionPage | Person | Topic | RunningStory | str, *, count: int, start: int = 0, oldest_first: bool = False
) -> list[int]:
    """The keys alone, for whoever fetches several lists at once."""
    name = name_of(of)
    made_of(f"list:{name}")
    order = ("published_at", "piece") if oldest_first else ("-published_at", "-piece")
    keys = Listed.objects.filter(list=name).order_by(*order).values_list("piece", flat=True)
    return list(keys[start : start + count])


def count_in(of: SectionPage | Person | Topic | RunningStory | str) -> int:
    """How many published pieces stand in a list: counted along its index, for pagers of short lists."""
    made_of(f"list:{name_of(of)}")
    return Listed.objects.filter(list=name_of(of)).count()


def fetch(keys: Sequence[int]) -> list[Piece]:
    """The published pieces with these keys, in this order, with what cards show; others are left out.

    At most five queries, however many.
    """
    found: dict[int, Piece] = {}
    stories = StoryPage.objects.live().filter(pk__in=keys).select_related("lead_picture").defer("body")
    found.update({story.pk: story for story in stories.for_cards()})
    left = [pk for pk in keys if pk not in found]
    if left:
        films = FilmPage.objects.live().filter(pk__in=left).select_related("poster").defer("transcript")
        found.update({film.pk: film for film in films.for_cards()})
    made_of(*(f"page:{pk}" for pk in keys))
    made_of(*{f"section:{piece.section_id}" for piece in found.values() if piece.section_id})
    return [found[pk] for pk in keys if pk in found]


def sources_of(pieces: Iterable[Piece]) -> dict[int, Sources]:
    """The files of the pieces' lead pictures, by the picture's key, in one query."""
    return pictures.sources_for(piece.lead_picture for piece in pieces if piece.lead_picture)


def whole(piece: Piece) -> Whole:
    """Everything that the page of `piece` shows, in a number of queries that no archive can raise."""
    made_of(f"page:{piece.pk}", f"section:{piece.section_id}")
    bylines = list(piece.bylines.select_related("person"))
    made_of(*(f"person:{byline.person_id}" for byline in bylines if byline.person_id))
    targets: list[int] = []
    shown: list[Picture] = [piece.lead_picture] if piece.lead_picture else []
    automatic = None
    if isinstance(piece, StoryPage):
        targets = [block.value.pk for block in piece.body if block.block_type == "read_on" and block.value]
        shown += pictures_in(piece)
        automatic = piece.automatic_read_on_id
    reads = {read.pk: read for read in fetch([*targets, *([automatic] if automatic else [])])}
    shown += [read.lead_picture for read in reads.values() if read.lead_picture]
    return Whole(
        piece=piece,
        bylines=bylines,
        corrections=list(piece.corrections.all()),
        topics=list(Topic.objects.filter(pieces__content_object=piece.pk)),
        sources=pictures.sources_for(shown),
        read_ons={pk: reads[pk] for pk in targets if pk in reads},
        automatic_read_on=reads.get(automatic) if automatic else None,
        chain=chains.position_of(piece),
    )


def pictures_in(page: StoryPage | PlainPage) -> list[Picture]:
    """The pictures in a body, in order."""
    found = (block.value["picture"] for block in page.body if block.block_type == "picture")
    return [picture for picture in found if picture is not None]


def pages_using(picture: Picture) -> list[Page]:
    """Where a picture is used, drafts included: what a takedown letter asks."""
    return [usage.specific if isinstance(usage, Page) else usage for usage, _ in picture.get_usage()]
