"""What a giver changes: shown before, told after, and true of tries to come and of what is planned."""

from datetime import date, timedelta

import pytest
from django.test import Client

from masthead.core import clock
from masthead.giving import collecting, leaving, mails, pledges
from masthead.giving.models import GivingTerms, Leaving, Offer
from masthead.giving.refusals import ChangedSince, NoSuchDay, NotFromHere, NothingToGiveBack
from masthead.money import providers
from masthead.money.models import Notice, Payment, Refund
from tests.giving.test_account import browser_of, carried, compared
from tests.worlds.desk import Desk
from tests.worlds.giving import amounts_collected, collected_on, facts_of
from tests.worlds.money import GBP

FIRST = date(2026, 3, 10)


def changed(pledge):
    """What the newest move says of before and after."""
    return pledge.moves.latest("pk").changed


def test_a_later_day_bridges_a_fortnight_and_rests_until_it_is_paid(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    pledges.move_date(pledge, day=28, by=ada.actor)

    moved = pledge.moves.latest("pk")
    assert (moved.act, moved.by) == ("day", str(ada.actor))
    assert moved.changed == {
        "next_on": ["2026-04-10", "2026-04-28"],
        "rests_from": [None, "2026-04-24"],
        "anchor_day": [10, 28],
    }
    said = newsroom.last_mail_to(ada)
    assert said.subject == "Changed: collected next on 28 April 2026"
    assert "Before: £5.00 every month, next time 10 April 2026" in said.text
    assert "all that you get stays until 24 April 2026" in said.text
    seen = {}
    for day in (date(2026, 4, 10), date(2026, 4, 23), date(2026, 4, 24), date(2026, 4, 27), date(2026, 4, 28)):
        today(day)
        newsroom.news_arrives()
        seen[day.day] = ada.edition
    assert seen == {10: "supporter", 23: "supporter", 24: "public", 27: "public", 28: "supporter"}
    assert collected_on(pledge) == [FIRST, date(2026, 4, 28)]
    assert facts_of(pledge) == {"state": "active", "next_on": date(2026, 5, 28), "paid_until": date(2026, 5, 28)}

    pledges.move_date(pledge, day=9, by=ada.actor)  # a second time within the year nothing is bridged
    pledge.refresh_from_db()
    assert (pledge.next_on, pledge.rests_from) == (date(2026, 6, 9), date(2026, 5, 28))
    pledges.move_date(pledge, day=28, by=ada.actor)  # and back: as if nothing had been
    pledge.refresh_from_db()
    assert (pledge.next_on, pledge.rests_from) == (date(2026, 5, 28), None)


def test_no_trick_of_days_and_pauses_keeps_benefits_unpaid(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    pledges.move_date(pledge, day=8, by=ada.actor)  # the 8th of May, almost a month later
    pledges.pause(pledge, until=date(2026, 6, 8), by=ada.actor)
    pledges.resume(pledge, by=ada.actor)
    pledge.refresh_from_db()
    assert (pledge.next_on, pledge.rests_from) == (date(2026, 5, 8), date(2026, 4, 24))
    pledges.pause(pledge, until=date(2026, 6, 8), by=ada.actor)
    today(date(2026, 5, 20))
    pledges.resume(pledge, by=ada.actor)
    pledges.move_date(pledge, day=19, by=ada.actor)

    assert ada.edition == "public"
    with pytest.raises(NoSuchDay):
        pledges.move_date(pledge, day=32, by=ada.actor)


def test_what_the_bank_was_not_asked_for_yet_is_asked_for_with_the_new_amount(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("12.00"))
    today(date(2026, 4, 10))
    collecting.collect_due(pledge)  # and the bank does not answer

    pledges.change_amount(pledge, amount=GBP("3.00"), by=ada.actor)
    assert "The payment that is due now is collected on 10 April 2026, with £3.00." in newsroom.last_mail_to(ada).text
    newsroom.news_arrives()

    assert amounts_collected(pledge) == [GBP("12.00"), GBP("3.00")]
    assert [movement["amount"] for movement in newsroom.bank.movements()] == [1200, 300]
    assert facts_of(pledge) == {"state": "active", "next_on": date(2026, 5, 10), "paid_until": date(2026, 5, 10)}
    assert not any("did not come through" in subject for subject in ada.mails())


def test_what_the_bank_took_in_the_very_moment_of_a_change_goes_back(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("12.00"))
    today(date(2026, 4, 10))
    collecting.collect_due(pledge)
    providers.get("practice").collect(newsroom.payment_of(pledge))  # it is taken, and we have not heard of it yet

    pledges.change_amount(pledge, amount=GBP("3.00"), by=ada.actor)
    newsroom.news_arrives()
    newsroom.news_arrives()

    assert amounts_collected(pledge) == [GBP("12.00"), GBP("3.00")]
    assert sum(movement["amount"] for movement in newsroom.bank.movements()) == 1200 + 300
    assert newsroom.bank.movements()[-1]["amount"] == -1200


def test_what_waits_for_an_approval_is_not_taken_at_the_old_amount(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("12.00"))
    newsroom.bank.play(pledge.mandate, "approval")
    today(date(2026, 4, 10))
    newsroom.news_arrives()
    newsroom.news_arrives()
    pledge.refresh_from_db()
    assert pledge.instalments.get(number=2).state == "waiting"
    assert pledge.approve_at

    pledges.change_amount(pledge, amount=GBP("3.00"), by=ada.actor)
    newsroom.days_pass(1)

    asked = Payment.objects.filter(order_key__startswith=f"pledge:{pledge.reference}:2").order_by("pk")
    assert [(payment.amount, payment.why) for payment in asked] == [
        (GBP("12.00"), "withdrawn"),
        (GBP("3.00"), "needs_approval"),
    ]


def test_what_the_bank_has_promised_is_not_changed_and_the_page_says_so(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="debit")
    browser, address = browser_of(ada), f"/account/pledges/{pledge.reference}/amount/"

    asked = browser.post(address, {"often": "month", "own": "3", "currency": "GBP"})
    browser.post(address, carried(asked))

    assert "With your bank already, and so not changed: <strong>£5.00</strong>" in asked.content.decode()
    assert "With your bank already, and so not changed: £5.00, due on 10 March 2026" in newsroom.last_mail_to(ada).text
    assert pledge.instalments.get().amount == GBP("5.00")
    today(date(2026, 3, 20))
    newsroom.news_arrives()
    assert amounts_collected(pledge) == [GBP("5.00")]
    assert Notice.objects.latest("pk").amount == GBP("3.00")


def test_a_page_that_is_old_says_so_and_a_second_click_does_nothing_twice(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    browser, address = browser_of(ada), f"/account/pledges/{pledge.reference}/"
    one_tab = carried(browser.post(f"{address}amount/", {"often": "month", "own": "3", "currency": "GBP"}))
    other_tab = carried(browser.post(f"{address}day/", {"day": "20"}))
    pause_tab = carried(browser.get(f"{address}pause/")) | {"until": "2026-05-10"}
    mails_before = len(ada.mails())

    done = [browser.post(f"{address}amount/", one_tab).status_code for _ in range(2)]
    stale = browser.post(f"{address}day/", other_tab)
    stale_pause = browser.post(f"{address}pause/", pause_tab)
    stale_end = browser.post(f"{address}end/", {"seen": pause_tab["seen"]})

    assert (done, len(ada.mails()) - mails_before) == ([302, 302], 1)
    assert [answer.status_code for answer in (stale, stale_pause, stale_end)] == [422] * 3
    assert "has changed since this page was opened" in stale.content.decode()
    assert "<strong>£3 every month</strong>" in stale.content.decode()
    pledge.refresh_from_db()
    assert (pledge.amount, pledge.anchor_day, pledge.state) == (GBP("3.00"), 10, "active")
    with pytest.raises(ChangedSince):
        pledges.pause(pledge, until=date(2026, 6, 10), by=ada.actor, seen=int(pause_tab["seen"]))

    fresh = carried(browser.get(f"{address}pause/")) | {"until": "2026-05-10"}
    twice = [browser.post(f"{address}pause/", fresh)["Location"] for _ in range(2)]
    resume = carried(browser.get(f"{address}resume/"))
    again = [browser.post(f"{address}resume/", resume)["Location"] for _ in range(2)]
    assert (set(twice), set(again)) == ({"/account/?done=paused"}, {"/account/?done=resumed"})
    same = browser.post(f"{address}day/", {"day": "10"})
    assert (same.status_code, "as it is already" in same.content.decode()) == (422, True)


def test_the_day_is_shown_before_it_is_moved(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    browser, address = browser_of(ada), f"/account/pledges/{pledge.reference}/day/"

    assert browser.post(address, {"day": "40"}).status_code == 422
    asked = browser.post(address, {"day": "31"})
    done = browser.post(address, carried(asked), follow=True).content.decode()

    assert compared(asked)[1] == ("10 April 2026, £5.00", "30 April 2026, £5.00")
    assert "All that you get stays until 24 April 2026" in done
    assert facts_of(pledge)["next_on"] == date(2026, 4, 30)


def test_a_pause_keeps_benefits_where_the_house_says_so_and_a_second_one_unpaid_does_not(newsroom, today):
    GivingTerms.objects.create(keeps_while_paused=True)
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    pledges.pause(pledge, until=date(2026, 5, 10), by=ada.actor)
    assert "All that you get stays during the pause." in newsroom.last_mail_to(ada).text
    GivingTerms.objects.update(keeps_while_paused=False)  # later; what was told is kept
    for day in (date(2026, 4, 27), date(2026, 5, 9)):
        today(day)
        newsroom.news_arrives()
    assert ada.edition == "supporter"
    assert "Your pause ends: £5.00 is collected on 10 May 2026" in ada.mails()

    GivingTerms.objects.update(keeps_while_paused=True)
    pledges.resume(pledge, by=ada.actor)
    pledge.refresh_from_db()
    pledges.pause(pledge, until=date(2026, 7, 9), by=ada.actor)
    assert ada.edition == "public"


def test_within_a_fortnight_all_goes_back_and_nobody_is_asked(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("60.00"), every="year")
    today(FIRST + timedelta(days=14))
    browser, address = browser_of(ada), f"/account/pledges/{pledge.reference}/end/"

    page = browser.get(address).content.decode()
    done = browser.post(address, carried(browser.get(address)) | {"at_once": "yes"}, follow=True).content.decode()
    assert ada.edition == "public"
    newsroom.news_arrives()

    assert "At once, with all your money back: £60.00" in page
    assert "Or give less" not in page
    assert "goes back to you" in done
    assert ada.mails()[-1] == "Your support has ended, and £60.00 goes back to you"
    assert (Payment.objects.get().state, pledge.instalments.get().state) == ("refunded", "refunded")
    assert [movement["amount"] for movement in newsroom.bank.movements()] == [6000, -6000]
    moved = pledge.moves.filter(act="refund").get()
    assert moved.changed["next_on"] == ["2027-03-10", None]


def test_later_the_unused_part_goes_back_if_the_house_allows_it(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("36.50"), every="year")
    today(FIRST + timedelta(days=100))
    browser, address = browser_of(ada), f"/account/pledges/{pledge.reference}/end/"
    asked = carried(browser.get(address)) | {"at_once": "yes"}

    assert "with the unused part back: £26.50" in browser.get(address).content.decode()
    GivingTerms.objects.create(refunds_unused=False)
    assert "At once" not in browser.get(address).content.decode()
    assert browser.post(address, asked).status_code == 422
    assert facts_of(pledge)["state"] == "active"
    back = pledges.end_with_refund(pledge, by=ada.actor)  # the desk may all the same
    newsroom.news_arrives()

    assert back == GBP("26.50") == Refund.objects.get().amount
    assert Payment.objects.get().state == "collected"
    assert ada.edition == "public"
    with pytest.raises(NotFromHere):
        pledges.end_with_refund(pledge, by=ada.actor)


def test_what_the_bank_has_promised_goes_back_when_it_arrives(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="debit")
    assert Payment.objects.get().state == "promised"

    pledges.end_with_refund(pledge, by=ada.actor)
    newsroom.news_arrives()
    assert (ada.edition, Refund.objects.count()) == ("public", 0)
    today(FIRST + timedelta(days=9))
    newsroom.news_arrives()

    assert (Payment.objects.get().state, Refund.objects.get().amount) == ("refunded", GBP("5.00"))
    assert "if not, it goes back as soon as it has arrived" in newsroom.last_mail_to(ada).text
    assert (ada.edition, ada.mails()[-1]) == ("public", "Your support has ended, and £5.00 goes back to you")


def test_nothing_is_given_back_of_what_is_used(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    pledges.pause(pledge, until=date(2026, 7, 10), by=ada.actor)
    today(date(2026, 5, 1))

    with pytest.raises(NothingToGiveBack):
        pledges.end_with_refund(pledge, by=ada.actor)

    assert facts_of(pledge)["state"] == "paused"


def test_one_thing_is_offered_once_and_what_is_said_is_kept_without_a_name(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge, small = ada.pledge(GBP("12.00")), ada.pledge(GBP("3.00"))
    assert leaving.offer_for(pledge) == Offer.NONE  # in the first fortnight
    today(date(2026, 3, 25))
    browser, address = browser_of(ada), f"/account/pledges/{pledge.reference}/end/"

    page = browser.get(address)
    said = carried(page) | {"reason": "money", "words": "Ada says " + "x" * 400, "at_once": ""}
    lower = browser.get(f"/account/pledges/{pledge.reference}/amount/?amount=600").content.decode()
    pauses = browser.get(f"/account/pledges/{small.reference}/end/").content.decode()
    browser.post(address, said)
    browser.post(address, said)

    text = page.content.decode()
    assert ("£6 every month</a> helps as well" in text, "pause it</a>" in text) == (True, False)
    assert 'name="month" value="600" checked' in lower
    assert ("helps as well" in pauses, "pause it</a>" in pauses) == (False, True)
    kept = Leaving.objects.get()
    assert (kept.month, kept.reason, kept.offer, kept.with_refund) == (date(2026, 3, 1), "money", "lower", False)
    assert len(kept.words) == 300
    assert [field.name for field in Leaving._meta.get_fields() if field.is_relation] == []
    figures = Desk("Supporter care").get("/desk/leaving/?export=csv")
    assert "".join(part.decode() for part in figures.streaming_content).splitlines()[1].startswith("2026-03-01,")
    assert Desk("Editors").get("/desk/leaving/").status_code == 302
    pledges.change_amount(small, amount=GBP("4.00"), by=ada.actor)
    assert leaving.offer_for(small) == Offer.NONE  # who lowered or paused lately is left in peace
    orders = {tuple(leaving.reasons(row)) for row in (pledge, small)}
    assert (len(orders), {order[-1][0] for order in orders}, {len(order) for order in orders}) == (2, {"other"}, {11})
    newsroom.sleeps(days=400)
    leaving.forget_words()
    kept.refresh_from_db()
    assert (kept.words, kept.reason) == ("", "money")


def test_each_mail_of_what_goes_on_says_how_to_stop(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("12.00"), card="later")
    for day in (date(2026, 4, 10), date(2026, 4, 13), date(2026, 4, 17), date(2026, 4, 21)):
        today(day)  # it fails, is tried twice more, is reminded of
        newsroom.news_arrives()
    bo = newsroom.supporter("Bo")
    other = bo.pledge(GBP("12.00"))
    pledges.change_amount(other, amount=GBP("3.00"), by=bo.actor)
    pledges.pause(other, until=clock.add_months(clock.today(), 2), by=bo.actor)
    mails.coming(other)
    pledges.resume(other, by=bo.actor)
    bo.gives_another(other)

    for giver, theirs in ((ada, pledge), (bo, other)):
        stop = f"http://localhost:8000/account/pledges/{theirs.reference}/end/"
        texts = newsroom.mails_to(giver)
        going_on = {subject: text for subject, text in texts if "has ended" not in subject and "Confirm" not in subject}
        assert [subject for subject, text in going_on.items() if stop not in text] == []
        assert len(going_on) >= 3
    stranger = Client(HTTP_ORIGIN="http://localhost:8000", HTTP_HOST="localhost:8000")
    assert stranger.get(f"/account/pledges/{other.reference}/end/")["Location"].startswith("/account/sign-in/?next=")
