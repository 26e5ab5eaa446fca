"""An issue in plain text: for who reads mail so, and written for them: every word, every link, nothing left over."""

from collections.abc import Iterator, Mapping
from textwrap import fill, indent
from typing import Any

from django.utils.translation import gettext as _

from masthead.web.letters import asking, markup, meeting, parts

WIDE = 72
RULE = "-" * WIDE


def text(values: Mapping[str, Any]) -> str:
    """The text of a letter; `values` are those of its HTML."""
    letter, paper, marks = values["letter"], values["paper"], values["marks"]
    head = ". ".join([letter.name, letter.when, *([_("For supporters")] if letter.for_supporters else [])])
    by = ". ".join(part for part in (letter.byline, letter.minutes) if part)
    paragraphs = [
        f"{_wrapped(paper.name.upper())}\n{_wrapped(head)}\n{'=' * WIDE}",
        f"{_wrapped(letter.headline)}\n{_wrapped(by)}",
        *(said for part in letter.parts for said in _part(part)),
        RULE,
        _wrapped(values["why"]),
        f"{_('Unsubscribe from this letter:')}\n{marks['unsubscribe']}",
        f"{_('Choose your letters:')}\n{marks['preferences']}",
        f"{_('Read it on the web:')}\n{marks['online']}",
        _wrapped(f"{values['from']}. {_('We don’t track whether you open it.')}"),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _part(part: parts.Part) -> Iterator[str]:
    if isinstance(part, parts.Words):
        yield _wrapped(markup.words_and_links(part.html))
    elif isinstance(part, parts.Heading):
        yield _heading(part.text)
    elif isinstance(part, parts.Picture):
        yield _wrapped(_picture(part.shown))
    elif isinstance(part, parts.Points):
        yield "\n".join(_point(part.ordered, number, point) for number, point in enumerate(part.points, 1))
    elif isinstance(part, parts.Stories):
        yield from _stories(part)
    elif isinstance(part, meeting.Meeting):
        yield _heading(f"{part.title}: {part.day}")
        yield "\n".join(
            [*([_wrapped(part.words)] if part.words else []), f"{part.button}: {markup.absolute(part.url)}"]
        )
    else:
        yield from _plea(part)


def _heading(words: str) -> str:
    wrapped = _wrapped(words)
    return f"{wrapped}\n{'-' * max(len(line) for line in wrapped.splitlines() or [''])}"


def _picture(shown: Any) -> str:
    said = " ".join(part for part in (shown.alt, shown.caption, shown.credit) if part)
    return f"[{_('Picture')}: {said}]" if said else ""


def _point(ordered: bool, number: int, point: str) -> str:
    mark = f"{number}. " if ordered else "* "
    return mark + indent(_wrapped(markup.words_and_links(point)), " " * len(mark)).lstrip()


def _stories(part: parts.Stories) -> Iterator[str]:
    if part.heading:
        yield _heading(part.heading)
    for told in part.told:
        yield from (_wrapped(markup.words_and_links(words)) for words in told.words)
        says = told.item.standfirst if part.shows != "headlines" else ""
        lines = [_wrapped(told.item.headline), _wrapped(says), markup.absolute(told.item.url)]
        yield "\n".join(line for line in lines if line)


def _plea(part: asking.Plea) -> Iterator[str]:
    if part.headline:
        yield _heading(part.headline)
    yield from (_wrapped(paragraph) for paragraph in markup.words_and_links(part.why).split("\n\n") if paragraph)
    yield f"{part.button}: {markup.absolute(part.url)}"


def _wrapped(words: str) -> str:
    """`words` in lines that are not too long; an address is never broken, and a line that was typed stays one."""
    return "\n".join(
        fill(" ".join(line.split()), WIDE, break_long_words=False, break_on_hyphens=False)
        for line in markup.without_oddities(words).split("\n")
    )
