"""The front page: the editor's lead and picks, and recency for the rest. Nothing stands on it twice."""

from dataclasses import dataclass, field

from masthead.newsroom import menu, stories
from masthead.newsroom.models import FrontPage, Piece, SectionPage
from masthead.newsroom.pictures.renditions import Sources
from masthead.press.recording import made_of

PICKS = 8
LATEST = 12
IN_A_SECTION = 4


@dataclass(frozen=True)
class SectionRow:
    """A section, and its newest pieces that stand nowhere else on the front page."""

    section: SectionPage
    pieces: list[Piece]


@dataclass(frozen=True)
class FrontItems:
    """What the front page shows, top to bottom."""

    lead: Piece | None
    picks: list[Piece]
    """Up to eight; those that the editor did not choose are the newest."""
    latest: list[Piece]
    by_section: list[SectionRow]
    films: list[Piece]
    sources: dict[int, Sources] = field(default_factory=dict)
    """Files of all lead pictures, by the picture's key."""


def compose(page: FrontPage | None = None) -> FrontItems:
    """What stands on the front page now: two queries for what was chosen, one for each section, eight for the rest."""
    page = page or FrontPage.objects.live().first()
    chosen: list[int] = []
    if page is not None:
        made_of(f"page:{page.pk}")
        chosen = [pk for pk in [page.lead_id, *(pick.piece_id for pick in page.picks.all())] if pk]
    made_of("list:front")
    sections = menu.sections()
    keys = stories.keys_of(stories.STORIES, count=1 + PICKS + LATEST)
    film_keys = stories.keys_of(stories.FILMS, count=IN_A_SECTION)
    section_keys = {
        section.pk: stories.keys_of(section, count=IN_A_SECTION + 1 + PICKS + LATEST) for section in sections
    }
    wanted = dict.fromkeys([*chosen, *keys, *film_keys, *(pk for row in section_keys.values() for pk in row)])
    found = {piece.pk: piece for piece in stories.fetch(list(wanted))}
    taken: list[int] = []

    def take(candidates: list[int], count: int) -> list[Piece]:
        fresh = [pk for pk in dict.fromkeys(candidates) if pk in found and pk not in taken][:count]
        taken.extend(fresh)
        return [found[pk] for pk in fresh]

    lead = take([page.lead_id] if page and page.lead_id else [], 1) or take(keys, 1)
    picks = take([*chosen, *keys], PICKS)
    films = take(film_keys, IN_A_SECTION)
    latest = take(keys, LATEST)
    rows = [SectionRow(section, take(section_keys[section.pk], IN_A_SECTION)) for section in sections]
    shown = [*lead, *picks, *films, *latest, *(piece for row in rows for piece in row.pieces)]
    return FrontItems(
        lead=lead[0] if lead else None,
        picks=picks,
        latest=latest,
        by_section=rows,
        films=films,
        sources=stories.sources_of(shown),
    )
