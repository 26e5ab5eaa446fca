"""Covering the fee: reckoned by the server, to the penny, shown before it is paid, with and without a script."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from masthead.giving import fees
from masthead.giving.models import FeeRate, Gift, Pledge
from masthead.money import providers
from masthead.money.amounts import Money
from masthead.money.models import Payment
from practice_bank.book import fee_of as what_the_practice_bank_takes
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.money import GBP

OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}
FORM = {"often": "month", "month": "600", "email": "ada@example.org", "currency": "GBP", "cover": "yes"}
CURRENCIES = ["GBP", "JPY", "KWD"]


@st.composite
def rates(draw: st.DrawFn) -> FeeRate:
    return FeeRate(
        provider="stripe",
        method="card",
        currency=draw(st.sampled_from(CURRENCIES)),
        percent=Decimal(draw(st.integers(0, 49_999))) / 1000,
        fixed_minor=draw(st.integers(0, 500)),
        most_minor=draw(st.none() | st.integers(0, 2_000)),
    )


@given(rates(), st.integers(1, 10_000_000))
def test_what_arrives_is_never_less_than_what_was_given_and_a_penny_less_would_be(rate, minor):
    amount = Money(minor, rate.currency)

    paid = fees.covering(amount, rate)

    assert paid - fees.fee_of(paid, rate) >= amount
    less = Money(paid.minor - 1, rate.currency)
    assert less - fees.fee_of(less, rate) < amount
    assert rate.most is None or paid - amount <= rate.most


@given(st.integers(100, 500_000))
def test_the_practice_bank_never_takes_more_than_was_covered(minor):
    rate = FeeRate(provider="practice", method="card", currency="GBP", percent=Decimal("1.5"), fixed_minor=20)

    paid = fees.covering(Money(minor, "GBP"), rate)

    assert paid.minor - what_the_practice_bank_takes(paid.minor) >= minor


def test_rates_read_as_a_price_list():
    debit = FeeRate(provider="gocardless", currency="GBP", percent=Decimal("1.000"), fixed_minor=20, most_minor=400)

    assert fees.in_words(debit) == "1 % and £0.20 each time, £4 at most"
    assert fees.covering(GBP("1000.00"), debit) == GBP("1004.00")
    assert fees.covering(GBP("5.00"), None) == GBP("5.00")


@pytest.fixture
def browser(newsroom) -> Client:
    return Client(**OURS)


def sum_in(page: str) -> str:
    return re.search(r'name="sum" value="(\d*)"', page)[1]


def test_the_box_is_there_unticked_with_the_real_fee(browser):
    page = browser.get("/support/").content.decode()

    assert '<input type="checkbox" name="cover" value="yes">' in page
    assert "1.5 % and £0.20 each time" in page
    FeeRate.objects.all().delete()
    assert 'name="cover"' not in browser.get("/support/").content.decode()


def test_without_a_script_the_sum_is_shown_first_and_then_paid(browser, newsroom):
    shown = browser.post("/support/", FORM)
    page = shown.content.decode()

    assert (shown.status_code, Pledge.objects.count()) == (200, 0)
    assert "£6.00 and the fee: £6.30 together." in page
    assert "Go to payment: £6.30" in page
    assert 'value="ada@example.org"' in page
    paid = browser.post("/support/", FORM | {"sum": sum_in(page)})
    assert paid.status_code == 303
    pledge = Pledge.objects.get()
    assert (pledge.amount, pledge.fee, pledge.amount_alone) == (GBP("6.30"), GBP("0.30"), GBP("6.00"))
    assert Payment.objects.get().amount == GBP("6.30")


def test_a_sum_that_was_not_shown_is_never_paid(browser):
    for wrong in ("630.0", "1", "629", "", "x" * 500):
        assert browser.post("/support/", FORM | {"sum": wrong}).status_code == 200
    other = browser.post("/support/", FORM | {"sum": "630", "month": "1200"})
    assert "£12.39 together" in other.content.decode()
    assert not Pledge.objects.exists()


def test_who_takes_the_tick_away_pays_the_bare_amount(browser):
    browser.post("/support/", {**FORM, "cover": "", "sum": "630"})

    assert (Pledge.objects.get().amount, Pledge.objects.get().fee) == (GBP("6.00"), GBP("0.00"))


def test_the_script_asks_the_server_for_the_same_sum(browser):
    asked = {name: value for name, value in FORM.items() if name != "email"}

    assert browser.get("/support/fee/", asked).json() == {
        "sum": "630", "says": "£6.00 and the fee: £6.30 together.",
    }  # fmt: skip
    assert browser.get("/support/fee/", asked | {"own": "nonsense"}).json() == {"sum": "", "says": ""}
    assert browser.get("/support/fee/").json() == {"sum": "", "says": ""}
    assert browser.get("/support/fee/", {**asked, "cover": ""}).json() == {"sum": "", "says": ""}
    once = browser.post("/support/", FORM | {"often": "once", "once": "2500", "sum": "2559"})
    assert (once.status_code, Gift.objects.get().amount, Gift.objects.get().fee) == (303, GBP("25.59"), GBP("0.59"))


def test_where_no_fee_is_known_the_amount_is_paid(browser):
    FeeRate.objects.all().delete()

    assert browser.post("/support/", FORM).status_code == 303
    assert Pledge.objects.get().amount == GBP("6.00")
    assert all(fees.rate_of(provider, "GBP") is None for provider in providers.for_checkouts("GBP", keeps_mandate=True))


def test_treasurers_write_the_rates_down(newsroom):
    treasurer = Desk("Treasurers")
    typed = {
        "provider": "stripe", "method": "card", "currency": "CHF", "percent": "2.9", "fixed_typed": "0.30",
        "most_typed": "",
    }  # fmt: skip

    assert "gocardless" in sentences_in(treasurer.get("/desk/feerate/"))
    assert "not an amount" in sentences_in(treasurer.post("/desk/feerate/new/", typed | {"fixed_typed": "twenty"}))
    treasurer.post("/desk/feerate/new/", typed)
    rate = FeeRate.objects.get(currency="CHF")
    assert (rate.percent, rate.fixed_minor, rate.most_minor) == (Decimal("2.9"), 30, None)
    assert Desk("Editors").get("/desk/feerate/").status_code == 302
