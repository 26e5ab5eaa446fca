"""Calls as calendars take them (RFC 5545), and as mails invite to and cancel them (RFC 5546).

A call keeps one UID for ever; each change that a calendar shows raises its SEQUENCE, so that programs replace the
entry. Giving a seat back and asking again are changes for that one reader alone: they raise the number in the
reader's own files. The zone's rules stand in each file, so that daylight saving is right without the reader's tables.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from masthead.core import clock, mail
from masthead.newsroom import menu

from . import words
from .models import Call, CallState, Seat

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
AROUND = timedelta(days=370)  # of the zone's rules: every change of a year before the call and a year after it


def ics(call: Call, seat: Seat | None = None, method: Method = "PUBLISH") -> bytes:
    """The calendar file of a call. With `seat`: that reader's own, who is named in it as the one invited."""
    zone = clock.zone()
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Masthead//Calls//EN")
    calendar.add("method", method)
    if zone.key != "UTC":
        calendar.add_component(_rules_of(zone, call.starts_at))
    calendar.add_component(_event(call, seat, method, zone))
    return bytes(calendar.to_ical())


def attached(call: Call, seat: Seat, method: Method) -> mail.Attachment:
    """The same, as a mail carries it."""
    return mail.Attachment("call.ics", "calendar", ics(call, seat, method).decode(), {"method": method})


def sequence_of(call: Call, seat: Seat | None = None) -> int:
    """How often the entry has changed: the call's changes and, in a reader's own file, that reader's turns."""
    if seat is None:
        return call.sequence
    return call.sequence + 2 * (seat.turn - 1) + (0 if seat.is_reserved or seat.is_waiting else 1)


def _event(call: Call, seat: Seat | None, method: Method, zone: ZoneInfo) -> Event:
    event = Event()
    off = method == "CANCEL" or call.state == CallState.CANCELLED
    address = f"{settings.SITE_ADDRESS}{call.path}"
    event.add("uid", call.uid)
    event.add("sequence", sequence_of(call, seat))
    event.add("dtstamp", clock.now().replace(microsecond=0))
    event.add("last-modified", call.changed_at.replace(microsecond=0))
    event.add("dtstart", call.starts_at.astimezone(zone))
    event.add("dtend", call.ends_at.astimezone(zone))
    event.add("summary", f"{call.title} ({menu.paper().name})")
    event.add("description", f"The way in opens at {words.hour(call.opens_at)}, {words.zone()}, here:\n{address}")
    event.add("location", address)
    event.add("url", address)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("class", "PRIVATE" if seat else "PUBLIC")
    event.add("organizer", _organizer())
    if seat is not None and seat.reader.email:
        guest = vCalAddress(f"mailto:{seat.reader.email}")
        guest.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
        event.add("attendee", guest)
    return event


def _organizer() -> vCalAddress:
    address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">").strip()
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = menu.paper().name
    return organizer


def _rules_of(zone: ZoneInfo, moment: datetime) -> Timezone:
    """The zone's changes around `moment`, each at its very second; the library's own are an hour late in spring."""
    rules = Timezone()
    rules.add("tzid", zone.key)
    begin = (moment - AROUND).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    rules.add_component(_rule(zone, begin, begin))
    for change in _changes(zone, begin, moment + AROUND):
        rules.add_component(_rule(zone, change, change - timedelta(seconds=1)))
    return rules


def _rule(zone: ZoneInfo, change: datetime, before: datetime) -> TimezoneDaylight | TimezoneStandard:
    new, old = change.astimezone(zone), before.astimezone(zone)
    rule = TimezoneDaylight() if new.dst() else TimezoneStandard()
    was, now = old.utcoffset() or timedelta(), new.utcoffset() or timedelta()
    rule.add("dtstart", (change + was).replace(tzinfo=None))  # by the clock on the wall before it was changed
    rule.add("tzoffsetfrom", was)
    rule.add("tzoffsetto", now)
    rule.add("tzname", new.tzname())
    return rule


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> list[datetime]:
    """The moments at which the zone's offset changes."""
    found = []
    day = begin
    while day < end:
        following = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            found.append(_change_between(zone, day, following))
        day = following
    return found


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
