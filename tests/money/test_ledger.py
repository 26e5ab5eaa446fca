"""The books: what does not balance is refused by the database itself, whoever writes it."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from masthead.money import checks, guards, ledger
from masthead.money.amounts import Money
from masthead.money.ledger import Misposted, credit, debit, post
from masthead.money.models import Line, Transaction
from tests.worlds.money import GBP, journal

DAY = date(2026, 3, 1)


def coffee(key: str = "coffee", pence: str = "2.50") -> Transaction:
    return post(key, on=DAY, lines=[debit("fees", GBP(pence)), credit("owed_by:practice", GBP(pence))])


@pytest.mark.django_db
def test_an_entry_moves_money_from_one_account_to_another() -> None:
    coffee()

    assert ledger.balance("fees") == {"GBP": GBP("2.50")}
    assert ledger.balance("owed_by:practice") == {"GBP": GBP("-2.50")}
    assert ledger.imbalances() == {}


@pytest.mark.django_db
def test_the_same_key_posts_once() -> None:
    coffee()
    coffee()

    assert ledger.balance("fees") == {"GBP": GBP("2.50")}


@pytest.mark.django_db
def test_two_different_things_cannot_bear_one_key() -> None:
    coffee()

    with pytest.raises(Misposted):
        coffee(pence="3.00")


@pytest.mark.django_db
def test_a_mistake_is_reversed() -> None:
    coffee()

    ledger.reverse("coffee", on=DAY)

    assert ledger.balance("fees") == {"GBP": GBP("0.00")}
    assert sorted(journal()) == ["coffee", "coffee:reversed"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lines",
    [
        [debit("fees", GBP("5.00")), credit("income:gifts", GBP("4.99"))],
        [debit("fees", GBP("5.00")), credit("income:gifts", Money.of("5.00", "EUR"))],
        [debit("fees", GBP("5.00"))],
        [],
    ],
    ids=["uneven", "even only across currencies", "one-sided", "empty"],
)
def test_the_database_refuses_what_does_not_balance(lines: list[ledger.Side]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        post("wrong", on=DAY, lines=lines)

    assert journal() == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda: Line.objects.create(transaction_id="coffee", account="fees", amount_minor=1, currency="GBP", on=DAY),
        lambda: Line.objects.filter(account="fees").update(amount_minor=1),
        lambda: Line.objects.filter(account="fees")._raw_delete("default"),
        lambda: Transaction.objects.update(on=date(2025, 1, 1)),
        lambda: Transaction.objects.filter(key="coffee")._raw_delete("default"),
        lambda: Line.objects.bulk_create(
            [Line(transaction_id="x", account="fees", amount_minor=0, currency="GBP", on=DAY)]
        ),
    ],
    ids=["a late line", "an edited line", "a deleted line", "an edited entry", "a deleted entry", "a line of nothing"],
)
def test_the_database_refuses_to_change_the_books(act: object) -> None:
    coffee()

    with pytest.raises(IntegrityError), transaction.atomic():
        act()  # type: ignore[operator]

    assert journal() == {"coffee": [("fees", 250), ("owed_by:practice", -250)]}


@pytest.mark.django_db
def test_lines_without_an_entry_do_not_outlive_the_transaction() -> None:
    point = transaction.savepoint()
    Line.objects.create(transaction_id="nothing", account="fees", amount_minor=1, currency="GBP", on=DAY)

    with pytest.raises(IntegrityError):
        connection.check_constraints()
    transaction.savepoint_rollback(point)


@pytest.mark.django_db
def test_a_lost_guard_is_missed_and_can_be_made_anew() -> None:
    with connection.cursor() as cursor:
        where = " ON money_line" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER money_line_is_not_edited{where}")
    assert checks.books() == ["the books are not guarded: money_line_is_not_edited"]
    assert [error.id for error in checks.guards_are_there(databases=["default"])] == ["money.E001"]

    with connection.cursor() as cursor:
        for statement in guards._statements(connection.vendor)["money_line_is_not_edited"]:
            cursor.execute(statement)

    assert checks.books() == []


entries = st.lists(
    st.tuples(st.sampled_from(["fees", "refunds", "income:gifts"]), st.integers(-1000, 1000), st.sampled_from("GE")),
    max_size=6,
)


class BooksOfAnybody(TestCase):
    """Whatever anybody tries to post, what stands in the books sums to zero."""

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.sampled_from("abcd"), entries), max_size=8))
    def test_the_books_balance_whatever_is_tried(self, tries: list[tuple[str, list[tuple[str, int, str]]]]) -> None:
        for key, lines in tries:
            sides = [debit(account, Money(minor, {"G": "GBP", "E": "EUR"}[c])) for account, minor, c in lines]
            evened = [*sides, *(credit("owed_by:practice", side.amount) for side in sides[: len(key) * 3])]
            for attempt in (sides, evened):
                try:
                    with transaction.atomic():
                        post(key, on=DAY, lines=attempt)
                except (IntegrityError, Misposted):
                    pass

        assert ledger.imbalances() == {}
