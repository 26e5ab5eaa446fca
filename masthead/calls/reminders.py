"""Reminders a day and an hour before a call, by the clock; and the seats of those whose support has ended.

Each is noted on the seat in the transaction that writes the mail, so that none goes twice. Who asks for a seat within
the last day, or hour, has just been told and is not reminded of it at once.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from masthead.core import clock
from masthead.core.jobs import every, job

from . import due, mails, seats
from .models import Call, Seat, SeatState

AT_ONCE = 50
A_DAY, AN_HOUR = timedelta(hours=24), timedelta(hours=1)

Mail = Callable[[Seat], None]
KINDS: dict[str, tuple[timedelta, Mail]] = {
    "reminded_day_at": (A_DAY, mails.a_day_before),
    "reminded_hour_at": (AN_HOUR, mails.an_hour_before),
}


@every(minutes=5)
def remind() -> None:
    """Begin what is due. The hour's reminder stands for the day's where nothing ran in between."""
    now = clock.now()
    for call in Call.objects.coming(now).filter(starts_at__gt=now, starts_at__lte=now + A_DAY):
        kind = "reminded_hour_at" if call.starts_at - now <= AN_HOUR else "reminded_day_at"
        if _to_remind(call, kind).exists():
            remind_some.enqueue(call.pk, kind)


@job(queue="now")
def remind_some(call_pk: int, kind: str) -> None:
    """Remind AT_ONCE of those who have a seat; whose support has ended is told that the seat goes."""
    before, tell = KINDS[kind]
    now = clock.now()
    call = Call.objects.get(pk=call_pk)
    if not call.is_planned or not now < call.starts_at <= now + before:  # cancelled or moved in the meantime
        return
    some = list(_to_remind(call, kind).select_related("reader")[:AT_ONCE])
    may = due.who_may_come(call, (seat.reader_id for seat in some))
    for seat in some:
        if seat.reader_id not in may:
            seats.let_go(seat)
            continue
        with transaction.atomic():
            claimed = Seat.objects.reserved().filter(pk=seat.pk, **{kind: None}).update(**{kind: now})
            if claimed:
                seat.call = call
                tell(seat)
    if len(some) == AT_ONCE:
        remind_some.enqueue(call_pk, kind)


def _to_remind(call: Call, kind: str):  # type: ignore[no-untyped-def]
    """Who has had a seat since before the reminder's moment, and was not reminded."""
    moment = call.starts_at - KINDS[kind][0]
    return Seat.objects.reserved().filter(call=call, reserved_at__lt=moment, **{kind: None}).order_by("pk")


@every(hours=1)
def look_after_seats() -> None:
    """Begin to look, for each coming call, whether all who have a seat or wait may still come."""
    for pk in Call.objects.coming().values_list("pk", flat=True):
        let_go_some.enqueue(pk)


@job(queue="later")
def let_go_some(call_pk: int, after: int = 0) -> None:
    """Look at some; whose support does not reach to the day is told so kindly, and the seat goes on."""
    call = Call.objects.get(pk=call_pk)
    if not call.is_planned or call.is_over:
        return
    held = Seat.objects.filter(call=call, state__in=[SeatState.RESERVED, SeatState.WAITING], pk__gt=after)
    some = list(held.select_related("reader").order_by("pk")[: AT_ONCE * 4])
    may = due.who_may_come(call, (seat.reader_id for seat in some))
    for seat in some:
        if seat.reader_id not in may:
            seats.let_go(seat)
    if len(some) == AT_ONCE * 4:
        let_go_some.enqueue(call_pk, some[-1].pk)
