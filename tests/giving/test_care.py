"""One person on one page of the desk: what went wrong, what comes next, what they were told, and what can be done."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from masthead.core import clock, jobs
from masthead.core.models import AuditRecord, Message
from masthead.giving.models import Pledge
from masthead.giving.states import State
from masthead.membership import grants
from masthead.membership.models import Courtesy
from masthead.money import failures
from masthead.money.models import Payment, Refund
from masthead.readers import accounts, privacy
from masthead.readers.models import AddressChange, CareNote, Reader
from tests.worlds.desk import Desk
from tests.worlds.giving import Giver, Newsroom
from tests.worlds.money import GBP

pytestmark = pytest.mark.django_db


@pytest.fixture
def care(newsroom: Newsroom) -> Desk:
    """Somebody of supporter care."""
    return Desk("Supporter care")


def page_of(reader: Reader) -> str:
    return f"/desk/care/reader-{reader.reference}/"


def words_of(answer: Any) -> str:
    """What a page says, without its tags."""
    text = re.sub(r"<(script|style|template)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()).replace("&#x27;", "’")


def does(desk: Desk, path: str, **typed: Any) -> Any:
    """Opens the page of an act, fills in its form and sends it."""
    once = re.search(r'name="once" value="([0-9a-f]{32})"', desk.get(path).content.decode())
    assert once, f"{path} has no form"
    seen = re.search(r'name="seen" value="(\d+)"', desk.get(path).content.decode())
    form = {"once": once[1], "reason": "They asked by mail.", **({"seen": seen[1]} if seen else {}), **typed}
    return desk.post(path, form), form


def test_a_failure_says_why_what_comes_next_and_what_they_were_told(newsroom, care, today):
    today(date(2026, 3, 3))
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    reader = ada.confirms()
    newsroom.bank.play(pledge.mandate, "no_money")
    newsroom.until(date(2026, 4, 3))

    with CaptureQueriesContext(connection, ) as queries:
        page = care.get(page_of(reader))
    for q in queries.captured_queries: print(q["sql"][:3000], "\n")
    print(len(queries))
    said = words_of(page)
    print(said)
    assert 0
