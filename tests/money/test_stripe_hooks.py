"""Stripe's webhooks: genuine ones alone, of our own mode alone, about our own things alone."""

import json

import pytest
import stripe as library

from masthead.core import clock as the_clock
from masthead.core import config, jobs
from masthead.money import inbox
from masthead.money.models import Delivery, Event, Mandate, Payment, Refused
from masthead.money.own_name import own_name
from masthead.money.providers.stripe import signatures
from tests.conftest import MovableClock
from tests.stripe_server.book import Thing
from tests.worlds.money import GBP, Shop, journal
from tests.worlds.stripe import SECRET, SECRET_BEFORE, Till


@pytest.fixture
def paid(till: Till, shop: Shop) -> list[Thing]:
    """The events of one paid card."""
    till.pay(shop.begin(GBP("6.00")))
    return till.server.news()


def test_a_webhook_is_kept_before_it_is_answered(till: Till, paid: list[Thing]) -> None:
    answers = till.deliver(*paid)

    assert answers == [204] * len(paid)
    assert set(Event.objects.values_list("state", flat=True)) == {"kept"}
    assert Payment.objects.get().state == "created"

    jobs.run_all()
    assert Payment.objects.get().state == "collected"


def test_the_same_event_twice_is_kept_once(till: Till, paid: list[Thing]) -> None:
    till.deliver(*paid, *paid)
    till.deliver(*paid, at=the_clock.time() - 60)  # sent again, hence signed anew
    jobs.run_all()

    assert (Event.objects.count(), len(journal())) == (len(paid), 1)


def test_stripes_own_library_signs_as_we_verify() -> None:
    body, at = b'{"id": "evt_1"}', int(the_clock.time())
    theirs = library.WebhookSignature._compute_signature(f"{at}.{body.decode()}", SECRET)

    assert theirs == signatures.made(body, SECRET, at)


def test_while_a_secret_rotates_both_are_good(till: Till, paid: list[Thing]) -> None:
    first, second, third, *_ = paid

    assert till.deliver(first, secrets=(SECRET_BEFORE,)) == [204]
    assert till.deliver(second, secrets=("whsec_of_next_year", SECRET)) == [204]
    assert till.deliver(third, secrets=("whsec_of_next_year", "whsec_of_nobody")) == [400]


def forged(till: Till, event: Thing) -> dict[str, tuple[bytes, str]]:
    body, signature = till.server.delivery(event)
    now = the_clock.time()
    garbage = {
        "signed garbage": b"\xff\xfenot json",
        "signed JSON of another shape": b'{"id": "evt_1", "data": []}',
        "a signed list": b"[1, 2]",
        "an event that says not which mode": json.dumps({**event, "livemode": None}).encode(),
    }
    signed = {
        name: (made, f"t={int(now)},v1={signatures.made(made, SECRET, int(now))}") for name, made in garbage.items()
    }
    return signed | {
        "another's signature": till.server.delivery(event, secrets=("whsec_of_nobody",)),
        "no signature": (body, ""),
        "a changed body": (body.replace(b"600", b"900"), signature),
        "an old signature": till.server.delivery(event, at=now - 3600),
        "one of tomorrow": till.server.delivery(event, at=now + 86400),
        "half a signature": (body, signature[:-1]),
        "two times": (body, f"t=1,{signature}"),
        "the scheme of before": (body, signature.replace("v1=", "v0=")),
        "garbage for a signature": (body, "t=,v1=é,,=,t=99999999999999999999"),
    }


def test_what_stripe_did_not_sign_is_counted_and_not_kept(till: Till, paid: list[Thing]) -> None:
    tried = forged(till, paid[-1])

    answers = {name: till.post(*one) for name, one in tried.items()}

    assert answers == dict.fromkeys(tried, 400)
    assert (Delivery.objects.count(), Event.objects.count(), journal()) == (0, 0, {})
    assert Refused.objects.get().count == len(tried)


def test_a_signature_is_as_old_as_our_clock_says(till: Till, paid: list[Thing], clock: MovableClock) -> None:
    body, signature = till.server.delivery(paid[-1])

    clock.forward(minutes=6)

    assert till.post(body, signature) == 400


def test_live_and_test_are_never_mixed(till: Till, paid: list[Thing], monkeypatch: pytest.MonkeyPatch) -> None:
    assert till.deliver({**paid[-1], "livemode": True}) == [400]

    for name, value in {"MODE": "live", "KEY": "sk_live_1"}.items():
        monkeypatch.setenv(f"MASTHEAD_STRIPE_{name}", value)
    monkeypatch.delenv("MASTHEAD_STRIPE_API")
    config.load.cache_clear()

    assert till.deliver(paid[-1]) == [400]
    monkeypatch.undo()
    config.load.cache_clear()


def test_what_others_sell_through_the_same_account_is_none_of_ours(till: Till, shop: Shop) -> None:
    session = till.book.sell_to_another()
    till.book.refund({"payment_intent": session["payment_intent"], "amount": "100"})
    theirs = till.book.get(session["payment_intent"])
    till.book.dispute(theirs["latest_charge"])
    till.book.detach(theirs["payment_method"])

    till.tell()

    assert {*Event.objects.values_list("state", flat=True)} == {"not_ours", "unknown"}
    assert (Payment.objects.count(), Mandate.objects.count(), journal()) == (0, 0, {})
    ours_to_keep = Event.objects.filter(state="not_ours")
    assert {str(body) for body in ours_to_keep.values_list("body", flat=True)} == {"{}"}
    assert {*Delivery.objects.filter(events__in=ours_to_keep).values_list("body", flat=True)} == {None}


def test_another_newsroom_on_the_same_account_is_another(till: Till, shop: Shop) -> None:
    till.pay(shop.begin(GBP("6.00")))
    till.book.of_kind("payment_intent")[0]["metadata"]["masthead"] = "THEIRS"
    events = till.server.news()

    till.deliver(*events)
    jobs.run_all()

    assert own_name() != "THEIRS"
    assert (Payment.objects.get().state, journal()) == ("created", {})


def test_a_charge_that_does_not_bear_our_name_is_known_by_its_payment(till: Till, shop: Shop) -> None:
    till.book.fees_come_later = True
    till.pay(shop.begin(GBP("6.00")))
    till.tell()
    till.book.of_kind("charge")[0]["metadata"] = {}

    till.book.settle_fees()
    till.tell()

    assert Payment.objects.get().state == "collected"


def test_events_of_accounts_that_are_only_connected_are_not_ours(till: Till, paid: list[Thing]) -> None:
    till.deliver({**paid[-1], "account": "acct_another"})
    jobs.run_all()

    assert Event.objects.get().state == "not_ours"


def test_an_event_of_an_unknown_kind_is_kept_and_shown(till: Till) -> None:
    till.book.tell("payout.paid", till.book.new("po", "payout", amount=1, status="paid"))
    (event,) = till.book.events

    assert till.deliver(event) == [204]
    jobs.run_all()

    assert (Event.objects.get().kind, Event.objects.get().state) == ("payout.paid", "unknown")


def test_an_event_about_what_we_have_lost_waits_for_it(till: Till, paid: list[Thing]) -> None:
    theirs = Payment.objects.get().reference
    Payment.objects.update(reference="SOMETHINGELSE")
    till.deliver(paid[-1])
    jobs.run_all()
    assert Event.objects.get().state == "waiting"

    Payment.objects.update(reference=theirs)
    inbox.process_undone()

    assert (Event.objects.get().state, Payment.objects.get().state) == ("done", "collected")


def test_another_amount_than_was_asked_for_changes_nothing_and_says_so(till: Till, paid: list[Thing]) -> None:
    till.book.of_kind("payment_intent")[0]["amount_received"] = 1
    till.deliver(paid[-1])
    jobs.run_all()

    event = Event.objects.get()
    assert (event.state, event.trouble.endswith("asks for £6.00, not for £0.01")) == ("failed", True)
    assert (Payment.objects.get().state, journal()) == ("created", {})


def test_what_stripe_does_not_know_any_more_ends_with_a_sentence(till: Till, paid: list[Thing]) -> None:
    del till.book.things[till.book.of_kind("payment_intent")[0]["id"]]
    till.deliver(paid[-1])
    jobs.run_all()

    event = Event.objects.get()
    assert (event.state, event.trouble.startswith("Stripe refused it: resource_missing")) == ("failed", True)


def test_an_event_waits_while_stripe_does_not_answer(till: Till, paid: list[Thing]) -> None:
    till.deliver(paid[-1])
    till.server.faults = ["500"]
    with pytest.raises(Exception, match="Stripe does not answer"):
        jobs.run_all()
    assert Event.objects.get().trouble.startswith("Trouble: Stripe does not answer")

    inbox.process_undone()

    assert Payment.objects.get().state == "collected"


def test_what_a_slow_stripe_leaves_no_time_for_is_done_by_the_next_job(
    till: Till, paid: list[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "SECONDS_AT_ONCE", 0)
    till.deliver(*paid)
    Event.objects.update(tries=0)

    inbox.process_undone()
    assert Event.objects.filter(state="kept").count() == len(paid) - 1

    jobs.run_all()
    assert Event.objects.filter(state="kept").count() == 0


def test_what_is_kept_of_a_giver_is_a_hint_and_no_more(till: Till, paid: list[Thing]) -> None:
    till.deliver(*paid)
    jobs.run_all()

    kept = json.dumps(list(Event.objects.values_list("body", flat=True)))
    assert "4242" in kept
    assert [word for word in ("Ada Obi", "ada@example.org", "exp_year") if word in kept] == []
