"""The paper's pages. Each is printed by the press: it sees an edition and declared parameters, and nobody's cookies."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from masthead.adverts import slots as adverts
from masthead.adverts.models import Shape
from masthead.adverts.slots import MOST_SLOTS
from masthead.appeals import placements as appeals
from masthead.core import clock
from masthead.newsroom import front as newsroom_front
from masthead.newsroom import menu, stories
from masthead.newsroom.models import (
    FilmIndexPage,
    FilmPage,
    Person,
    Piece,
    PlainPage,
    RunningStory,
    SectionPage,
    StoryPage,
    Topic,
)
from masthead.newsroom.pictures.renditions import sources_for
from masthead.press.printed import one_of, printed, whole_number
from masthead.press.recording import changes_at
from masthead.web import extras, front, items, passing_on, pictures, running, showing
from masthead.web.items import Page
from masthead.web.pager import pager
from masthead.web.shell import Link
from masthead.web.views import answers

LAST_PAGE = 1_000
IN_A_CHAIN = 6
BEFORE_THE_SLOT = 4

View = Callable[..., HttpResponse]


def at_its_address(*kinds: type) -> Callable[[View], View]:
    """Hand the view what stands at the address asked for; lead on to where it moved; 404 for anything else."""

    def mark(view: View) -> View:
        @wraps(view)
        def found(request: HttpRequest, **_: str) -> HttpResponse:
            try:
                thing = answers.at(request, *kinds)
            except answers.Moved as moved:
                return answers.follow(moved)
            return view(request, thing)

        return found

    return mark


@printed()
def front_page(request: HttpRequest) -> HttpResponse:
    changes_at(clock.start_of(clock.today() + clock.days(1)))  # the day in the day line
    chosen = newsroom_front.compose()
    pieces = [piece for piece in (chosen.lead, *chosen.picks, *chosen.latest) if piece]
    paper = menu.paper()
    context = {
        "front": front.make_up(chosen, _voices(pieces), running.foremost(pieces, most=IN_A_CHAIN)),
        "today": clock.now(),
        "top": appeals.for_page(answers.edition_of(request)).top,
        "extras": extras.for_page(answers.edition_of(request)),
        "slots": adverts.for_slots(answers.edition_of(request), MOST_SLOTS[Shape.WIDE], page="front", shape=Shape.WIDE),
        "passed_on": passing_on.page(paper, paper.name, "/", feeds=[Link(paper.name, "/feeds/all.rss")]),
    }
    return answers.page(request, "pages/front.html", context)


def _voices(pieces: list[Piece]) -> list[front.Voice]:
    """What people say in these stories: their bodies, in one query."""
    keys = [piece.pk for piece in pieces]
    found = StoryPage.objects.live().filter(pk__in=keys).select_related("section").in_bulk()
    return front.voices_in([found[key] for key in keys if key in found])


@printed()
@at_its_address(StoryPage)
def story(request: HttpRequest, page: StoryPage) -> HttpResponse:
    return showing.story(page, request)


@printed()
@at_its_address(FilmPage)
def film(request: HttpRequest, page: FilmPage) -> HttpResponse:
    return showing.film(page, request)


@printed(page=whole_number(1, LAST_PAGE, default=1))
@at_its_address(SectionPage, PlainPage)
def section_or_plain(request: HttpRequest, page: SectionPage | PlainPage) -> HttpResponse:
    return showing.plain(page, request) if isinstance(page, PlainPage) else section(request, page)


def section(request: HttpRequest, page: SectionPage) -> HttpResponse:
    listed = items.page_of(page, answers.number_of(request))
    shown = listed.items("first", in_section=True)
    opens = listed.number == 1
    first = shown[0] if opens and shown and shown[0].picture else None
    rest = shown[1:] if first else shown
    feed = Link(page.title, f"/feeds/{page.slug}.rss")
    context = {
        **_listed(request, listed, page.title, page.description, feeds=[feed]),
        "feed": feed.url if opens else None,
        "first": first,
        "above": rest[:BEFORE_THE_SLOT],
        "below": rest[BEFORE_THE_SLOT:],
        "chain": running.foremost(listed.pieces, most=IN_A_CHAIN) if opens else None,
        "top": appeals.for_page(answers.edition_of(request), section=page.pk).top,
        "slots": adverts.for_slots(answers.edition_of(request), 1, page="section"),
    }
    return answers.page(request, "pages/section.html", context, f"page:{page.pk}", f"section:{page.pk}")


@printed(page=whole_number(1, LAST_PAGE, default=1))
@at_its_address(FilmIndexPage)
def films(request: HttpRequest, page: FilmIndexPage) -> HttpResponse:
    listed = items.page_of(stories.FILMS, answers.number_of(request))
    context = _listed(request, listed, page.title, page.description)
    return answers.page(request, "pages/films.html", {**context, "items": listed.items("film")}, f"page:{page.pk}")


@printed(page=whole_number(1, LAST_PAGE, default=1))
@at_its_address(Person)
def person(request: HttpRequest, who: Person) -> HttpResponse:
    listed = items.page_of(who, answers.number_of(request))
    context = {
        **_listed(request, listed, who.name, who.bio),
        "role": who.role,
        "portrait": pictures.shown(who.picture, sources_for([who.picture] if who.picture else []), "portrait"),
    }
    return answers.page(request, "pages/person.html", context, f"person:{who.pk}")


@printed(page=whole_number(1, LAST_PAGE, default=1))
@at_its_address(Topic)
def topic(request: HttpRequest, about: Topic) -> HttpResponse:
    listed = items.page_of(about, answers.number_of(request))
    context = {**_listed(request, listed, about.name), "kind": "Topic"}
    return answers.page(request, "pages/topic.html", context, f"topic:{about.pk}")


@printed(page=whole_number(1, LAST_PAGE, default=1), order=one_of("latest", "first", default="latest"))
@at_its_address(RunningStory)
def running_story(request: HttpRequest, chain: RunningStory) -> HttpResponse:
    from_the_start = request.GET.get("order") == "first"
    listed = items.page_of(chain, answers.number_of(request), oldest_first=from_the_start)
    asked = {"order": "first"} if from_the_start else {}
    context = {
        **_listed(request, listed, chain.name, chain.description, asked=asked),
        "kind": "Running story, ended" if chain.ended else "Running story",
        "orders": [
            {"title": "Latest first", "url": chain.path, "here": not from_the_start},
            {"title": "From the start", "url": f"{chain.path}?order=first", "here": from_the_start},
        ],
    }
    return answers.page(request, "pages/topic.html", context, f"chain:{chain.pk}")


def _listed(
    request: HttpRequest,
    listed: Page,
    title: str,
    says: str = "",
    *,
    feeds: Sequence[Link] = (),
    asked: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What pages of lists share."""
    return {
        "title": title,
        "says": says,
        "page_number": listed.number,
        "items": listed.items(),
        "pager": pager(request.path, listed, **(asked or {})),
        "top": appeals.for_page(answers.edition_of(request)).top,
        "passed_on": passing_on.page(menu.paper(), title, _path(request, listed.number), says, feeds=feeds),
    }


def _path(request: HttpRequest, number: int) -> str:
    return request.path if number == 1 else f"{request.path}?page={number}"
