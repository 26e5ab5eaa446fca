"""Running stories: the chain of pieces about one matter, and where one of them stands in it."""

from dataclasses import dataclass

from masthead.newsroom.models import Listed, Piece, RunningStory
from masthead.press.recording import made_of

SHOWN = 5
"""How many links of the chain a story shows: itself and the newest others."""


@dataclass(frozen=True)
class Link:
    """One piece of a chain, as a story beside it shows it."""

    piece: Piece
    is_here: bool


@dataclass(frozen=True)
class Position:
    """Where a piece stands: the third of six."""

    chain: RunningStory
    number: int
    total: int
    links: list[Link]
    """Latest first; the piece itself is among them."""
    before: Piece | None
    after: Piece | None


def position_of(piece: Piece) -> Position | None:
    """Where `piece` stands in its running story, by publication time; None when it stands in none, or alone."""
    if piece.chain is None or not piece.live:
        return None
    from masthead.newsroom.stories import fetch

    made_of(f"chain:{piece.chain_id}", f"list:chain:{piece.chain_id}")
    rows = Listed.objects.filter(list=f"chain:{piece.chain_id}").order_by("published_at", "piece")
    keys = list(rows.values_list("piece", flat=True))
    if piece.pk not in keys or len(keys) < 2:
        return None
    here = keys.index(piece.pk)
    beside = {here - 1, here, here + 1} & set(range(len(keys)))
    chosen = sorted(beside | set(sorted(set(range(len(keys))) - beside, reverse=True)[: SHOWN - len(beside)]))
    found = {read.pk: read for read in fetch([keys[at] for at in chosen])}
    return Position(
        chain=piece.chain,
        number=here + 1,
        total=len(keys),
        links=[Link(found[keys[at]], at == here) for at in reversed(chosen) if keys[at] in found],
        before=found.get(keys[here - 1]) if here else None,
        after=found.get(keys[here + 1]) if here + 1 < len(keys) else None,
    )
