"""Coming back from the bank proves nothing; paying does."""

import pytest
from django.test import Client

from masthead.core.models import Message
from masthead.giving.models import Pledge
from masthead.membership.models import Benefit, Tier
from masthead.money.models import Checkout
from masthead.press.passing import passes
from tests.worlds.giving import Newsroom
from tests.worlds.money import GBP

OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}
GOOD = {"often": "month", "month": "600", "email": "ada@example.org", "currency": "GBP"}


class Visitor:
    """A browser of somebody who gives."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom, self.browser = newsroom, Client(**OURS)

    def begins(self, **differently: str) -> Checkout:
        answer = self.browser.post("/support/", GOOD | differently)
        assert answer.status_code == 303
        return Checkout.objects.latest("pk")

    def pays(self, card: str = "accepts", **differently: str) -> str:
        """Gives the address of the thank-you page."""
        checkout = self.begins(**differently)
        self.newsroom.bank.pay(checkout, card)
        return checkout.return_path

    def opens(self, path: str) -> str:
        return self.browser.get(path).content.decode()

    @property
    def edition(self) -> str:
        """What the press would give this browser."""
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.browser.cookies.items())
        return passes().edition_of(cookies).edition


@pytest.fixture
def ada(newsroom: Newsroom) -> Visitor:
    return Visitor(newsroom)


def test_the_device_that_paid_is_a_supporters_from_this_page_on(ada):
    page = ada.opens(ada.pays())

    assert 'data-edition="supporter"' in page
    assert "No adverts, no appeals" in page
    assert "ada@example.org" in page
    assert "£6.00" in page
    assert Pledge.objects.get().reference in page
    assert ada.edition == "supporter"


def test_a_promised_debit_counts_as_well(ada):
    page = ada.opens(ada.pays("debit"))

    assert "Promised by your bank" in page
    assert ada.edition == "supporter"


def test_a_gift_and_a_small_pledge_are_thanked(ada, newsroom):
    page = ada.opens(ada.pays(often="once", once="2500"))
    bo = Visitor(newsroom)
    bo.opens(bo.pays(own="2", email="bo@example.org"))

    assert 'data-edition="thanked"' in page
    assert "no appeals for 90 days" in page
    assert (ada.edition, bo.edition) == ("thanked", "thanked")


def test_a_supporter_who_gives_on_top_is_not_told_that_the_adverts_stay(ada, newsroom):
    ada.opens(ada.pays())

    page = ada.opens(ada.pays(often="once", once="2500"))

    assert "stays a supporter’s" in page
    assert "The adverts stay" not in page
    assert "adverts stay" not in Message.objects.get(subject="Thank you for £25.00").text


def test_a_level_that_keeps_the_adverts_promises_no_page_without_them(ada):
    Tier.objects.get().benefits.remove(Benefit.objects.get(code="ad-free"))

    page = ada.opens(ada.pays())

    assert 'data-edition="thanked"' in page
    assert "The adverts stay" in page
    assert "without adverts" not in Message.objects.get(subject__startswith="Thank you").subject


def test_another_browser_that_types_the_address_learns_and_gets_nothing(ada, newsroom):
    address = ada.pays()
    ada.opens(address)
    thief = Visitor(newsroom)
    payer_elsewhere = Visitor(newsroom)
    payer_elsewhere.begins(email="eve@example.org")

    for browser in (thief, payer_elsewhere):
        page = browser.opens(address)

        assert "belongs to the device that paid" in page
        assert "ada@example.org" not in page
        assert "£6.00" not in page
        assert browser.edition == "public"
        assert passes().cookie_name not in browser.browser.cookies


@pytest.mark.parametrize("card", ["empty", "expired", "stolen"])
def test_a_card_that_is_refused_earns_no_pass(ada, card):
    address = ada.pays(card)

    page = ada.opens(address)

    assert ada.edition == "public"
    assert passes().cookie_name not in ada.browser.cookies
    assert "Thank you" not in page


def test_who_leaves_the_bank_is_told_kindly_and_may_try_again(ada, newsroom):
    checkout = ada.begins()
    newsroom.bank.leave(checkout)

    page = ada.opens(checkout.return_path)

    assert "Nothing has been paid" in page
    assert 'name="own" value="6.00"' in page
    assert ada.edition == "public"
    again = ada.browser.post("/support/", GOOD | {"own": "6.00"})
    assert again.status_code == 303


def test_the_address_of_a_checkout_that_was_never_paid_earns_nothing_however_often(ada):
    checkout = ada.begins()

    for _ in range(3):
        page = ada.opens(checkout.return_path)

    assert "not heard from the bank" in page
    assert ada.edition == "public"


def test_replaying_the_address_after_the_end_earns_no_pass(ada, newsroom):
    address = ada.pays()
    ada.opens(address)
    pledge = Pledge.objects.get()
    ada.browser.post(f"/account/pledges/{pledge.reference}/end/")
    newsroom.sleeps(days=40)

    ada.opens(address)

    assert ada.edition == "public"


def test_the_page_of_what_has_ended_thanks_nobody_again(ada):
    address = ada.pays()
    ada.opens(address)

    ada.browser.post(f"/account/pledges/{Pledge.objects.get().reference}/end/")

    assert ada.browser.get(address)["Location"] == "/account/"


def test_a_gift_whose_debit_bounces_is_told_by_mail_and_on_the_page(ada, newsroom):
    address = ada.pays("bounces", often="once", once="2500")
    ada.opens(address)

    newsroom.days_pass(6)

    page = ada.opens(address)
    assert "The bank said no" in page
    assert 'data-edition="public"' in page
    assert "did not come through" in Message.objects.latest("pk").subject


def test_references_that_were_never_given_are_not_found(ada):
    assert ada.browser.get("/support/thanks/0000000000000000000000000A/").status_code == 404
    assert ada.browser.get("/support/thanks/' or 1=1/").status_code == 404


def test_a_mistyped_address_is_corrected_on_this_device_alone(ada, newsroom):
    address = ada.pays(email="ada@exmaple.org")
    ada.opens(address)
    thief = Visitor(newsroom)

    assert thief.browser.post(f"{address}email/", {"email": "eve@example.org"}).status_code == 404
    wrong = ada.browser.post(f"{address}email/", {"email": "ada@"})
    right = ada.browser.post(f"{address}email/", {"email": "ada@example.org"}, follow=True)

    assert wrong.status_code == 422
    assert 'value="ada@"' in wrong.content.decode()
    assert "A new message is on its way to <strong>ada@example.org</strong>" in right.content.decode()
    assert Message.objects.latest("pk").to == "ada@example.org"
    assert Pledge.objects.get().email == "ada@example.org"
    assert Pledge.objects.get().amount == GBP("6.00")


def test_a_device_that_paid_sends_no_mail_to_address_after_address(ada):
    address = ada.pays()
    ada.opens(address)

    answers = [
        ada.browser.post(f"{address}email/", {"email": f"stranger{number}@example.org"}).status_code
        for number in range(8)
    ]

    assert answers == [302] * 6 + [422] * 2
    assert Pledge.objects.get().email == "stranger5@example.org"
