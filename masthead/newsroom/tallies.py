"""How many stories, films and corrections stand, by year: ours, and apart from it agencies'; by section and person.

A piece counts from the moment it is published and as long as it stands; a correction, when it is printed under such a
piece. Both are noted with the piece (`Tallied`) and added to the sums (`Tally`) in the transaction that changes them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.db import transaction

from masthead.core import clock, sums
from masthead.newsroom.models import Byline, Correction, Counted, FilmPage, Piece, StoryPage, Tallied, Tally
from masthead.press.changes import announce
from masthead.press.recording import made_of

TALLIES = "tallies"
"""What a page that shows tallies is made of."""

ALL, GUESTS = "", "guests"
AT_ONCE = 2_000


class Key(NamedTuple):
    """One thing that is counted: in `part` '' is all of the year, else a section, a person, or all guests."""

    year: int
    kind: str
    is_own: bool
    part: str = ALL


def of_section(pk: int) -> str:
    return f"section:{pk}"


def of_person(pk: int) -> str:
    return f"person:{pk}"


def of_years(years: Collection[int]) -> dict[Key, int]:
    """Every tally of these years that is not zero; a page that asks is made of the tallies."""
    made_of(TALLIES)
    rows = Tally.objects.filter(year__in=years).exclude(count=0).values_list(*Key._fields, "count")
    return {Key(*key): count for *key, count in rows}


def total(kind: str, year: int) -> int:
    """How many of our own came out in `year` and still stand."""
    row = Tally.objects.filter(year=year, kind=kind, is_own=True, part=ALL).values_list("count", flat=True).first()
    return row or 0


def keep(piece: Piece) -> None:
    """Have the tallies agree with a piece that is being saved, in its transaction."""
    _count(piece.pk, _counts_for(piece))


def forget(pk: int) -> None:
    """Have a piece count for nothing: it is being deleted."""
    _count(pk, Counter())


def pieces(key: Key) -> Any:
    """The rows behind a tally, newest piece first; each with how much it counts for."""
    return Tallied.objects.filter(**key._asdict()).select_related("piece").order_by("-piece")


def miscounted() -> dict[Key, tuple[int, int]]:
    """Tallies that are not what the pages say: the key, what is kept, what was counted now, page by page."""
    counted = recount()
    kept = {Key(*key): count for *key, count in Tally.objects.exclude(count=0).values_list(*Key._fields, "count")}
    keys = sorted(counted.keys() | kept.keys())
    return {key: (kept.get(key, 0), counted.get(key, 0)) for key in keys if kept.get(key) != counted.get(key)}


def recount() -> dict[Key, int]:
    """Every tally, counted anew from the pages themselves and from nothing that is kept beside them."""
    counts: Counter[Key] = Counter()
    for _page, found in _by_page():
        counts.update(found)
    return dict(counts)


def rebuild() -> None:
    """Keep what was counted anew in place of what was kept: the cure where they differ."""
    counts: Counter[Key] = Counter()
    with transaction.atomic():
        announce(TALLIES)
        Tallied.objects.all().delete()
        Tally.objects.all().delete()
        notes = []
        for page, found in _by_page():
            counts.update(found)
            notes += [Tallied(piece_id=page, count=count, **key._asdict()) for key, count in found.items()]
        Tallied.objects.bulk_create(notes, batch_size=AT_ONCE)
        Tally.objects.bulk_create(Tally(count=count, **key._asdict()) for key, count in counts.items())


def _by_page() -> Iterator[tuple[int, Counter[Key]]]:
    """What each page counts for, from a few columns of all of them."""
    names = _rows(Byline.objects.values_list("page_id", "person_id"))
    corrections = _rows(Correction.objects.values_list("page_id", "corrected_at"))
    for kind, model in ((Counted.STORY, StoryPage), (Counted.FILM, FilmPage)):
        standing = model.objects.live().exclude(published_at=None).order_by()
        for pk, moment, source, section in standing.values_list("pk", "published_at", "source", "section").iterator():
            parts = _parts(section, names.get(pk, []))
            counts = Counter(Key(clock.day_of(moment).year, kind.value, not source, part) for part in parts)
            for year in (clock.day_of(each).year for each in corrections.get(pk, [])):
                counts.update(Key(year, Counted.CORRECTION.value, not source, part) for part in parts)
            yield pk, counts


def _rows(pairs: Any) -> dict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for page, value in pairs.iterator():
        found[page].append(value)
    return found


def _counts_for(piece: Piece) -> Counter[Key]:
    """What a piece counts for as it stands now."""
    if not piece.live or piece.published_at is None:
        return Counter()
    kind = Counted.FILM if isinstance(piece, FilmPage) else Counted.STORY
    parts = _parts(piece.section_id, [byline.person_id for byline in piece.bylines.all()])
    counts = Counter(Key(clock.day_of(piece.published_at).year, kind.value, piece.is_own, part) for part in parts)
    for correction in piece.corrections.all():
        year = clock.day_of(correction.corrected_at).year
        counts.update(Key(year, Counted.CORRECTION.value, piece.is_own, part) for part in parts)
    return counts


def _parts(section: int | None, people: list[int | None]) -> set[str]:
    """The tallies in which a piece counts, once each."""
    parts = {ALL, *(of_person(pk) if pk else GUESTS for pk in people)}
    return parts | {of_section(section)} if section else parts


def _count(pk: int, now: Counter[Key]) -> None:
    """Note what a piece counts for, and add the difference. The announcement comes first: it is a queue."""
    rows = Tallied.objects.filter(piece=pk)
    was = Counter({Key(*key): count for *key, count in rows.values_list(*Key._fields, "count")})
    if was == now:
        return
    announce(TALLIES)
    rows.delete()
    Tallied.objects.bulk_create(Tallied(piece_id=pk, count=count, **key._asdict()) for key, count in now.items())
    changes: dict[tuple[Any, ...], int] = {key: now[key] - was[key] for key in now | was}
    sums.add(Tally, changes, keys=Key._fields, total="count")
