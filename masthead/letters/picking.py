"""Which stories stand in an issue: those chosen by hand, else the newest when it goes out, none of them twice."""

from typing import Any

from masthead.letters.body import HAND, SECTION
from masthead.letters.models import Issue
from masthead.newsroom import stories


def picks_of(issue: Issue) -> dict[int, list[int]]:
    """For each block of stories, by its place in the body, the keys of its stories in order.

    Once an issue went out these are the stories that it showed then.
    """
    blocks = [(place, block) for place, block in enumerate(issue.body) if block.block_type == "stories"]
    settled = issue.settled.get("stories", {})
    seen = {key for _, block in blocks if block.value["which"] == HAND for key in chosen_in(block.value)}
    found = {}
    for place, block in blocks:
        if str(block.id) in settled:
            found[place] = settled[str(block.id)]
        elif block.value["which"] == HAND:
            found[place] = chosen_in(block.value)
        else:
            found[place] = newest_for(block.value, but_not=seen)
        seen |= set(found[place])
    return found


def chosen_in(value: Any) -> list[int]:
    """The keys of what was chosen by hand; what was deleted since is left out."""
    return [pick["piece"].pk for pick in value["picks"] if pick["piece"]]


def newest_for(value: Any, *, but_not: set[int]) -> list[int]:
    """The keys of the newest that a block asks for, leaving out what stands in the letter already."""
    of = stories.ALL
    if value["which"] == SECTION:
        if value["section"] is None:
            return []
        of = value["section"].specific
    keys = stories.keys_of(of, count=value["count"] + len(but_not))
    newest = [key for key in keys if key not in but_not][: value["count"]]
    return newest[::-1] if value["order"] == "oldest" else newest
