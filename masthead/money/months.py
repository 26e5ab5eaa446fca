"""Months of the books: closed one after the other, opened again from the last, each with who, when and why.

Into a closed month nothing posts: the database refuses it (guards), and `ledger.post` puts what is late into the first
open month. So all months up to the last closed one are closed.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.formats import date_format

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.money import ledger
from masthead.money.models import MonthClose, Transaction, Turnover
from masthead.press.changes import announce

audit.register("month.closed", "{by} closed {month} in the books")
audit.register("month.reopened", "{by} opened {month} in the books again")


class NotOver(Refusal):
    """The month is still going on."""

    for_people_text = "%(month)s is not over yet. It can be closed from %(day)s on."


class EarlierIsOpen(Refusal):
    """Months are closed in their order."""

    for_people_text = "%(earlier)s is still open. Close that first: months are closed one after the other."


class IsClosed(Refusal):
    """It was closed before."""

    for_people_text = "%(month)s is closed already. Nothing has been changed."


class BooksAreWrong(Refusal):
    """Entries that don't balance, or sums that are not what the lines say."""

    for_people_text = (
        "The books of %(month)s are not right, so they can't be closed: %(wrong)s. Nothing has been changed. "
        "Whoever looks after the server finds out what wrote to the database beside Masthead."
    )


class NotClosed(Refusal):
    """There is nothing to open."""

    for_people_text = "%(month)s is open. Nothing has been changed."


class LaterIsClosed(Refusal):
    """Months are opened from the last."""

    for_people_text = "%(later)s is closed too. Open that first: months are opened again from the last one back."


class NoReason(Refusal):
    """Nobody said why."""

    for_people_text = "Say why it is opened again: whoever reads the books later wants to know."


@dataclass(frozen=True)
class Month:
    """A month that has something in the books, and its close if it is closed."""

    first: date
    close: MonthClose | None

    @property
    def is_over(self) -> bool:
        """Whether it may be closed, as far as the calendar goes."""
        return clock.add_months(self.first, 1) <= clock.today()


def close(month: date, *, by: Actor) -> MonthClose:
    """Close a month, given by its first day. Raises NotOver, IsClosed, EarlierIsOpen or BooksAreWrong.

    Its figures are frozen as they are. Looks at the lines of this month alone, however many are older.
    """
    following = clock.add_months(month, 1)
    if following > clock.today():
        raise NotOver(month=in_words(month), day=date_format(following, "j F Y"))
    with transaction.atomic():
        announce(ledger.BOOKS)  # who posts waits until this is done
        last = _closed().first()
        if last and last.month >= month:
            raise IsClosed(month=in_words(month))
        earliest = _open_since(last).filter(month__lt=month).aggregate(first=Min("month"))["first"]
        if earliest:
            raise EarlierIsOpen(earlier=in_words(earliest))
        if found := wrong(month):
            raise BooksAreWrong(month=in_words(month), wrong="; ".join(found[:3]))
        figures = figures_of(month)
        made = MonthClose.objects.create(
            month=month,
            last_on=following - timedelta(days=1),
            figures=figures,
            entries=Transaction.objects.filter(**ledger.within(month, "on")).count(),
            before=last.digest if last else "",
            digest=digest(month, figures, last.digest if last else ""),
            closed_by=str(by),
        )
        audit.record("month.closed", made, by=by, month=f"{month:%Y-%m}")
    return made


def reopen(month: date, *, reason: str, by: Actor) -> MonthClose:
    """Open a closed month again, the last one only. Raises NoReason, NotClosed or LaterIsClosed."""
    reason = reason.strip()
    if not reason:
        raise NoReason
    with transaction.atomic():
        announce(ledger.BOOKS)
        last: MonthClose | None = _closed().select_for_update().first()
        if last is None or last.month < month or not _closed().filter(month=month).exists():
            raise NotClosed(month=in_words(month))
        if last.month > month:
            raise LaterIsClosed(later=in_words(last.month))
        last.reopened_at, last.reopened_by, last.reason = clock.now(), str(by), reason[:500]
        last.save(update_fields=["reopened_at", "reopened_by", "reason"])
        audit.record("month.reopened", last, by=by, month=f"{month:%Y-%m}")
    return last


def listed() -> list[Month]:
    """Months that have something in the books, newest first; from kept sums, whatever the number of lines."""
    closes = {close.month: close for close in _closed()}
    months = set(Turnover.objects.values_list("month", flat=True).distinct().order_by()) | closes.keys()
    return [Month(month, closes.get(month)) for month in sorted(months, reverse=True)]


def next_to_close() -> date | None:
    """The earliest open month that has something in the books; None where there is none."""
    first: date | None = _open_since(_closed().first()).aggregate(first=Min("month"))["first"]
    return first


def wrong(month: date) -> list[str]:
    """What keeps a month from being closed, in words: counted anew from its own lines."""
    uneven = [f"{key} does not sum to zero" for key, _currency in ledger.imbalances(month)]
    sums = [
        f"{' '.join(filter(None, rest))} is kept as {kept} and counted as {counted}"
        for (_month, *rest), (kept, counted) in ledger.miscounted(month).items()
    ]
    return uneven + sums


def disagreeing() -> list[str]:
    """Closed months whose figures are not those of the books any more, or whose digest is not theirs."""
    found = []
    for each in _closed():
        if each.figures != figures_of(each.month):
            found.append(f"{each}: the books are not what was closed")
        if each.digest != digest(each.month, each.figures, each.before):
            found.append(f"{each}: the figures are not those that were closed")
    return found


def figures_of(month: date) -> list[list[Any]]:
    """The monthly sums of the books as they stand, in a fixed order."""
    rows = Turnover.objects.filter(month=month).exclude(minor=0)
    return [list(row) for row in rows.order_by(*ledger.OF_A_SUM).values_list(*ledger.OF_A_SUM[1:], "minor")]


def digest(month: date, figures: list[list[Any]], before: str) -> str:
    """The SHA-256 of a month's figures and of the digest before, in hexadecimal."""
    said = json.dumps([f"{month:%Y-%m}", figures, before], separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()


def in_words(month: date) -> str:
    """March 2026."""
    return date_format(month, "F Y")


def _closed() -> Any:
    return MonthClose.objects.filter(reopened_at=None).order_by("-month")


def _open_since(last: MonthClose | None) -> Any:
    rows = Turnover.objects.exclude(minor=0)
    return rows.filter(month__gt=last.month) if last else rows
