"""Where the words that somebody looked for stand in a text, marked."""

import re
import unicodedata

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

BEFORE, LONGEST = 60, 200


def of(text: str, words: str) -> SafeString:
    """The part of `text` around the first of `words`, each of them marked; nothing when none stands in it."""
    pattern = _pattern(words)
    found = pattern.search(_plain(text)) if pattern else None
    if found is None:
        return SafeString("")
    begin = text.rfind(" ", 0, max(found.start() - BEFORE, 0)) + 1
    end = text.find(" ", begin + LONGEST)
    part = text[begin : end if end > 0 else len(text)]
    return mark_safe(f"{'… ' if begin else ''}{marked(part, words)}{' …' if end > 0 else ''}")  # noqa: S308 (escaped below)


def marked(text: str, words: str) -> SafeString:
    """`text`, escaped, with `words` marked where a word begins with one of them, accents or not."""
    pattern = _pattern(words)
    if pattern is None:
        return SafeString(escape(text))
    out, at = [], 0
    for found in pattern.finditer(_plain(text)):
        out += [escape(text[at : found.start()]), "<mark>", escape(text[found.start() : found.end()]), "</mark>"]
        at = found.end()
    return mark_safe("".join([*out, escape(text[at:])]))  # noqa: S308 (each part is escaped)


def _pattern(words: str) -> re.Pattern[str] | None:
    parts = sorted({re.escape(word) for word in re.findall(r"\w+", _plain(words))}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(parts)})\w*", re.IGNORECASE) if parts else None


def _plain(text: str) -> str:
    """The same letters without accents, each in its place, so that positions agree."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)
