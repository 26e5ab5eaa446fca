"""Calls with supporters who ask, vote and go in, each in a browser of their own."""

from datetime import timedelta
from typing import Any

from django.test import Client

from masthead.calls import seats
from masthead.calls.models import Call, Seat
from masthead.core import clock
from masthead.core.actors import Actor
from masthead.membership import reasons
from masthead.membership.models import Courtesy
from masthead.readers import devices
from masthead.readers.models import Device, Reader
from tests.worlds import readers

STAFF = Actor.staff(1)
ADDRESS = "https://meet.example.org/the-room-of-october"


def call(slug: str = "october", *, in_hours: float = 24, **fields: Any) -> Call:
    """A planned call, in an outside room."""
    made = Call(
        **{
            "slug": slug,
            "title": "The call with Helen Marwood",
            "host_name": "Helen Marwood",
            "starts_at": (clock.now() + timedelta(hours=in_hours)).replace(microsecond=0),
            "provider": "link",
            "place": {"url": ADDRESS},
            **fields,
        }
    )
    made.save()
    return made


def supporter(name: str = "Ada", *, days: int = 60) -> Reader:
    """Somebody whom the newsroom gave a membership."""
    reader = readers.reader(f"{name.lower()}@example.org", name)
    reasons.give_courtesy(reader=reader, until=clock.today() + timedelta(days=days), why="a friend", by=STAFF)
    return reader


def ends_support(reader: Reader) -> None:
    """It is over now."""
    for courtesy in Courtesy.objects.filter(reader=reader):
        reasons.end_courtesy(courtesy, by=STAFF)


def seat(call: Call, reader: Reader) -> Seat:
    """Reserve one."""
    return seats.reserve(call, reader)


def device(reader: Reader, label: str = "Firefox on Linux") -> Device:
    """A browser in which they are signed in."""
    return devices.open_device(reader, label)[0]


def browser(reader: Reader | None = None, label: str = "Firefox on Linux") -> Client:
    """A browser, signed in if somebody is named."""
    made = readers.Browser()
    if reader is not None:
        _, token = devices.open_device(reader, label)
        made.cookies[devices.COOKIE] = token
    return made
