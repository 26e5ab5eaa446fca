"""What every request that reaches Django passes through, before the readers' own floors have their say."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.module_loading import import_string

from masthead.press.policy import NOTHING, policy_for

Answer = Callable[[HttpRequest], HttpResponseBase]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
DESK = "/desk/"

# Paths that others may write to: a provider's webhook is proven by its signature, and a mail program that unsubscribes
# with one click (RFC 8058) by the signed address that it was given.
OPEN_TO_OTHERS = ("/hooks/", "/letters/unsubscribe/", "/calls/invitations/")

ONLY_AT_THE_DESK = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "masthead.readers.desk_guard.guard",
)


def same_origin(get_response: Answer) -> Answer:
    """Refuse what another site's page sends: printed forms carry no token, so the browser must say whose they are."""
    ours = own_origins()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in SAFE_METHODS or request.path.startswith(OPEN_TO_OTHERS) or _comes_from(request) in ours:
            return get_response(request)
        return render(request, "pages/403.html", status=403)

    return middleware


def own_origins() -> frozenset[str]:
    """The origins of this site: its address, and its other host names by the same scheme and port."""
    address = urlsplit(settings.SITE_ADDRESS)
    port = f":{address.port}" if address.port else ""
    hosts = (f"[{host}]" if ":" in host else host for host in settings.ALLOWED_HOSTS)
    return frozenset(f"{address.scheme}://{host}{port}" for host in hosts)


def _comes_from(request: HttpRequest) -> str | None:
    if origin := request.headers.get("Origin"):
        return origin
    referer = urlsplit(request.headers.get("Referer", ""))
    return f"{referer.scheme}://{referer.netloc}" if referer.netloc else None


def policy(get_response: Answer) -> Answer:
    """Say to the browser what a page may load: nothing from elsewhere, no script that is not ours."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = _policy_of(request, response)
        response.setdefault("Cache-Control", "private, no-cache")
        if "no-store" in response["Cache-Control"]:  # somebody's own: what is kept nowhere is found by no search
            response.setdefault("X-Robots-Tag", "noindex")
        return response

    return middleware


# Wagtail sets styles from scripts and in attributes; scripts, which could act, come from our own files alone.
DESK_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; frame-src 'self'; "
    "form-action 'self'{forms}; frame-ancestors 'self'; base-uri 'none'"
)


def _policy_of(request: HttpRequest, response: HttpResponseBase) -> str:
    forms_to: tuple[str, ...] = getattr(request, "forms_to", ())  # where a view says that its page's forms lead on to
    if request.path.startswith(DESK):
        return DESK_POLICY.format(forms="".join(f" {origin}" for origin in forms_to))
    if isinstance(response, HttpResponse) and response["Content-Type"].startswith("text/html"):
        seen_at_the_desk = getattr(request, "is_preview", False)
        frames = "'self'" if seen_at_the_desk else "'none'"
        return policy_for(response.content.decode(), forms_to=forms_to, frames=frames)
    return NOTHING


class OnlyAtTheDesk:
    """Sessions, sign-in of staff, form tokens and messages for the desk alone: the public side sets no cookie."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Answer) -> None:
        self.public = get_response
        desk: Any = get_response
        for name in reversed(ONLY_AT_THE_DESK):
            desk = import_string(name)(desk)
            if isinstance(desk, CsrfViewMiddleware):
                self.tokens = desk
        self.desk: Answer = desk

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return (self.desk if request.path.startswith(DESK) else self.public)(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Django calls this once the view is known; tokens are checked here."""
        return self.tokens.process_view(request, view, args, kwargs) if request.path.startswith(DESK) else None


only_where_needed = OnlyAtTheDesk
