"""Another card or account: one visit to the provider's page heals every open pledge, and takes nothing twice."""

from datetime import date, timedelta

import pytest
from django.test import Client

from masthead.core import jobs
from masthead.giving import means, pledges
from masthead.giving.refusals import NotFromHere
from masthead.money import failures, inbox, setups
from masthead.money.models import Event, Mandate, Notice, Payment, Setup
from masthead.readers import devices
from tests.worlds.giving import amounts_collected, facts_of
from tests.worlds.money import GBP

FIRST, FAILS = date(2026, 3, 10), date(2026, 4, 10)
GOOD_AGAIN = {"state": "active", "next_on": date(2026, 5, 10), "paid_until": date(2026, 5, 10)}


@pytest.fixture
def ada(newsroom, today):
    today(FIRST)
    giver = newsroom.supporter("Ada")
    giver.confirms()
    return giver


def test_a_new_card_heals_every_open_pledge_at_once_and_no_one_elses(newsroom, today, ada):
    mine = [ada.pledge(GBP("5.00"), card="later"), ada.pledge(GBP("7.00"), card="later"), ada.pledge(GBP("9.00"))]
    theirs = newsroom.supporter("Bo").pledge(GBP("5.00"), card="later")
    before = {pledge.mandate_id for pledge in mine}
    today(FAILS)
    newsroom.news_arrives()

    assert ada.gives_another(mine[0]).state == "done"
    newsroom.news_arrives()

    assert [facts_of(pledge) for pledge in mine] == [GOOD_AGAIN] * 3
    assert [amounts_collected(pledge) for pledge in mine] == [[GBP(a)] * 2 for a in ("5.00", "7.00", "9.00")]
    assert len({pledge.mandate_id for pledge in mine}) == 1
    assert facts_of(theirs)["state"] == "overdue"
    assert ada.mails().count("From now on with your card ending 0001") == 3
    for day in (date(2026, 4, 11), date(2026, 5, 10)):
        today(day)
        newsroom.news_arrives()
    assert set(Mandate.objects.filter(state="ended").values_list("pk", flat=True)) == before
    assert amounts_collected(mine[0]) == [GBP("5.00")] * 3


def test_a_bank_account_pays_what_is_missing_once_the_notice_is_old_enough(newsroom, today, ada):
    pledge = ada.pledge(GBP("5.00"), card="later")
    today(FAILS)  # a Friday
    newsroom.news_arrives()

    ada.gives_another(pledge, "debit")
    newsroom.days_pass(4)
    assert pledge.instalments.get(number=2).tries == 1
    assert "is collected from it on 15 April 2026" in newsroom.last_mail_to(ada).text
    newsroom.days_pass(1)

    assert pledge.instalments.get(number=2).state == "promised"
    notice = Payment.objects.get(order_key=f"pledge:{pledge.reference}:2:2").notice
    assert (notice.kind, notice.day, notice.method) == ("change", date(2026, 4, 15), "debit")
    assert facts_of(pledge) == GOOD_AGAIN


@pytest.mark.parametrize("says", ["abandoned", "failed", "open"])
def test_who_gives_none_after_all_has_everything_as_it_was(newsroom, ada, says):
    pledge = ada.pledge(GBP("5.00"))
    before = pledge.mandate
    setup = means.begin(pledge)
    if says == "failed":
        newsroom.bank.pay(setup.pay_url, "stolen")
    if says != "open":
        newsroom.bank.leave(setup)

    assert setups.ask(setup.reference).state == says
    newsroom.news_arrives()

    pledge.refresh_from_db()
    assert (pledge.mandate, Mandate.objects.count(), Notice.objects.filter(kind="change").count()) == (before, 1, 0)


def test_the_news_twice_and_late_changes_nothing_more(newsroom, today, ada):
    pledge = ada.pledge(GBP("5.00"), card="later")
    today(FAILS)
    newsroom.news_arrives()
    first, second = means.begin(pledge), means.begin(pledge)
    newsroom.bank.pay(first.pay_url, "accepts")
    newsroom.bank.pay(second.pay_url, "ends-soon")
    setups.ask(second.reference)
    jobs.run_all()

    for _ in range(2):
        setups.ask(first.reference)
        newsroom.news_arrives()
        Event.objects.update(state="kept")
        inbox.process_undone()
        jobs.run_all()

    pledge.refresh_from_db()
    assert Setup.objects.filter(state="done").count() == 2
    assert amounts_collected(pledge) == [GBP("5.00"), GBP("5.00")]
    assert Payment.objects.filter(state="collected").count() == 2


def test_a_card_that_comes_while_a_try_is_under_way_is_only_used_when_that_fails(newsroom, today, ada):
    pledge = ada.pledge(GBP("5.00"), card="later")
    today(FAILS)
    newsroom.news_arrives()
    today(FAILS + timedelta(days=3))
    jobs.run_all(with_clock=True)  # the second try is asked for; what the bank says of it is not here yet
    failing = pledge.instalments.get(number=2)
    Payment.objects.filter(order_key=failing.order_key).update(failed_at=None, failure="", state="created")
    pledge.instalments.filter(number=2).update(state="asked", tries=2, try_again_on=None)

    ada.gives_another(pledge)
    jobs.run_all()
    assert pledge.instalments.get(number=2).tries == 2
    newsroom.bank._told = 0  # now it comes
    Event.objects.filter(kind="payment.asked").delete()
    newsroom.news_arrives()
    newsroom.news_arrives()

    assert facts_of(pledge) == GOOD_AGAIN
    assert amounts_collected(pledge) == [GBP("5.00"), GBP("5.00")]
    assert pledge.instalments.get(number=2).tries == 3


def test_an_approval_that_comes_after_the_new_card_has_paid_goes_back(newsroom, today, ada):
    pledge = ada.pledge(GBP("5.00"), card="ask-later")
    today(FAILS)
    newsroom.news_arrives()
    pledge.refresh_from_db()
    waits = pledge.approve_at

    ada.gives_another(pledge)
    newsroom.bank.approve(waits)
    newsroom.news_arrives()
    newsroom.news_arrives()

    kept = Payment.objects.filter(order_key__startswith=f"pledge:{pledge.reference}:2", state="collected")
    back = Payment.objects.filter(order_key__startswith=f"pledge:{pledge.reference}:2", state="refunded")
    assert (kept.count(), back.count()) == (1, 1)
    assert facts_of(pledge) == GOOD_AGAIN
    assert pledge.instalments.get(number=2).state == "collected"


def test_an_ended_pledge_is_begun_anew_and_not_revived(newsroom, ada):
    pledge = ada.pledge(GBP("5.00"))
    pledges.end(pledge, by=ada.actor)
    pledge.refresh_from_db()

    with pytest.raises(NotFromHere):
        means.begin(pledge)


def browser_of(giver):
    """Signed in."""
    browser = Client(HTTP_ORIGIN="http://localhost:8000", HTTP_HOST="localhost:8000")
    browser.cookies[devices.COOKIE] = devices.join(giver.device, giver.reader)
    return browser


def test_the_mails_link_leads_over_the_sign_in_to_the_page_and_back(newsroom, today, ada):
    pledge = ada.pledge(GBP("5.00"), card="later")
    pledges.claim(pledge, reader=ada.reader, by=ada.actor)
    address = f"/account/pledges/{pledge.reference}/means/"
    today(FAILS)
    newsroom.news_arrives()
    assert address in newsroom.last_mail_to(ada).text
    stranger = Client(HTTP_ORIGIN="http://localhost:8000", HTTP_HOST="localhost:8000")
    assert stranger.get(address).headers["Location"].startswith("/account/sign-in/?next=")

    me = browser_of(ada)
    assert "Nothing is paid there" in me.get(address).content.decode()
    leads = me.post(address)
    assert (leads.status_code, leads.headers["Location"]) == (303, Setup.objects.get().pay_url)
    back = newsroom.bank.pay(Setup.objects.get().pay_url).headers["location"].removeprefix("http://localhost:8000")
    newsroom.bank.asked("GET", "/v1/events")
    answer = me.get(back, follow=True)

    assert "What you pay with from now on stands below." in answer.content.decode()
    jobs.run_all()
    assert facts_of(pledge)["state"] == "active"


def test_somebody_elses_pledge_is_not_there(newsroom, ada):
    pledge = ada.pledge(GBP("5.00"))
    bo = newsroom.supporter("Bo")
    bo.confirms()
    setup = means.begin(pledge)
    newsroom.bank.pay(setup.pay_url)

    browser = browser_of(bo)
    for verb in (browser.get, browser.post):
        assert verb(f"/account/pledges/{pledge.reference}/means/").status_code == 404
    seen = browser.get(f"/account/means/{setup.reference}/").content.decode()

    assert pledge.reference not in seen
    assert (Setup.objects.get().state, Setup.objects.count()) == ("open", 1)


def test_a_word_goes_out_a_month_before_a_card_ends_and_none_when_a_new_one_was_sent(newsroom, today):
    today(FIRST)
    ada, bo = newsroom.supporter("Ada"), newsroom.supporter("Bo")
    ends, renewed = ada.pledge(GBP("5.00"), card="ends-soon"), bo.pledge(GBP("5.00"), card="ends-soon")
    assert Mandate.objects.filter(expires_on=date(2026, 4, 30)).count() == 2
    newsroom.bank.renew(renewed.mandate, "2030-02")
    for day in (11, 30):
        today(date(2026, 3, day))
        newsroom.news_arrives()
    assert not [subject for subject in ada.mails() if "expires" in subject]
    for day in (date(2026, 4, 1), FAILS, date(2026, 4, 30)):
        today(day)
        newsroom.news_arrives()
    assert [s for s in ada.mails() if "expires" in s] == ["Your card ending 0010 expires on 30 April 2026"]
    assert [s for s in bo.mails() if "expires" in s] == []
    today(date(2026, 5, 10))
    newsroom.news_arrives()

    assert Mandate.objects.get(pk=renewed.mandate_id).expires_on == date(2030, 2, 28)
    assert facts_of(ends)["state"] == "overdue"
    assert ends.instalments.get(number=3).why == failures.sentence("expired")
