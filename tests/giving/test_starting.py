"""The first payment, and what it brings."""

from datetime import date

import pytest

from masthead.core import clock
from masthead.core.models import Message
from masthead.giving import pledges
from masthead.giving.models import Pledge
from masthead.giving.refusals import AmountOutside, OtherCurrency
from masthead.money import checkouts
from masthead.money.amounts import Money
from tests.worlds.giving import Newsroom, amounts_collected, facts_of
from tests.worlds.money import GBP


def test_a_paid_card_begins_a_pledge_at_once(newsroom, today):
    today(date(2026, 3, 10))
    ada = newsroom.supporter("Ada")

    pledge = ada.pledge(GBP("5.00"))

    assert facts_of(pledge) == {"state": "active", "next_on": date(2026, 4, 10), "paid_until": date(2026, 4, 10)}
    assert pledge.mandate.hint == "card ending 0001"
    assert ada.edition == "supporter"


def test_a_promised_debit_begins_it_too_and_the_money_follows(newsroom):
    ada = newsroom.supporter("Ada")

    pledge = ada.pledge(GBP("5.00"), card="debit")

    assert facts_of(pledge)["state"] == "active"
    assert amounts_collected(pledge) == []
    assert ada.edition == "supporter"
    newsroom.days_pass(6)
    assert amounts_collected(pledge) == [GBP("5.00")]


@pytest.mark.parametrize("card", ["empty", "expired", "stolen"])
def test_a_card_that_is_refused_begins_nothing(newsroom, card):
    ada = newsroom.supporter("Ada")

    pledge = ada.pledge(GBP("5.00"), card=card)

    assert pledge.state == "pending"
    assert ada.edition == "public"
    assert ada.mails() == []


def test_who_leaves_the_pay_page_has_begun_nothing_and_may_still_come_back(newsroom):
    ada = newsroom.supporter("Ada")
    pledge, checkout = ada.begins(GBP("5.00"))

    newsroom.bank.leave(checkout)
    checkouts.ask(checkout.reference)

    assert facts_of(pledge)["state"] == "pending"
    newsroom.sleeps(days=31)
    newsroom.news_arrives()
    assert facts_of(pledge)["state"] == "ended"
    assert ada.mails() == []


def test_the_webhook_begins_it_when_the_giver_never_comes_back(newsroom):
    ada = newsroom.supporter("Ada")
    pledge, checkout = ada.begins(GBP("5.00"))
    newsroom.bank.pay(checkout)

    newsroom.news_arrives()

    assert facts_of(pledge)["state"] == "active"
    assert ada.edition == "supporter"


def test_who_paid_and_was_given_up_before_we_heard_gets_a_receipt(newsroom):
    ada = newsroom.supporter("Ada")
    pledge, checkout = ada.begins(GBP("5.00"))
    newsroom.bank.pay(checkout)

    newsroom.sleeps(days=31)
    newsroom.news_arrives()

    assert facts_of(pledge)["state"] == "ended"
    assert [subject[:14] for subject in ada.mails()] == ["Receipt: £5.00"]
    assert "Nothing more will be collected." in newsroom.last_mail_to(ada).text


def test_thanks_and_a_way_to_confirm_are_mailed_once(newsroom):
    ada = newsroom.supporter("Ada")

    ada.pledge(GBP("5.00"))
    newsroom.news_arrives()
    newsroom.news_arrives()

    thanks, confirm = Message.objects.filter(to=ada.email).order_by("pk")
    assert thanks.subject.startswith("Thank you.")
    assert "£5.00 every month" in thanks.text
    assert "/account/" in thanks.text
    assert confirm.subject.startswith("Confirm your address")


def test_a_mistyped_address_is_corrected_until_it_is_confirmed(newsroom):
    ada = newsroom.supporter("Ada")
    pledge, checkout = ada.begins(GBP("5.00"), email="ada@exmaple.org")
    newsroom.bank.pay(checkout)
    checkouts.ask(checkout.reference)

    pledges.correct_address(pledge, email=" Ada@Example.org ", by=ada.actor)
    ada.confirms()

    pledge.refresh_from_db()
    assert pledge.reader == ada.reader
    assert ada.mails()[-1].startswith("Confirm your address")


def test_amounts_outside_and_other_currencies_are_refused(newsroom):
    ada = newsroom.supporter("Ada")

    with pytest.raises(AmountOutside, match=r"between £1 and £5,000"):
        ada.begins(GBP("0.99"))
    with pytest.raises(AmountOutside):
        ada.begins(GBP("5000.01"))
    with pytest.raises(OtherCurrency):
        ada.begins(Money(500, "EUR"))

    assert not Pledge.objects.exists()


def test_a_signed_in_reader_confirms_nothing_again(newsroom):
    ada = newsroom.supporter("Ada")
    ada.confirms()

    pledge = ada.pledge(GBP("5.00"))

    assert pledge.reader == ada.reader
    assert len(ada.mails()) == 1


def test_a_pledge_joins_the_account_that_is_confirmed_elsewhere_and_the_paying_device_keeps_what_it_has(newsroom):
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    phone = newsroom.supporter("Phone")

    ada.confirms(device=phone.device)

    pledge.refresh_from_db()
    assert pledge.reader == ada.reader
    assert (ada.edition, phone.edition) == ("supporter", "supporter")
    assert clock.today() == pledge.started_on


def test_a_gift_is_thanked_for_ninety_days(newsroom: Newsroom):
    ada = newsroom.supporter("Ada")

    gift = ada.gives(GBP("20.00"))

    assert gift.state == "given"
    assert ada.edition == "thanked"
    newsroom.sleeps(days=89)
    assert ada.edition == "thanked"
    newsroom.sleeps(days=2)
    assert ada.edition == "public"
