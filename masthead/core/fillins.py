"""Words that stand for a figure: '{stories this year}' in an appeal is filled in by who owns the figure."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

WORDS: dict[str, Callable[[], str]] = {}
_FILL_IN = re.compile(r"\{([^{}]*)\}")
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def register(name: str, words: Callable[[], str]) -> None:
    """Own the fill-in `name`: `words` gives what stands in its place now."""
    WORDS[name] = words


def unknown_in(text: str) -> list[str]:
    """The fill-ins in `text` that nobody owns, as written."""
    return [name for name in _FILL_IN.findall(text) if name not in WORDS]


def wrong_in(text: str) -> str:
    """What is wrong with the fill-ins in `text`, said to who wrote it; nothing when somebody owns each."""
    unknown = unknown_in(text)
    if not unknown:
        return ""
    known = ", ".join(f"{{{name}}}" for name in sorted(WORDS)) or _("none yet")
    return _("Nobody fills in {%(name)s}. You can use: %(known)s.") % {"name": unknown[0], "known": known}


def names_in(text: str) -> list[str]:
    """The known fill-ins in `text`."""
    return [name for name in _FILL_IN.findall(text) if name in WORDS]


def fill(text: str, made_of: Callable[[str], None] | None = None) -> str:
    """`text` with its fill-ins replaced; `made_of` hears 'fill:<name>' for each. Unknown ones stay as written."""

    def words(found: re.Match[str]) -> str:
        name = found[1]
        if name not in WORDS:
            return found[0]
        if made_of:
            made_of(f"fill:{name}")
        return WORDS[name]()

    return _FILL_IN.sub(words, text)


def honest(count: int) -> str:
    """A count in words that stay true for a while: 'nearly 2,000', 'over 50', 'twelve'.

    From 20 on the step is a tenth of the figure's size (10, 50, 100, 500 …); within a twentieth below the next step
    it is 'nearly' that step, on a step it is exact, else 'over' the step below.
    """
    if count <= 12:
        return _SMALL[max(count, 0)]
    if count < 20:
        return str(count)
    size = 10 ** (len(str(count)) - 1)
    step = size // 2 if count >= 100 else 10
    below = count // step * step
    above = below + step
    if count == below:
        return f"{count:,}"
    if above - count <= max(1, step // 10):
        return f"nearly {above:,}"
    return f"over {below:,}"
