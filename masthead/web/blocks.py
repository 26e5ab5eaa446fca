"""The blocks of a body, each rendered for readers: what the newsroom typed, in the paper's hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe

from masthead.newsroom import words
from masthead.newsroom.models import Piece
from masthead.newsroom.places import paragraphs_in
from masthead.web import items, pictures

NEAR_THE_TOP = 4
"""A picture among so many first blocks may be what a reader sees first: it is loaded at once."""


@dataclass(frozen=True)
class Block:
    """One block of a body, or one paragraph of it: its kind, and its HTML."""

    kind: str
    html: SafeString


GONE = Block("gone", SafeString(""))
"""What a block leaves that can't be shown any more: its place, so that the others keep theirs."""


@dataclass(frozen=True)
class Next:
    """Where a Read on leads."""

    url: str
    headline: str
    says: str


@dataclass(frozen=True)
class Body:
    """A body ready to be placed, with what stands in it."""

    blocks: tuple[Block, ...]
    pictures: tuple[pictures.Shown, ...]


def body(stream: Any, files: pictures.Files, targets: Mapping[int, Piece], *, dateline: str = "") -> Body:
    """Render a body, with the files of its pictures and the pieces that its Read ons point to. Asks no database.

    A block of rich text with several paragraphs becomes as many blocks, as `places` counts them.
    """
    done: list[Block] = []
    shown: list[pictures.Shown] = []
    for block in stream:
        kind, value = block.block_type, block.value
        if kind == "picture":
            picture = pictures.shown(value["picture"], files, value["size"], caption=value["caption"])
            eager = not shown and len(done) < NEAR_THE_TOP
            done.append(_picture(picture, value["size"], eager) if picture else GONE)
            shown += [picture] if picture else []
        elif kind == "read_on":
            target = targets.get(value.pk) if value else None
            done.append(_block(kind, "parts/readon.html", next=next_in(target)) if target else GONE)
        elif kind == "embed":
            done.append(_block(kind, "blocks/embed.html", embed=value))
        elif kind == "paragraph":
            for paragraph in paragraphs_in(value.source):
                html = words.html(paragraph)
                done.append(Block(kind, html if done or not dateline else _with_dateline(html, dateline)))
        else:
            done.append(Block(kind, _WORDS[kind](value)))
    return Body(tuple(done), tuple(shown))


def _block(kind: str, template: str, **values: Any) -> Block:
    return Block(kind, render_to_string(template, values))


def _picture(picture: pictures.Shown, size: str, eager: bool) -> Block:
    return _block("picture", "parts/picture.html", picture=picture, css=f"picture-{size}", eager=eager)


def next_in(piece: Piece) -> Next:
    """A piece to read on with: its headline as it is now, where it belongs, its day."""
    card = items.item(piece, {})
    says = f"{card.kicker.title}, " if card.kicker else ""
    return Next(card.url, card.headline, f"{says}{items.day(card.moment)}")


def _heading(value: str) -> SafeString:
    return format_html("<h2>{}</h2>", value)


def _quote(value: Any) -> SafeString:
    who = format_html("<footer>{}</footer>", value["who"]) if value["who"] else ""
    return format_html('<blockquote class="quote"><p>“{}”</p>{}</blockquote>', without_quotes(value["text"]), who)


def _list(value: Any) -> SafeString:
    tag = "ol" if value["ordered"] else "ul"
    points = format_html_join("", "<li>{}</li>", ((words.inline(point),) for point in value["items"]))
    return format_html("<{}>{}</{}>", tag, points, tag)


_WORDS = {"heading": _heading, "pull_quote": _quote, "list": _list}


def without_quotes(words: str) -> str:
    return words.strip().strip('“”"').strip()


def _with_dateline(html: str, dateline: str) -> SafeString:
    mark = format_html('<span class="dateline">{}</span>', dateline)
    return mark_safe(f"<p>{mark}{html[3:]}" if html.startswith("<p>") else html)  # noqa: S308 (html is clean)


def rich(html: str) -> SafeString:
    """Rich text as the desk stores it, for readers."""
    return words.html(html)


def plain_words(html: str) -> str:
    """The words alone."""
    return unescape(strip_tags(html)).strip()
