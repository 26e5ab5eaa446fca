"""Sums that are kept where things change: a row for each key, added to by the database itself.

Whoever changes what is counted adds the difference in the same transaction, so a page that shows a sum costs the same
however much was counted. Two who add at once both count: the database adds, nobody reads first.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model


def add(model: type[Model], changes: Mapping[tuple[Any, ...], int], *, keys: tuple[str, ...], total: str) -> None:
    """Add each number of `changes` to the field `total` of the row with this key, made where it is missing.

    `keys` names the fields of the key, which have a unique constraint. Rows are taken in the order of their keys, so
    that two transactions that add to the same ones wait for each other instead of locking each other out.
    """
    rows = sorted((key, number) for key, number in changes.items() if number)
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in (*keys, total)]
    quote = connection.ops.quote_name
    table, sum_ = quote(model._meta.db_table), quote(str(fields[-1].column))
    columns = ", ".join(quote(str(field.column)) for field in fields)
    unique = ", ".join(quote(str(field.column)) for field in fields[:-1])
    marks = ", ".join(["%s"] * len(fields))
    upsert = (  # nothing in it comes from outside: names are those of our own columns
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) "  # noqa: S608
        f"ON CONFLICT ({unique}) DO UPDATE SET {sum_} = {table}.{sum_} + excluded.{sum_}"
    )
    with connection.cursor() as cursor:
        for key, number in rows:
            values = zip(fields, (*key, number), strict=True)
            cursor.execute(upsert, [field.get_db_prep_save(value, connection) for field, value in values])
