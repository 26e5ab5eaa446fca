"""Webhooks: verified, kept once, answered; made sense of later, twice if need be, in any order."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.test import Client

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.money import checks, inbox, views
from masthead.money.models import Delivery, Event, Payment, Refused
from practice_bank.hooks import signature
from tests.conftest import MovableClock
from tests.worlds.money import GBP, SECRET, Bank, Shop, journal, webhook

HOOK = "/hooks/practice/"


def post(body: bytes, headers: dict[str, str]) -> Any:
    return Client().post(HOOK, body, content_type="application/json", headers=headers)


@pytest.fixture
def paid(bank: Bank, shop: Shop) -> list[dict[str, Any]]:
    """The events of one paid card."""
    bank.pay(shop.begin(GBP("6.00")))
    return bank.events()


def test_a_webhook_is_kept_before_it_is_answered(paid: list[dict[str, Any]]) -> None:
    answer = post(*webhook(paid))

    assert (answer.status_code, answer.content) == (204, b"")
    assert Delivery.objects.get().size == len(webhook(paid)[0])
    assert list(Event.objects.order_by("pk").values_list("kind", "state")) == [
        ("mandate.made", "kept"),
        ("payment.paid", "kept"),
        ("checkout.done", "kept"),
    ]

    jobs.run_all()
    assert Payment.objects.get().state == "collected"


def test_the_same_webhook_twice_is_kept_once(paid: list[dict[str, Any]]) -> None:
    for _ in range(3):
        assert post(*webhook(paid)).status_code == 204
    assert post(*webhook([*paid[:2], paid[0]])).status_code == 204
    jobs.run_all()

    assert (Delivery.objects.count(), Event.objects.count(), len(journal())) == (2, 3, 1)


def forged(paid: list[dict[str, Any]]) -> dict[str, tuple[bytes, dict[str, str]]]:
    body, headers = webhook(paid)
    signature = headers["Practice-Signature"]
    return {
        "another's signature": webhook(paid, secret="not the bank's"),
        "no signature": (body, {}),
        "a changed body": (body.replace(b"600", b"900"), headers),
        "an old signature": webhook(paid, at=the_clock.time() - 3600),
        "one of tomorrow": webhook(paid, at=the_clock.time() + 86400),
        "half a signature": (body, {"Practice-Signature": signature[:-1]}),
        "garbage for a signature": (body, {"Practice-Signature": "t=,v1=é,,=,t=99999999999999999999"}),
        "an empty body": (b"", headers),
        "signed garbage": garbage(b"\xff\xfenot json"),
        "signed JSON of another shape": garbage(b'{"events": [{"id": 5}]}'),
        "a signed list": garbage(b"[1, 2]"),
    }


def garbage(body: bytes) -> tuple[bytes, dict[str, str]]:
    return body, {"Practice-Signature": signature(SECRET, body, the_clock.time())}


def test_what_the_bank_did_not_sign_is_counted_and_not_kept(paid: list[dict[str, Any]]) -> None:
    tried = forged(paid)

    answers = {name: post(body, headers).status_code for name, (body, headers) in tried.items()}

    assert answers == dict.fromkeys(tried, 400)
    assert (Delivery.objects.count(), Event.objects.count(), journal()) == (0, 0, {})
    assert Refused.objects.get().count == len(tried)


def test_a_webhook_of_two_megabytes_is_refused_unread(bank: Bank) -> None:
    body = b'{"events": []}'.ljust(2_000_000)
    headers = webhook([])[1]

    answer = post(body, headers)

    assert answer.status_code == 413
    assert Refused.objects.count() == 0


def test_a_body_that_hides_its_size_is_not_read_to_its_end(bank: Bank) -> None:
    """As a chunked body comes: without a length that could be looked at before."""
    scope = {"type": "http", "method": "POST", "path": HOOK, "headers": [(b"content-type", b"application/json")]}
    body = BytesIO(b"x" * 1_500_000)

    answer = views.hook(ASGIRequest(scope, body), "practice")

    assert (answer.status_code, body.tell()) == (413, inbox.LARGEST + 1)


def test_only_providers_of_this_newsroom_may_knock(bank: Bank) -> None:
    assert Client().post("/hooks/stripe/", b"{}", content_type="application/json").status_code == 404
    assert Client().get(HOOK).status_code == 405


def test_outside_a_demonstration_the_practice_bank_may_not_knock(bank: Bank, paid: list[dict[str, Any]]) -> None:
    (bank.home / "this-is-a-demo").unlink()

    answer = post(*webhook(paid))

    (bank.home / "this-is-a-demo").touch()
    assert answer.status_code == 404


def test_an_event_of_an_unknown_kind_is_kept_and_shown(bank: Bank) -> None:
    news = {"id": "evt_new", "kind": "moon.risen", "at": 1, "object": {"reference": "X"}}

    assert post(*webhook([news])).status_code == 204
    jobs.run_all()

    event = Event.objects.get()
    assert (event.kind, event.state, event.body["object"]) == ("moon.risen", "unknown", {"reference": "X"})


def test_an_event_about_what_we_do_not_know_waits_for_it(paid: list[dict[str, Any]]) -> None:
    theirs = Payment.objects.get().reference
    Payment.objects.update(reference="SOMETHINGELSE")
    post(*webhook(paid[1:2]))
    jobs.run_all()
    assert Event.objects.get().state == "waiting"

    Payment.objects.update(reference=theirs)
    inbox.process_undone()

    assert (Event.objects.get().state, Payment.objects.get().state) == ("done", "collected")


def test_an_event_that_names_another_amount_changes_nothing_and_says_why(paid: list[dict[str, Any]]) -> None:
    paid[1]["object"]["amount"] = 1
    post(*webhook(paid[1:2]))
    jobs.run_all()

    event = Event.objects.get()
    assert (event.state, event.trouble.endswith("asks for £6.00, not for £0.01")) == ("failed", True)
    assert (Payment.objects.get().state, journal()) == ("created", {})


def test_an_event_that_cannot_be_read_does_not_hold_up_the_others(paid: list[dict[str, Any]]) -> None:
    paid[0]["object"] = {"id": "man_1"}
    post(*webhook(paid))
    jobs.run_all()

    assert list(Event.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "done", "done"]
    assert Payment.objects.get().state == "collected"


def test_a_refund_that_arrives_before_its_payment_counts_once_both_are_known(bank: Bank, shop: Shop) -> None:
    bank.pay(shop.begin(GBP("6.00")))
    pay_id = bank.events()[1]["object"]["id"]
    asked = {"reference": "", "payment": pay_id, "amount": 200}
    bank.asked("POST", "/v1/refunds", asked).raise_for_status()
    refunded, paid = bank.events()[3], bank.events()[1]
    refunded["object"]["history"] = []  # as a provider tells it whose refunds don't carry their payment

    post(*webhook([refunded]))
    jobs.run_all()
    assert (Payment.objects.get().state, len(journal())) == ("created", 1)

    post(*webhook([paid]))
    jobs.run_all()
    assert (Payment.objects.get().state, Payment.objects.get().refunded_minor) == ("collected", 200)
    assert checks.books() == []


def test_what_was_written_is_erased_after_ninety_days_and_its_hash_stays(
    paid: list[dict[str, Any]], clock: MovableClock
) -> None:
    post(*webhook(paid))
    jobs.run_all()
    digest = Delivery.objects.get().digest
    the_clock.move_to(the_clock.offset() + int(timedelta(days=89).total_seconds()))
    inbox.forget_bodies()
    assert Delivery.objects.get().body is not None

    clock.forward(days=2)
    inbox.forget_bodies()

    assert (Delivery.objects.get().body, Delivery.objects.get().digest) == (None, digest)
    assert json.dumps(list(Event.objects.values_list("body", flat=True))) == "[{}, {}, {}]"
