"""What a press knows of the changes: for each part of pages, the number of the last change that it has read.

Reads the change rows without Django: with the standard library on SQLite, with psycopg on PostgreSQL.
"""

import json
import sqlite3
import time
from collections.abc import Collection, Iterable
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, Protocol

_AFTER = "SELECT id, parts, pull FROM press_change WHERE id > {} ORDER BY id"
_EXTREMES = "SELECT min(id), max(id) FROM press_change"


class Row(NamedTuple):
    """A change as the press reads it."""

    number: int
    parts: Collection[str]
    pull: bool


class Unreachable(Exception):
    """The database does not answer: nothing can be learned of changes now."""


class Rows(Protocol):
    """The change rows of one database, for one thread at a time."""

    quick: bool

    def after(self, number: int) -> list[Row]: ...

    def oldest(self) -> int: ...


class SqliteRows:
    """Read in microseconds from a connection kept open, so the loop may wait for it."""

    quick = True

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None

    def after(self, number: int) -> list[Row]:
        return [Row(pk, json.loads(parts), bool(pull)) for pk, parts, pull in self._ask(_AFTER.format("?"), number)]

    def oldest(self) -> int:
        return self._ask(_EXTREMES)[0][0] or 0

    def _ask(self, question: str, *values: int) -> list[tuple[Any, ...]]:
        try:
            if self._connection is None:
                # Not mode=ro: a reader of a WAL database must be able to make its -shm file.
                self._connection = sqlite3.connect(
                    f"file:{self._file}?mode=rw", uri=True, isolation_level=None, check_same_thread=False, timeout=1
                )
                self._connection.execute("PRAGMA query_only=ON")
            return self._connection.execute(question, values).fetchall()
        except sqlite3.Error as error:
            self._connection = None
            raise Unreachable(str(error)) from error


class PostgresRows:
    """Read over the network, so never on the loop."""

    quick = False

    def __init__(self, connection: dict[str, str]) -> None:
        self._how = connection
        self._connection: Any = None

    def after(self, number: int) -> list[Row]:
        return [Row(pk, parts, pull) for pk, parts, pull in self._ask(_AFTER.format("%s"), number)]

    def oldest(self) -> int:
        return self._ask(_EXTREMES)[0][0] or 0

    def _ask(self, question: str, *values: int) -> list[tuple[Any, ...]]:
        import psycopg

        try:
            if self._connection is None:
                self._connection = psycopg.connect(**self._how, autocommit=True, connect_timeout=5)  # type: ignore[arg-type]
            return list(self._connection.execute(question, values).fetchall())
        except psycopg.Error as error:
            self._connection = None
            raise Unreachable(str(error)) from error


class Standing(Enum):
    """How a print stands to the changes known."""

    GOOD = "good"
    OLD = "old"  # something in it has changed: it may be shown for a second while it is remade
    PULLED = "pulled"  # it may not be shown


class Known:
    """The changes read so far. Prints made before `floor` can't be judged, since rows that old are forgotten."""

    def __init__(self) -> None:
        self.number = 0
        self.floor = 0
        self._changed: dict[str, int] = {}
        self._pulled: dict[str, int] = {}
        self._noticed: dict[str, float] = {}

    def learn(self, rows: Iterable[Row], oldest: int) -> None:
        """Take in the rows after `number`, in order. `oldest` is the first row still kept."""
        if oldest > self.number + 1:
            self._changed.clear()
            self._pulled.clear()
            self._noticed.clear()
            self.floor = oldest - 1
        noticed = time.monotonic()
        for row in rows:
            self.number = row.number
            for part in row.parts:
                self._changed[part] = row.number
                self._noticed[part] = noticed
                if row.pull:
                    self._pulled[part] = row.number

    def standing(self, number: int, parts: Collection[str]) -> Standing:
        """How a print of `parts` stands that was rendered when `number` was the newest change."""
        if not self.floor <= number <= self.number:
            return Standing.PULLED
        if any(self._pulled.get(part, 0) > number for part in parts):
            return Standing.PULLED
        if any(self._changed.get(part, 0) > number for part in parts):
            return Standing.OLD
        return Standing.GOOD

    def noticed(self, number: int, parts: Collection[str]) -> float:
        """When (monotonic seconds) the last change that made this print old was read."""
        return max((self._noticed[part] for part in parts if self._changed.get(part, 0) > number), default=0.0)
