"""Change rows: written with the change, counted, forgotten."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from masthead.press import changes
from masthead.press.known import Known, Row, Standing
from masthead.press.models import Change


@pytest.fixture
def real_commits(django_db_setup, django_db_blocker):
    """Transactions that are really committed; the ledger lets no table be emptied, so only the changes go again."""
    with django_db_blocker.unblock():
        yield
        Change.objects.all().delete()
        connection.close()


@pytest.mark.usefixtures("real_commits")
def test_a_change_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError, match="wrap the change"):
        changes.announce("page:1")

    with transaction.atomic():
        changes.announce("page:1", "list:front", "page:1")
    assert Change.objects.get().parts == ["list:front", "page:1"]


@pytest.mark.usefixtures("real_commits")
def test_the_doubt_ends_with_the_transaction_however_it_ends():
    epoch = changes.epoch()

    def under_way():
        return epoch.begun - epoch.finished

    seen = []
    with transaction.atomic():
        changes.announce("page:1")
        seen.append(under_way())
    seen.append(under_way())
    with transaction.atomic():
        changes.announce("page:1")
        transaction.set_rollback(True)
    seen.append(under_way())
    with transaction.atomic():
        changes.announce("page:1")
        connection.close()
    seen.append(under_way())

    assert seen == [1, 0, 0, 0]


@pytest.mark.django_db
def test_old_changes_are_forgotten(monkeypatch):
    monkeypatch.setattr(changes, "KEPT_ROWS", 3)
    Group.objects.create(name="stands for anything")
    for number in range(5):
        changes.announce(f"page:{number}")

    assert changes.prune() == 2
    assert [row.parts for row in Change.objects.order_by("pk")] == [["page:2"], ["page:3"], ["page:4"]]


def test_a_press_that_missed_forgotten_changes_trusts_nothing_older():
    known = Known()
    known.learn([Row(1, ["page:1"], False)], oldest=1)
    before = known.standing(1, ["page:2"])

    known.learn([Row(8, ["page:9"], False)], oldest=8)

    assert before is Standing.GOOD
    assert [known.standing(number, ["page:2"]) for number in (1, 6, 7, 8, 9)] == [
        Standing.PULLED,
        Standing.PULLED,
        Standing.GOOD,
        Standing.GOOD,
        Standing.PULLED,
    ]


def test_a_pull_is_told_from_a_change():
    known = Known()
    known.learn([Row(1, ["page:1"], False), Row(2, ["page:2"], True), Row(3, ["page:2"], False)], oldest=1)

    assert known.standing(0, ["page:1"]) is Standing.OLD
    assert known.standing(0, ["page:2", "page:1"]) is Standing.PULLED
    assert known.standing(2, ["page:2"]) is Standing.OLD
    assert known.standing(3, ["page:1", "page:2"]) is Standing.GOOD
