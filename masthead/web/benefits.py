"""How each promise to supporters is used now: its state in a sentence, and one thing to do. For pages of their own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format

from masthead.calls import dates, due, seats, words
from masthead.calls.models import Call, Seat
from masthead.core import clock
from masthead.giving.promises import Kept
from masthead.membership.models import AD_FREE, CALL, LETTER
from masthead.readers.models import Reader
from masthead.web import extras
from masthead.web.shell import Link

CALLS = "/calls/"


@dataclass(frozen=True)
class InUse:
    """A promise that is being kept to somebody: what it is called today, how it stands, what to do with it."""

    kept: Kept
    name: str
    says: str = ""
    do: Link | None = None


@dataclass(frozen=True)
class _State:
    """What one promise comes to; a name of its own where there is a better one than the promise's."""

    says: str
    do: Link | None = None
    name: str = ""


@dataclass(frozen=True)
class Holder:
    """Whose promise it is: a reader with devices, or a device whose address is not confirmed."""

    reader: Reader | None
    devices: int


def in_use(kept: Iterable[Kept], reader: Reader | None, devices: int = 0) -> list[InUse]:
    """Each promise that is kept to somebody, in their order."""
    return [_used(one, Holder(reader, devices)) for one in kept]


def _used(kept: Kept, holder: Holder) -> InUse:
    tell = HOW.get(kept.promise.code)
    if tell is None:
        return InUse(kept, kept.promise.name, kept.promise.sentence)
    state = tell(holder)
    return InUse(kept, state.name or kept.promise.name, state.says, state.do)


def _ad_free(holder: Holder) -> _State:
    if holder.reader is None:
        return _State("On, on this device; on others too once your address is confirmed.")
    others = holder.devices - 1
    elsewhere = {0: "", 1: " and one other"}.get(others, f" and {others} others")
    return _State(f"On, on this device{elsewhere}.", Link("Your devices", "#devices"))


def _letter(holder: Holder) -> _State:
    latest = extras.latest_letter()
    waits = "" if holder.reader else " It comes by e-mail once your address is confirmed."
    if latest is None:
        return _State(f"The next one is being written.{waits}")
    month = date_format(latest.sent_at.astimezone(clock.zone()), "F")
    return _State(f"{month}: {latest.headline}{waits}", Link("Read it", latest.url))


def _call(holder: Holder) -> _State:
    call = dates.next_call()
    if call is None:
        return _State("Its next date is not set yet.", Link("Earlier calls", CALLS))
    says, do = _at(call, holder)
    return _State(f"{words.when(call)}. {says}", do, call.title)


def _at(call: Call, holder: Holder) -> tuple[str, Link]:
    """How it stands between somebody and a call, and what they can do about it."""
    if holder.reader is None:
        return "Confirm your address, and you can reserve a seat.", Link("About the call", call.path)
    if not due.may_come(call, holder.reader):
        return "Your support ends before that day.", Link("About the call", call.path)
    if seat := seats.seat_of(call, holder.reader):
        return _with_seat(call, seat)
    if call.is_full:
        return "All seats are taken, and there is a waiting list.", Link("To the waiting list", call.path)
    return "You have no seat yet.", Link("Reserve a seat", call.path)


def _with_seat(call: Call, seat: Seat) -> tuple[str, Link]:
    asking = Link("Ask a question", reverse("call-questions", args=[call.slug]))
    if seat.is_waiting:
        return "You are on the waiting list.", asking
    if call.opens_at <= clock.now():
        return "You have a seat, and the way in is open.", Link("Join", reverse("call-join", args=[call.slug]))
    return "You have a seat.", asking


HOW: dict[str, Callable[[Holder], _State]] = {AD_FREE: _ad_free, LETTER: _letter, CALL: _call}
"""By the code of the benefit."""
