"""Places: the spots after a paragraph that an appeal, an advert or the automatic Read on may fill.

Computed when a story is saved, from what its blocks are and how many words stand in each; nothing here knows of
Django. A place is always between two paragraphs: never beside a heading, a picture or a Read on, and never last.
One block of rich text may hold many paragraphs, as when a whole report was pasted into it: each counts by itself.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

SHORT = 300
"""Stories of fewer words have no middle."""
FIRST_ADVERT = 120
"""Words that are read before the first advert."""
BETWEEN_ADVERTS = 250
APART = 50
"""Words at least between two places of different kinds, and between the last place and the end."""
MIDDLE = (0.3, 0.7)
"""The part of the text in which the appeal in the middle may stand."""
READ_ON = (0.5, 0.95)

_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH = re.compile(r"\s*(<p\b[^>]*>.*?</p>)\s*", re.DOTALL)
_WORD = re.compile(r"\w[\w’'-]*")


@dataclass(frozen=True)
class Fact:
    """What a place must know of a block, or of one paragraph of it."""

    kind: str
    words: int


def places(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """The places of a story: `[{"after": 4, "kinds": ["advert"]}, …]`, by the index of the fact before each."""
    total = sum(fact.words for fact in facts)
    spots = _spots(facts)
    taken: dict[int, str] = {}
    if total >= SHORT and (middle := _nearest(spots, total / 2, total, MIDDLE)) is not None:
        taken[middle] = "appeal"
    apart = {spot: before for spot, before in spots.items() if _is_apart(before, taken, spots)}
    if total >= SHORT and (further := _nearest(apart, total * 2 / 3, total, READ_ON)) is not None:
        taken[further] = "read_on"
    last = 0
    for spot, before in spots.items():
        wanted = BETWEEN_ADVERTS if last else FIRST_ADVERT
        if before - last >= wanted and total - before >= APART and _is_apart(before, taken, spots):
            taken[spot], last = "advert", before
    return [{"after": spot, "kinds": [taken[spot]]} for spot in sorted(taken)]


def facts_of(body: Iterable[Any]) -> list[Fact]:
    """The facts of a stream of blocks: one for each, and one for each paragraph of a block that holds several."""
    return [fact for block in body for fact in _facts_in(block)]


def paragraphs_in(source: str) -> list[str]:
    """The paragraphs of a block of rich text, one HTML each, empty ones left out; all of it where it is not only `<p>`.

    Whoever shows a story splits its blocks by this too: places are told by the index among all of them.
    """
    found = _PARAGRAPH.findall(source)
    if len(found) < 2 or _PARAGRAPH.sub("", source):
        return [source]
    return [paragraph for paragraph in found if count_words(paragraph)] or [source]


def count_words(text: str) -> int:
    """How many words stand in `text`, its tags and entities apart."""
    return len(_WORD.findall(unescape(_TAG.sub(" ", text))))


def _facts_in(block: Any) -> list[Fact]:
    if block.block_type == "paragraph":
        return [Fact("paragraph", count_words(paragraph)) for paragraph in paragraphs_in(block.value.source)]
    return [Fact(block.block_type, _words_in(block))]


def _words_in(block: Any) -> int:
    value = block.value
    if block.block_type == "heading":
        return count_words(str(value))
    if block.block_type == "pull_quote":
        return count_words(value["text"])
    if block.block_type == "list":
        return sum(count_words(item.source) for item in value["items"])
    return 0


def _spots(facts: Sequence[Fact]) -> dict[int, int]:
    """Every spot between two paragraphs, with the words that stand before it."""
    spots, before = {}, 0
    for index, fact in enumerate(facts[:-1]):
        before += fact.words
        if fact.kind == facts[index + 1].kind == "paragraph":
            spots[index] = before
    return spots


def _nearest(spots: dict[int, int], wanted: float, total: int, within: tuple[float, float]) -> int | None:
    near = [spot for spot, before in spots.items() if within[0] * total <= before <= within[1] * total]
    return min(near, key=lambda spot: abs(spots[spot] - wanted), default=None)


def _is_apart(before: int, taken: dict[int, str], spots: dict[int, int]) -> bool:
    return all(abs(before - spots[spot]) >= APART for spot in taken)
