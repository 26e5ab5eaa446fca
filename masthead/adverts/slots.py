"""What a page's slots carry: up to four creatives each, of which the browser shows one."""

from dataclasses import dataclass
from typing import Protocol

from masthead.adverts.models import Booking, Creative, Shape
from masthead.core import clock
from masthead.press import recording

MOST_IN_A_SLOT = 4


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
    shared = _shared_out(_running(shape), most)
    return [
        Slot(f"{page}-{number}", f"Advertisement {number}", shape, creatives)
        for number, creatives in enumerate(shared, start=1)
    ]


def _running(shape: str) -> list[Shown]:
    running = Creative.objects.filter(shape=shape, booking__in=Booking.objects.running_on(clock.today()))
    rows = running.select_related("booking").order_by("-booking__weight", "pk")
    return [Shown(row.picture.url, row.width, row.height, row.alt, row.link, row.booking.weight) for row in rows]


def _shared_out(creatives: list[Shown], most: int) -> list[tuple[Shown, ...]]:
    """Dealt out like cards, the heaviest first, so that each slot has a fair one and no page shows one twice."""
    count = min(most, len(creatives))
    return [tuple(creatives[number::count][:MOST_IN_A_SLOT]) for number in range(count)]


def _note_when_it_changes() -> None:
    if day := Booking.objects.next_change_after(clock.today()):
        recording.changes_at(clock.start_of(day))
