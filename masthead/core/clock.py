"""The one clock. Press, passes, pages and tasks ask here what time it is; nobody asks the wall.

Only the standard library is imported, because the press runs before Django is loaded.
A demonstration moves its time by writing seconds into the file that `follow` was told of: eight bytes,
a signed little-endian integer, mapped by every process, so that all of them move at the same moment.
"""

import calendar
import mmap
import os
import struct
import time as wall
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_OFFSET = struct.Struct("<q")
_shared: mmap.mmap | None = None
_offset = 0
_zone = ZoneInfo("UTC")


def follow(path: Path) -> None:
    """Move with the offset kept in `path` (made where missing), in this and every other process that follows it."""
    global _shared
    if not path.exists() or path.stat().st_size < _OFFSET.size:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_OFFSET.pack(0))
    handle = os.open(path, os.O_RDWR)
    try:
        _shared = mmap.mmap(handle, _OFFSET.size)
    finally:
        os.close(handle)


def offset() -> int:
    """How many seconds the clock is ahead of the wall."""
    return _OFFSET.unpack_from(_shared)[0] if _shared is not None else _offset


def move_to(seconds_ahead: int) -> None:
    """Set how many seconds the clock is ahead of the wall: for demonstrations and tests alone."""
    global _offset
    if _shared is not None:
        _OFFSET.pack_into(_shared, 0, seconds_ahead)
    else:
        _offset = seconds_ahead


def time() -> float:
    """Seconds since 1970, UTC."""
    return wall.time() + offset()


def now() -> datetime:
    """This moment, aware, UTC."""
    return datetime.fromtimestamp(time(), UTC)


def live_in(zone: str) -> None:
    """Say in which zone the newsroom's days begin and end; an IANA name."""
    global _zone
    _zone = ZoneInfo(zone)


def zone() -> ZoneInfo:
    """The newsroom's time zone."""
    return _zone


def today() -> date:
    """The day it is now in the newsroom's time zone."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day in the newsroom's time zone on which `moment` falls."""
    return moment.astimezone(_zone).date()


def start_of(day: date) -> datetime:
    """The first moment of `day` in the newsroom's time zone, as UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=_zone).astimezone(UTC)


def add_months(day: date, months: int, *, anchor: int | None = None) -> date:
    """`day` moved by whole months; on the `anchor` day of the month (default: its own), or the month's last day.

    The anchor keeps a pledge of the 31st on the 31st after a February.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor or day.day, last))


def days(count: int) -> timedelta:
    """A length of `count` days of 24 hours."""
    return timedelta(days=count)
