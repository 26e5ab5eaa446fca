"""What arrives at our hook in GoCardless' name: signed, ours, and of this newsroom's account, or of no consequence."""

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from masthead.core import config, jobs
from masthead.money import inbox, standing
from masthead.money.models import Delivery, Event, Payment, Refused
from tests.conftest import MovableClock
from tests.worlds.gocardless import SECRET, SECRET_BEFORE, Debits
from tests.worlds.money import Shop, journal


@pytest.mark.parametrize("signature", ["", "forged", "ä", "0" * 64])
def test_a_forged_signature_is_counted_and_nothing_of_it_kept(debits: Debits, shop: Shop, signature: str) -> None:
    debits.first(shop)
    body, _ = debits.server.delivery(*debits.server.news())

    assert debits.post(body, signature) == 400

    assert (Delivery.objects.count(), Refused.objects.get().count) == (0, 1)


def test_a_changed_body_is_not_what_was_signed(debits: Debits, shop: Shop) -> None:
    debits.first(shop)
    body, signature = debits.server.delivery(*debits.server.news())

    assert debits.post(body.replace(b"created", b"charged_back"), signature) == 400


@pytest.mark.parametrize(("secret", "answer"), [(SECRET_BEFORE, 204), ("another newsroom's", 400)])
def test_two_secrets_are_good_while_one_takes_the_others_place(
    debits: Debits, shop: Shop, secret: str, answer: int
) -> None:
    debits.first(shop)

    assert debits.deliver(*debits.server.news(), secret=secret) == answer


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"events": [1]}', b'{"events": [{"id": "EV1"}]}', b"\xff"])
def test_what_is_signed_but_makes_no_sense_is_refused(debits: Debits, body: bytes) -> None:
    assert debits.post(body, hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()) == 400


def test_what_others_do_on_the_same_account_makes_no_supporters(debits: Debits, shop: Shop) -> None:
    debits.book.sell_to_another()
    debits.days_pass(6)
    debits.book.pay_out()
    debits.days_pass(1)

    assert (Payment.objects.count(), journal(), shop.told) == (0, {}, [])
    told = dict(Event.objects.exclude(kind__startswith="payouts.").values_list("kind", "state"))
    assert set(told.values()) <= {"not_ours", "done"}
    assert {told["payments.confirmed"], told["billing_requests.fulfilled"]} == {"not_ours"}
    assert "bakery" not in json.dumps(list(Event.objects.values_list("body", flat=True)))


def test_events_that_say_whose_they_are_cost_no_call(debits: Debits) -> None:
    debits.book.sell_to_another()
    events = debits.server.news()
    for event in events:
        event["resource_metadata"] = {"order": "7"}

    assert debits.deliver(*events) == 204
    jobs.run_all()

    assert debits.server.calls == []
    assert set(Event.objects.values_list("state", flat=True)) == {"not_ours"}


def test_an_unknown_kind_is_kept_and_shown(debits: Debits, shop: Shop) -> None:
    debits.first(shop)
    (event, *_) = debits.server.news()
    event |= {
        "id": "EV999",
        "resource_type": "creditors",
        "action": "account_auto_frozen",
        "links": {"creditor": "CR1"},
    }

    debits.deliver(event)
    jobs.run_all()

    assert Event.objects.get(event_id="EV999").state == "unknown"


def test_a_payout_that_does_not_add_up_is_left_to_a_person(debits: Debits, shop: Shop) -> None:
    debits.first(shop)
    debits.days_pass(6)
    payout = debits.book.pay_out()
    assert payout is not None
    payout["amount"] += 100
    books = journal()

    debits.tell()

    failed = Event.objects.get(state="failed")
    assert (failed.kind, journal()) == ("payouts.paid", books)
    assert failed.trouble.startswith("the payout does not add up")


def test_what_could_not_be_asked_for_waits_until_it_can(debits: Debits, shop: Shop, clock: MovableClock) -> None:
    debits.first(shop)
    clock.forward(days=6)
    debits.deliver(*debits.server.news())
    debits.server.faults = ["500"] * 30
    with pytest.raises(Exception, match="GoCardless does not answer"):
        jobs.run_all()
    assert Payment.objects.get().state == "promised"

    debits.server.faults.clear()
    inbox.process_undone()

    assert Payment.objects.get().state == "collected"


def test_the_check_says_how_gocardless_stands(debits: Debits) -> None:
    assert (True, "gocardless: answers (mode: sandbox, no money moves)") in list(standing.examine())

    debits.book.of_kind("creditors")[0]["verification_status"] = "action_required"
    assert [good for good, said in standing.examine() if "pays nothing out" in said] == [False]

    public = replace(debits.provider, address="https://courier.example")
    assert (False, "in sandbox mode on a public address: whoever agrees there gets what supporters get") in list(
        public.standing()
    )

    debits.server.token = "sandbox_of_another"
    config.load.cache_clear()
    assert (False, "gocardless: GoCardless does not accept our token for this: run `masthead check` (mode: sandbox, "
            "no money moves)") in list(standing.examine())  # fmt: skip
