"""Seats at a call: reserved, waited for, given back. Whoever changes one holds the lock of its call.

There is one way to a seat: everybody who asks joins the end of the line, and the line moves as far as there are seats.
So nobody overtakes, whatever happens at the same moment.
"""

from django.db import transaction
from django.db.models import F

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.jobs import job
from masthead.readers.models import Reader

from . import due, mails
from .models import Call, Seat, SeatState
from .refusals import CallIsOff, CallIsOver, NotForYou, TooFewSeats

AT_ONCE = 50  # that move up in one transaction: each is a mail

audit.register("seat.given-back-by-desk", "{by} gave back a seat at {call}, {subject}")
audit.register("call.resized", "{by} changed the seats of {subject} from {was} to {now}")


def seat_of(call: Call, reader: Reader) -> Seat | None:
    """The seat, or place in the line, that a reader has at a call."""
    return Seat.objects.held_by(reader).filter(call=call).first()


def reserve(call: Call, reader: Reader) -> Seat:
    """A seat where there is one, else the last place in the line. Asking twice changes nothing.

    Raises CallIsOff, CallIsOver; NotForYou unless the reader's support reaches to the day of the call.
    """
    with transaction.atomic():
        call = _still_to_come(call.pk)
        if not due.may_come(call, reader):
            raise NotForYou
        seat = Seat.objects.filter(call=call, reader=reader).first()
        if seat is not None and seat.state in (SeatState.RESERVED, SeatState.WAITING):
            return seat
        seat = _join_the_line(call, reader, seat)
        _move_up(call, greeting=seat)
        seat.refresh_from_db()
        if seat.is_waiting:
            mails.waiting(_with(seat, call, reader))
    return seat


def give_back(seat: Seat) -> None:
    """Give a seat back, or leave the line; whoever has waited longest moves up. Twice changes nothing.

    Raises CallIsOff, CallIsOver: then nobody can come in its place.
    """
    with transaction.atomic():
        call = _still_to_come(seat.call_id)
        left = _leave(call, seat, SeatState.GIVEN_BACK)
        if left is not None:
            mails.given_back(_with(seat, call, seat.reader), had_a_seat=left == SeatState.RESERVED)
            _move_up(call)


def give_back_for(seat: Seat, *, by: Actor) -> None:
    """The same by the desk, for a reader who wrote or called. Raises CallIsOff, CallIsOver."""
    with transaction.atomic():
        audit.record("seat.given-back-by-desk", seat, by=by, call=f"call:{seat.call_id}")
        give_back(seat)


def let_go(seat: Seat) -> None:
    """Take a seat, or a place in the line, from a reader whose support does not reach to the call any more."""
    with transaction.atomic():
        call = Call.objects.locked(seat.call_id)
        # cancelled, or support came back, while we waited for the lock
        if not _is_to_come(call) or due.may_come(call, seat.reader):
            return
        left = _leave(call, seat, SeatState.ENDED)
        if left is not None:
            mails.support_ended(_with(seat, call, seat.reader), had_a_seat=left == SeatState.RESERVED)
            _move_up(call)


def leave_silently(reader: Reader) -> None:
    """An account is erased: its seats are free again, and nothing of it stays."""
    for seat in list(Seat.objects.filter(reader=reader)):
        with transaction.atomic():
            call = Call.objects.locked(seat.call_id)
            if _is_to_come(call):
                _leave(call, seat, SeatState.ENDED)
                _move_up(call)
            seat.delete()


def resize(call: Call, *, capacity: int, by: Actor) -> None:
    """Another number of seats; the line moves up by itself. Raises TooFewSeats below what is reserved."""
    with transaction.atomic():
        call = Call.objects.locked(call.pk)
        if capacity < call.reserved_count:
            raise TooFewSeats(reserved=call.reserved_count)
        if capacity == call.capacity:
            return
        audit.record("call.resized", call, by=by, was=call.capacity, now=capacity)
        call.capacity = capacity
        call.save(update_fields=["capacity"])
    move_up.enqueue(call.pk)


@job(queue="later")
def move_up(call_pk: int) -> None:
    """Let the line move as far as there are seats, AT_ONCE at a time."""
    with transaction.atomic():
        call = Call.objects.locked(call_pk)
        if _is_to_come(call) and _move_up(call) == AT_ONCE:
            move_up.enqueue(call_pk)


# --- Below: within the lock of the call ----------------------------------------------------------------


def _is_to_come(call: Call) -> bool:
    """Whether a seat at it is worth anything: neither cancelled, nor held, nor past its last minute."""
    return call.is_planned and not call.is_over


def _still_to_come(call_pk: int) -> Call:
    """The call, locked. Raises CallIsOff, CallIsOver."""
    call = Call.objects.locked(call_pk)
    if not call.is_planned:
        raise CallIsOff
    if call.is_over:
        raise CallIsOver
    return call


def _join_the_line(call: Call, reader: Reader, seat: Seat | None) -> Seat:
    if seat is None:
        return Seat.objects.create(call=call, reader=reader, state=SeatState.WAITING)
    seat.state, seat.turn, seat.asked_at = SeatState.WAITING, seat.turn + 1, clock.now()
    seat.reserved_at = seat.left_at = seat.reminded_day_at = seat.reminded_hour_at = None
    seat.save()
    return seat


def _leave(call: Call, seat: Seat, to: SeatState) -> str | None:
    """What the seat was, if it was any; the caller's row is brought up to date."""
    seat.refresh_from_db()
    was = seat.state
    if was not in (SeatState.RESERVED, SeatState.WAITING):
        return None
    seat.state, seat.left_at, seat.live_device = to, clock.now(), None
    seat.save(update_fields=["state", "left_at", "live_device"])
    if was == SeatState.RESERVED:
        _count(call, -1)
    return was


def _move_up(call: Call, *, greeting: Seat | None = None) -> int:
    """Give free seats to whoever has waited longest; who has just come is greeted instead of told that they waited.

    Who may not come any more is let go on the way. Returns how many of the line were looked at, AT_ONCE at most.
    """
    free = call.capacity - call.reserved_count
    if free <= 0:
        return 0
    line = list(Seat.objects.waiting().filter(call=call).select_related("reader")[:AT_ONCE])
    may = due.who_may_come(call, (seat.reader_id for seat in line))
    seen = 0
    for seat in line:
        if not free:
            break
        seen += 1
        seat.call = call
        if seat.reader_id not in may:
            _leave(call, seat, SeatState.ENDED)
            mails.support_ended(seat, had_a_seat=False)
            continue
        seat.state, seat.reserved_at = SeatState.RESERVED, clock.now()
        seat.save(update_fields=["state", "reserved_at"])
        _count(call, 1)
        free -= 1
        (mails.reserved if greeting and seat.pk == greeting.pk else mails.moved_up)(seat)
    return seen


def _count(call: Call, by: int) -> None:
    """No save: the number stands on personal pages alone, so that printed pages need not follow it."""
    Call.objects.filter(pk=call.pk).update(reserved_count=F("reserved_count") + by)
    call.reserved_count += by


def _with(seat: Seat, call: Call, reader: Reader) -> Seat:
    seat.call, seat.reader = call, reader
    return seat
