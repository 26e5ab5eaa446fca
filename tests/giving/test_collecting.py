"""Collected by our clock, each instalment once."""

from datetime import date

import pytest

from masthead.core import clock
from masthead.giving import collecting
from masthead.giving.models import Instalment
from masthead.money.models import Payment
from tests.worlds.giving import amounts_collected, collected_on, facts_of
from tests.worlds.money import GBP


def test_every_month_on_its_day_and_the_31st_comes_back(newsroom, today):
    today(date(2026, 1, 31))
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))

    for day in (date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)):
        today(day)
        newsroom.news_arrives()

    assert collected_on(pledge) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert facts_of(pledge)["next_on"] == date(2026, 5, 31)


def test_every_year_on_its_day(newsroom, today):
    today(date(2024, 2, 29))
    pledge = newsroom.supporter("Ada").pledge(GBP("60.00"), every="year")

    for day in (date(2025, 2, 15), date(2025, 2, 28)):
        today(day)
        newsroom.news_arrives()

    assert amounts_collected(pledge) == [GBP("60.00"), GBP("60.00")]
    assert facts_of(pledge)["next_on"] == date(2026, 2, 28)


def test_nothing_is_collected_before_its_day(newsroom, today):
    today(date(2026, 3, 10))
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))

    today(date(2026, 4, 9))
    newsroom.news_arrives()

    assert amounts_collected(pledge) == [GBP("5.00")]


def test_after_a_long_outage_one_month_is_collected_and_the_missed_ones_are_let_go(newsroom, today):
    today(date(2026, 1, 15))
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))

    newsroom.sleeps(days=120)
    newsroom.news_arrives()
    assert amounts_collected(pledge) == [GBP("5.00")]  # first the word, then the money
    newsroom.days_pass(2)

    assert amounts_collected(pledge) == [GBP("5.00"), GBP("5.00")]
    assert facts_of(pledge)["next_on"] == date(2026, 6, 15)


def test_asking_twice_collects_once(newsroom, today):
    today(date(2026, 3, 10))
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))
    today(date(2026, 4, 10))

    assert isinstance(collecting.collect_due(pledge), Instalment)
    assert collecting.collect_due(pledge) is None
    newsroom.news_arrives()

    assert list(Payment.objects.order_by("pk").values_list("order_key", flat=True)) == [
        f"pledge:{pledge.reference}:1",
        f"pledge:{pledge.reference}:2",
    ]


def test_a_receipt_for_each_collection_says_the_next_day_and_amount(newsroom, today):
    today(date(2026, 3, 10))
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    today(date(2026, 4, 10))
    newsroom.news_arrives()
    newsroom.news_arrives()

    receipt = newsroom.last_mail_to(ada)
    assert receipt.subject.startswith("Receipt: £5.00")
    assert "Next time: 10 May 2026, £5.00" in receipt.text
    assert f"{pledge.reference}-2" in receipt.text
    assert [subject for subject in ada.mails() if subject.startswith("Receipt")] == [receipt.subject]


@pytest.mark.parametrize("away", [1, 3])
def test_a_supporter_meets_no_advert_while_the_bank_takes_its_days(newsroom, today, away):
    today(date(2026, 3, 10))
    ada = newsroom.supporter("Ada")
    ada.pledge(GBP("5.00"), card="debit")

    editions = set()
    for _ in range(45 // away):
        newsroom.days_pass(away)
        editions.add(ada.edition)

    assert editions == {"supporter"}
    assert clock.today() > date(2026, 4, 10)
