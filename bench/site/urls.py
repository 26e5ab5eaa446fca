import random
import time

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from masthead.press.changes import announce
from masthead.press.printed import printed
from masthead.press.recording import made_of

WORDS = ["the", "council", "of", "Haverness", "sold", "its", "pier", "on", "Monday", "to", "a", "company", "before"]


def story_page(number: int, edition: str) -> str:
    """23 KB of paragraphs that compress about as well as a story does."""
    chance = random.Random(number)
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < 22_500:
        words = [chance.choice(WORDS) + chance.choice(["", "", "s", "ing", "er", "ed"]) for _ in range(60)]
        paragraphs.append(f'<p id="p{len(paragraphs)}">{" ".join(words)} {chance.random()}.</p>')
    return (
        f'<!doctype html><html lang="en" data-edition="{edition}"><head><meta charset="utf-8"><title>{number}</title>'
        f"<script>document.documentElement.dataset.js = ''</script></head><body>{''.join(paragraphs)}</body></html>"
    )


@printed()
def story(request: HttpRequest, number: int) -> HttpResponse:
    made_of("paper", "list:all", *[f"page:{number + more}" for more in range(30)])
    return HttpResponse(story_page(number, request.edition))  # type: ignore[attr-defined]


@printed()
def heavy(request: HttpRequest, number: int) -> HttpResponse:
    """Keeps the interpreter busy for 50 ms, as a page with many templates does."""
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        story_page(number, "public")
    return HttpResponse("done")


def plain(request: HttpRequest) -> HttpResponse:
    """The same page, rendered by Django each time."""
    return HttpResponse(story_page(1, "public"))


def change(request: HttpRequest, part: str) -> HttpResponse:
    with transaction.atomic():
        announce(part)
    return HttpResponse("changed")


urlpatterns = [
    path("story/<int:number>/", story),
    path("heavy/<int:number>/", heavy),
    path("plain/", plain),
    path("change/<part>/", change),
]
