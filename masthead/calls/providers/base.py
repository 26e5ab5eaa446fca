"""The one interface behind which calls happen: an outside link, a Jitsi server, one day a room of our own.

A provider is a small class here and one line in `__init__.py`. It keeps nothing: what it needs about a call stands in
the call's `place`, what it may say in its name stands in the environment.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from masthead.core.refusals import Trouble

if TYPE_CHECKING:
    from masthead.calls.models import Call

Place = dict[str, Any]


class Role(StrEnum):
    """What somebody may do in the room."""

    HOST = "host"
    AUDIENCE = "audience"


@dataclass(frozen=True)
class Member:
    """Somebody who goes in: a reference that says nothing, and the name they chose to show; '' shows none."""

    reference: str
    name: str = ""


@dataclass(frozen=True)
class Redirect:
    """The room stands elsewhere: the browser is led to `url`, which may open it and is never stored or logged."""

    url: str = field(repr=False)


@dataclass(frozen=True)
class Stage:
    """The room stands in our own page: what that page needs to watch and, as host, to publish.

    The place kept for a self-hosted room. No provider that ships answers with it, and `register` takes none that
    would: first a page must be there that carries it.
    """

    ticket: str = field(repr=False)  # signed, minutes long: names call, member and role
    signalling: str  # a path of ours that offers and answers are posted to
    publishes: bool  # whether this member may be seen and heard


Join = Redirect | Stage


class ProviderRefused(Trouble):
    """The place can't be entered as it is set up, or does not answer. Nothing was spent by trying."""


class CallProvider(ABC):
    """Where calls happen. `join` is asked at the moment of the click, after everything else said yes."""

    key: ClassVar[str]
    label: ClassVar[str]
    embedded: ClassVar[bool] = False
    """Whether our own page carries the room (`join` gives a Stage), or leads out of the house (a Redirect)."""
    takes_name: ClassVar[bool] = False
    """Whether the room is told the name that a member chose."""

    @abstractmethod
    def validate(self, place: Place) -> list[str]:
        """What is wrong with a place as the desk typed it, a sentence each; nothing when it may be saved."""

    @abstractmethod
    def prepare(self, call: Call) -> Place:
        """Make the room, where one has to be made, and give the place as it is to be kept. May be repeated."""

    @abstractmethod
    def origin(self, call: Call, role: Role) -> str:
        """The scheme and host that `join` leads to: what the page with the button must allow forms to reach."""

    @abstractmethod
    def join(self, call: Call, member: Member, role: Role) -> Join:
        """The way in for one person, made now and for now. Raises ProviderRefused."""

    def remove(self, call: Call, member: Member) -> bool:
        """Put somebody out of the room. False: this provider can't."""
        return False

    def end(self, call: Call) -> None:  # noqa: B027  (most rooms end by themselves)
        """Close the room after the call."""

    @abstractmethod
    def health(self, place: Place) -> list[str]:
        """What would keep people out, a sentence each, as far as it can be found out beforehand."""
