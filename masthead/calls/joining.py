"""The way in: from fifteen minutes before until the end, for whoever has a seat and whose support holds now.

The link is the same for all and opens nothing by itself: it is spent by its signed-in holder. What leads into the
room is asked of the provider at the click and kept nowhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.db import transaction
from django.db.models import F

from masthead.core import audit, clock, limits
from masthead.core.actors import Actor
from masthead.core.jobs import every
from masthead.core.refusals import Refusal
from masthead.membership import grants
from masthead.readers.models import Device, Reader

from . import providers
from .models import Call, CallState, Seat, SeatState
from .providers import CallProvider, Join, Member, ProviderRefused, Role
from .providers.jitsi import reference_of
from .questions import LONGEST_NAME, in_one_line

JUST_ENDED = timedelta(minutes=30)

log = structlog.get_logger("masthead.calls")

JOINED_BY_READER = limits.define("calls.joined-by-reader", times=60, per=3600)

audit.register("call.host-joined", "{by} went into {subject} as its host")


class Stands(StrEnum):
    """How the way in stands for one reader."""

    STRANGER = "stranger"  # nobody is signed in
    NOT_COVERED = "not-covered"  # no grant that holds now
    CANCELLED = "cancelled"
    OVER = "over"
    NO_SEAT = "no-seat"
    WAITING = "waiting"  # in the waiting list
    EARLY = "early"
    OPEN = "open"


@dataclass(frozen=True)
class WayIn:
    """What a page shows of the way in to one reader at one device."""

    call: Call
    stands: Stands
    came_here: datetime | None = None  # since when this device holds the reader's place in the room
    elsewhere: str = ""  # the other device that holds it now, in its owner's words
    elsewhere_since: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether pressing the button leads into the room."""
        return self.stands is Stands.OPEN

    @property
    def path(self) -> str:
        """The personal way in: an address without any secret, which asks who comes."""
        return f"{self.call.path}join/"


class NotIn(Refusal):
    """Somebody can't go in; `stands` says why, and the page has the words and the way out for each."""

    for_people_text = "You can’t go in at the moment. Nothing has been changed."

    def __init__(self, stands: Stands) -> None:
        self.stands = stands
        super().__init__()


class RoomIsShut(Refusal):
    for_people_text = (
        "The room does not let us in at the moment, and the newsroom knows. Your seat is kept: "
        "try again in a minute. Nothing has been changed."
    )


def way_in(call: Call, reader: Reader | None, device: Device | None) -> WayIn:
    """How it stands now. Changes nothing; two queries at most."""
    shut = _of_the_call(call)
    if reader is None or shut:
        return WayIn(call, shut or Stands.STRANGER)
    if not grants.may(call.benefit, reader=reader):
        return WayIn(call, Stands.NOT_COVERED)
    seat = Seat.objects.held_by(reader).filter(call=call).select_related("live_device").first()
    if seat is None or seat.state == SeatState.WAITING:
        return WayIn(call, Stands.WAITING if seat else Stands.NO_SEAT)
    stands = Stands.OPEN if clock.now() >= call.opens_at else Stands.EARLY
    there = seat.live_device
    if there is None or there.ended_at is not None:
        return WayIn(call, stands)
    if device is not None and there.pk == device.pk:
        return WayIn(call, stands, came_here=seat.live_at)
    return WayIn(call, stands, elsewhere=there.label or "another device", elsewhere_since=seat.live_at)


def enter(call: Call, reader: Reader, device: Device, *, name: str = "") -> Join:
    """Go in: notes that the reader came, and that this device holds the place from now on.

    The room is asked before anything is noted, so a room that is shut spends nothing. A device that was in before is
    put out where the provider can; where it can't, its page says where the place went.
    Raises NotIn, RoomIsShut, TooMany.
    """
    here = way_in(call, reader, device)
    if not here.is_open:
        raise NotIn(here.stands)
    limits.hit(JOINED_BY_READER, str(reader.pk))
    member = Member(reference_of(call.uid, reader.reference), in_one_line(name)[:LONGEST_NAME])
    call = _prepared(call)
    before = Seat.objects.reserved().filter(call=call, reader=reader).exclude(live_device=None).first()
    try:
        provider = providers.get(call.provider)
        if before and before.live_device_id != device.pk:
            provider.remove(call, member)
        led = provider.join(call, member, Role.AUDIENCE)
    except ProviderRefused as error:
        _tell_operators(call, error)
        raise RoomIsShut from error
    _take_the_place(call, reader, device)
    return led


def enter_as_host(call: Call, *, by: Actor, name: str) -> Join:
    """The host's way in: whenever it is tried, also weeks before, as a rehearsal. Raises RoomIsShut."""
    call = _prepared(call)
    member = Member(reference_of(call.uid, str(by)), in_one_line(name)[:LONGEST_NAME])
    try:
        led = providers.get(call.provider).join(call, member, Role.HOST)
    except ProviderRefused as error:
        _tell_operators(call, error)
        raise RoomIsShut from error
    audit.record("call.host-joined", call, by=by)
    return led


@every(minutes=10)
def close_rooms() -> None:
    """Let each provider close the rooms of calls that have just ended; most do it by themselves."""
    now = clock.now()
    for call in Call.objects.filter(ends_at__lte=now, ends_at__gt=now - JUST_ENDED):
        if call.provider in providers.PROVIDERS:
            providers.get(call.provider).end(call)


def provider_of(call: Call) -> CallProvider:
    """Where it happens. Raises ProviderRefused when this version knows no such place."""
    return providers.get(call.provider)


def _of_the_call(call: Call) -> Stands | None:
    """What shuts the way for everybody."""
    if call.state == CallState.CANCELLED:
        return Stands.CANCELLED
    return Stands.OVER if call.is_over or call.state == CallState.HELD else None


def _prepared(call: Call) -> Call:
    """The call with its room made; a name that nobody guesses is given once and kept."""
    try:
        provider = providers.get(call.provider)
    except ProviderRefused:
        return call
    if provider.prepare(call) == call.place:
        return call
    with transaction.atomic():
        call = Call.objects.locked(call.pk)
        place = provider.prepare(call)
        if place != call.place:
            Call.objects.filter(pk=call.pk).update(place=place)
            call.place = place
    return call


def _take_the_place(call: Call, reader: Reader, device: Device) -> None:
    """The first time counts as having come; each time the device that asks is the one that is in."""
    now = clock.now()
    with transaction.atomic():
        Call.objects.locked(call.pk)
        seat = Seat.objects.reserved().filter(call=call, reader=reader).first()
        if seat is None:  # given back in this very moment
            raise NotIn(Stands.NO_SEAT)
        if seat.came_at is None:
            Call.objects.filter(pk=call.pk).update(came_count=F("came_count") + 1)
        if seat.came_at is None or seat.live_device_id != device.pk:
            Seat.objects.filter(pk=seat.pk).update(came_at=seat.came_at or now, live_device=device, live_at=now)


def _tell_operators(call: Call, error: ProviderRefused) -> None:
    log.error("call.room_refused", call=call.pk, provider=call.provider, why=str(error))
