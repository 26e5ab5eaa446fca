"""Sizes of pictures: made by tasks, never in a reader's request; a page shows those that exist."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TypedDict

from django.db import transaction

from masthead.core import clock
from masthead.newsroom.models import Picture, Rendition
from masthead.newsroom.pictures import metadata
from masthead.press import recording
from masthead.press.changes import announce

WIDTHS = (480, 800, 1200, 1600)
QUALITY = {"jpeg": "jpegquality-80", "webp": "webpquality-78", "avif": "avifquality-58"}
"""Formats in the order in which they are made: what every browser shows first, what is slow last."""
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}
"""Formats in the order in which a browser is offered them."""
QUICK = ("jpeg", "webp")
"""Formats without which a picture is not shown; the others wait until no picture lacks these."""
FROM_THE_DESK = 10
"""Priority of a picture that an editor has just saved, and will publish in a minute; imports wait for it."""
SECONDS_A_TASK = 3.0
REMOVED_AT_ONCE = 400


class Sources(TypedDict):
    """What `parts/picture.html` needs of a picture's files."""

    src: str
    width: int
    height: int
    srcset: dict[str, str]
    """By type, best first: {'image/avif': '/media/… 480w, /media/… 800w', …}."""


def specs_for(picture: Picture, kinds: Iterable[str] = QUALITY) -> list[str]:
    """The sizes that `picture` should have in these formats, in Wagtail's words; none is larger than the original."""
    widths = [width for width in WIDTHS if width < picture.width * 0.95]
    widths.append(min(picture.width, WIDTHS[-1]))
    widths = sorted(set(widths))
    return [f"width-{width}|format-{kind}|{QUALITY[kind]}" for kind in kinds for width in widths]


def missing(picture: Picture, kinds: Iterable[str] = QUALITY) -> list[str]:
    """The sizes that are still to be made, or made anew because the credit in them has changed.

    None of a picture that may not be shown: nothing of it lies where anybody can ask for it.
    """
    from masthead.newsroom.pictures import is_showable

    if not is_showable(picture):
        return []
    made = dict(picture.renditions.values_list("filter_spec", "packet"))
    wanted = digest(picture)
    return [spec for spec in specs_for(picture, kinds) if made.get(spec) != wanted]


def digest(picture: Picture) -> str:
    """A short hash of the packet that its sizes carry."""
    return sha256(metadata.packet_for(picture)).hexdigest()[:16]


def order(picture: Picture, *, priority: int = 0) -> None:
    """Have a worker make what is missing, after the commit; with a higher priority, before what others wait for."""
    from masthead.newsroom import tasks

    if missing(picture):
        replace(tasks.make_sizes, priority=priority).enqueue(picture.pk)


def make_some(picture: Picture, kinds: Iterable[str] = QUALITY, *, seconds: float = SECONDS_A_TASK) -> bool:
    """Make missing sizes in these formats for about `seconds`, then tell the presses. Returns whether all are made."""
    begun, made = time.monotonic(), 0
    left = missing(picture, kinds)
    while left and (not made or time.monotonic() - begun < seconds):
        _make(picture, left.pop(0))
        made += 1
    if made:
        with transaction.atomic():
            announce(f"picture:{picture.pk}")
    return not left


def remove(picture: Picture) -> None:
    """Delete every size of `picture`, files after the commit. They are made again when rights are extended."""
    picture.renditions.all().delete()


def remove_withdrawn() -> None:
    """Delete the sizes of all pictures to which our rights have ended, those that the desk drew to look at included."""
    ended = Rendition.objects.filter(image__rights_end__lt=clock.today())
    with transaction.atomic():
        Rendition.objects.filter(pk__in=ended.values_list("pk", flat=True)[:REMOVED_AT_ONCE]).delete()


def forget_files(rendition: Rendition) -> None:
    """Delete the file of a size and those that it had before, right after the commit; Wagtail's task comes later."""
    storage, names = rendition.file.storage, [rendition.file.name, *rendition.older]
    transaction.on_commit(lambda: [storage.delete(name) for name in names])


def sources_for(pictures: Iterable[Picture]) -> dict[int, Sources]:
    """The files of each picture that may be shown and has any, by key, in one query.

    Notes for the press that the page is made of these pictures, and when our rights to one of them end.
    """
    from masthead.newsroom.pictures import is_showable

    shown = {}
    for picture in pictures:
        recording.made_of(f"picture:{picture.pk}")
        if is_showable(picture):
            shown[picture.pk] = picture
            if picture.rights_end:
                recording.changes_at(clock.start_of(picture.rights_end + timedelta(days=1)))
    made: dict[int, list[Rendition]] = {}
    for rendition in Rendition.objects.filter(image__in=shown, filter_spec__startswith="width-").order_by("width"):
        made.setdefault(rendition.image_id, []).append(rendition)
    return {pk: _sources(rows) for pk, rows in made.items()}


def picture_sources(picture: Picture, use: str = "") -> Sources | None:
    """The files of one picture; None while none is made, or when our rights have ended."""
    return sources_for([picture]).get(picture.pk)


def _sources(rows: list[Rendition]) -> Sources:
    by_kind = {kind: [row for row in rows if f"format-{kind}" in row.filter_spec] for kind in TYPES}
    fallback = by_kind["jpeg"] or by_kind["webp"] or rows
    middle = min(fallback, key=lambda row: abs(row.width - 800))
    srcset = {
        TYPES[kind]: ", ".join(f"{row.url} {row.width}w" for row in of_kind)
        for kind, of_kind in by_kind.items()
        if of_kind
    }
    largest = fallback[-1]
    return Sources(src=middle.url, width=largest.width, height=largest.height, srcset=srcset)


def _make(picture: Picture, spec: str) -> None:
    """Draw one size and keep it; the drawing is done before anything is locked. Repeating it is harmless."""
    from wagtail.images.models import Filter

    drawn = picture.generate_rendition_file(Filter(spec=spec))
    with transaction.atomic():
        row = picture.renditions.filter(filter_spec=spec).select_for_update().first()
        if row is None:
            row = Rendition(image=picture, filter_spec=spec)
        elif row.packet == digest(picture):
            return
        row.packet = digest(picture)
        if row.file:  # it stays where it is: pages that browsers still hold may ask for it
            row.older = [*row.older, row.file.name]
        row.file.save(drawn.name, drawn, save=False)
        row.save()
