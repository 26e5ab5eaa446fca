"""An issue as its readers get it, in plain values: what was written, with stories, the next call and the appeal put in.

The mail, its text and the page of the archive are made of the same parts. What is asked for is noted for the press.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from masthead.core import clock, fillins
from masthead.letters import picking
from masthead.letters.models import Issue, words_of
from masthead.letters.models.lists import Rhythm
from masthead.newsroom import stories, words
from masthead.newsroom.models import Piece
from masthead.newsroom.pictures.renditions import sources_for
from masthead.newsroom.places import paragraphs_in
from masthead.press.recording import made_of
from masthead.web import blocks, items, pictures
from masthead.web.letters import asking, meeting

WORDS_A_MINUTE = 200

Fill = Callable[[str], str]


@dataclass(frozen=True)
class Words:
    """One paragraph."""

    kind: ClassVar = "words"
    html: SafeString


@dataclass(frozen=True)
class Heading:
    """What stands over a part of the letter."""

    kind: ClassVar = "heading"
    text: str


@dataclass(frozen=True)
class Picture:
    """A picture, with its caption and credit."""

    kind: ClassVar = "picture"
    shown: pictures.Shown
    size: str


@dataclass(frozen=True)
class Points:
    """A list, its points without paragraphs around them."""

    kind: ClassVar = "points"
    ordered: bool
    points: tuple[SafeString, ...]


@dataclass(frozen=True)
class Told:
    """One story, and the words that lead over to it."""

    words: tuple[SafeString, ...]
    item: items.Item


@dataclass(frozen=True)
class Stories:
    """Stories of the paper, in order."""

    kind: ClassVar = "stories"
    heading: str
    shows: str
    """'headlines', 'summaries' or 'pictures'."""
    told: tuple[Told, ...]


Part = Words | Heading | Picture | Points | Stories | meeting.Meeting | asking.Plea


@dataclass(frozen=True)
class Letter:
    """One issue, for one edition."""

    name: str
    when: str
    for_supporters: bool
    subject: str
    preheader: str
    headline: str
    byline: str
    minutes: str
    sent_at: datetime
    path: str
    parts: tuple[Part, ...]


def letter(issue: Issue, edition: str) -> Letter:
    """`issue` as `edition` gets it: the appeal stands in the public one alone."""
    fill = _fill_for(issue)
    parts = _parts(issue, edition, fill)
    moment = issue.sent_at or clock.now()
    by = issue.written_by
    if by:
        made_of(f"person:{by.pk}")
    return Letter(
        name=issue.list.name,
        when=f"{clock.day_of(moment):%B %Y}" if issue.list.rhythm == Rhythm.MONTH else items.day(moment),
        for_supporters=not issue.list.is_free,
        subject=fill(issue.subject),
        preheader=fill(issue.preheader) or _first_words(parts),
        headline=fill(issue.headline),
        byline=", ".join(part for part in (by.name, by.role) if part) if by else "",
        minutes=_minutes(issue),
        sent_at=moment,
        path=issue.path,
        parts=parts,
    )


def _fill_for(issue: Issue) -> Fill:
    """Fills in the words that stand for figures: those of the day of sending, where it went out."""
    kept: dict[str, str] = issue.settled.get("fills", {})

    def fill(text: str) -> str:
        for name, said in kept.items():
            text = text.replace(f"{{{name}}}", said)
        return fillins.fill(text, made_of)

    return fill


def _parts(issue: Issue, edition: str, fill: Fill) -> tuple[Part, ...]:
    picks = picking.picks_of(issue)
    pieces = {piece.pk: piece for piece in stories.fetch([key for keys in picks.values() for key in keys])}
    shown = [block.value["picture"] for block in issue.body if block.block_type == "picture" and block.value["picture"]]
    files = sources_for([*shown, *(piece.lead_picture for piece in pieces.values() if piece.lead_picture)])
    parts: list[Part] = []
    for place, block in enumerate(issue.body):
        kind, value = block.block_type, block.value
        if kind == "paragraph":
            parts += [Words(html) for html in _paragraphs(value.source, fill)]
        elif kind == "heading":
            parts.append(Heading(fill(value)))
        elif kind == "picture":
            picture = pictures.shown(value["picture"], files, value["size"], caption=fill(value["caption"]))
            parts += [Picture(picture, value["size"])] if picture else []
        elif kind == "list":
            points = tuple(words.inline(fill(point.source)) for point in value["items"])
            parts.append(Points(value["ordered"], points))
        elif kind == "stories":
            parts += _stories(value, [pieces[key] for key in picks[place] if key in pieces], files, fill)
        elif kind == "call":
            parts += _present(meeting.for_issue(issue, fill(value["words"])))
        elif kind == "appeal" and edition == "public":
            parts += _present(asking.plea(fill(value["headline"]), words.html(fill(value["words"].source))))
    return tuple(parts)


def _present(part: Part | None) -> list[Part]:
    return [] if part is None else [part]


def _paragraphs(source: str, fill: Fill) -> list[SafeString]:
    """The paragraphs of rich text, filled in and clean; empty ones are left out."""
    clean = (words.html(paragraph) for paragraph in paragraphs_in(fill(source)))
    return [_as_paragraph(html) for html in clean if blocks.plain_words(html)]


def _as_paragraph(html: SafeString) -> SafeString:
    """Words that stand bare, as an import may bring them, become a paragraph."""
    return html if html.startswith("<p") else format_html("<p>{}</p>", html)


def _stories(value: object, pieces: list[Piece], files: pictures.Files, fill: Fill) -> list[Stories]:
    """What a block of stories shows; nothing where none of them can be read any more."""
    if not pieces:
        return []
    between = {pick["piece"].pk: pick["words"].source for pick in value["picks"] if pick["piece"]}  # type: ignore[index]
    told = (
        Told(tuple(_paragraphs(between.get(piece.pk, ""), fill)), items.item(piece, files, "wide")) for piece in pieces
    )
    return [Stories(fill(value["heading"]), value["shows"], tuple(told))]  # type: ignore[index]


def _first_words(parts: tuple[Part, ...]) -> str:
    """What stands behind the subject where nobody wrote a line for it."""
    texts = [blocks.plain_words(part.html) for part in parts if isinstance(part, Words)]
    text = " ".join(texts)[:200]
    return text if len(text) < 150 else text[:150].rpartition(" ")[0] + " …"


def _minutes(issue: Issue) -> str:
    """How long it takes to read: 'Five minutes'."""
    count = sum(len(blocks.plain_words(text).split()) for text in words_of(issue))
    minutes = max(1, round(count / WORDS_A_MINUTE))
    said = fillins.honest(minutes).capitalize()
    return _("One minute") if minutes == 1 else _("%(count)s minutes") % {"count": said}
