"""Supporters who reserve seats, a series that goes on, and what calendars make of our files."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

import ics
import vobject
from django.core import mail as outbox

from masthead.calls import dates, series
from masthead.calls.models import BENEFIT, Call, Seat, Series
from masthead.core import clock, jobs
from masthead.core.models import Message
from masthead.membership import grants
from masthead.membership.grants import Span
from masthead.membership.models import Courtesy, Grant, Reason
from masthead.readers.models import Reader
from tests.worlds import readers
from tests.worlds.rooms import STAFF


def moment(text: str, zone: str = "Europe/London") -> datetime:
    """`moment("2027-01-07 19:00")`, by a clock on the wall there."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def it_is(text: str) -> None:
    """Set the newsroom's clock."""
    clock.move_to(clock.offset() + round((moment(text) - clock.now()).total_seconds()))


def a_series(**fields: Any) -> Series:
    """A series by a rule; without any call yet."""
    made = Series(**fields)
    made.full_clean()
    made.save()
    return made


def the_quarterly() -> Call:
    """What one click on the desk starts; its first call."""
    return series.start(by=STAFF).calls.get()


def a_call(text: str = "2027-01-07 19:00", **fields: Any) -> Call:
    """A call planned by hand."""
    return dates.plan("The call with Helen Marwood", moment(text), by=STAFF, **fields)


def time_passes() -> None:
    """Whatever the clock and the workers have to do by now is done."""
    for _ in range(2):
        jobs.run_all(with_clock=True)


def subjects_to(reader: Reader) -> list[str]:
    """What was mailed to somebody, oldest first."""
    return list(Message.objects.filter(to=reader.email).order_by("pk").values_list("subject", flat=True))


def kinds_of_mail(reader: Reader) -> list[str]:
    """Which letters about calls somebody got, oldest first: 'reserved', 'a_day_before' …"""
    keys = Message.objects.filter(to=reader.email, key__startswith="call:").order_by("pk").values_list("key", flat=True)
    return [key.split(":")[2] for key in keys]


def states(call: Call) -> dict[str, str]:
    """Whose seats stand how."""
    return dict(Seat.objects.filter(call=call).values_list("reader__name", "state"))


def supporters(count: int) -> list[Reader]:
    """Reader0, Reader1 …, each with a grant without end; without the tiers, which a flushed database has lost."""
    found = [readers.reader(f"reader{number}@example.org", f"Reader{number}") for number in range(count)]
    for reader in found:
        grants.agree(Reason.COURTESY, f"t{reader.pk}", holders=(reader,), spans={BENEFIT: Span()})
    return found


def support_lasts_until(reader: Reader, until: datetime | None, *, grace: datetime | None = None) -> None:
    """The grants of somebody, as their pledge would set them."""
    Grant.objects.filter(reader=reader).update(until_at=until, grace_until=grace)
    Courtesy.objects.filter(reader=reader).delete()


def calendar_in(email: outbox.EmailMessage) -> tuple[str, bytes]:
    """The method that the attachment's type names, and the file, as a mail program gets them."""
    whole = message_from_bytes(email.message().as_bytes(), policy=policy.default)
    (part,) = [part for part in whole.walk() if part.get_content_type() == "text/calendar"]
    return part["Content-Type"].params["method"], part.get_payload(decode=True)


def read_by_two(file: bytes) -> dict[str, Any]:
    """The event as two independent programs read it. Fails where they disagree."""
    text = file.decode()
    getattr(vobject.icalendar, "__tzidMap").pop(clock.zone().key, None)  # it remembers the rules of files before this
    first = vobject.readOne(text).vevent
    (second,) = ics.Calendar(text).events
    found = {
        "uid": first.uid.value,
        "begins": first.dtstart.value.astimezone(UTC),
        "ends": first.dtend.value.astimezone(UTC),
        "title": first.summary.value,
        "sequence": int(first.sequence.value),
        "status": first.status.value,
    }
    assert found == {
        "uid": second.uid,
        "begins": second.begin.datetime.astimezone(UTC),
        "ends": second.end.datetime.astimezone(UTC),
        "title": second.name,
        "sequence": int(next(line.value for line in second.extra if line.name == "SEQUENCE")),
        "status": second.status,
    }
    return found
