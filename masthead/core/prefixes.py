"""Rows whose text begins with something, found by an index on either database."""

from django.db import connection
from django.db.models import Q

LAST = "\U0010ffff"


def begins_with(field: str, beginning: str) -> Q:
    """The rows whose `field` begins with `beginning`, letter by letter, capitals apart.

    SQLite uses no index for Django's LIKE, only for bounds, which follow the bytes there. PostgreSQL's bounds follow a
    language, and its LIKE uses the index that Django makes beside that of a text column.
    """
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": beginning, f"{field}__lt": beginning + LAST})
    return Q(**{f"{field}__startswith": beginning})
