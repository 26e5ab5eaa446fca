"""The reader's own controls."""

from datetime import date

import pytest

from masthead.giving import collecting, pledges
from masthead.giving.refusals import AmountOutside, NotFromHere, PauseTooLong, PauseTooShort
from tests.worlds.giving import amounts_collected, collected_on, facts_of
from tests.worlds.money import GBP

FIRST = date(2026, 3, 10)


def test_a_paused_pledge_is_not_collected_and_goes_on_by_itself(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    pledges.pause(pledge, until=date(2026, 6, 10), by=ada.actor)
    for day in (date(2026, 4, 10), date(2026, 5, 30), date(2026, 6, 9)):
        today(day)
        newsroom.news_arrives()
    assert amounts_collected(pledge) == [GBP("5.00")]
    today(date(2026, 6, 10))
    newsroom.news_arrives()

    assert collected_on(pledge) == [FIRST, date(2026, 6, 10)]
    assert facts_of(pledge) == {"state": "active", "next_on": date(2026, 7, 10), "paid_until": date(2026, 7, 10)}


def test_a_pause_keeps_what_is_paid_and_no_more(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    pledges.pause(pledge, until=date(2026, 6, 10), by=ada.actor)

    today(date(2026, 4, 9))
    assert ada.edition == "supporter"
    today(date(2026, 4, 10))
    assert ada.edition == "public"


def test_a_pause_longer_than_three_months_is_refused(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    with pytest.raises(PauseTooLong, match="10 July 2026"):
        pledges.pause(pledge, until=date(2026, 7, 11), by=ada.actor)
    with pytest.raises(PauseTooShort, match="10 April 2026"):
        pledges.pause(pledge, until=date(2026, 4, 10), by=ada.actor)
    pledges.pause(pledge, until=date(2026, 7, 10), by=ada.actor)

    assert facts_of(pledge)["next_on"] == date(2026, 7, 10)


def test_who_goes_on_after_the_paid_time_pays_that_day_and_has_everything_back(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    pledges.pause(pledge, until=date(2026, 7, 10), by=ada.actor)
    today(date(2026, 4, 20))

    pledges.resume(pledge, by=ada.actor)
    assert ada.edition == "supporter"
    newsroom.days_pass(1)

    assert amounts_collected(pledge) == [GBP("5.00"), GBP("5.00")]
    assert facts_of(pledge)["next_on"] == date(2026, 5, 20)


def test_who_goes_on_within_the_paid_time_pays_when_it_is_over(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    pledges.pause(pledge, until=date(2026, 7, 10), by=ada.actor)
    today(date(2026, 4, 2))

    pledges.resume(pledge, by=ada.actor)

    assert facts_of(pledge)["next_on"] == date(2026, 4, 10)
    assert ada.edition == "supporter"


def test_who_ends_it_keeps_what_is_paid_and_is_never_collected_again(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    pledges.end(pledge, by=ada.actor)
    assert ada.mails()[-1] == "Your support has ended"
    today(date(2026, 4, 9))
    assert ada.edition == "supporter"
    newsroom.days_pass(40)

    assert ada.edition == "public"
    assert amounts_collected(pledge) == [GBP("5.00")]


@pytest.mark.parametrize("act", ["end", "pause"])
def test_what_the_bank_was_not_yet_asked_for_is_let_go(newsroom, today, act):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    today(date(2026, 4, 10))
    collecting.collect_due(pledge)

    pledges.end(pledge, by=ada.actor) if act == "end" else pledges.pause(pledge, until=date(2026, 7, 10), by=ada.actor)
    newsroom.news_arrives()

    assert amounts_collected(pledge) == [GBP("5.00")]
    assert [row.state for row in pledge.instalments.all()] == ["collected", "abandoned"]
    assert [movement["amount"] for movement in newsroom.bank.movements()] == [500]


def test_what_has_ended_cannot_be_ended_paused_or_changed(newsroom):
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    pledges.end(pledge, by=ada.actor)

    for verb in (
        lambda: pledges.end(pledge, by=ada.actor),
        lambda: pledges.resume(pledge, by=ada.actor),
        lambda: pledges.pause(pledge, until=date(2030, 1, 1), by=ada.actor),
        lambda: pledges.change(pledge, amount=GBP("6.00"), interval="month", by=ada.actor),
    ):
        with pytest.raises(NotFromHere):
            verb()


def test_a_changed_amount_is_collected_from_the_next_time_on(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    pledges.change(pledge, amount=GBP("60.00"), interval="year", by=ada.actor)
    today(date(2026, 4, 10))
    newsroom.news_arrives()

    assert amounts_collected(pledge) == [GBP("5.00"), GBP("60.00")]
    assert facts_of(pledge)["next_on"] == date(2027, 4, 10)


def test_a_lowered_amount_is_the_one_that_is_tried_again(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("12.00"), card="later")
    today(date(2026, 4, 10))
    newsroom.news_arrives()

    pledges.change(pledge, amount=GBP("4.00"), interval="month", by=ada.actor)
    newsroom.days_pass(3)

    assert pledge.instalments.get(number=2).amount == GBP("4.00")
    assert newsroom.payment_of(pledge).amount == GBP("4.00")


def test_an_amount_below_the_floor_keeps_what_is_paid_and_is_thanked_then(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    pledges.change(pledge, amount=GBP("2.00"), interval="month", by=ada.actor)
    with pytest.raises(AmountOutside):
        pledges.change(pledge, amount=GBP("0.50"), interval="month", by=ada.actor)

    assert ada.edition == "supporter"
    today(date(2026, 4, 10))
    newsroom.news_arrives()
    assert ada.edition == "thanked"
