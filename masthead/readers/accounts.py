"""Accounts: found and made by address."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.readers import addresses
from masthead.readers.models import Reader

audit.register("reader.joined", "an account was made")
audit.register("reader.renamed", "the name on the account was changed")


def reader_at(email: str) -> Reader | None:
    """The account at this address, however it is typed; None where there is none."""
    return Reader.objects.living().filter(email=addresses.normalise(email)).first()


def reader_for(email: str, *, by: Actor | None = None) -> Reader:
    """The account at an address that was just proved (or that staff vouch for), made where there is none."""
    address = addresses.normalise(email)
    found = reader_at(address)
    if found:
        return found
    try:
        with transaction.atomic():
            reader = Reader.objects.create(email=address, confirmed_at=clock.now())
            audit.record("reader.joined", reader, by=by or reader.actor)
            return reader
    except IntegrityError:  # another process made it in this moment
        return Reader.objects.living().get(email=address)


def reader_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for signed-in readers: others sign in first and come back to where they wanted to go."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.reader is None:  # type: ignore[attr-defined]
            wanted = request.get_full_path() if request.method in ("GET", "HEAD") else ""
            return redirect(sign_in_address(wanted))
        return view(request, *args, **kwargs)

    return guarded


def sign_in_address(next_path: str = "") -> str:
    """Where one signs in, to come back to `next_path`."""
    query = f"?{urlencode({'next': next_path})}" if next_path else ""
    return reverse("sign-in") + query


def own_path(wanted: str) -> str:
    """`wanted` if it is a path of this site, else nothing: nobody is sent elsewhere by signing in."""
    is_path = wanted.startswith("/") and len(wanted) <= 500 and wanted.isprintable()
    return wanted if is_path and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""
