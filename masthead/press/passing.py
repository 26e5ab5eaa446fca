"""Giving a browser its pass, and taking it away."""

from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse

from masthead.core import clock
from masthead.core.signing import Keyring
from masthead.press.passes import RENEW_UNTIL_PAST, Passes


@lru_cache(maxsize=1)
def passes() -> Passes:
    """The passes of this newsroom."""
    return Passes(Keyring.of("pass", *settings.CONFIG.secrets), secure=settings.CONFIG.secure)


def set_pass(response: HttpResponse, edition: str, until: datetime) -> None:
    """Give the browser a pass for `edition` until `until`.

    The cookie outlives it by a week: beside a session, a pass that just ended still gives its edition while it is
    renewed.
    """
    ours = passes()
    ends = int(until.timestamp())
    lives = max(0, int(ends - clock.time())) + RENEW_UNTIL_PAST
    response.set_cookie(
        ours.cookie_name,
        ours.make(edition, ends),
        max_age=lives,
        path="/",
        secure=ours.secure,
        httponly=True,
        samesite="Lax",
    )


def drop_pass(response: HttpResponse) -> None:
    """Take the browser's pass away; it gets the public edition from now on."""
    ours = passes()
    # Not delete_cookie: a browser ignores a __Host- cookie, even one that deletes, unless it is Secure.
    response.set_cookie(ours.cookie_name, "", max_age=0, path="/", secure=ours.secure, httponly=True, samesite="Lax")
