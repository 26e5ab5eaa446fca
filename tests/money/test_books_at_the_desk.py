"""The books at the desk: the statement, accounts, what is behind each figure, as pages and as CSV."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from masthead.money import ledger, reports
from masthead.money.amounts import Money
from masthead.money.ledger import Account
from masthead.money.models import Issuer, Line, Receipt
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.money import GBP
from tests.worlds.openbooks import gave, many_lines, refunded, taken_back

MAY = date(2026, 5, 14)
OF_MAY = {"currency": "GBP", "month": "2026-05"}


def a_year() -> None:
    card = gave(GBP("10.00"), on=MAY, fee=30, method="card")
    gave(GBP("6.00"), on=date(2026, 6, 2), fee=20, method="debit", provider="debitors", kind=Account.GIFTS)
    gave(GBP("7.00"), on=date(2025, 5, 2), method="card")
    refunded(card, 400, on=MAY)
    sold = gave(GBP("12.00"), on=MAY, method="card", sale_minor=600, vat_hundredths=2000, vat_minor=100)
    taken_back(sold, on=date(2026, 6, 9), fee=150)


def rows_of(response: Any) -> list[list[str]]:
    content = b"".join(response) if response.streaming else response.content
    return list(csv.reader(io.StringIO(content.decode())))


def plain(sums: Any) -> dict[str, int]:
    return {column: amount.minor for column, amount in sums.items() if amount}


@pytest.mark.django_db
def test_a_statement_says_what_is_left_by_month_and_by_way_with_the_year_before(django_assert_num_queries):
    a_year()

    with django_assert_num_queries(2):
        found = reports.statement(2026, "GBP")

    assert plain(found.together.now) == {
        "income": 2700, "refunds": 400, "returned": 1100, "fees": 200, "left": 1000
    }  # fmt: skip
    assert plain(found.together.before) == {"income": 700, "left": 700}
    assert [(row.name, plain(row.now)) for row in found.months] == [
        ("May", {"income": 2100, "refunds": 400, "fees": 30, "left": 1670, "vat": 100}),
        ("June", {"income": 600, "returned": 1100, "fees": 170, "left": -670, "vat": -100}),
    ]
    assert [(row.name, row.now["left"].minor) for row in found.ways] == [
        ("Card, cardhouse", 420), ("Direct debit, debitors", 580)
    ]  # fmt: skip
    assert [(row.name, row.now["left"].minor) for row in found.kinds] == [("Memberships", 420), ("Gifts, once", 580)]


@pytest.mark.django_db
def test_every_figure_of_the_statement_opens_into_lines_that_add_up_to_it():
    a_year()
    found = reports.statement(2026, "GBP")

    for row in (*found.kinds, *found.months, *found.ways, found.together):
        for column, amount, asks in row.cells:
            wanted = reports.asked(asks)
            added = sum(line.amount_minor for line in reports.lines(wanted))
            sign = 1 if column in reports.TAKEN_OFF else -1
            assert (sign * added, reports.moved(wanted).minor) == (amount.minor, added), (row.name, column)


@pytest.mark.django_db
def test_a_bookkeeper_walks_from_the_statement_to_a_line_and_takes_all_of_it_along():
    a_year()
    desk = Desk("Bookkeepers")

    page = sentences_in(desk.get("/desk/books/?year=2026"))
    assert "£10.00" in page
    assert "column=refunds" in page
    behind = sentences_in(desk.get("/desk/books/lines/?year=2026&currency=GBP&column=refunds"))
    assert "1 line." in behind
    assert ":refunded</a>" in behind
    account = sentences_in(desk.get("/desk/books/lines/?account=owed_by:cardhouse&currency=GBP&month=2026-05"))
    assert ("At the beginning</dt><dd>£7.00" in account, "At the end</dt><dd>£24.70" in account) == (True, True)
    assert "No entry’s key has “nothing”" in sentences_in(
        desk.get("/desk/books/lines/?account=fees&currency=GBP&year=2026&q=nothing")
    )
    statement = rows_of(desk.get("/desk/books/?year=2026&export=csv"))
    assert [row for row in statement if row[:3] == ["together", "Together", "2026"]] == [
        ["together", "Together", "2026", "GBP", "27.00", "4.00", "11.00", "2.00", "10.00", "0.00", ""]
    ]
    chart = rows_of(desk.get("/desk/books/accounts/?export=csv"))
    assert [row[0] for row in chart[1:]] == [
        "owed_by:cardhouse", "owed_by:debitors", "income:gifts", "income:membership", "refunds", "returned", "fees",
        "vat",
    ]  # fmt: skip
    assert sum(float(row[2]) for row in chart[1:]) == 0


@pytest.mark.django_db
def test_the_lines_of_an_account_come_in_pages_and_whole_as_csv(monkeypatch):
    many_lines(360, year=2026)
    desk = Desk("Treasurers")

    page = sentences_in(desk.get("/desk/books/lines/?account=fees&currency=GBP&year=2026&p=2"))
    monkeypatch.setattr("masthead.money.bookkeeping.AT_ONCE", 50)  # a file is read in pieces: here in three
    answer = desk.get("/desk/books/lines/?account=fees&currency=GBP&year=2026&export=csv")
    rows = rows_of(_read(answer))

    assert ("120 lines." in page, "Page 2 of 3" in page) == (True, True)
    assert [int(row[0]) for row in rows[1:]] == list(
        Line.objects.filter(account="fees").order_by("on", "pk").values_list("pk", flat=True)
    )


class _Whole:
    """An answer that came piece by piece."""

    streaming = False

    def __init__(self, content: bytes) -> None:
        self.content = content


def _read(answer: Any) -> _Whole:
    from asgiref.sync import async_to_sync

    async def pieces() -> bytes:
        return b"".join([piece async for piece in answer])

    return _Whole(async_to_sync(pieces)())


@pytest.mark.django_db
def test_empty_books_say_so_and_wrong_addresses_are_no_figures():
    desk = Desk("Treasurers")

    assert "Nothing is in the books yet" in sentences_in(desk.get("/desk/books/"))
    assert "No account has anything yet" in sentences_in(desk.get("/desk/books/accounts/"))
    assert "there is no month to close" in sentences_in(desk.get("/desk/books/months/"))
    for query in ("", "currency=GBP&year=2026&column=x", "currency=zzz&year=2026&column=fees", "currency=GBP&year=x"):
        assert desk.get(f"/desk/books/lines/?{query}").status_code == 404


@pytest.mark.django_db
def test_who_gives_receipts_is_said_at_the_desk_and_receipts_are_listed_for_who_sees_who_pays():
    treasurer = Desk("Treasurers")
    typed = {"name": "Courier Ltd", "address": "1 Quay", "tax_number": "GB 1", "note": ""}
    assert "Saved." in sentences_in(treasurer.post("/desk/books/issuer/", typed, follow=True))
    long = treasurer.post("/desk/books/issuer/", {**typed, "name": "x" * 200})
    assert (long.status_code, "x" * 200 in sentences_in(long), Issuer.objects.count()) == (422, True, 1)
    a_year()
    paper = Receipt.objects.order_by("-pk").first()
    assert paper is not None

    listed = sentences_in(Desk("Supporter care").get("/desk/receipt/"))
    pdf = treasurer.get(f"/desk/books/receipts/{paper.pk}.pdf")

    assert (str(paper) in listed, paper.issuer.name) == (True, "Courier Ltd")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert Desk("Bookkeepers").get("/desk/receipt/").status_code == 302
    assert Desk("Bookkeepers").get(f"/desk/books/receipts/{paper.pk}.pdf").status_code == 302


posts = st.lists(
    st.tuples(
        st.sampled_from(["card", "debit", "offline", ""]), st.sampled_from(["cardhouse", "debitors"]),
        st.integers(1, 900), st.integers(0, 40), st.booleans(),
    ),
    max_size=10,
)  # fmt: skip


class WhateverIsPosted(TestCase):
    """The kept sums, by way of paying too, are what a full count says; so are the statement and the balances."""

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(posts)
    def test_kept_sums_equal_a_full_count(self, posts: list[tuple[str, str, int, int, bool]]) -> None:
        for place, (method, provider, minor, days, is_reversed) in enumerate(posts):
            on = date.fromordinal(date(2026, 1, 1).toordinal() + days * 5)
            gift = Money(minor, "GBP")
            sides = [ledger.debit(Account.owed_by(provider), gift), ledger.credit(Account.GIFTS, gift)]
            ledger.post(f"{place}", on=on, lines=sides, method=method)
            if is_reversed:
                ledger.reverse(f"{place}", on=on)

        by_way = {row.asks["method"] + row.asks["provider"]: row.now["left"].minor for row in _ways()}
        counted = dict.fromkeys(by_way, 0)
        for line in Line.objects.filter(account=Account.GIFTS).select_related("transaction"):
            way = line.transaction.method + line.transaction.provider
            counted[way] = counted.get(way, 0) - line.amount_minor
        assert {way: minor for way, minor in counted.items() if minor} == by_way
        assert ledger.miscounted() == {}
        ledger.sum_again()
        assert ledger.miscounted() == {}
        assert sum(each.amount.minor for each in reports.balances()) == 0


def _ways() -> list[reports.Row]:
    return reports.statement(2026, "GBP").ways
