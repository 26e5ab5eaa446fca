"""Whether mail of this newsroom is believed: SPF, DKIM, DMARC and where letters come back to, looked up in the DNS."""

from dataclasses import dataclass
from datetime import timedelta

from masthead.core.actors import Actor
from masthead.letters.models import Overrule

LARGE = 500  # recipients; a mailing to more waits until all passes


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `asked` is False where nobody answered: then it neither passes nor is wrong."""

    name: str
    passes: bool
    says: str
    asked: bool = True


@dataclass(frozen=True)
class Clearance:
    """Whether a mailing may go, and why or why not, in a sentence."""

    passes: bool
    says: str


def examine(within: timedelta = timedelta(seconds=4)) -> list[Finding]:
    """Look everything up now, in `within` at most."""
    raise NotImplementedError


def clear_for(count: int) -> Clearance:
    """Whether a mailing to `count` people may go out: up to LARGE always, above it when all passes or was overruled."""
    raise NotImplementedError


def overrule(reason: str, by: Actor) -> Overrule:
    """Let large mailings go although something is missing, which is written down. Raises NoReason."""
    raise NotImplementedError
