"""Shows one story, film or plain page: for the press, and for the desk's preview of what is not published yet."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from masthead.adverts import slots as adverts
from masthead.adverts.models import Shape
from masthead.adverts.slots import MOST_SLOTS
from masthead.appeals import placements as appeals
from masthead.core import clock
from masthead.newsroom import menu, rendering, stories, words
from masthead.newsroom.models import Byline, Correction, FilmPage, PlainPage, StoryPage
from masthead.newsroom.pictures.renditions import sources_for
from masthead.press.recording import made_of
from masthead.web import blocks, composing, extras, items, passing_on, pictures, running, shell
from masthead.web.shell import Link
from masthead.web.views import answers

MORE_FILMS = 3


@dataclass(frozen=True)
class Corrected:
    """A correction, as the page shows it."""

    moment: datetime
    text: str
    at_top: bool


@dataclass(frozen=True)
class Head:
    """What stands above and beside a story's text."""

    headline: str
    standfirst: str
    section: Link
    byline: SafeString
    source: str
    moment: datetime
    corrections: list[Corrected]
    topics: list[Link]
    chain: running.Chain | None


def story(page: StoryPage, request: HttpRequest) -> HttpResponse:
    """A story's page, in the edition asked for."""
    edition = answers.edition_of(request)
    whole = stories.whole(page)
    body = blocks.body(page.body, whole.sources, whole.read_ons, dateline=page.dateline)
    lead = _lead(whole, body)
    asks = appeals.for_page(edition, section=page.section_id, story=page)
    parts = composing.compose(
        body.blocks,
        [block.kind for block in body.blocks],
        page.places,
        ask=asks.middle,
        slots=adverts.for_slots(edition, MOST_SLOTS[Shape.BOX], story=page),
        read_on=blocks.next_in(whole.automatic_read_on) if whole.automatic_read_on else None,
    )
    head = _head(whole)
    context = {
        "story": head,
        "lead": lead,
        "parts": parts,
        "top": asks.top,
        "end": asks.end,
        "extras": extras.for_page(edition),
        "uses": {
            "slots": any(part.kind == "slot" for part in parts),
            "appeals": asks.top or asks.middle or asks.end,
            "amounts": asks.end,
            "embeds": any(block.kind == "embed" for block in body.blocks),
        },
        "passed_on": passing_on.story(
            menu.paper(), passing_on.Told(whole, [*([lead] if lead else []), *body.pictures])
        ),
    }
    return answers.page(request, "pages/story.html", context)


def film(page: FilmPage, request: HttpRequest) -> HttpResponse:
    """A film's page, in the edition asked for."""
    edition = answers.edition_of(request)
    whole = stories.whole(page)
    poster = pictures.shown(page.poster, whole.sources, "wide")
    asks = appeals.for_page(edition, story=page)
    context = {
        "head": _head(whole),
        "film": {
            "poster": poster,
            "sources": _sources(page),
            "tracks": _tracks(page),
            "length": _length_in_words(page.seconds),
            "transcript": words.html(page.transcript),
        },
        "more": items.newest(stories.FILMS, MORE_FILMS, "film", but_not=[page.pk]),
        "top": asks.top,
        "end": asks.end,
        "extras": extras.for_page(edition),
        "passed_on": passing_on.film(menu.paper(), passing_on.Told(whole, [poster] if poster else [])),
    }
    return answers.page(request, "pages/film.html", context)


def plain(page: PlainPage, request: HttpRequest) -> HttpResponse:
    """A plain page: the same in each edition but for the bar above it."""
    body = blocks.body(page.body, sources_for(stories.pictures_in(page)), {})
    first = next((blocks.plain_words(block.html) for block in body.blocks if block.kind == "paragraph"), "")
    says = page.search_description or first
    context = {
        "title": page.title,
        "says": says,
        "blocks": body.blocks,
        "changed": page.last_published_at or clock.now(),
        "passed_on": passing_on.page(menu.paper(), page.title, page.path_now, says),
    }
    return answers.page(request, "pages/plain.html", context, f"page:{page.pk}")


def register() -> None:
    """Let the desk's previews be drawn as readers will see the page."""
    for model, renderer in ((StoryPage, story), (FilmPage, film), (PlainPage, plain)):
        rendering.register_renderer(model, renderer)


def _head(whole: stories.Whole) -> Head:
    page = whole.piece
    made_of(*(f"topic:{topic.pk}" for topic in whole.topics))
    section = Link(page.section.title, page.section.path_now) if page.section else Link("Films", "/films/")
    return Head(
        headline=page.headline,
        standfirst=page.standfirst,
        section=section,
        byline=_byline(whole.bylines),
        source=page.source,
        moment=page.published_at or clock.now(),
        corrections=[
            Corrected(correction.corrected_at, correction.text, correction.place == Correction.Place.TOP)
            for correction in whole.corrections
        ],
        topics=[Link(topic.name, topic.path) for topic in whole.topics],
        chain=running.around(whole.chain) if whole.chain else None,
    )


def _byline(bylines: list[Byline]) -> SafeString:
    """'Daniel Osei and Grace Whitlock', our own people's names leading to their pages."""
    linked = [
        format_html('<a href="{}" rel="author">{}</a>', byline.person.path, byline.name)
        if byline.person
        else format_html("{}", byline.name)
        for byline in bylines
    ]
    if len(linked) < 2:
        return linked[0] if linked else SafeString("")
    return format_html("{} and {}", format_html_join(", ", "{}", ((name,) for name in linked[:-1])), linked[-1])


def _lead(whole: stories.Whole, body: blocks.Body) -> pictures.Shown | None:
    """The lead picture, above the text unless the body shows it itself."""
    picture = whole.piece.lead_picture
    if picture is None or any(shown.picture.pk == picture.pk for shown in body.pictures):
        return None
    return pictures.shown(picture, whole.sources, "wide", caption=whole.piece.lead_caption)


def _sources(page: FilmPage) -> list[dict[str, str]]:
    if not page.film:
        return []
    return [{"url": page.film.url, "type": "video/webm" if str(page.film.name).endswith(".webm") else "video/mp4"}]


def _tracks(page: FilmPage) -> list[dict[str, str]]:
    if not page.captions:
        return []
    return [{"url": page.captions.url, "language": shell.language_tag(), "label": "Captions"}]


def _length_in_words(seconds: int) -> str:
    if not seconds:
        return ""
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes"
