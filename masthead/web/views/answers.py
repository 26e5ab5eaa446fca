"""What the views of the public pages share: finding what stands at an address, and answering."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from masthead.newsroom import addresses
from masthead.press.recording import made_of
from masthead.web import shell


class Moved(Exception):
    """What was asked for stands at another address now."""

    def __init__(self, path: str) -> None:
        self.path = path


def at(request: HttpRequest, *kinds: type) -> Any:
    """What stands at the address asked for, when it is of one of these kinds. Raises Moved, or Http404."""
    found = addresses.look_up(request.path)
    if found.moved_to:
        raise Moved(found.moved_to)
    if not isinstance(found.thing, kinds):
        raise Http404
    return found.thing


def page(request: HttpRequest, template: str, context: dict[str, Any], *parts: str) -> HttpResponse:
    """Answer with a page, noting what it is made of; who supports not yet is offered the free letters."""
    made_of(*parts)
    offered = () if edition_of(request) == "supporter" else shell.free_letters()
    return render(request, template, {"letters_offered": offered, **context})


def xml(content: bytes, kind: str = "application/xml") -> HttpResponse:
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8")


def edition_of(request: HttpRequest) -> str:
    """The edition asked for: the press says it in its synthetic request, a middleware where Django answers."""
    return getattr(request, "edition", "public")


def number_of(request: HttpRequest) -> int:
    """The page asked for; the declared parameter is a whole number within bounds, or missing."""
    return int(request.GET.get("page", 1))


def follow(moved: Moved) -> HttpResponse:
    return HttpResponsePermanentRedirect(moved.path)
