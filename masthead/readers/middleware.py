"""Says who reads. Prints are rendered without any of this: their request is synthetic and has no cookie."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from masthead.core.actors import Actor
from masthead.readers import devices

Answer = Callable[[HttpRequest], HttpResponse]


def who_reads(get_response: Answer) -> Answer:
    """Set `request.device`, `request.reader` and `request.actor`: one query where a session cookie came, else none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = request.COOKIES.get(devices.COOKIE, "")
        device = devices.device_with(token) if token else None
        reader = device.reader if device else None
        request.device, request.reader = device, reader  # type: ignore[attr-defined]
        request.actor = _actor(request)  # type: ignore[attr-defined]
        response = get_response(request)
        if token and devices.COOKIE not in response.cookies:
            if device is None:
                devices.drop_session(response)
            elif devices.seen(device):
                devices.set_session(response, token)
        return response

    return middleware


def _actor(request: HttpRequest) -> Actor:
    who = request.reader or request.device  # type: ignore[attr-defined]
    return who.actor if who else Actor("visitor", "")
