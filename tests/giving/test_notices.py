"""No collection without a word before it, and the right one for how often, with what, and what has changed."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from masthead.core import clock
from masthead.core.models import Message
from masthead.giving import pledges
from masthead.giving.models import Interval
from masthead.money import notices, payments
from masthead.money.models import Mandate, Notice, Payment
from masthead.money.providers.stripe.states import METHODS
from tests.worlds.giving import amounts_collected, collected_on, facts_of
from tests.worlds.money import GBP, wait_for

FIRST = date(2026, 3, 10)  # a Tuesday


def told(pledge, number):
    """What was told before the collection of this number."""
    payment = Payment.objects.select_related("notice").get(order_key=f"pledge:{pledge.reference}:{number}")
    return (payment.notice.kind, payment.notice.amount, payment.notice.day)


def fails(newsroom, *, times):
    """The bank sends a promised debit back, and we hear of it; of so many altogether."""
    wait_for(lambda: sum(event["kind"] == "payment.failed" for event in newsroom.bank.events()) == times)
    newsroom.news_arrives()


def test_month_by_month_the_thanks_and_the_receipts_say_the_next_day(newsroom, today):
    today(FIRST)
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))
    for day in (date(2026, 4, 10), date(2026, 5, 10)):
        today(day)
        newsroom.news_arrives()

    assert told(pledge, 1) == ("page", GBP("5.00"), FIRST)
    assert told(pledge, 2) == ("standing", GBP("5.00"), date(2026, 4, 10))
    assert told(pledge, 3) == ("standing", GBP("5.00"), date(2026, 5, 10))


def test_a_year_is_announced_by_a_letter_a_week_or_more_before(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("60.00"), every="year")
    today(date(2027, 2, 20))
    newsroom.news_arrives()
    assert not any("is collected on" in subject for subject in ada.mails())
    newsroom.until(date(2027, 3, 10))

    letters = [subject for subject in ada.mails() if "is collected on" in subject]
    assert letters == ["£60.00 is collected on 10 March 2027"]
    assert told(pledge, 2) == ("letter", GBP("60.00"), date(2027, 3, 10))
    assert Notice.objects.get(kind="letter").told_at.date() == date(2027, 2, 24)
    assert collected_on(pledge) == [FIRST, date(2027, 3, 10)]


def test_a_year_of_which_nobody_told_in_time_waits_for_its_week(newsroom, today):
    today(FIRST)
    pledge = newsroom.supporter("Ada").pledge(GBP("60.00"), every="year")

    newsroom.sleeps(days=365)
    newsroom.news_arrives()
    newsroom.days_pass(6)
    assert amounts_collected(pledge) == [GBP("60.00")]
    newsroom.days_pass(1)

    assert amounts_collected(pledge) == [GBP("60.00"), GBP("60.00")]
    assert told(pledge, 2) == ("letter", GBP("60.00"), date(2027, 3, 17))


def test_a_card_is_collected_with_the_amount_that_was_changed_the_evening_before(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    today(date(2026, 4, 9))

    pledges.change(pledge, amount=GBP("3.00"), interval=Interval.MONTH, by=ada.actor)
    newsroom.days_pass(1)

    assert told(pledge, 2) == ("change", GBP("3.00"), date(2026, 4, 10))
    assert amounts_collected(pledge) == [GBP("5.00"), GBP("3.00")]


def test_a_debit_waits_three_working_days_after_a_change_and_never_takes_the_old_amount(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="debit")
    newsroom.until(date(2026, 4, 9))  # a Thursday

    pledges.change(pledge, amount=GBP("3.00"), interval=Interval.MONTH, by=ada.actor)
    assert "Next time: 14 April 2026, £3.00" in newsroom.last_mail_to(ada).text
    newsroom.until(date(2026, 4, 13))
    assert pledge.instalments.count() == 1
    newsroom.days_pass(1)

    assert told(pledge, 2) == ("change", GBP("3.00"), date(2026, 4, 14))
    assert pledge.instalments.get(number=2).amount == GBP("3.00")
    assert facts_of(pledge)["next_on"] == date(2026, 5, 10)


def test_the_days_of_the_tries_to_come_are_told_with_the_failure(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="later")
    today(date(2026, 4, 10))
    newsroom.news_arrives()
    assert "on 13 April 2026 and on 17 April 2026" in newsroom.last_mail_to(ada).text

    pledges.change(pledge, amount=GBP("4.00"), interval=Interval.MONTH, by=ada.actor)
    newsroom.days_pass(3)

    assert told(pledge, "2:2") == ("change", GBP("4.00"), date(2026, 4, 13))


def test_a_failure_after_a_change_says_with_which_amount_it_is_tried_again(newsroom, today):
    today(date(2026, 3, 10))
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="bounces")

    pledges.change(pledge, amount=GBP("7.00"), interval=Interval.MONTH, by=ada.actor)
    newsroom.sleeps(days=3)
    fails(newsroom, times=1)

    assert notices.newest_of(f"pledge:{pledge.reference}:1:2").amount == GBP("7.00")
    assert "£5.00, due on 10 March 2026, could not be collected." in newsroom.last_mail_to(ada).text
    assert "on 18 March 2026 and on 20 March 2026, with £7.00, so you" in newsroom.last_mail_to(ada).text


def test_a_promise_that_is_broken_again_is_told_with_the_day_of_the_next_try(newsroom, today):
    today(date(2026, 3, 10))
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="bounces")
    newsroom.sleeps(days=3)
    fails(newsroom, times=1)
    newsroom.sleeps(days=5)
    newsroom.news_arrives()  # tried again, and promised again

    newsroom.sleeps(days=5)
    fails(newsroom, times=2)

    notice = notices.newest_of(f"pledge:{pledge.reference}:1:3")
    assert "We try again by ourselves on 26 March 2026, so" in Message.objects.get(key=notice.told_by).text
    assert notice.day == date(2026, 3, 26)


def test_a_pause_of_months_ends_with_a_letter_before(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    pledges.pause(pledge, until=date(2026, 7, 10), by=ada.actor)

    newsroom.until(date(2026, 7, 10))

    assert told(pledge, 2) == ("letter", GBP("5.00"), date(2026, 7, 10))
    assert collected_on(pledge) == [FIRST, date(2026, 7, 10)]


def test_who_has_no_address_is_not_collected_from(newsroom, today):
    today(FIRST)
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))
    Payment.objects.all()
    type(pledge).objects.update(email="")

    newsroom.sleeps(days=45)
    newsroom.news_arrives()
    newsroom.days_pass(9)

    assert amounts_collected(pledge) == [GBP("5.00")]


@pytest.mark.parametrize("lie", ["no notice", "another amount", "another order", "too early"])
def test_the_database_itself_refuses_a_collection_that_was_not_told(newsroom, today, lie):
    today(FIRST)
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))
    said = {"amount_minor": 500, "currency": "GBP", "day": FIRST, "method": "card", "kind": "letter", "told_by": "x"}
    now = clock.now()
    early = now + timedelta(hours=1 if lie == "too early" else 0)
    notice = Notice.objects.create(order_key="test:2", told_at=now, not_before=early, **said)
    row = {"order_key": "test:2", "provider": "practice", "mandate": pledge.mandate, "amount_minor": 500}
    row |= {"currency": "GBP", "income_account": "income:gifts", "created_at": now, "notice": notice}
    lies = {"no notice": {"notice": None}, "another amount": {"amount_minor": 501}, "another order": {"order_key": "t"}}

    with pytest.raises(IntegrityError, match="needs its notice"), transaction.atomic():
        Payment.objects.create(**row | lies.get(lie, {}))
    if lie != "too early":
        collected = Payment.objects.create(**row)
        for change in ({"amount_minor": 900}, {"currency": "EUR"}):
            with pytest.raises(IntegrityError, match="as it was told"), transaction.atomic():
                Payment.objects.filter(pk=collected.pk).update(**change)
        with pytest.raises(IntegrityError, match="was told"), transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(amount_minor=900)


def test_a_payment_of_no_page_cannot_be_made_a_collection_afterwards(newsroom, today):
    today(FIRST)
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))
    row = {"order_key": "test:2", "provider": "practice", "amount_minor": 1, "currency": "GBP", "income_account": "x"}
    payment = Payment.objects.create(**row)

    with pytest.raises(IntegrityError, match="as it was told"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(mandate=pledge.mandate)
    with pytest.raises(notices.NotAnnounced):
        payments.collect(pledge.mandate, GBP("5.00"), "pledge:made-up:9", "A test")
    assert Mandate.objects.get().payments.count() == 1


def test_every_method_of_paying_has_a_rule():
    assert {kind for kind, _ in METHODS.values()} | {"other"} == set(notices.WORKING_DAYS)


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 10))
def test_working_days_are_counted_without_weekends(day, count):
    later = notices.working_days_after(day, count)

    between = [day + timedelta(days=n) for n in range(1, (later - day).days + 1)]
    assert sum(one.weekday() < 5 for one in between) == count
    assert count == 0 or later.weekday() < 5
