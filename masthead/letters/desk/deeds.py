"""What can be done with an issue at the desk: whoever sends it adds its own here, with what it says of the state."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from masthead.letters.models import Issue


@dataclass(frozen=True)
class Deed:
    """A button that leads to a page of the desk; it stands in the list of issues and above an issue's form."""

    label: str
    url: str
    icon: str = "arrow-right"
    priority: int = 50
    stands_out: bool = False
    """Whether it has a place of its own beside the form's title, and not only in the menu behind the dots."""


MAY_SEND = "letters.add_mailing"
"""Whoever has it sends letters, and alone changes what is scheduled or out; others write drafts."""

Deeds = Callable[[Issue, Any], Iterable[Deed]]
States = Callable[[Issue], str]
_DEEDS: list[Deeds] = []
_STATES: list[States] = []
JOINED: list[str] = ["list", "written_by"]
"""What the list of issues fetches with each of them; whoever tells a state from another row adds it here."""


def offer(deeds: Deeds) -> Deeds:
    """Register what can be done: `deeds(issue, user)` gives the buttons that this person has for this issue now."""
    _DEEDS.append(deeds)
    return deeds


def tell(states: States) -> States:
    """Register what else is known of an issue's state: `states(issue)` gives a few words, or nothing."""
    _STATES.append(states)
    return states


def deeds_for(issue: Issue, user: Any) -> list[Deed]:
    """All that this person can do with this issue now, in order."""
    return sorted((deed for deeds in _DEEDS for deed in deeds(issue, user)), key=lambda deed: deed.priority)


def state_of(issue: Issue) -> str:
    """How it stands, in a few words: what whoever sends says, else what the row says."""
    for states in _STATES:
        if (told := states(issue)) and not issue.withdrawn_at:
            return told
    if issue.withdrawn_at:
        return "withdrawn"
    return "sent" if issue.sent_at else "draft"
