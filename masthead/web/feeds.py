"""RSS of a list: headline, standfirst, credits, corrections. Written as a tree: well-formed whatever is typed."""

import re
from collections.abc import Iterable
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from masthead.core import clock
from masthead.newsroom.models import Paper, Piece
from masthead.web.items import Item, moment_of
from masthead.web.passing_on import absolute
from masthead.web.shell import language_tag

ATOM = "http://www.w3.org/2005/Atom"
CREATOR = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
for prefix, space in (("atom", ATOM), ("dc", CREATOR), ("media", MEDIA)):
    register_namespace(prefix, space)

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def rss(paper: Paper, title: str, path: str, home: str, items: Iterable[Item]) -> bytes:
    """A feed at `path` about the page at `home`, newest first."""
    items = list(items)
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _say(channel, "title", title)
    _say(channel, "link", absolute(home))
    _say(channel, "description", paper.description or paper.tagline or paper.name)
    _say(channel, "language", language_tag().lower())
    SubElement(channel, f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=absolute(path))
    if items:
        _say(channel, "lastBuildDate", _mail_date(items[0].moment))
    for item in items:
        _add(channel, item)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(channel: Element, item: Item) -> None:
    entry = SubElement(channel, "item")
    _say(entry, "title", item.headline)
    _say(entry, "link", absolute(item.url))
    _say(entry, "guid", _lasting_name(item.piece), isPermaLink="false")
    _say(entry, "pubDate", _mail_date(item.moment))
    for byline in item.piece.bylines.all():
        _say(entry, f"{{{CREATOR}}}creator", byline.name)
    if item.piece.source:
        _say(entry, f"{{{CREATOR}}}publisher", item.piece.source)
    if item.kicker:
        _say(entry, "category", item.kicker.title)
    _say(entry, "description", "\n\n".join([item.standfirst, *map(_corrected, item.piece.corrections.all())]).strip())
    if item.picture and item.picture.picture.may_be_passed_on:
        shown = item.picture
        content = SubElement(
            entry,
            f"{{{MEDIA}}}content",
            url=absolute(shown.src),
            medium="image",
            width=str(shown.width),
            height=str(shown.height),
        )
        _say(content, f"{{{MEDIA}}}description", shown.caption)
        _say(content, f"{{{MEDIA}}}credit", shown.credit)


def _corrected(correction: object) -> str:
    day = clock.day_of(correction.corrected_at)  # type: ignore[attr-defined]
    return f"Correction, {day.day} {day:%B %Y}: {correction.text}"  # type: ignore[attr-defined]


def _lasting_name(piece: Piece) -> str:
    """The same for ever, also when the address changes (RFC 4151)."""
    host = absolute("/").split("//")[1].split("/")[0].split(":")[0]
    return f"tag:{host},{clock.day_of(piece.first_published_at or moment_of(piece)):%Y-%m-%d}:{piece.pk}"


def _mail_date(moment: object) -> str:
    return format_datetime(moment.astimezone(clock.zone()))  # type: ignore[attr-defined]


def _say(parent: Element, name: str, words: str, **attributes: str) -> None:
    if words:
        SubElement(parent, name, attributes).text = _NOT_XML.sub("", words)
