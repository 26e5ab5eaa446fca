"""Each reason for which a payment fails: its sentence, what the giver is asked, and what is done."""

from datetime import date, timedelta

import pytest

from masthead.giving import pledges
from masthead.giving.models import GivingTerms
from masthead.money import failures
from masthead.money.failures import Then
from masthead.money.models import Mandate, Payment
from masthead.money.providers.practice.states import FAILURES
from tests.worlds.giving import facts_of
from tests.worlds.money import GBP

FIRST, FAILS = date(2026, 3, 10), date(2026, 4, 10)
OF_THE_BANK = {ours: theirs for theirs, ours in FAILURES.items()} | {"needs_approval": "approval"}
OURS_ALONE = {"withdrawn", "no_mandate"}  # no bank says these: see below


def test_the_practice_bank_can_say_every_reason():
    assert set(OF_THE_BANK) == set(failures.FAILURES) - OURS_ALONE


@pytest.mark.parametrize("codes", [sorted(OF_THE_BANK)[:7], sorted(OF_THE_BANK)[7:]])
def test_each_reason_is_told_in_words_and_does_what_the_table_says(newsroom, today, codes):
    today(FIRST)
    givers = {code: newsroom.supporter(code.replace("_", "-").title()) for code in codes}
    promised = {code: giver.pledge(GBP("5.00")) for code, giver in givers.items()}
    for code, pledge in promised.items():
        newsroom.bank.play(pledge.mandate, OF_THE_BANK[code])

    today(FAILS)
    newsroom.news_arrives()
    done = {}
    for code, giver in givers.items():
        failing, told = promised[code].instalments.get(number=2), newsroom.last_mail_to(giver).text
        assert failures.sentence(code) in told
        asked = failures.step(code) if failing.try_again_on is None else "We try again by ourselves on 13 April 2026"
        assert asked in told
        assert (facts_of(promised[code])["state"], giver.edition) == ("overdue", "supporter")
        mandate = Mandate.objects.get(pk=promised[code].mandate_id)
        done[code] = (failing.state, failing.try_again_on, mandate.state)

    again = FAILS + timedelta(days=3)
    table = {
        Then.LATER: ("failed", again, "active"),
        Then.ANOTHER: ("failed", None, "active"),
        Then.STOP: ("failed", None, "ended"),
        Then.APPROVAL: ("waiting", None, "active"),
    }
    assert done == {code: table[failures.of(code).then] for code in codes}


def test_what_is_let_go_asks_for_nothing(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="ask-later")
    today(FAILS)
    newsroom.news_arrives()

    pledges.end(pledge, by=ada.actor)
    newsroom.news_arrives()

    payment = newsroom.payment_of(pledge)
    assert (payment.failure, failures.of(payment.failure).then) == ("withdrawn", Then.NOTHING)
    assert failures.step("withdrawn") == "You need not do anything."
    assert pledge.instalments.get(number=2).state == "abandoned"


def test_without_any_permission_the_giver_is_asked_for_one(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    Payment.objects.update(mandate=None)
    type(pledge).objects.update(mandate=None)

    today(FAILS)
    newsroom.news_arrives()

    assert facts_of(pledge)["state"] == "overdue"
    assert failures.sentence("no_mandate") in newsroom.last_mail_to(ada).text
    assert failures.step("no_mandate") in newsroom.last_mail_to(ada).text


def test_two_words_and_a_farewell_and_none_after_it_is_healed(newsroom, today):
    today(FIRST)
    ada, bo = newsroom.supporter("Ada"), newsroom.supporter("Bo")
    lost, healed = ada.pledge(GBP("5.00"), card="later"), bo.pledge(GBP("5.00"), card="later")
    for after in (0, 3, 7, 9, 10, 11, 14):
        if after == 3:
            newsroom.bank.play(healed.mandate, "ok")
        today(FAILS + timedelta(days=after))
        newsroom.news_arrives()

    about_it = [subject for subject in ada.mails() if "Receipt" not in subject and "Thank" not in subject]
    assert about_it[-3:] == [
        "Your payment to The Paper did not come through",
        "Your support ends on 24 April 2026, unless you would like to go on",
        "Your support has ended",
    ]
    assert [facts_of(pledge)["state"] for pledge in (lost, healed)] == ["ended", "active"]
    assert [s for s in bo.mails() if "did not come through" in s or "ends on" in s] == [about_it[-3]]
    assert bo.mails()[-1].startswith("Receipt")


def test_the_grace_is_as_long_as_the_desk_says_and_stays_as_it_was_told(newsroom, today):
    today(FIRST)
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="later")
    GivingTerms.objects.create(grace_days=21)
    today(FAILS)
    newsroom.news_arrives()
    assert "stays until 1 May 2026" in newsroom.last_mail_to(ada).text

    GivingTerms.objects.update(grace_days=7)
    for after in (3, 7, 20):
        today(FAILS + timedelta(days=after))
        newsroom.news_arrives()
    assert (facts_of(pledge)["state"], ada.edition) == ("overdue", "supporter")
    newsroom.days_pass(1)

    assert (facts_of(pledge)["state"], ada.edition) == ("ended", "public")
