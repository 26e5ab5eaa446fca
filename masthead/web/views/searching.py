"""Search over the bodies of stories and films. Answered each time and never printed."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from masthead.newsroom import search as archive
from masthead.newsroom.models import Piece, StoryPage
from masthead.web import blocks, excerpts, items
from masthead.web.pager import pager
from masthead.web.shell import Link


@dataclass(frozen=True)
class Found:
    """One result: its headline and the place in its text where the words stand, both marked."""

    url: str
    moment: datetime
    kicker: Link | None
    headline_marked: SafeString
    excerpt: SafeString


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Any words are safe to look for: what the database would take for an operator is taken for a letter."""
    typed = request.GET.get("q", "")[: archive.LONGEST]
    number = _number(request.GET.get("page", ""))
    results = archive.search(typed, page=number)
    page = items.Page(number, results.pieces, {}, more=results.has_more and number < archive.LAST_PAGE)
    words = results.words
    texts = _texts([piece.pk for piece in page.pieces])
    context = {
        "words": " ".join(typed.replace("\x00", "").split()),
        "found": [_found(piece, texts.get(piece.pk, piece.standfirst), words) for piece in page.pieces],
        "says": _says(page),
        "pager": pager(request.path, page, q=typed),
    }
    return render(request, "pages/search.html", context)


def _found(piece: Piece, text: str, words: str) -> Found:
    card = items.item(piece, {})
    excerpt = excerpts.of(text, words) or excerpts.marked(piece.standfirst, words)
    return Found(card.url, card.moment, card.kicker, excerpts.marked(card.headline, words), excerpt)


def _texts(keys: list[int]) -> dict[int, str]:
    """The words of these stories' bodies, in one query."""
    stories = StoryPage.objects.filter(pk__in=keys).only("pk", "body")
    return {story.pk: " ".join(blocks.plain_words(part) for part in _words_of(story)) for story in stories}


def _words_of(story: StoryPage) -> list[str]:
    return [block["value"] for block in story.body.raw_data if block["type"] in ("paragraph", "heading")]


def _number(text: str) -> int:
    return min(max(int(text), 1), archive.LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _says(page: items.Page) -> str:
    count = len(page.pieces)
    if page.number > 1 or page.more:
        return f"Page {page.number}, best match first"
    return "One result" if count == 1 else f"{count} results, best match first"
