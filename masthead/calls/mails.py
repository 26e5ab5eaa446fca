"""What people are told of calls by mail, each thing once: written in the transaction of the change, sent after it."""

from typing import Any, Literal

from django.conf import settings
from django.urls import reverse

from masthead.core import mail
from masthead.readers.models import Reader

from . import calendars, words
from .models import Call, Seat

Worker = Literal["now", "later"]


def invitation(call: Call, reader: Reader, *, key: str) -> None:
    """That there is a call, how to get a seat, and by the link of this key how to get no more of these (RFC 8058)."""
    decline = settings.SITE_ADDRESS + reverse("call-invitations", args=[key])
    headers = {"List-Unsubscribe": f"<{decline}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    _queue("invitation", call, reader, key=f"invitation:{reader.pk}", worker="later", headers=headers, decline=decline)


def reserved(seat: Seat) -> None:
    """A seat is theirs: the calendar entry comes with it."""
    _tell("reserved", seat, method="REQUEST")


def waiting(seat: Seat) -> None:
    """All seats are taken; what happens next."""
    _tell("waiting", seat)


def moved_up(seat: Seat) -> None:
    """A seat has come free and is theirs."""
    _tell("moved_up", seat, method="REQUEST")


def given_back(seat: Seat, *, had_a_seat: bool) -> None:
    """What was given back: the entry leaves the calendar."""
    _tell("given_back", seat, method="CANCEL" if had_a_seat else None, had_a_seat=had_a_seat)


def support_ended(seat: Seat, *, had_a_seat: bool) -> None:
    """Kindly: the seat goes to somebody else, since the support does not reach to the day."""
    _tell("support_ended", seat, method="CANCEL" if had_a_seat else None, had_a_seat=had_a_seat)


def a_day_before(seat: Seat) -> None:
    """Tomorrow."""
    _tell("a_day_before", seat, worker="later")


def an_hour_before(seat: Seat) -> None:
    """In an hour: goes before what else goes to many."""
    _tell("an_hour_before", seat)


def moved(seat: Seat) -> None:
    """Another day or hour: the calendar entry follows."""
    _tell("moved", seat, method="REQUEST" if seat.is_reserved else None, worker="later")


def cancelled(seat: Seat, *, had_a_seat: bool) -> None:
    """It does not take place."""
    _tell("cancelled", seat, method="CANCEL" if had_a_seat else None, worker="later", had_a_seat=had_a_seat)


def _tell(
    template: str, seat: Seat, *, method: calendars.Method | None = None, worker: Worker = "now", **facts: Any
) -> None:
    if not seat.reader.email:
        return
    files = [calendars.attached(seat.call, seat, method)] if method else []
    key = f"{template}:{seat.reader_id}:{seat.turn}:{seat.call.sequence}"
    _queue(template, seat.call, seat.reader, key=key, files=files, worker=worker, seat=seat, **facts)


def _queue(
    template: str,
    call: Call,
    reader: Reader,
    *,
    key: str,
    worker: Worker,
    files: list[mail.Attachment] | None = None,
    headers: dict[str, str] | None = None,
    **facts: Any,
) -> None:
    context = {
        **facts,
        "call": call,
        "when": words.when(call),
        "day": words.short_day(call.starts_at),
        "hour": words.hour(call.starts_at),
        "opens": words.hour(call.opens_at),
        "zone": words.zone(),
    }
    mail.queue(
        f"calls/{template}",
        reader.email or "",
        context,
        key=f"call:{call.pk}:{key}",
        headers=headers,
        attachments=files or [],
        worker=worker,
    )
