"""Addresses that get no letters: what is heard of them, and the rules that follow from it.

Only letters ask here. Mail to one person (a sign-in code, a receipt, a notice before money is taken) goes to a
suppressed address all the same: it was asked for a minute ago, or the law wants it sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from masthead.core.actors import Actor
from masthead.letters.models import Kind, Reason, Suppression


@dataclass(frozen=True)
class Heard:
    """What somebody reports of one letter to one address.

    `source` and `event_id` make a repeat known as one. `message_id` is the letter's, with or without brackets;
    with it alone the address is found. `at` is when it happened, None for now.
    """

    source: str
    event_id: str
    kind: Kind
    address: str = ""
    message_id: str = ""
    status: str = ""
    detail: str = ""
    at: datetime | None = None


def suppressed(addresses: Iterable[str]) -> set[str]:
    """Those of `addresses`, normalised, that get no letters."""
    raise NotImplementedError


def is_suppressed(address: str) -> bool:
    """Whether this address gets no letters."""
    raise NotImplementedError


def kind_of(status: str, text: str = "") -> Kind:
    """What a mail server's answer means: INVALID, SOFT or REFUSED, by its code (`550`, `5.1.1`), else its words."""
    raise NotImplementedError


def heard(*reports: Heard) -> int:
    """Keep reports, each once, to be weighed by a job after the commit. Returns how many were new."""
    raise NotImplementedError


def suppress(address: str, *, reason: Reason, by: Actor, source: str = "desk", detail: str = "") -> Suppression:
    """Write no more letters to `address`. A weightier reason takes the place of a lighter one."""
    raise NotImplementedError


def lift(suppression: Suppression, *, why: str, by: Actor) -> Suppression:
    """Write letters to the address again; what was heard until now no longer counts. Raises NoReason."""
    raise NotImplementedError
