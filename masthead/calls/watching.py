"""The recording, given out: a page, the film in ranges, captions and chapters. Each asks the grants ledger anew."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from django.core.files import File
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from masthead.newsroom import words
from masthead.readers.requests import Request

from . import afterwards
from .models import Call, CallState, Recording

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PIECE = 256 * 1024

Answer = TypeVar("Answer", bound=HttpResponseBase)


@require_safe
def page(request: Request, slug: str) -> HttpResponse:
    """For supporters the film with its chapters and notes; for others how to become one, and not a word of it."""
    call = get_object_or_404(Call, slug=slug, state=CallState.HELD)
    recording = afterwards.recording_of(call)
    if recording is None and not call.notes:
        raise Http404
    context: dict[str, Any] = {"call": call, "reader": request.reader, "may_watch": _may(request, call)}
    if context["may_watch"]:
        found = afterwards.chapters(call)
        context |= {
            "recording": recording,
            "kind": _kind(recording) if recording else "",
            "language": (get_language() or "en").partition("-")[0],
            "chapters": [chapter for chapter in found if recording and chapter.second < recording.seconds],
            "answered": [] if recording else found,
            "begins_at": _second(request.GET.get("at", ""), recording),
            "notes": words.html(call.notes),
            "open_film": call.film if call.film and call.film.live else None,
        }
    return _kept_nowhere(render(request, "calls/recording.html", context))


@require_safe
def film(request: Request, slug: str) -> HttpResponseBase:
    """The film, whole or one range of it (RFC 9110, 14.2); refused from the moment at which the grant ends."""
    recording = _recording_for(request, slug)
    if recording is None:
        return _refused()
    size, etag = recording.file.size, _etag(recording)
    asked = request.headers.get("Range", "")
    start, end, status = 0, size, 200
    form = _RANGE.fullmatch(asked.strip()) if request.headers.get("If-Range", etag) == etag else None
    if form and form.groups() != ("", ""):
        first, last = form.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last) + 1, size) if first and last else size
        if start >= end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Cache-Control": "no-store"})
        status = 206
    answer: HttpResponseBase
    if request.method == "HEAD":
        answer = HttpResponse(status=status)
    else:
        answer = StreamingHttpResponse(_pieces(recording.file.open("rb"), start, end), status=status)
    if status == 206:
        answer["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    answer["Content-Length"] = str(end - start)
    answer["Content-Type"] = _kind(recording)
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = etag
    return _kept_nowhere(answer)


@require_safe
def captions(request: Request, slug: str) -> HttpResponse:
    recording = _recording_for(request, slug)
    if recording is None:
        return _refused()
    with recording.captions.open("rb") as file:
        return _kept_nowhere(HttpResponse(file.read(), content_type="text/vtt; charset=utf-8"))


@require_safe
def chapters(request: Request, slug: str) -> HttpResponse:
    """The questions as a chapters track."""
    recording = _recording_for(request, slug)
    if recording is None:
        return _refused()
    track = afterwards.as_webvtt(afterwards.chapters(recording.call), recording.seconds)
    return _kept_nowhere(HttpResponse(track, content_type="text/vtt; charset=utf-8"))


async def _pieces(file: File[bytes], start: int, end: int) -> AsyncIterator[bytes]:
    """A part of a file, read off the loop; an iterator that is not asynchronous would be read whole before sending."""
    try:
        await asyncio.to_thread(file.seek, start)
        left = end - start
        while left > 0 and (piece := await asyncio.to_thread(file.read, min(_PIECE, left))):
            left -= len(piece)
            yield piece
    finally:
        file.close()


def _may(request: Request, call: Call) -> bool:
    return afterwards.may_watch(call, request.reader, request.device)


def _recording_for(request: Request, slug: str) -> Recording | None:
    """The published recording of this call, when the asking reader may see it. Raises Http404 where there is none."""
    recording = get_object_or_404(
        Recording.objects.select_related("call"),
        call__slug=slug,
        call__state=CallState.HELD,
        published_at__isnull=False,
    )
    return recording if _may(request, recording.call) else None


def _refused() -> HttpResponse:
    said = "This recording is for supporters: open the call’s page to see how to become one.\n"
    return _kept_nowhere(HttpResponse(said, status=403, content_type="text/plain; charset=utf-8"))


def _kept_nowhere(answer: Answer) -> Answer:
    """Neither a shared cache nor this browser keeps what ends with a grant."""
    answer["Cache-Control"] = "private, no-store"
    return answer


def _etag(recording: Recording) -> str:
    named = hashlib.blake2s(f"{recording.file.name}:{recording.file.size}".encode(), digest_size=10)
    return f'"{named.hexdigest()}"'


def _kind(recording: Recording) -> str:
    return "video/webm" if str(recording.file.name).endswith(".webm") else "video/mp4"


def _second(typed: str, recording: Recording | None) -> int:
    """Where the film is to begin: a chapter's link names it, so that it works without JavaScript too."""
    if not (recording and typed.isascii() and typed.isdigit() and len(typed) < 7):
        return 0
    second = int(typed)
    return second if second < recording.seconds else 0
