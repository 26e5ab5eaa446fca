"""When a payment fails: tried again twice, and every benefit stays for two weeks."""

from datetime import date, timedelta

from django.utils.formats import date_format

from masthead.core import clock
from masthead.core.models import Message
from masthead.giving import outcomes, pledges, schedule
from masthead.giving.models import Pledge
from masthead.money.models import Payment
from tests.worlds.giving import amounts_collected, facts_of
from tests.worlds.money import GBP

FIRST, FAILS = date(2026, 3, 10), date(2026, 4, 10)


def test_benefits_stay_through_the_grace_and_end_with_it(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="later")

    today(FAILS)
    newsroom.news_arrives()
    assert facts_of(pledge)["state"] == "overdue"
    newsroom.until(FAILS + timedelta(days=13))
    assert (facts_of(pledge)["state"], ada.edition) == ("overdue", "supporter")
    newsroom.days_pass(1)

    assert (facts_of(pledge)["state"], ada.edition) == ("ended", "public")
    assert amounts_collected(pledge) == [GBP("5.00")]


def test_it_is_tried_again_after_three_and_after_seven_days(newsroom, today):
    today(FIRST)
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"), card="later")
    today(FAILS)
    newsroom.news_arrives()

    tries = {}
    for day in range(1, 14):
        newsroom.days_pass(1)
        tries[day] = pledge.instalments.get(number=2).tries

    assert [day for day in tries if tries[day] != tries.get(day - 1, 1)] == [3, 7]


def test_a_try_that_succeeds_heals_it_and_its_day_stays(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="later")
    good = newsroom.supporter("Bo").pledge(GBP("5.00")).mandate
    today(FAILS)
    newsroom.news_arrives()

    Pledge.objects.filter(pk=pledge.pk).update(mandate=good)
    newsroom.days_pass(3)

    assert facts_of(pledge) == {"state": "active", "next_on": date(2026, 5, 10), "paid_until": date(2026, 5, 10)}
    assert amounts_collected(pledge) == [GBP("5.00"), GBP("5.00")]
    assert ada.edition == "supporter"


def test_one_mail_says_that_it_failed_and_one_that_it_ended(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    ada.pledge(GBP("5.00"), card="later")
    today(FAILS)
    newsroom.news_arrives()
    newsroom.days_pass(20)

    told = [subject for subject in ada.mails() if "not come through" in subject or "ended" in subject]
    assert len(told) == 2
    assert "come through" in told[0]
    assert told[1] == "Your support has ended"


def test_a_debit_that_bounces_is_overdue_and_not_forgotten(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="bounces")
    assert (pledge.state, ada.edition) == ("active", "supporter")

    lived = []
    for _ in range(30):
        newsroom.days_pass(1)
        lived.append((facts_of(pledge)["state"], ada.edition))

    assert set(lived) == {("active", "supporter"), ("overdue", "supporter"), ("ended", "public")}
    assert lived[-1] == ("ended", "public")
    assert amounts_collected(pledge) == []


def test_who_ends_it_while_overdue_is_promised_no_time_that_is_over(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="later")
    today(FAILS)
    newsroom.news_arrives()

    pledges.end(pledge, by=ada.actor)

    assert ada.edition == "public"
    assert "as you asked" in newsroom.last_mail_to(ada).text
    assert "What you have paid for" not in newsroom.last_mail_to(ada).text


def test_without_a_clock_the_grace_still_ends(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    ada.pledge(GBP("5.00"), card="later")
    today(FAILS)
    newsroom.news_arrives()

    newsroom.sleeps(days=15)

    assert ada.edition == "public"
    assert clock.today() == FAILS + timedelta(days=15)


def test_what_is_claimed_back_ends_it_and_is_never_collected_again(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="debit")
    newsroom.days_pass(6)

    newsroom.bank.claim_back(newsroom.payment_of(pledge))
    newsroom.news_arrives()
    newsroom.days_pass(40)

    assert (facts_of(pledge)["state"], ada.edition) == ("ended", "public")
    assert [row.state for row in pledge.instalments.all()] == ["returned"]


def test_a_payment_that_waits_for_approval_says_so_and_heals_when_approved(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="ask-later")
    today(FAILS)
    newsroom.news_arrives()
    assert (facts_of(pledge)["state"], ada.edition) == ("overdue", "supporter")
    assert pledge.approve_at in newsroom.last_mail_to(ada).text

    newsroom.bank.approve(pledge.approve_at)
    newsroom.news_arrives()

    assert facts_of(pledge) == {"state": "active", "next_on": date(2026, 5, 10), "paid_until": date(2026, 5, 10)}
    assert amounts_collected(pledge) == [GBP("5.00"), GBP("5.00")]


def test_whoever_ends_while_a_payment_waits_for_approval_is_asked_no_more(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="ask-later")
    today(FAILS)
    newsroom.news_arrives()

    pledges.end(pledge, by=ada.actor)
    newsroom.news_arrives()

    assert facts_of(pledge)["state"] == "ended"
    assert newsroom.payment_of(pledge).state == "failed"
    assert amounts_collected(pledge) == [GBP("5.00")]


def test_a_debit_that_fails_while_paused_is_let_go(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="bounces")
    pledges.pause(pledge, until=date(2026, 5, 10), by=ada.actor)

    newsroom.days_pass(8)

    assert (facts_of(pledge)["state"], ada.edition) == ("paused", "public")
    assert [(row.state, row.try_again_on) for row in pledge.instalments.all()] == [("abandoned", None)]


def test_a_grace_begins_when_we_hear_of_the_failure_and_paid_time_stays(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="bounces")

    newsroom.sleeps(days=40)
    newsroom.news_arrives()

    assert (facts_of(pledge)["state"], ada.edition) == ("overdue", "supporter")
    assert schedule.grace_of(pledge) == clock.today() + timedelta(days=14)
    told = next(mail for mail in Message.objects.filter(to=ada.email) if "not come through" in mail.subject)
    assert f"stays until {date_format(clock.today() + timedelta(days=14), 'j F Y')}" in told.text


def test_an_old_debit_that_bounces_late_takes_nothing_of_a_month_that_is_paid(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="debit")
    newsroom.until(FAILS + timedelta(days=6))
    first = Payment.objects.get(order_key=f"pledge:{pledge.reference}:1")

    first.collected_at = first.collected_on = None
    first.failed_at = clock.now()
    pledge.instalments.filter(number=1).update(state="promised")
    outcomes.of_instalment(first)
    newsroom.sleeps(days=15)

    assert facts_of(pledge) | {"next_on": None} == {
        "state": "overdue",
        "next_on": None,
        "paid_until": date(2026, 5, 10),
    }
    assert ada.edition == "supporter"


def test_after_an_outage_of_weeks_it_is_tried_once_more_and_ends(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="later")
    today(FAILS)
    newsroom.news_arrives()

    newsroom.sleeps(days=31)
    newsroom.news_arrives()

    assert (facts_of(pledge)["state"], ada.edition) == ("ended", "public")
    assert pledge.instalments.get(number=2).tries == 2
    assert ada.mails()[-1] == "Your support has ended"


def test_what_was_approved_and_refunded_at_the_bank_before_we_heard_is_not_overdue_for_ever(newsroom, today):
    today(FIRST)
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"), card="ask-later")
    today(FAILS)
    newsroom.news_arrives()
    payment = newsroom.payment_of(pledge)
    pledge.refresh_from_db()

    newsroom.bank.approve(pledge.approve_at)
    at_the_counter = {"reference": "", "payment": payment.provider_ref, "amount": 500}
    newsroom.bank.asked("POST", "/v1/refunds", at_the_counter).raise_for_status()
    newsroom.news_arrives()

    assert facts_of(pledge) == {"state": "active", "next_on": date(2026, 5, 10), "paid_until": FAILS}
    assert pledge.instalments.get(number=2).state == "refunded"
