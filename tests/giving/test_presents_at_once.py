"""What several do with a present at the same moment: real threads, each with a connection of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from masthead.core import clock
from masthead.core.models import AuditRecord, Hit, Message
from masthead.giving import presents
from masthead.giving.models import Present
from masthead.giving.refusals import PresentClaimed, PresentTakenBack
from masthead.membership.models import Grant
from masthead.press.models import Change
from masthead.readers.models import Reader
from tests.calls.test_at_the_same_moment import at_once
from tests.worlds import readers
from tests.worlds.rooms import STAFF

LINK = "a-link-that-nobody-guesses"
MADE = (Grant, Present, Message, DBTaskResult, AuditRecord, Hit, Change, Reader)


@pytest.fixture(autouse=True)
def _rows_that_others_see(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Threads see only what is committed; what these tests made is deleted."""
    with django_db_blocker.unblock():
        yield
        for model in MADE:
            model.objects.all().delete()
        connection.close()


def a_present(**facts: Any) -> Present:
    """One that is paid for, as the table has it."""
    return Present.objects.create(
        months=3, amount_minor=900, currency="GBP", state="bought", bought_at=clock.now(),
        claim_until=clock.today() + presents.CLAIM_FOR, email="ada@example.org",
        link_hash=presents.hash_of(LINK), **facts,
    )  # fmt: skip


def test_of_six_who_open_it_at_the_same_moment_exactly_one_gets_it():
    present = a_present()
    people = [readers.reader(f"reader{number}@example.org") for number in range(6)]

    wrong = at_once(*(lambda reader=reader: presents.claim(LINK, reader=reader, by=reader.actor) for reader in people))

    assert [type(error) for error in wrong] == [PresentClaimed] * 5
    winner = Present.objects.get(pk=present.pk).receiver
    assert set(Grant.objects.values_list("reader", flat=True)) == {winner.pk}
    assert Message.objects.filter(key__endswith=":claimed").count() == 1


def test_opened_and_given_back_at_the_same_moment_one_of_both_happens():
    present, bea = a_present(), readers.reader("bea@example.org")

    wrong = at_once(
        lambda: presents.claim(LINK, reader=bea, by=bea.actor), lambda: presents.give_back(present, by=STAFF)
    )

    now = Present.objects.get(pk=present.pk)
    assert len(wrong) == 1
    refusals = {"claimed": PresentClaimed, "taken_back": (PresentTakenBack, presents.NoSuchLink)}
    assert isinstance(wrong[0], refusals[now.state])
    assert Grant.objects.exists() == (now.state == "claimed")


def test_four_workers_deliver_it_once():
    present = a_present(deliver_on=clock.today() - clock.days(1), receiver_email="bea@example.org")

    wrong = at_once(*(lambda: presents.deliver(present) for _ in range(4)))

    assert wrong == []
    assert Message.objects.filter(to="bea@example.org").count() == 1
    assert Present.objects.get(pk=present.pk).links_made == 1
