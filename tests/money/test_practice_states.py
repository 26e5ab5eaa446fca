"""Everything that the practice bank can say has a meaning with us."""

import struct

from masthead.core import jobs
from masthead.money import failures
from masthead.money.models import Event
from masthead.money.providers.practice import states
from practice_bank.cards import CARDS
from tests.worlds.money import GBP, Bank, Shop, wait_for


def test_whatever_the_bank_says_is_understood(bank: Bank, shop: Shop) -> None:
    for card in CARDS:
        checkout = shop.begin(GBP("5.00"), order=card.code)
        answer = bank.pay(checkout, card.code)
        if card.code == "approval":
            bank.approve(bank.address + answer.headers["location"], "no")
            bank.approve(bank.address + bank.pay(checkout, "approval").headers["location"])
        if card.code == "expired":
            bank.leave(checkout)
    bank.clock_file.write_bytes(struct.pack("<q", 9 * 86400))
    wait_for(lambda: {"checkout.expired", "payment.failed"} <= {event["kind"] for event in bank.events()})
    paid = [event["object"] for event in bank.events() if event["kind"] == "payment.paid"]
    bank.asked("POST", "/v1/refunds", {"reference": "", "payment": paid[0]["id"], "amount": 100})
    bank.asked("POST", f"/v1/payments/{paid[1]['id']}/claim-back", {})
    bank.asked("POST", f"/v1/mandates/{paid[0]['mandate']['id']}/renew", {"expires": "2040-01"})
    bank.asked("POST", f"/v1/mandates/{paid[0]['mandate']['id']}/cancel", {})

    bank.tell()
    jobs.run_all()

    kinds = {event["kind"] for event in bank.events()}
    assert kinds == set(states.KINDS) - {"checkout.asked"}  # that one is what we make of an answer
    assert set(Event.objects.values_list("state", flat=True)) == {"done"}


def test_every_reason_has_a_sentence() -> None:
    reasons = {card.first for card in CARDS} | {card.later for card in CARDS}

    assert reasons - {"ok", "approval", "promise", "bounce"} <= set(states.FAILURES)
    assert set(states.FAILURES.values()) <= set(failures.FAILURES)
