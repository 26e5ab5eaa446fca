"""How an issue of a letter becomes a mail: `web` draws it, and registers how here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from masthead.core.refusals import Refusal
from masthead.letters.models import Issue

Edition = Literal["public", "supporter"]
EDITIONS: tuple[Edition, ...] = ("public", "supporter")

UNSUBSCRIBE, PREFERENCES, ONLINE = "%%UNSUBSCRIBE%%", "%%PREFERENCES%%", "%%ONLINE%%"
"""Marks in a rendered mail, in its HTML and in its text: whoever sends puts an address in the place of each."""

MOST_BYTES = 100_000
"""Mail programs cut a longer message off (Gmail at 102 KB), and with it the way to unsubscribe."""


class TooLarge(Refusal):
    for_people_text = (
        "The letter would be %(now)s KB as a mail, and mail programs cut off what is over %(most)s KB. "
        "Take out some blocks or shorten the text. Nothing has been sent or changed."
    )


@dataclass(frozen=True)
class Rendered:
    """One mail for all of an edition, with UNSUBSCRIBE, PREFERENCES and ONLINE still to be filled in."""

    subject: str
    html: str
    text: str


Renderer = Callable[[Issue, Edition], Rendered]
_RENDERERS: list[Renderer] = []


def register(renderer: Renderer) -> None:
    """Have `renderer` draw mails; the one that came last does."""
    _RENDERERS.append(renderer)


def render(issue: Issue, edition: Edition) -> Rendered:
    """`issue`, saved or not, as the mail that `edition` gets. Raises TooLarge."""
    rendered = _RENDERERS[-1](issue, edition)
    size = len(rendered.html.encode())
    if size >= MOST_BYTES:
        raise TooLarge(now=-(-size // 1000), most=MOST_BYTES // 1000)
    return rendered


# What higher floors want kept with an issue when it goes out, so that the archive shows what was sent.
KEPT: list[Callable[[Issue], dict[str, Any]]] = []


def keep_with_issues(function: Callable[[Issue], dict[str, Any]]) -> Callable[[Issue], dict[str, Any]]:
    """Register a function whose plain values are kept in `Issue.settled` when an issue goes out."""
    KEPT.append(function)
    return function
