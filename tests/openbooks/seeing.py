"""What the page says, as a reader or a machine would take it from there."""

import csv
import io
import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

PAGE = "/open-books/"


def read(path: str = PAGE) -> str:
    """The page as it is rendered now."""
    answer = Client().get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return answer.content.decode()


def counts_on(page: str) -> dict[str, int]:
    """The five counts, by what `data-count` calls them."""
    found = re.findall(r'data-count="(\w+)">([\d,]+)<', page)
    return {name: int(number.replace(",", "")) for name, number in found}


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table, from its CSV."""
    return list(csv.DictReader(io.StringIO(read(f"{PAGE}{name}.csv"))))


def words(page: str) -> str:
    """The words of a page, in one line."""
    return re.sub(r"\s+", " ", strip_tags(page))


def queries_of(path: str = PAGE) -> list[dict[str, Any]]:
    """What the page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        read(path)
    return asked.captured_queries
