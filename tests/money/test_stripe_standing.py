"""What `masthead check` says of Stripe, in plain words, before a giver finds out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from masthead.core import config, jobs
from masthead.core.actors import Actor
from masthead.money import payments, setups, standing, takeovers
from masthead.money.models import Event, Mandate, Payment
from masthead.money.providers.stripe import calls, states
from masthead.web.commands import check
from tests.conftest import MovableClock
from tests.stripe_server import cards
from tests.worlds.money import GBP, Shop, collect
from tests.worlds.stripe import Till

HERE = "http://localhost:8000/hooks/stripe/"
ANSWERS = (True, "stripe: answers (mode: test, no money moves)")


def test_a_stripe_that_is_set_up_as_it_has_to_be(till: Till) -> None:
    till.book.set_up_webhook(HERE, list(states.EVENTS))

    assert list(standing.examine()) == [
        ANSWERS,
        (True, "stripe: a webhook leads here, with every event that is needed"),
    ]
    assert (ANSWERS[0], f"money: {ANSWERS[1]}") in list(check.money())


def test_test_mode_is_no_good_where_readers_are(till: Till) -> None:
    public = replace(till.provider, address="https://courier.example")

    assert next(public.standing()) == (
        False,
        "in test mode on a public address: whoever pays with a test card gets what supporters get",
    )


def test_a_webhook_that_is_missing_or_leads_elsewhere(till: Till) -> None:
    till.book.set_up_webhook("https://old.example/hooks/stripe/", ["*"])

    assert list(standing.examine())[1] == (
        False,
        f"stripe: no webhook leads here: add one at Stripe that sends to {HERE}",
    )


def test_a_webhook_that_leaves_something_out(till: Till) -> None:
    till.book.set_up_webhook(HERE, [kind for kind in states.EVENTS if kind != "refund.failed"])

    assert list(standing.examine())[1] == (False, "stripe: the webhook at Stripe leaves out refund.failed")


def test_a_key_that_stripe_does_not_take(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTHEAD_STRIPE_KEY", "sk_test_of_before")
    config.load.cache_clear()

    ((good, said),) = list(standing.examine())

    assert (good, said.startswith("stripe: Stripe does not accept our key")) == (False, True)


def test_a_stripe_that_is_away(till: Till) -> None:
    till.server.faults = ["500"]

    assert next(standing.examine())[1].startswith("stripe: Stripe does not answer")


def test_a_newsroom_without_a_provider_is_told_that_nobody_can_give(db: None) -> None:
    assert next(standing.examine()) == (
        True,
        "no payment provider is set up, so nobody can give yet: see `stripe_key`",
    )


def test_what_waits_and_what_could_not_be_done_is_counted(till: Till, shop: Shop, clock: MovableClock) -> None:
    till.book.set_up_webhook(HERE, ["*"])
    collect(till.mandate(shop), GBP("5.00"), "test:2", "March")
    clock.forward(hours=2)
    Event.objects.update(state="failed")

    assert [said for good, said in standing.examine() if not good] == [
        "1 collections and refunds wait for a provider's answer since an hour or more",
        "1 things that providers told this week could not be done: see Money at the desk",
    ]


def test_a_provider_that_still_holds_cards_is_missed(till: Till, shop: Shop) -> None:
    till.book.set_up_webhook(HERE, ["*"])
    till.mandate(shop)
    Mandate.objects.update(provider="practice")

    assert [said for good, said in standing.examine() if not good] == [
        "practice holds permissions to collect, but is not set up: nothing is collected on them"
    ]


def test_every_call_that_is_documented_is_made_and_no_other(till: Till, shop: Shop, clock: MovableClock) -> None:
    """One walk through everything that we ask of Stripe; each call is judged by its own description on the way."""
    staff = Actor.staff(1)
    means = setups.begin(
        order_key="test:means", currency="GBP", email="", description="Another", return_to="/back/{reference}/"
    )
    till.pay(means.pay_url)
    setups.ask(means.reference)
    declined = shop.begin(GBP("5.00"), order="declined")
    till.pay(declined, "4000000000009995")
    till.tell()
    mandate = till.mandate(shop)
    payments.refund(Payment.objects.get(order_key="test:first"), GBP("1.00"), by=staff, reason="asked")
    jobs.run_all()
    till.book.dispute(till.charge_of(Payment.objects.get(order_key="test:first")))
    till.tell()
    late = collect(mandate, GBP("5.00"), "test:2", "March")
    clock.forward(days=2)
    jobs.run_all()
    list(till.provider.moved(late.created_at - timedelta(days=1), clock.now() + timedelta(days=1)))
    till.provider.balance()
    payments.cancel(mandate, by=staff)
    jobs.run_all()
    list(standing.examine())
    takeovers.look_over("stripe", *till.book.elsewhere(cards.GOOD), "GBP")

    assert set(till.server.calls) == set(calls.CALLS)
