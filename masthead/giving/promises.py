"""What is promised in return for support. `giving` promises nothing itself: the floor above says it here."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from masthead.money.amounts import Money
from masthead.money.customers import Sale

if TYPE_CHECKING:
    from masthead.readers.models import Device, Reader


@dataclass(frozen=True)
class Promise:
    """One thing that supporters get, in words for readers."""

    name: str
    sentence: str
    code: str = ""  # by which a higher floor knows how it is used


@dataclass(frozen=True)
class Level:
    """What is promised to who gives at least `floor` a month."""

    name: str
    floor: Money
    promises: tuple[Promise, ...]
    frees: bool  # whether adverts and appeals go

    @property
    def yearly_floor(self) -> Money:
        """The same, for who gives once a year."""
        return self.floor * 12

    def reached_by(self, amount: Money, often: str) -> bool:
        """Whether `amount`, given this often, is enough. What is given once never is."""
        floors = {"month": self.floor, "year": self.yearly_floor}
        return often in floors and amount.currency == self.floor.currency and amount >= floors[often]


@dataclass(frozen=True)
class Kept:
    """A promise that is being kept to somebody now: until when (None: while the support lasts), and why."""

    promise: Promise
    until: datetime | None
    why: str


class Source(Protocol):
    """Who knows what is promised and kept."""

    def levels(self) -> list[Level]: ...

    def kept_for(self, reader: "Reader | None", device: "Device | None") -> list[Kept]: ...

    def sale_of(self, amount: Money, interval: str) -> Sale | None: ...


_sources: list[Source] = []


def told_by(source: Source) -> None:
    """Called once, at the start, by the floor above."""
    _sources[:] = [source]


def levels() -> list[Level]:
    """The levels of support, lowest first; only promises that are kept already."""
    return _sources[0].levels()


def level_of(amount: Money, often: str) -> Level | None:
    """The highest level that this reaches, None when it reaches none."""
    return next((level for level in reversed(levels()) if level.reached_by(amount, often)), None)


def frees(amount: Money, often: str) -> bool:
    """Whether adverts and appeals go for `amount`, given this often."""
    return any(level.frees and level.reached_by(amount, often) for level in levels())


def sale_of(amount: Money, interval: str) -> Sale | None:
    """The part of it that is the price of something sold; None: all of it is support. The newsroom's adviser decides,
    and the desk keeps it with each level; here it is only recorded."""
    return _sources[0].sale_of(amount, interval)


def kept_for(reader: "Reader | None", device: "Device | None") -> list[Kept]:
    """What this reader, or this very device, has at the moment."""
    return _sources[0].kept_for(reader, device)
