"""A call's own page, which is each reader's and never printed; the seat's two buttons; the plain calendar file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from masthead.core import limits
from masthead.core.refusals import Refusal
from masthead.press.recording import made_of
from masthead.readers.accounts import sign_in_address
from masthead.readers.models import Reader
from masthead.readers.requests import Request

from . import afterwards, asking, calendars, due, joining, seats, words
from .asking import SeeOther
from .dates import PART
from .models import Call, CallState, Seat

WRONG = 422
PAST_SHOWN = 3
SEAT_BY_READER = limits.define("calls.seat-by-reader", times=40, per=3600)
DONE = {
    "reserved": "A seat is yours. The calendar entry is on its way to you by e-mail.",
    "waiting": "You are in line for a seat, and hear from us by e-mail when one comes free.",
    "back": "Thank you for giving it back. Somebody else can come now.",
    "left": "You are no longer in line.",
}


@never_cache
@require_safe
def page(request: Request, slug: str) -> HttpResponse:
    """Day, seat, way in and questions, as they stand for whoever looks; a visitor is told how to get in."""
    return _page(request, get_object_or_404(Call, slug=slug))


@never_cache
@require_POST
def reserve(request: Request, slug: str) -> HttpResponse:
    """A seat, or a place in the line."""
    call = get_object_or_404(Call, slug=slug)
    if request.reader is None:
        return redirect(sign_in_address(call.path))
    try:
        limits.hit(SEAT_BY_READER, str(request.reader.pk))
        seat = seats.reserve(call, request.reader)
    except Refusal as refusal:
        return _page(request, call, wrong=refusal.for_people)
    return SeeOther(f"{call.path}?done={'reserved' if seat.is_reserved else 'waiting'}#seat")


@never_cache
@require_POST
def give_back(request: Request, slug: str) -> HttpResponse:
    """Give the seat back, or leave the line; without either nothing changes."""
    call = get_object_or_404(Call, slug=slug)
    if request.reader is None:
        return redirect(sign_in_address(call.path))
    seat = seats.seat_of(call, request.reader)
    if seat is None:
        return SeeOther(f"{call.path}#seat")
    had_a_seat = seat.is_reserved
    try:
        limits.hit(SEAT_BY_READER, str(request.reader.pk))
        seats.give_back(seat)
    except Refusal as refusal:
        return _page(request, call, wrong=refusal.for_people)
    return SeeOther(f"{call.path}?done={'back' if had_a_seat else 'left'}#seat")


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar file, the same for everybody: what stands on the page of all calls, and nothing else."""
    made_of(PART)
    call = get_object_or_404(Call, slug=slug)
    response = HttpResponse(calendars.ics(call), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="call-{call.slug}.ics"'
    response["Cache-Control"] = "no-cache"
    return response


def _page(request: Request, call: Call, *, wrong: str = "") -> HttpResponse:
    context = {
        **asking.context_for(call, request.reader, on_the_calls_page=True),
        "reader": request.reader,
        "way": joining.way_in(call, request.reader, request.device),
        "wrong": wrong,
        "done": DONE.get(request.GET.get("done", ""), ""),
        "zone": words.zone(),
        "past": Call.objects.held().exclude(pk=call.pk)[:PAST_SHOWN],
        "sign_in": sign_in_address(call.path),
        **_seat(call, request.reader),
        **_after(call),
    }
    return render(request, "calls/call.html", context, status=WRONG if wrong else 200)


def _seat(call: Call, reader: Reader | None) -> dict[str, Any]:
    """How the seat stands: `seat`, `may_come`, `ahead` (how many wait before this reader), `is_coming`."""
    is_coming = call.is_planned and not call.is_over
    if reader is None or not is_coming:
        return {"is_coming": is_coming}
    seat = seats.seat_of(call, reader)
    ahead = 0
    if seat is not None and seat.is_waiting:
        ahead = Seat.objects.waiting().filter(call=call, asked_at__lt=seat.asked_at).count()
    return {"is_coming": True, "seat": seat, "ahead": ahead, "may_come": due.may_come(call, reader)}


def _after(call: Call) -> dict[str, Any]:
    """What is there of a call that is over."""
    if call.state != CallState.HELD:
        return {}
    return {"has_record": bool(call.notes) or afterwards.recording_of(call) is not None}
