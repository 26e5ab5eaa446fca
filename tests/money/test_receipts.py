"""Receipts: numbered without gaps, corrected when something goes back, with the VAT of what is a sale to the penny."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from masthead.money import checks, customers, ledger, papers, receipts
from masthead.money.amounts import Money
from masthead.money.customers import Sale
from masthead.money.ledger import Account
from masthead.money.models import Payment, Receipt, Transaction
from tests.worlds.money import GBP, journal
from tests.worlds.openbooks import STAFF, came_back, gave, refunded, taken_back, won

MAY = date(2026, 5, 14)
SOLD = {"sale_minor": 600, "vat_hundredths": 2000, "vat_minor": 100}


def said(payment: Payment) -> list[tuple[str, int, int, int]]:
    """What its papers say, oldest first: about what, what went back, the VAT and the sale in what stays."""
    rows = payment.receipts.order_by("pk").values_list("kind", "back_minor", "vat_minor", "sale_minor")
    return list(rows)


@pytest.mark.django_db
def test_each_thing_that_happens_to_a_payment_makes_one_paper_with_the_next_number(clock):
    payment = gave(GBP("12.00"), on=MAY, **SOLD)
    refund = refunded(payment, 400, on=MAY)
    receipts.make_all(payment)
    came_back(refund, on=MAY)
    taken_back(payment, on=MAY)
    won(payment, on=MAY)

    assert said(payment) == [
        ("paid", 0, 100, 600), ("refunded", 400, 67, 400), ("kept", 0, 100, 600), ("returned", 1200, 0, 0),
        ("reinstated", 0, 100, 600),
    ]  # fmt: skip
    papers_ = list(payment.receipts.order_by("pk"))
    assert [(paper.year, paper.number) for paper in papers_] == [(clock.today().year, n) for n in range(1, 6)]
    assert [paper.corrects for paper in papers_] == [None, *papers_[:-1]]
    assert ledger.balance(Account.VAT) == {"GBP": GBP("-1.00")}


@pytest.mark.django_db
def test_vat_is_no_income_and_goes_back_with_a_refund():
    payment = gave(GBP("12.00"), on=MAY, fee=40, method="card", **SOLD)
    refund = refunded(payment, 400, on=MAY)

    assert journal() == {
        f"cardhouse:{payment.reference}:collected": [
            ("fees", 40), ("income:membership", -1100), ("owed_by:cardhouse", 1160), ("vat", -100)
        ],
        f"cardhouse:{refund.reference}:refunded": [("owed_by:cardhouse", -400), ("refunds", 367), ("vat", 33)],
    }  # fmt: skip


@pytest.mark.django_db
def test_each_claim_takes_its_own_part_of_the_vat_and_brings_it_back_in_proportion():
    payment = gave(GBP("12.00"), on=MAY, method="card", **SOLD)
    taken_back(payment, on=MAY, minor=500, fee=1500, claim="dp_1")
    taken_back(payment, on=MAY, minor=700, claim="dp_2")
    won(payment, on=MAY, minor=350, claim="dp_2")

    assert said(payment) == [
        ("paid", 0, 100, 600), ("returned", 500, 58, 350), ("returned", 1200, 0, 0), ("reinstated", 850, 29, 175)
    ]  # fmt: skip
    entries = journal()
    assert entries["cardhouse:dp_1:returned"] == [
        ("fees", 1500), ("owed_by:cardhouse", -2000), ("returned", 458), ("vat", 42)
    ]  # fmt: skip
    assert entries["cardhouse:dp_2:returned"] == [("owed_by:cardhouse", -700), ("returned", 642), ("vat", 58)]
    assert entries["cardhouse:dp_2:reinstated"] == [("owed_by:cardhouse", 350), ("returned", -321), ("vat", -29)]
    assert list(payment.disputes.values_list("vat_minor", flat=True)) == [42, 58]
    assert set(Transaction.objects.values_list("method", flat=True)) == {"card"}


@pytest.mark.django_db
def test_the_database_refuses_a_gap_and_whoever_edits_a_receipt():
    payment = gave(GBP("12.00"), on=MAY)
    paper = payment.receipts.get()
    other = {
        "payment": payment,
        "kind": "paid",
        "issued_on": MAY,
        "happened_on": MAY,
        "paid_minor": 1,
        "currency": "GBP",
    }

    for number in (1, 3):
        with pytest.raises(IntegrityError, match="no gaps"), transaction.atomic():
            Receipt.objects.create(year=paper.year, number=number, cause=f"x{number}", **other)
    for act in (lambda: Receipt.objects.update(paid_minor=2), lambda: Receipt.objects.all()._raw_delete("default")):
        with pytest.raises(IntegrityError, match="a receipt is not"), transaction.atomic():
            act()
    point = transaction.savepoint()
    gave(GBP("3.00"), on=MAY)
    transaction.savepoint_rollback(point)  # as by a kill before the commit
    gave(GBP("4.00"), on=MAY)

    assert sorted(Receipt.objects.values_list("number", "paid_minor")) == [(1, 1200), (2, 400)]


@pytest.mark.django_db
def test_a_receipt_keeps_who_gave_it():
    first = receipts.name(legal_name="Courier Ltd", address="1 Quay", tax_number="GB 1", note="", by=STAFF)
    before = gave(GBP("12.00"), on=MAY).receipts.get()
    receipts.name(legal_name="Courier CIC", address="1 Quay", tax_number="GB 1", note="", by=STAFF)
    again = receipts.name(legal_name=" Courier CIC ", address="1 Quay", tax_number="GB 1", note="", by=STAFF)

    assert (before.issuer, receipts.issuer(), again.name) == (first, again, "Courier CIC")


@pytest.mark.django_db
def test_what_is_sold_is_at_most_what_is_paid():
    def sells(order_key: str, amount: Money) -> Sale:
        return Sale(GBP("6.00"), 2000)

    customers.register("sold:", income="income:shop", sale_of=sells)
    try:
        assert customers.booked("sold:1", GBP("12.00")) == {"income_account": "income:shop", **SOLD}
        assert customers.booked("sold:2", GBP("3.00"))["vat_minor"] == 50
    finally:
        del customers.CUSTOMERS["sold:"]


@pytest.mark.django_db
def test_a_year_is_added_up_from_the_newest_paper_of_each_payment():
    first, second = gave(GBP("12.00"), on=MAY, **SOLD), gave(GBP("5.00"), on=date(2026, 6, 1))
    euros = gave(Money.of("7.00", "EUR"), on=MAY)
    before = gave(GBP("9.00"), on=date(2025, 12, 31))
    refunded(first, 400, on=MAY)

    found = receipts.of_year([each.reference for each in (first, second, euros, before)], 2026)

    assert [(each.currency, each.paid, each.back, each.left) for each in found] == [
        ("EUR", Money.of("7.00", "EUR"), Money.of("0.00", "EUR"), Money.of("7.00", "EUR")),
        ("GBP", GBP("17.00"), GBP("4.00"), GBP("13.00")),
    ]
    assert (found[1].sale, found[1].vat, found[1].given) == (GBP("4.00"), GBP("0.67"), GBP("9.00"))


@pytest.mark.django_db
def test_a_paper_is_a_tagged_pdf_with_our_own_type_in_it():
    payment = gave(GBP("12.00"), on=MAY, **SOLD)
    payment.description = 'Support #raw(read("/etc/passwd")) *every* $month$ \\ @x'
    refunded(payment, 400, on=MAY)
    paper = payment.receipts.order_by("-pk").select_related("corrects").first()
    paper.payment = payment

    made = papers.of_receipt(paper, paper="The Courier", to="Ada Obi")
    years = receipts.of_year([payment.reference], 2026)
    summary = papers.of_year(years, 2026, issuer=None, paper="The Courier")

    for each in (made, summary):
        assert each.startswith(b"%PDF-1.7")
        assert b"/StructTreeRoot" in each
        fonts = {name for name in each.split(b"/BaseFont/")[1:]}
        assert {name[7:22] for name in fonts} <= {b"Newsreader#20He", b"Newsreader#20Te"}


steps = st.lists(st.tuples(st.sampled_from(["refund", "refund", "bounce", "claim", "win"]), st.integers(0, 10_000)))


class WhateverGoesBack(TestCase):
    """The VAT in what stays paid is its share to within a penny, and of all that went back it is all."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(1, 5000), st.integers(0, 100), st.sampled_from([0, 550, 2000, 2500]), steps)
    def test_vat_goes_back_in_proportion(
        self, amount: int, percent: int, rate: int, steps: list[tuple[str, int]]
    ) -> None:
        sale = Sale(Money(amount * percent // 100, "GBP"), rate)
        sold = {"sale_minor": sale.amount.minor, "vat_hundredths": rate, "vat_minor": sale.vat.minor}
        payment = gave(Money(amount, "GBP"), on=MAY, **sold)
        for act, number in steps:
            self.happens(payment, act, number)

        back = payment.receipts.order_by("-pk").first().back_minor
        left = -ledger.balance(Account.VAT).get("GBP", Money(0, "GBP")).minor
        assert abs(left * amount - payment.vat_minor * (amount - back)) <= amount, (left, back)
        assert 0 <= left <= payment.vat_minor
        if back == amount:
            assert left == 0
        if back == 0:
            assert left == payment.vat_minor
        assert payment.receipts.order_by("-pk").first().vat_minor == left
        assert checks.books() == []
        numbers = list(Receipt.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))

    def happens(self, payment: Payment, act: str, number: int) -> None:
        standing = payment.refunds.filter(failed_at=None)
        given_back = sum(standing.values_list("amount_minor", flat=True))
        claims = payment.disputes.filter(back_at=None)
        claimed = sum(claims.values_list("amount_minor", flat=True))
        left = payment.amount_minor - given_back - claimed
        if act == "refund" and left:
            refunded(payment, number % left + 1, on=MAY)
        elif act == "bounce" and (refund := standing.first()):
            came_back(refund, on=MAY)
        elif act == "claim" and left:
            taken_back(payment, on=MAY, minor=number % left + 1, claim=f"dp_{payment.disputes.count()}")
        elif act == "win" and (claim := claims.last()):
            won(payment, on=MAY, claim=claim.reference)
