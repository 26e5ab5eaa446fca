"""Group calls on a person's page at the desk: the seats they have and had."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from masthead.giving.previews import day
from masthead.readers.care import log, register
from masthead.readers.care.log import Entry, Line
from masthead.readers.care.register import File

from .models import Seat, SeatState

SEATS_SHOWN = 5


def _section(file: File) -> dict[str, Any] | None:
    seats = [line for line in file.once(log.read) if line.kind == log.CALL][:SEATS_SHOWN]
    return {"seats": seats} if seats else None


def _seats(file: File) -> QuerySet[Any] | None:
    if file.person.reader is None:
        return None
    rows = Seat.objects.filter(reader=file.person.reader)
    words = {"a": "call__title", "b": "call__starts_at", "c": "state", "d": "came_at"}
    return log.columns("seat", rows, file, at="asked_at", ref="id", **words)


def _seat(entry: Entry, _file: File) -> Line:
    came, on = ", and came" if entry.d else "", day(date.fromisoformat(entry.b[:10]))
    return Line(entry.at, log.CALL, f"“{entry.a}”, on {on}", f"{SeatState(entry.c).label}{came}", key="seat")


register.section("calls", "Group calls", "calls/care.html", _section, order=45, is_aside=True)
log.register("seat", _seats, _seat)
