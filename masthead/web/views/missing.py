"""The page for addresses at which nothing stands: it helps to find what was looked for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from masthead.newsroom import addresses, stories
from masthead.web import items
from masthead.web.views import answers

SHOWN = 5


def page(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404, or 410 where something once was and was taken down. An old address still leads on."""
    found = addresses.look_up(request.path)
    if found.moved_to and request.method in ("GET", "HEAD"):
        return answers.follow(answers.Moved(found.moved_to))
    gone = found.was_here and found.thing is None
    context = {"today": items.newest(stories.STORIES, SHOWN), "gone": gone, "words": _words(request.path)}
    return render(request, "404.html", context, status=410 if gone else 404)


def _words(path: str) -> str:
    """What the end of a mistyped address may have meant."""
    last = [part for part in path.split("/") if part][-1:]
    words = " ".join(last).rsplit(".", 1)[0].replace("-", " ").replace("_", " ").strip()
    return words[:80] if words.replace(" ", "").isalnum() else ""
