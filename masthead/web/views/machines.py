"""What machines ask for: feeds, sitemaps, robots.txt, the paper's colours."""

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from masthead.newsroom import colours as contrasts
from masthead.newsroom import menu, stories
from masthead.newsroom.models import SectionPage
from masthead.newsroom.pictures.renditions import picture_sources
from masthead.press.printed import printed
from masthead.press.recording import made_of
from masthead.web import feeds, items, sitemaps
from masthead.web.items import Item
from masthead.web.passing_on import absolute
from masthead.web.views.answers import xml

IN_A_FEED = 30
RSS = "application/rss+xml"

ROBOTS = """\
User-agent: *
Disallow: /account/
Disallow: /calls/*/join/
Disallow: /calls/invitations/
Disallow: /calls/*/questions/
Disallow: /desk/
Disallow: /letters/choose/
Disallow: /letters/confirm/
Disallow: /letters/sign-up/
Disallow: /letters/unsubscribe/
Disallow: /search/
Disallow: /support/thanks/
Sitemap: {index}
Sitemap: {news}
"""

COLOURS = """\
/* What the desk has chosen: the accent by day and by night, and the name plate. */
@layer tokens {{
  :root {{ --accent-by-day: {light}; --accent-by-night: {dark};
    --on-accent: light-dark({on_light}, {on_dark});{plate} }}
}}
"""


@require_safe
@printed()
def feed_of_all(request: HttpRequest) -> HttpResponse:
    paper = menu.paper()
    return xml(feeds.rss(paper, paper.name, request.path, "/", _newest(stories.ALL)), RSS)


@require_safe
@printed()
def feed_of_section(request: HttpRequest, slug: str) -> HttpResponse:
    section = SectionPage.objects.live().filter(slug=slug).first()
    if section is None:
        raise Http404
    made_of(f"section:{section.pk}")
    paper = menu.paper()
    title = f"{paper.name}: {section.title}"
    return xml(feeds.rss(paper, title, request.path, section.path_now, _newest(section)), RSS)


@require_safe
@printed()
def sitemap_index(request: HttpRequest) -> HttpResponse:
    return xml(sitemaps.index())


@require_safe
@printed()
def sitemap_of_pages(request: HttpRequest) -> HttpResponse:
    return xml(sitemaps.of_pages())


@require_safe
@printed()
def sitemap_of_range(request: HttpRequest, number: int) -> HttpResponse:
    if number >= max(1, sitemaps.ranges()) or request.path != f"/sitemaps/{number}.xml":
        raise Http404  # else each number, and each way to write it, would be one more print
    return xml(sitemaps.of_range(number))


@require_safe
@printed()
def sitemap_of_news(request: HttpRequest) -> HttpResponse:
    return xml(sitemaps.of_news(menu.paper()))


@require_safe
@printed()
def robots(request: HttpRequest) -> HttpResponse:
    text = ROBOTS.format(index=absolute("/sitemap.xml"), news=absolute("/news-sitemap.xml"))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@printed()
def colours(request: HttpRequest) -> HttpResponse:
    """The brand as a style sheet: so that no page needs a style of its own, which its policy would refuse."""
    paper = menu.paper()
    plate = picture_sources(paper.plate) if paper.plate else None
    text = COLOURS.format(
        light=paper.accent_light,
        dark=paper.accent_dark,
        on_light=_words_on(paper.accent_light),
        on_dark=_words_on(paper.accent_dark),
        plate=f' --plate: url("{plate["src"]}"); --plate-shape: {plate["width"]} / {plate["height"]};' if plate else "",
    )
    return HttpResponse(text, content_type="text/css; charset=utf-8")


def _newest(of: SectionPage | str) -> list[Item]:
    found = items.newest(of, IN_A_FEED)
    prefetch_related_objects([item.piece for item in found], "corrections")
    return found


def _words_on(colour: str) -> str:
    """White or near-black, whichever stands out more on `colour`."""
    return max(("#ffffff", "#06282e"), key=lambda words: contrasts.contrast(words, colour))
