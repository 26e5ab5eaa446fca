"""The verbs of a mailing: schedule, send, stop, go on, test; and how far it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from masthead.core.actors import Actor
from masthead.letters.models import Issue, Mailing, Proof


@dataclass(frozen=True)
class Progress:
    """How far a mailing is. `rate` is a minute's worth, measured; `left` is None when nobody can honestly say."""

    total: int
    sent: int
    waiting: int
    later: int  # of those waiting, the ones whose next try has its own time
    refused: int
    failed: int
    excluded: int
    repeats: int
    rate: float
    left: timedelta | None


def schedule(issue: Issue, at: datetime, by: Actor) -> Mailing:
    """Have `issue` sent at `at`, a moment by our clock. Raises NotReady, AlreadySent, or TooLarge."""
    raise NotImplementedError


def send(issue: Issue, by: Actor) -> Mailing:
    """Have `issue` sent now."""
    raise NotImplementedError


def stop(mailing: Mailing, by: Actor) -> Mailing:
    """Send no further message. What was taken by a mail server is gone. Raises NotUnderWay."""
    raise NotImplementedError


def go_on(mailing: Mailing, by: Actor) -> Mailing:
    """Send the rest. Raises NotStopped."""
    raise NotImplementedError


def test(issue: Issue, to: str, edition: str, by: Actor) -> Proof:
    """Send one copy of `issue` as it is now, marked as a test, to an address of the newsroom's choice."""
    raise NotImplementedError


def progress(mailing: Mailing) -> Progress:
    """Count how far it is, from the deliveries themselves."""
    raise NotImplementedError
