"""When calls are: planned, described, moved, cancelled, held; and which one comes next."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.jobs import job
from masthead.press.recording import changes_at, made_of

from . import mails
from .models import Call, CallState, Seat, SeatState, Series
from .refusals import CallIsOff, StartsInThePast

PART = "calls"  # what every page is made of that names a call
TOLD_AT_ONCE = 50
INVITED_BEFORE = 21  # days, where no series says otherwise
DESCRIBED_BY = ("title", "standfirst", "host_name", "provider", "place", "invite_at")
ON_CALENDARS = {"title"}

audit.register("call.planned", "{by} planned a call, {subject}, for {starts_at}")
audit.register("call.described", "{by} changed {subject}: {what}")
audit.register("call.moved", "{by} moved {subject} from {was} to {now}")
audit.register("call.cancelled", "{by} cancelled {subject}")
audit.register("call.not-held", "{by} noted that {subject} did not take place")


def next_call() -> Call | None:
    """The call that comes next, or runs now; a page that asks is printed anew when that changes."""
    made_of(PART)
    call = Call.objects.coming().first()
    if call is not None:
        changes_at(call.ends_at)
    return call


def past_calls(most: int) -> list[Call]:
    """Those that were held, the newest first."""
    made_of(PART)
    return list(Call.objects.held()[:most])


def plan(
    title: str,
    starts_at: datetime,
    *,
    by: Actor,
    series: Series | None = None,
    invite_days: int = INVITED_BEFORE,
    **facts: Any,
) -> Call:
    """Plan one call. Its address is made of its month and stays, wherever it is moved. Raises StartsInThePast."""
    if starts_at <= clock.now():
        raise StartsInThePast
    with transaction.atomic():
        call = Call.objects.create(
            title=title,
            slug=_free_slug(starts_at),
            starts_at=starts_at,
            series=series,
            invite_at=starts_at - timedelta(days=invite_days),
            made_by=str(by),
            **facts,
        )
        audit.record("call.planned", call, by=by, starts_at=_minute(starts_at))
    return call


def describe(call: Call, *, by: Actor, **facts: Any) -> Call:
    """Change what it is called, who answers, where it happens, when supporters are invited; see DESCRIBED_BY.

    What stands on calendars raises the sequence; mails and files from now on carry it.
    """
    with transaction.atomic():
        call = Call.objects.locked(call.pk)
        changed = [name for name in DESCRIBED_BY if name in facts and getattr(call, name) != facts[name]]
        if not changed:
            return call
        for name in changed:
            setattr(call, name, facts[name])
        if ON_CALENDARS & set(changed):
            call.sequence += 1
        call.changed_at = clock.now()
        call.save(update_fields=[*changed, "sequence", "changed_at"])
        audit.record("call.described", call, by=by, what=", ".join(changed))
    return call


def move(call: Call, *, to: datetime, by: Actor, minutes: int | None = None) -> Call:
    """Hold it at another moment: everybody with a seat, or in line, is told, and will be reminded anew.

    Raises CallIsOff, StartsInThePast.
    """
    with transaction.atomic():
        call = _planned(call)
        if to <= clock.now():
            raise StartsInThePast
        minutes = minutes or call.minutes
        if (to, minutes) == (call.starts_at, call.minutes):
            return call
        audit.record("call.moved", call, by=by, was=_minute(call.starts_at), now=_minute(to))
        if call.invite_at and call.invite_at > clock.now():
            call.invite_at += to - call.starts_at
        call.starts_at, call.minutes = to, minutes
        call.sequence, call.changed_at = call.sequence + 1, clock.now()
        call.save(update_fields=["starts_at", "minutes", "invite_at", "sequence", "changed_at"])
        call.seats.update(reminded_day_at=None, reminded_hour_at=None)
        tell_of_move.enqueue(call.pk, to.isoformat())
    return call


def cancel(call: Call, *, by: Actor) -> Call:
    """Call it off: everybody with a seat, or in line, is told, and calendars drop it. Raises CallIsOff."""
    with transaction.atomic():
        call = _planned(call)
        call.state = CallState.CANCELLED
        call.sequence, call.changed_at = call.sequence + 1, clock.now()
        call.save(update_fields=["state", "sequence", "changed_at"])
        audit.record("call.cancelled", call, by=by)
        tell_of_end.enqueue(call.pk)
    return call


def was_not_held(call: Call, *, by: Actor) -> None:
    """The clock took it for held, and it wasn't: open books and the alarm must know. Nobody is mailed."""
    with transaction.atomic():
        call = Call.objects.locked(call.pk)
        if call.state != CallState.HELD:
            raise CallIsOff
        call.state, call.changed_at = CallState.CANCELLED, clock.now()
        call.save(update_fields=["state", "changed_at"])
        audit.record("call.not-held", call, by=by)


def close_past() -> None:
    """Calls whose last minute is over have been held."""
    for pk in Call.objects.planned().filter(ends_at__lte=clock.now()).values_list("pk", flat=True):
        with transaction.atomic():
            call = Call.objects.locked(pk)
            if call.is_planned and call.is_over:
                call.state = CallState.HELD
                call.save(update_fields=["state"])


@job(queue="later")
def tell_of_move(call_pk: int, to: str, after: int = 0) -> None:
    """Mail some of those who have a seat or wait; a later move tells them instead."""
    call = Call.objects.get(pk=call_pk)
    if not call.is_planned or call.starts_at != datetime.fromisoformat(to):
        return
    told = list(_holders(call).filter(pk__gt=after)[:TOLD_AT_ONCE])
    with transaction.atomic():
        for seat in told:
            seat.call = call
            mails.moved(seat)
        if len(told) == TOLD_AT_ONCE:
            tell_of_move.enqueue(call_pk, to, told[-1].pk)


@job(queue="later")
def tell_of_end(call_pk: int) -> None:
    """Mail some of those who had a seat at a cancelled call, or waited; their seats end with it."""
    call = Call.objects.get(pk=call_pk)
    with transaction.atomic():
        told = list(_holders(call).select_for_update(of=("self",))[:TOLD_AT_ONCE])
        for seat in told:
            had_a_seat = seat.is_reserved
            seat.call, seat.state, seat.left_at = call, SeatState.ENDED, clock.now()
            seat.save(update_fields=["state", "left_at"])
            mails.cancelled(seat, had_a_seat=had_a_seat)
        if len(told) == TOLD_AT_ONCE:
            tell_of_end.enqueue(call_pk)


def _holders(call: Call) -> Any:
    held = Seat.objects.filter(call=call, state__in=[SeatState.RESERVED, SeatState.WAITING])
    return held.select_related("reader").order_by("pk")


def _planned(call: Call) -> Call:
    call = Call.objects.locked(call.pk)
    if not call.is_planned or call.is_over:
        raise CallIsOff
    return call


def _free_slug(starts_at: datetime) -> str:
    base = slugify(f"{clock.day_of(starts_at):%Y-%m}")
    taken = set(Call.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(clock.zone()):%Y-%m-%d %H:%M}"
