"""Which edition a request gets that Django answers, and the pass that its browser keeps."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from masthead.core import clock
from masthead.press.passes import RENEW_IN_LAST, SUPPORTER_SECONDS
from masthead.press.passing import drop_pass, passes, set_pass
from masthead.readers.models import Device, Reader

from . import grants

Answer = Callable[[HttpRequest], HttpResponse]

UNTIL_ASKED = timedelta(hours=1)
"""Beside a session, how long the press may show adverts before it asks again: support may have begun elsewhere."""
PAYING_TAKES = timedelta(days=1)
"""A device without a reader is one that went to pay: for so long the press asks each time, since word may come."""


def edition(get_response: Answer) -> Answer:
    """Set `request.edition`, read when first asked for; keep the pass of a browser with a session in agreement.

    A print's synthetic request brings its edition. Without a session cookie nothing is set, and the pass alone says.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if hasattr(request, "edition"):
            return get_response(request)
        request.edition = SimpleLazyObject(lambda: _edition_of(request))  # type: ignore[attr-defined]
        response = get_response(request)
        if _has_session(request) and passes().cookie_name not in response.cookies:
            _renew(request, response)
        return response

    return middleware


def _edition_of(request: HttpRequest) -> str:
    device, reader = _who(request)
    if device is not None:
        return grants.edition_for(reader, device)[0]
    held, expiry = _pass_of(request)
    return held if expiry > clock.time() else "public"


def _renew(request: HttpRequest, response: HttpResponse) -> None:
    """Give the pass that the grants say, unless the browser has it already and for long enough."""
    device, reader = _who(request)
    held, expiry = _pass_of(request)
    if device is None:
        if held != "public" and expiry <= clock.time():
            drop_pass(response)  # its session is gone too, so nothing renews it
        return
    due, until = grants.edition_for(reader, device)
    expires = _expiry(due, until)
    left = timedelta(seconds=expiry - clock.time())
    if due == "public":
        if device.reader_id is None and device.created_at + PAYING_TAKES > clock.now():
            if held != "public":
                drop_pass(response)
        elif held != "public" or left <= timedelta(0):
            set_pass(response, due, expires)
    elif held != due or expiry > expires.timestamp() + 1 or (left < timedelta(seconds=RENEW_IN_LAST)):
        set_pass(response, due, expires)


def _expiry(due: str, until: datetime | None) -> datetime:
    """Never beyond the grant; a supporter's pass lives a day at most, any other an hour, and is renewed."""
    longest = clock.now() + (timedelta(seconds=SUPPORTER_SECONDS) if due == "supporter" else UNTIL_ASKED)
    return min(longest, until) if until else longest


def _pass_of(request: HttpRequest) -> tuple[str, int]:
    return passes().read(request.COOKIES.get(passes().cookie_name, "")) or ("public", 0)


def _has_session(request: HttpRequest) -> bool:
    return passes().session_name in request.COOKIES or _who(request)[0] is not None


def _who(request: HttpRequest) -> tuple[Device | None, Reader | None]:
    return getattr(request, "device", None), getattr(request, "reader", None)
