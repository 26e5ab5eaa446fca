"""In which lists a piece stands, and what must be told when that changes.

`settle` is called in the transaction that saves a page: it keeps `Listed` and `Address` true, and tells the presses
what has changed, the lists that the page has left included.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from masthead.newsroom import addresses, counts, read_on, tallies
from masthead.newsroom.models import (
    Correction,
    FilmPage,
    FrontPage,
    Listed,
    Piece,
    PublicPage,
    SectionPage,
)
from masthead.press.changes import announce


@dataclass
class Was:
    """How a page stood before it was saved."""

    live: bool = False
    slug: str = ""
    published_at: datetime | None = None
    """None where it was never published."""
    lists: set[str] = field(default_factory=set)
    corrections: set[tuple[Any, ...]] = field(default_factory=set)


def before(page: PublicPage) -> Was:
    """How the stored row of `page` stands now."""
    if page.pk is None:
        return Was()
    stored = type(page).objects.filter(pk=page.pk).first()
    if stored is None:
        return Was()
    if not isinstance(stored, Piece):
        return Was(live=stored.live, slug=stored.slug)
    return Was(
        live=stored.live,
        slug=stored.slug,
        published_at=stored.published_at if stored.first_published_at else None,
        lists=set(Listed.objects.filter(piece=stored.pk).values_list("list", flat=True)),
        corrections=_corrections(Correction.objects.filter(page=stored.pk)),
    )


def settle(page: PublicPage, was: Was) -> None:
    """Make lists, addresses and prints agree with `page` as it was just saved."""
    if not page.live and not was.live:
        return
    if page.live:
        addresses.keep(page)
    if isinstance(page, Piece):
        _settle_piece(page, was)
    elif isinstance(page, FrontPage):
        announce(f"page:{page.pk}", "list:front")
    elif isinstance(page, SectionPage):
        if was.slug and was.slug != page.slug:
            addresses.keep_all_in(page)
        announce(f"page:{page.pk}", f"section:{page.pk}", "paper", "list:front", pull=was.live and not page.live)
    else:
        announce(f"page:{page.pk}", "paper", pull=was.live and not page.live)


def withdraw(page: PublicPage) -> None:
    """What a page's deletion means: out of every list and tally at once. Its address stays taken."""
    was = before(page)
    if was.live:
        announce(
            f"page:{page.pk}", "paper" if not isinstance(page, Piece) else "list:front", *parts(was.lists), pull=True
        )
    if isinstance(page, SectionPage):
        _leave(page)
    if isinstance(page, Piece):
        tallies.forget(page.pk)
        Listed.objects.filter(piece=page.pk).delete()
        if was.live:
            read_on.replace(page)
            counts.refresh()


def lists_of(piece: Piece) -> set[str]:
    """Every list that a published piece stands in."""
    if not piece.live or piece.published_at is None:
        return set()
    lists = {"all", "films" if isinstance(piece, FilmPage) else "stories"}
    if piece.section_id:
        lists.add(f"section:{piece.section_id}")
    if piece.chain_id:
        lists.add(f"chain:{piece.chain_id}")
    lists |= {f"person:{byline.person_id}" for byline in piece.bylines.all() if byline.person_id}
    lists |= {f"topic:{item.tag_id}" for item in piece.piece_topics.all()}
    return lists


def parts(lists: set[str]) -> set[str]:
    """What pages that show these lists are made of."""
    return {f"list:{name}" for name in lists}


def _settle_piece(piece: Piece, was: Was) -> None:
    now = lists_of(piece)
    if piece.published_at and now - was.lists:
        Listed.objects.bulk_create(
            [Listed(list=name, piece_id=piece.pk, published_at=piece.published_at) for name in sorted(now - was.lists)]
        )
    if was.lists - now:
        Listed.objects.filter(piece=piece.pk, list__in=was.lists - now).delete()
    if was.published_at != piece.published_at:
        Listed.objects.filter(piece=piece.pk).update(published_at=piece.published_at)
    gone = was.live and not piece.live
    corrected = was.live and bool(_corrections(piece.corrections.all()) - was.corrections)
    tallies.keep(piece)
    announce(f"page:{piece.pk}", "list:front", *parts(now | was.lists), pull=gone or corrected)
    if gone:
        read_on.replace(piece)
    counts.refresh()


def _leave(section: SectionPage) -> None:
    """Films of a section that is being deleted belong to none from now on; one that has stories can't be deleted."""
    for film in FilmPage.objects.filter(section=section):
        was = before(film)
        FilmPage.objects.filter(pk=film.pk).update(section=None)
        film.section = None
        settle(film, was)


def settle_named(thing: Model) -> None:
    """Keep the address of a person, topic or running story that was just saved."""
    addresses.keep(thing)


def _corrections(rows: Any) -> set[tuple[Any, ...]]:
    return {(row.text, row.place, row.corrected_at) for row in rows}
