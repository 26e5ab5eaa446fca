"""Composes the column of a story: its blocks, and what stands between them. Pure: no database, no request.

The rules, which a property test keeps whatever the places say:
- no two of appeal, advert and Read on stand side by side, at least a paragraph is between them;
- appeal and advert stand between two paragraphs, so never beside a heading, a picture, a quotation or anything else,
  and neither first, where the line at the top stands, nor last, where the long appeal follows;
- the blocks of the story all stand, once each, in their order.
Where there is room, in words, `newsroom` has said when the story was saved.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

PARAGRAPH, READ_ON = "paragraph", "read_on"

Kind = Literal["block", "ask", "slot", "readon"]


@dataclass(frozen=True)
class Part:
    """One thing in the column: a block of the story, or an ask, a slot or a Read on between them."""

    kind: Kind
    data: Any


def compose(
    blocks: Sequence[Any],
    kinds: Sequence[str],
    places: Iterable[dict[str, Any]],
    *,
    ask: Any = None,
    slots: Sequence[Any] = (),
    read_on: Any = None,
) -> list[Part]:
    """The parts of a story's column, in order.

    `kinds` says of each block what it is ('paragraph', 'heading', 'picture', 'read_on' …); `places` is what the
    newsroom computed (`{"after": 3, "kinds": ["advert"]}`); `ask` is the line for the middle, or None; `slots` fill
    the places for adverts from above, and those that find none are left out; `read_on` is the automatic one: it stands
    last where it has no place, and gives way to one that an editor put among the blocks.
    """
    column = _Column(kinds, list(places))
    if ask is not None:
        column.fill("appeal", [Part("ask", ask)])
    if read_on is not None and READ_ON not in kinds and not column.fill("read_on", [Part("readon", read_on)]):
        column.stand_last(Part("readon", read_on))
    column.fill("advert", [Part("slot", slot) for slot in slots])
    return column.parts(blocks)


class _Column:
    """The blocks of a story by kind, and what was put after which of them."""

    def __init__(self, kinds: Sequence[str], places: list[dict[str, Any]]) -> None:
        self.kinds = kinds
        self.places = places
        self.after: dict[int, Part] = {}
        self.paragraphs = list(accumulate(kind == PARAGRAPH for kind in kinds))  # down to each block, itself included

    def fill(self, kind: str, waiting: Sequence[Part]) -> int:
        """Put what is waiting, in order, into the places for `kind`, from above; how many found one."""
        ours = sorted({place["after"] for place in self.places if kind in place["kinds"]})
        rest = list(waiting)
        for index in ours:
            if rest and self._is_between_paragraphs(index) and self._is_apart(index):
                self.after[index] = rest.pop(0)
        return len(waiting) - len(rest)

    def stand_last(self, part: Part) -> None:
        """Put `part` below the last block, unless it would meet another there."""
        if self.kinds and self._is_apart(len(self.kinds) - 1):
            self.after[len(self.kinds) - 1] = part

    def parts(self, blocks: Sequence[Any]) -> list[Part]:
        """All of it, in order."""
        ordered = []
        for index, block in enumerate(blocks):
            ordered.append(Part("block", block))
            if index in self.after:
                ordered.append(self.after[index])
        return ordered

    def _is_between_paragraphs(self, index: int) -> bool:
        return 0 <= index < len(self.kinds) - 1 and self.kinds[index] == self.kinds[index + 1] == PARAGRAPH

    def _is_apart(self, index: int) -> bool:
        """Whether a paragraph is between this spot and all that stands between blocks already."""
        others = [*self.after, *(at for at, kind in enumerate(self.kinds) if kind == READ_ON)]
        return all(self.paragraphs[index] != self.paragraphs[other] for other in others)
