"""Choosing how to pay: cards, debits, or both; what fits, what is taken when, and what nobody offered."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from masthead.giving.models import Gift, GivingTerms, Pledge
from masthead.money.models import Payment
from tests.worlds.gocardless import Debits, open_debits
from tests.worlds.stripe import Till, open_till

OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}
GOOD = {"often": "month", "month": "600", "email": "ada@example.org", "currency": "GBP"}
WAYS = re.compile(r'name="way" value="(\w+)"( checked)?')


@pytest.fixture
def debits(db: None) -> Iterator[Debits]:
    with open_debits() as opened:
        yield opened


@pytest.fixture
def cards(db: None) -> Iterator[Till]:
    with open_till() as opened:
        yield opened


@pytest.fixture
def browser() -> Client:
    return Client(**OURS)


def test_where_there_are_two_ways_one_chooses_and_the_first_is_chosen_already(browser, cards, debits):
    page = browser.get("/support/").content.decode()

    assert WAYS.findall(page) == [("stripe", " checked"), ("gocardless", "")]
    assert "How do you want to pay?" in page
    assert "the first payment about a week from now" in page
    assert "Not for what is given once." in page


def test_where_there_is_one_way_nobody_is_asked(browser, cards):
    page = browser.get("/support/").content.decode()

    assert (WAYS.findall(page), "a week from now" in page) == ([], False)


def test_debits_alone_say_what_is_taken_when_and_offer_no_gift(browser, debits):
    page = browser.get("/support/").content.decode()

    assert WAYS.findall(page) == []
    assert "the first payment about a week from now" in page
    assert re.findall(r'name="often" value="(\w+)"', page) == ["month", "year"]
    assert browser.post("/support/", GOOD | {"often": "once", "once": "2500"}).status_code == 422
    assert Gift.objects.count() == 0


def test_debits_are_not_offered_in_a_currency_of_which_there_are_none(browser, cards, debits):
    terms = GivingTerms.load()
    terms.currency = "USD"
    terms.save()

    assert WAYS.findall(browser.get("/support/").content.decode()) == []


@pytest.mark.parametrize(("way", "provider"), [("", "stripe"), ("stripe", "stripe"), ("gocardless", "gocardless")])
def test_the_way_that_was_chosen_leads_to_its_page_and_is_kept(browser, cards, debits, way, provider):
    answer = browser.post("/support/", GOOD | {"way": way})

    there = {"stripe": cards, "gocardless": debits}[provider].server.address
    assert (answer.status_code, answer["Location"].startswith(there)) == (303, True)
    assert Payment.objects.get().provider == provider


@pytest.mark.parametrize("asked", [
    {"way": "practice"},
    {"way": "nobody"},
    {"way": "gocardless", "often": "once", "once": "2500"},
])  # fmt: skip
def test_a_way_that_is_not_offered_is_refused_and_what_was_typed_stays(browser, cards, debits, asked):
    answer = browser.post("/support/", GOOD | asked)

    page = answer.content.decode()
    assert (answer.status_code, Pledge.objects.count(), Gift.objects.count()) == (422, 0, 0)
    assert "That way to pay is not for what is given" in page
    assert '<a href="#way">' in page
    assert 'id="way"' in page
    assert 'value="ada@example.org"' in page
    assert len([chosen for _, chosen in WAYS.findall(page) if chosen]) == 1


def test_a_way_that_is_not_offered_is_refused_where_there_is_only_one(browser, cards):
    answer = browser.post("/support/", GOOD | {"way": "gocardless"})

    assert (answer.status_code, 'id="way"' in answer.content.decode(), Pledge.objects.count()) == (422, True, 0)


def test_the_page_lets_its_form_lead_to_both(browser, cards, debits):
    policy = browser.get("/support/").headers["content-security-policy"]

    assert cards.server.address in policy
    assert debits.server.address in policy


def test_who_left_the_page_of_a_debit_tries_again_in_the_same_way(browser, debits, clock):
    browser.post("/support/", GOOD)
    (request,) = debits.book.of_kind("billing_requests")
    debits.book.cancel_request(request["id"])
    debits.tell()

    (flow,) = debits.book.of_kind("billing_request_flows")
    page = browser.get(flow["exit_uri"].removeprefix("http://localhost:8000")).content.decode()

    assert "Nothing has been paid" in page
    assert '<input type="hidden" name="way" value="gocardless">' in page
