"""The next call in a letter: asked for when the letter goes out, and kept, so that the archive names the same one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from masthead.calls import dates
from masthead.calls.models import Call, CallState
from masthead.core import clock
from masthead.letters import rendering
from masthead.letters.models import Issue
from masthead.press.recording import changes_at, made_of


@dataclass(frozen=True)
class Meeting:
    """A call, as a letter names it."""

    kind: ClassVar = "call"
    title: str
    when: datetime
    day: str
    """'Thursday 1 October, 19.00', in the newsroom's zone."""
    words: str
    url: str
    is_over: bool

    @property
    def button(self) -> str:
        """What its link says."""
        return _("About this call") if self.is_over else _("Reserve a seat")


def for_issue(issue: Issue, words: str) -> Meeting | None:
    """The call that `issue` names; None while none is planned, or when it was cancelled."""
    if "call" in issue.settled:
        call = Call.objects.filter(pk=issue.settled["call"]).exclude(state=CallState.CANCELLED).first()
    else:
        call = dates.next_call()
    made_of(dates.PART)
    if call is None:
        return None
    changes_at(call.ends_at)
    return Meeting(
        title=call.title,
        when=call.starts_at,
        day=_day(call.starts_at),
        words=words or call.standfirst,
        url=call.path,
        is_over=call.ends_at <= clock.now(),
    )


@rendering.keep_with_issues
def keep_call(issue: Issue) -> dict[str, Any]:
    """Which call an issue names, from the moment it goes out."""
    call = dates.next_call() if any(block.block_type == "call" for block in issue.body) else None
    return {"call": call.pk if call else None}


def _day(moment: datetime) -> str:
    local = moment.astimezone(clock.zone())
    return f"{local:%A} {local.day} {local:%B}, {local:%H.%M}"
