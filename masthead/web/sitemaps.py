"""What search machines ask for. Each sitemap covers a range of keys: its cost does not grow with the archive."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from masthead.core import clock
from masthead.letters.models import Issue, LetterList
from masthead.letters.receivers import LISTS
from masthead.newsroom.models import (
    FilmIndexPage,
    FilmPage,
    FrontPage,
    Listed,
    Paper,
    Person,
    Piece,
    PlainPage,
    RunningStory,
    SectionPage,
    StoryPage,
)
from masthead.newsroom.stories import fetch
from masthead.press.recording import changes_at, made_of
from masthead.web.items import moment_of
from masthead.web.passing_on import absolute
from masthead.web.shell import language_tag

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
register_namespace("", SITEMAP)
register_namespace("news", NEWS)

A_RANGE = 2_000
"""How many keys one sitemap covers."""

NEWS_LASTS = timedelta(days=2)
MOST_NEWS = 1_000
MOST_LETTERS = 2_000


def index() -> bytes:
    """All sitemaps: one of the pages that stand still, one for each range of keys that has pieces."""
    made_of("paper")
    root = Element(f"{{{SITEMAP}}}sitemapindex")
    for path in ["/sitemaps/pages.xml", *(f"/sitemaps/{number}.xml" for number in range(ranges()))]:
        SubElement(SubElement(root, f"{{{SITEMAP}}}sitemap"), f"{{{SITEMAP}}}loc").text = absolute(path)
    return _written(root)


def ranges() -> int:
    """How many sitemaps of ranges there are."""
    made_of("list:all")
    newest = Listed.objects.filter(list="all").order_by("-piece").values_list("piece", flat=True).first()
    return 0 if newest is None else newest // A_RANGE + 1


def of_range(number: int) -> bytes:
    """Stories and films whose key is in range `number`."""
    made_of("list:all")
    first = number * A_RANGE
    rows: list[Piece] = []
    for model in (StoryPage, FilmPage):
        found = model.objects.published().filter(pk__gte=first, pk__lt=first + A_RANGE).select_related("section")
        rows += found.defer_streamfields().order_by("pk")
    made_of(*{f"section:{row.section_id}" for row in rows if row.section_id})  # its name stands in their addresses
    return _urlset((row.path_now, row.last_published_at) for row in rows)


def of_pages() -> bytes:
    """Front, sections, people, running stories, plain pages; letters that anybody may read, open books."""
    made_of("paper", "list:all", "list:front", "people", "running", LISTS)
    found: list[tuple[str, datetime | None]] = []
    for model in (FrontPage, SectionPage, FilmIndexPage, PlainPage):
        found += [(page.path_now, page.last_published_at) for page in model.objects.live().order_by("path")]
    for named in (Person, RunningStory):
        found += [(thing.path, None) for thing in named.objects.order_by("pk")]
    found += [(path, None) for path in ("/letters/", "/calls/", "/open-books/")]
    found += [(letters.path, None) for letters in LetterList.objects.all()]
    free = Issue.objects.sent().newest().filter(list__benefit="").select_related("list").defer("body")
    found += [(issue.path, issue.sent_at) for issue in free[:MOST_LETTERS]]
    return _urlset(found)


def of_news(paper: Paper) -> bytes:
    """Stories of the last two days (https://www.google.com/schemas/sitemap-news/0.9)."""
    made_of("list:stories")
    since = clock.now() - NEWS_LASTS
    recent = Listed.objects.filter(list="stories", published_at__gt=since).order_by("-published_at")
    keys = list(recent.values_list("piece", flat=True)[:MOST_NEWS])
    root = Element(f"{{{SITEMAP}}}urlset")
    for story in fetch(keys):
        changes_at(moment_of(story) + NEWS_LASTS)
        url = SubElement(root, f"{{{SITEMAP}}}url")
        SubElement(url, f"{{{SITEMAP}}}loc").text = absolute(story.path_now)
        news = SubElement(url, f"{{{NEWS}}}news")
        publication = SubElement(news, f"{{{NEWS}}}publication")
        SubElement(publication, f"{{{NEWS}}}name").text = paper.name
        SubElement(publication, f"{{{NEWS}}}language").text = language_tag().split("-")[0]
        SubElement(news, f"{{{NEWS}}}publication_date").text = _moment(moment_of(story))
        SubElement(news, f"{{{NEWS}}}title").text = story.headline
    return _written(root)


def _urlset(pages: Iterable[tuple[str, datetime | None]]) -> bytes:
    root = Element(f"{{{SITEMAP}}}urlset")
    for path, changed in pages:
        url = SubElement(root, f"{{{SITEMAP}}}url")
        SubElement(url, f"{{{SITEMAP}}}loc").text = absolute(path)
        if changed:
            SubElement(url, f"{{{SITEMAP}}}lastmod").text = _moment(changed)
    return _written(root)


def _moment(moment: datetime) -> str:
    return moment.astimezone(clock.zone()).isoformat(timespec="seconds")


def _written(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
