"""Rendering pages for the press: the side of it that knows Django."""

import logging
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from masthead.core import clock
from masthead.press.parameters import Declared
from masthead.press.policy import NOTHING, policy_for
from masthead.press.prints import FOREVER, Headers, Key, Print
from masthead.press.recording import record

log = logging.getLogger(__name__)

_CARRIED = ("Content-Type", "Content-Language", "X-Robots-Tag", "Link")


class SyntheticRequest(HttpRequest):
    """A GET by nobody: configured host, path, declared parameters, edition; no header, cookie, user or address."""

    def __init__(self, key: Key) -> None:
        super().__init__()
        self.method = "GET"
        self.path = self.path_info = key.path
        self.edition = key.edition
        address = settings.CONFIG.address
        self._scheme, _, host = address.partition("://")
        query = QueryDict(mutable=True)
        query.update(dict(key.values))
        self.GET = QueryDict(query.urlencode())
        self.POST = QueryDict()
        self.FILES = MultiValueDict()
        self.META = {
            "REQUEST_METHOD": "GET",
            "HTTP_HOST": host,
            "SERVER_NAME": settings.CONFIG.host,
            "SERVER_PORT": "443" if self._scheme == "https" else "80",
            "PATH_INFO": key.path,
            "QUERY_STRING": self.GET.urlencode(),
        }

    def _get_scheme(self) -> str:
        return self._scheme


def plan(path: str) -> Declared | None:
    """The parameters that the address declares, when its view may be printed."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return getattr(match.func, "printed", None)


def print_page(key: Key, number: int) -> Print | None:
    """Render a page when `number` is the newest change known. None when its answer is not one to keep."""
    close_old_connections()
    try:
        return render(key, number)
    except Http404:
        return None
    except Exception:
        log.exception("press.page_failed", extra={"path": key.path, "edition": key.edition})
        return None
    finally:
        close_old_connections()


def render(key: Key, number: int) -> Print | None:
    """As `print_page`, with the caller's connection. Raises what the view raises, Http404 where nothing stands."""
    declared = plan(key.path)
    if declared is None:
        return None
    now = clock.time()
    match = resolve(key.path)
    request = SyntheticRequest(key)
    request.resolver_match = match
    with record() as recording, translation.override(settings.LANGUAGE_CODE):
        response: Any = match.func(request, *match.args, **match.kwargs)
        if hasattr(response, "render"):
            response = response.render()
    if response.status_code != 200 or response.streaming:
        return None
    if response.cookies:
        log.error("press.page_sets_cookies", extra={"path": key.path})
        return None
    return Print.of(
        key,
        response.content,
        headers=_headers(response),
        declared=declared,
        number=number,
        parts=frozenset(recording.parts),
        printed_at=now,
        ends_at=FOREVER if recording.ends_at is None else recording.ends_at,
    )


def _headers(response: Any) -> Headers:
    said = {name: response.headers[name] for name in _CARRIED if name in response.headers}
    is_page = said.get("Content-Type", "").startswith("text/html")
    said["Content-Security-Policy"] = policy_for(response.content.decode()) if is_page else NOTHING
    said["X-Content-Type-Options"] = "nosniff"
    said["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
    if is_page:
        said["Cross-Origin-Opener-Policy"] = settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in said.items()]
