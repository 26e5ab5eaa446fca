"""How each promise to supporters is used now: its state in a sentence, and one thing to do. For pages of their own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.formats import date_format

from masthead.calls.models import Call, Seat
from masthead.core import clock
from masthead.giving.promises import Kept
from masthead.readers.models import Reader
from masthead.web import extras
from masthead.web.shell import Link


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


def in_use(kept: Iterable[Kept], reader: Reader | None, devices: int = 0) -> list[InUse]:
    """Each promise kept, in their order; `reader` None: kept to a device whose address is not confirmed."""
    return [_used(one, reader, devices) for one in kept]


def _used(one: Kept, reader: Reader | None, devices: int) -> InUse:
    tell = HOW.get(one.promise.code)
    if tell is None:
        return InUse(one, one.promise.name, one.promise.sentence)
    state = tell(reader, devices)
    return InUse(one, state.name or one.promise.name, state.says, state.do)


def _ad_free(reader: Reader | None, devices: int) -> _State:
    if reader is None:
        return _State("On, on this device; on others too once your address is confirmed.")
    others = {0: "", 1: " and one other"}.get(devices - 1, f" and {devices - 1} others")
    return _State(f"On, on this device{others}.", Link("Your devices", "#devices"))


def _letter(reader: Reader | None, devices: int) -> _State:
    issue = extras.latest_letter()
    waits = "" if reader else " It comes by e-mail once your address is confirmed."
    if issue is None or issue.sent_at is None:
        return _State(f"The next one is being written.{waits}")
    month = date_format(issue.sent_at.astimezone(clock.zone()), "F")
    return _State(f"{month}: {issue.headline}{waits}", Link("Read it", issue.path))


def _call(reader: Reader | None, devices: int) -> _State:
    coming = extras.next_call()
    if coming is None:
        return _State("Its next date is not set yet.", Link("Earlier calls", "/calls/"))
    call = coming.call
    seat = Seat.objects.held_by(reader).filter(call=call).first() if reader else None
    when = date_format(call.starts_at.astimezone(clock.zone()), "l j F, H.i")
    says, do = _at_the_call(call, seat, confirmed=reader is not None)
    return _State(f"{when}. {says}", Link(do, call.path), call.title)


def _at_the_call(call: Call, seat: Seat | None, *, confirmed: bool) -> tuple[str, str]:
    """How it stands with somebody's seat, and what they can do about it."""
    if not confirmed:
        return "Confirm your address, and you can reserve a seat.", "About the call"
    if seat is not None and seat.is_reserved:
        is_open = call.opens_at <= clock.now()
        return (
            ("You have a seat, and the way in is open.", "Join") if is_open else ("You have a seat.", "Ask a question")
        )
    if seat is not None:
        return "You are on the waiting list: a seat that comes free is yours.", "See the questions"
    if call.is_full:
        return "All seats are taken; there is a waiting list.", "To the waiting list"
    return "You have no seat yet.", "Reserve a seat"


HOW: dict[str, Callable[[Reader | None, int], _State]] = {"ad-free": _ad_free, "letter": _letter, "call": _call}
"""By the code of the benefit, as `membership` knows it."""
