"""What must hold before money moves: the guards of the books are in the database, and the books balance."""

from collections.abc import Sequence
from typing import Any

import structlog
from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection, connections

from masthead.core.jobs import every
from masthead.core.starting import BEFORE_START
from masthead.money import guards, ledger, months

log = structlog.get_logger("masthead.money")


@register(Tags.database, BEFORE_START)
def guards_are_there(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Compare the triggers in the database with the list that they should be."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        database = connections[alias]
        if "money_line" not in database.introspection.table_names():
            continue  # not migrated yet
        if lost := guards.missing(database):
            cure = "run `masthead manage guard_books`"
            found.append(Error(f"the books are not guarded: {', '.join(lost)}", hint=cure, id="money.E001"))
    return found


@register(Tags.database)
def books_balance(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Count the books anew, line by line."""
    if "default" not in (databases or []) or "money_line" not in connection.introspection.table_names():
        return []
    cure = "something wrote to the database beside Masthead: compare with a backup"
    return [Error(f"the books do not balance: {wrong}", hint=cure, id="money.E002") for wrong in _in_the_books()]


@every(days=1)
def recount() -> None:
    """Every night the books are counted anew; what is wrong is an error in the log."""
    for wrong in books():
        log.error("money.books_wrong", wrong=wrong)


def books() -> list[str]:
    """What is wrong with the books, counted anew, in words: for `masthead check` and tests. Empty when they agree."""
    return [f"the books are not guarded: {name}" for name in guards.missing()] + _in_the_books()


def _in_the_books() -> list[str]:
    return _imbalances() + _miscounted() + months.disagreeing()


def _imbalances() -> list[str]:
    return [
        f"{key}: {minor} {currency} too much" if currency else f"{key}: an entry without lines"
        for (key, currency), minor in ledger.imbalances().items()
    ]


def _miscounted() -> list[str]:
    return [
        f"{month:%Y-%m} {' '.join(filter(None, rest))}: the sum is {kept}, the lines say {counted}"
        for (month, *rest), (kept, counted) in ledger.miscounted().items()
    ]
