"""What happened and what was told, day by day: one query over the tables of every floor, however long the history.

Each floor gives its rows in the same six columns of text; of each source no more are read than the page can show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from .register import File

A_PAGE = 30
COLUMNS = ("log_source", "log_at", "log_ref", "log_a", "log_b", "log_c", "log_d")

TOLD, MONEY, CHANGE, LETTER, CALL, NOTE = "told", "money", "change", "letter", "call", "note"
KINDS = {
    TOLD: "What we told them", MONEY: "Money", CHANGE: "Changes", LETTER: "Letters", CALL: "Calls",
    NOTE: "Notes and reasons",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One row as a floor gave it: where from, when, of what, and up to four more words."""

    source: str
    at: datetime
    ref: str
    a: str
    b: str
    c: str
    d: str


@dataclass(frozen=True)
class Line:
    """One line of the log as people read it. `by` is an Actor as text, named on the page."""

    at: datetime
    kind: str
    says: str
    more: str = ""
    by: str = ""
    key: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class Source:
    rows: Callable[[File], QuerySet[Any] | None]
    line: Callable[[Entry, File], Line | None]


SOURCES: dict[str, Source] = {}


def register(
    source: str, rows: Callable[[File], QuerySet[Any] | None], line: Callable[[Entry, File], Line | None]
) -> None:
    """Take part in the log: `rows` by `columns` below, None where there can't be any; `line` puts one into words."""
    SOURCES[source] = Source(rows, line)


def columns(source: str, rows: QuerySet[Any], file: File, *, at: Any, ref: Any = "", **words: Any) -> QuerySet[Any]:
    """The newest of `rows`, as many as the file's page needs, in the log's columns. Names are fields; F, Value, Concat
    and the like are taken as they are. `words` are a, b, c and d."""
    moment = F(at) if isinstance(at, str) else at
    newest = rows.order_by(moment.desc(), "-pk").values("pk")[: file.page * A_PAGE + 1]
    given = {"log_ref": ref, **{f"log_{name}": words.get(name, "") for name in "abcd"}}
    texts = {name: Cast(_expression(value), CharField()) for name, value in given.items()}
    chosen = rows.model._default_manager.filter(pk__in=newest).order_by()
    named = chosen.annotate(log_source=Cast(Value(source), CharField()), log_at=moment, **texts)
    columns: QuerySet[Any] = named.values_list(*COLUMNS)
    return columns


def _expression(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return F(value) if value else Value("")


def read(file: File) -> list[Line]:
    """The newest lines of every source, as many of each as the file's page needs, newest first. One query."""
    given = [rows for source in SOURCES.values() if (rows := source.rows(file)) is not None]
    if not given:
        return []
    first, *others = given
    together = first.union(*others, all=True) if others else first
    entries = [
        Entry(source, at, *(word or "" for word in words)) for source, at, *words in together.order_by("-log_at")
    ]
    return [line for entry in entries if (line := SOURCES[entry.source].line(entry, file)) is not None]


def page_of(lines: list[Line], page: int) -> tuple[list[Line], bool]:
    """One page of them, and whether there are older ones."""
    return lines[(page - 1) * A_PAGE : page * A_PAGE], len(lines) > page * A_PAGE
