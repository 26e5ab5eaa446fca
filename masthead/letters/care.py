"""Letters on a person's page at the desk: which lists they are on and why not, and the copies that were sent."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from masthead.core import clock
from masthead.giving.previews import day
from masthead.letters.models import Delivery as Copy
from masthead.letters.models import DeliveryState, Left, LetterList, Subscription, Suppression
from masthead.readers.care import log, register
from masthead.readers.care.log import Entry, Line
from masthead.readers.care.register import File

COPIES_SHOWN = 5


@dataclass(frozen=True)
class Row:
    """One list and this person."""

    name: str
    says: str
    gets: bool


def _section(file: File) -> dict[str, Any] | None:
    person = file.person
    if person.reader is None:
        return None
    own = FilteredRelation("subscriptions", condition=Q(subscriptions__reader=person.reader))
    stops = Suppression.objects.standing().filter(address=person.email).values("reason")[:1]
    rows = LetterList.objects.annotate(own=own).annotate(
        is_own=F("own__pk"), joined=F("own__joined_at"), left=F("own__left_at"), how=F("own__left_how"), stopped=stops
    )
    lists = [row for letters in rows if (row := _row(letters)) is not None]
    copies = [line for line in file.once(log.read) if line.kind == log.LETTER and line.key == "copy"][:COPIES_SHOWN]
    stopped = next((letters.stopped for letters in rows if letters.stopped), "")
    return {
        "lists": lists,
        "copies": copies,
        "stopped": dict(Suppression._meta.get_field("reason").choices or ()).get(stopped),
    }


def _row(letters: Any) -> Row | None:
    """What they decided about it; a supporters' list comes by itself, unless they left it."""
    if letters.left:
        return Row(letters.name, f"left on {day(clock.day_of(letters.left))}, {Left(letters.how).label}", False)
    if letters.is_own:
        return Row(letters.name, f"since {day(clock.day_of(letters.joined))}", True)
    return None if letters.is_free else Row(letters.name, "comes with the membership, while that lasts", True)


def _copies(file: File) -> QuerySet[Any] | None:
    if file.person.reader is None:
        return None
    mine = Copy.objects.filter(reader=file.person.reader)
    at = Coalesce("sent_at", "mailing__asked_at")
    words = {"a": "mailing__issue__subject", "b": "state", "c": "reason", "d": "mailing__issue__list__name"}
    return log.columns("copy", mine, file, at=at, ref="id", **words)


def _copy(entry: Entry, _file: File) -> Line:
    state = DeliveryState(entry.b)
    bad = state in (DeliveryState.REFUSED, DeliveryState.FAILED)
    why = f" ({entry.c})" if entry.c else ""
    return Line(entry.at, log.LETTER, f"“{entry.a}”, {entry.d}", f"{state.label}{why}", key="copy", is_bad=bad)


def _joined(file: File) -> QuerySet[Any] | None:
    if file.person.reader is None:
        return None
    rows = Subscription.objects.filter(reader=file.person.reader)
    return log.columns("joined", rows, file, at="joined_at", a="list__name")


def _left(file: File) -> QuerySet[Any] | None:
    if file.person.reader is None:
        return None
    rows = Subscription.objects.left().filter(reader=file.person.reader)
    return log.columns("left", rows, file, at="left_at", a="list__name", b="left_how")


register.section("letters", "Letters", "letters/care.html", _section, order=40, is_aside=True)
log.register("copy", _copies, _copy)
log.register("joined", _joined, lambda entry, file: Line(entry.at, log.LETTER, f"Joined {entry.a}"))
log.register("left", _left, lambda entry, file: Line(entry.at, log.LETTER, f"Left {entry.a}", str(Left(entry.b).label)))
