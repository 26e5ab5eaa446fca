"""What supporters have where visitors are asked: the next call, and the latest letter from behind the scenes.

Printed, so it is the same for all supporters, and counts nothing that moves with each seat.
"""

from dataclasses import dataclass
from datetime import datetime

from masthead.calls import dates
from masthead.calls.models import Call
from masthead.core import clock
from masthead.letters.models import Issue
from masthead.letters.receivers import LISTS
from masthead.membership.models import LETTER
from masthead.press.recording import changes_at, made_of

SUPPORTER = "supporter"


@dataclass(frozen=True)
class Latest:
    """The letter sent last, in the words in which it went out."""

    name: str
    headline: str
    says: str
    by: str
    sent_at: datetime
    url: str


@dataclass(frozen=True)
class Extras:
    """What there is at the moment; either may be missing. `is_on`: the call has begun."""

    call: Call | None
    is_on: bool
    letter: Latest | None


def for_page(edition: str) -> Extras | None:
    """For the supporter edition alone; None in the others."""
    return now() if edition == SUPPORTER else None


def now() -> Extras | None:
    """The call and the letter of this moment, None while there is neither; a print ends when the call begins."""
    call, letter = dates.next_call(), latest_letter()
    if call is not None:
        changes_at(call.starts_at)
    is_on = call is not None and call.starts_at <= clock.now()
    return Extras(call, is_on, letter) if call or letter else None


def latest_letter() -> Latest | None:
    """The issue of a supporters' letter that was sent last."""
    made_of(LISTS)
    sent = Issue.objects.sent().filter(list__benefit=LETTER).select_related("list", "written_by")
    issue = sent.newest().defer("body").first()
    if issue is None or issue.sent_at is None:
        return None
    by = issue.written_by
    if by:
        made_of(f"person:{by.pk}")
    return Latest(
        name=issue.list.name,
        headline=_as_sent(issue, issue.headline),
        says=_as_sent(issue, issue.preheader),
        by=by.name if by else "",
        sent_at=issue.sent_at,
        url=issue.path,
    )


def _as_sent(issue: Issue, text: str) -> str:
    """With the figures of the day on which it went out."""
    for name, words in issue.settled.get("fills", {}).items():
        text = text.replace(f"{{{name}}}", words)
    return text
