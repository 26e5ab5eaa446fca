"""What supporters have where visitors are asked: the next call and the latest letter from behind the scenes.

Printed, so it is the same for all of them and counts nothing that moves with each seat.
"""

from dataclasses import dataclass

from masthead.calls.models import Call
from masthead.core import clock
from masthead.letters.models import Issue
from masthead.press.recording import changes_at, made_of

LETTER = "letter"
SUPPORTER = "supporter"


@dataclass(frozen=True)
class NextCall:
    """The call that comes next, or is on now."""

    call: Call
    is_on: bool


@dataclass(frozen=True)
class Extras:
    """What there is at the moment; either may be missing."""

    call: NextCall | None
    letter: Issue | None


def for_page(edition: str) -> Extras | None:
    """For the supporter edition alone; None in the others, and while there is neither."""
    return now() if edition == SUPPORTER else None


def now() -> Extras | None:
    """The next call and the latest letter; a print ends when the call begins, and when it is over."""
    extras = Extras(next_call(), latest_letter())
    return extras if extras.call or extras.letter else None


def next_call() -> NextCall | None:
    """The call that is on, or that comes next."""
    made_of("list:calls")
    call = Call.objects.coming().first()
    if call is None:
        return None
    changes_at(call.starts_at)
    changes_at(call.ends_at)
    return NextCall(call, is_on=call.starts_at <= clock.now())


def latest_letter() -> Issue | None:
    """The issue of the supporters' letter that was sent last."""
    made_of("letter-lists", "list:letters")
    sent = Issue.objects.sent().filter(list__benefit=LETTER).select_related("list", "written_by")
    return sent.newest().defer("body").first()
