"""What a page's slots carry: up to four creatives each, of which the browser shows one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from masthead.adverts.models import Booking, Creative, Kind, Shape
from masthead.core import clock
from masthead.press import recording

MOST_IN_A_SLOT = 4
MOST_SLOTS = {Shape.BOX: 3, Shape.WIDE: 2}
"""How many slots the page has that has most: a story for boxes, the front for wide ones."""


class Story(Protocol):
    """What an advert must know of the story that it stands in."""

    @property
    def rests_from_adverts(self) -> bool: ...


@dataclass(frozen=True)
class Shown:
    """One creative as the page has it."""

    src: str
    width: int
    height: int
    alt: str
    link: str
    weight: int


@dataclass(frozen=True)
class Slot:
    """One slot of a page; `creatives` has one to four, the heaviest first."""

    name: str  # 'story-1'
    label: str  # what tells it from the page's other slots when read aloud: 'Advertisement 1'
    shape: str
    creatives: tuple[Shown, ...]


def for_slots(
    edition: str, most: int, *, page: str = "story", shape: str = Shape.BOX, story: Story | None = None
) -> list[Slot]:
    """At most `most` slots for a page of `edition`, no creative in two of them; none for supporters.

    `page` names them ('front-1'). Notes for the print what they are made of and when that changes by itself.
    """
    if edition == "supporter":
        return []
    recording.made_of("adverts")
    _note_when_it_changes()
    if story is not None and story.rests_from_adverts:
        return []
    shared = _shared_out(map(_shown, _fitting(_running(shape, clock.today()), most)), most)
    return [
        Slot(f"{page}-{number}", f"Advertisement {number}", shape, creatives)
        for number, creatives in enumerate(shared, start=1)
    ]


def without_room(day: date) -> list[Booking]:
    """Bookings that run on `day` with a creative that no page shows then: more are booked than there is room for."""
    left_out: dict[int, Booking] = {}
    for shape, most in MOST_SLOTS.items():
        running = _running(shape, day)
        fitting = {row.pk for row in _fitting(running, most)}
        left_out |= {row.booking_id: row.booking for row in running if row.pk not in fitting}
    return sorted(left_out.values(), key=lambda booking: booking.name)


def _running(shape: str, day: date) -> list[Creative]:
    running = Creative.objects.filter(shape=shape, booking__in=Booking.objects.running_on(day))
    return list(running.select_related("booking").order_by("-booking__weight", "pk"))


def _fitting(rows: list[Creative], most: int) -> list[Creative]:
    """As many as `most` slots hold: those of advertisers before our own, the heaviest first."""
    paid_first = sorted(rows, key=lambda row: row.booking.kind == Kind.HOUSE)
    fitting = {row.pk for row in paid_first[: most * MOST_IN_A_SLOT]}
    return [row for row in rows if row.pk in fitting]


def _shown(row: Creative) -> Shown:
    return Shown(row.picture.url, row.width, row.height, row.alt, row.link, row.booking.weight)


def _shared_out(creatives: Iterable[Shown], most: int) -> list[tuple[Shown, ...]]:
    """Dealt out like cards, the heaviest first, so that each slot has a fair one and no page shows one twice."""
    cards = list(creatives)
    count = min(most, len(cards))
    return [tuple(cards[number::count]) for number in range(count)]


def _note_when_it_changes() -> None:
    if day := Booking.objects.next_change_after(clock.today()):
        recording.changes_at(clock.start_of(day))
