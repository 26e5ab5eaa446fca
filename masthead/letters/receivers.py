"""What pages are told of: a change of a list reprints each page that names it or lists the lists."""

from masthead.letters.models import LetterList
from masthead.press.watching import watch

LISTS = "letter-lists"
"""The part that a page is made of when it lists the lists."""


def connect() -> None:
    """Begin to listen; called once, when the app is ready."""
    watch(LetterList, lambda letters: (part_of(letters), LISTS))


def part_of(letters: LetterList) -> str:
    """The part that a page is made of when it shows this list."""
    return f"letter-list:{letters.pk}"
