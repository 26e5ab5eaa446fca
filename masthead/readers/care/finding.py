"""One box that finds people: by name, address, reference, last four digits, amount or day."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from masthead.core import clock

A_PAGE = 25
MOST_PAGES = 20
LEAST = 2  # letters of a name
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %B %Y", "%d %b %Y")
_AMOUNT = re.compile(r"[£€$]?\s?[0-9][0-9.,]*(?:\s?[A-Za-z]{3})?|[A-Za-z]{3}\s[0-9][0-9.,]*")


@dataclass(frozen=True)
class Wanted:
    """What was typed, as each finder may need it. A day may stand beside an amount: `£6 on 3 October 2026`."""

    text: str
    day: date | None
    amount: str
    digits: str

    @property
    def is_address(self) -> bool:
        return "@" in self.text

    @property
    def is_reference(self) -> bool:
        """Whether it can be one: no blank in it."""
        return bool(self.text) and " " not in self.text


@dataclass(frozen=True)
class Hit:
    """Somebody who was found, and by what."""

    key: str
    name: str
    address: str
    because: str
    on: date | None = None


Finder = Callable[[Wanted, int], Iterable[Hit]]
_FINDERS: list[tuple[int, Finder]] = []


def register(finder: Finder, *, order: int) -> None:
    """Take part in the search: `finder` gives at most so many hits; the lower `order`, the sooner."""
    _FINDERS.append((order, finder))
    _FINDERS.sort(key=lambda pair: pair[0])


def read(typed: str) -> Wanted:
    """Make out what was typed."""
    text = " ".join(typed.split())
    day, rest = _day_in(text)
    rest = rest.removesuffix(" on").strip()
    amount = rest if _AMOUNT.fullmatch(rest) else ""
    digits = text if re.fullmatch(r"[0-9]{4}", text) else ""
    return Wanted(text, day, amount, digits)


def _day_in(text: str) -> tuple[date | None, str]:
    """A day at the end, and what stands before it."""
    words = text.split(" ")
    for count in (3, 1):
        for form in DAYS:
            with suppress(ValueError):
                day = datetime.strptime(" ".join(words[-count:]), form).date()
                return day, " ".join(words[:-count])
    if text.lower() == "today":
        return clock.today(), ""
    return None, text


def search(typed: str, *, page: int) -> tuple[list[Hit], bool]:
    """A page of who was found, each person once, and whether there are more."""
    wanted = read(typed)
    until = page * A_PAGE + 1
    hits = islice(_each_once(wanted, until), (page - 1) * A_PAGE, until)
    found = list(hits)
    return found[:A_PAGE], len(found) > A_PAGE and page < MOST_PAGES


def _each_once(wanted: Wanted, most: int) -> Iterable[Hit]:
    seen: set[str] = set()
    for _, finder in _FINDERS:
        for hit in finder(wanted, most + len(seen)):
            who = hit.address or hit.key  # somebody unconfirmed has as many keys as orders
            if who not in seen:
                seen.add(who)
                yield hit
