"""A newsroom that takes money through Stripe: somebody who pays there, and news that arrives."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from django.test import Client

from masthead.core import clock, config, jobs
from masthead.money import checkouts, providers
from masthead.money.models import Checkout, Mandate, Payment
from masthead.money.providers.stripe.client import Stripe
from tests.stripe_server import cards
from tests.stripe_server.book import Thing
from tests.stripe_server.server import StripeServer, open_stripe
from tests.worlds.money import GBP, Shop

HOOK = "/hooks/stripe/"
SECRET, SECRET_BEFORE = "whsec_in_force", "whsec_of_before"
SETTINGS = {
    "MASTHEAD_STRIPE_MODE": "test",
    "MASTHEAD_STRIPE_KEY": "sk_test_tests",
    "MASTHEAD_STRIPE_HOOK_SECRET": SECRET,
    "MASTHEAD_STRIPE_HOOK_SECRET_BEFORE": SECRET_BEFORE,
}


class Till:
    """One newsroom at its Stripe, `server`."""

    def __init__(self, server: StripeServer) -> None:
        self.server, self.book = server, server.book

    @property
    def provider(self) -> Stripe:
        """Our own side of it."""
        found = providers.get("stripe")
        assert isinstance(found, Stripe)
        return found

    def pay(self, page: Checkout | str, number: str = cards.GOOD) -> httpx.Response:
        """Pay at the hosted page; gives what it answers: a redirect, or a page."""
        url = page if isinstance(page, str) else page.pay_url
        return httpx.post(url, data={"means": number}, trust_env=False)

    def answer_bank(self, page: Checkout | str, answer: str = "yes") -> httpx.Response:
        """What the owner of the card says to its bank."""
        url = page if isinstance(page, str) else page.pay_url
        return httpx.post(url.replace("/c/pay/", "/c/3ds/"), data={"answer": answer}, trust_env=False)

    def mandate(self, shop: Shop, number: str = cards.GOOD, *, order: str = "first") -> Mandate:
        """A permission to collect, given with a first payment of five pounds."""
        checkout = shop.begin(GBP("5.00"), order=order)
        if self.pay(checkout, number).status_code == 200:
            self.answer_bank(checkout)
        mandate = checkouts.ask(checkout.reference).mandate
        assert mandate is not None
        shop.told.clear()
        return mandate

    def deliver(self, *events: Thing, **how: Any) -> list[int]:
        """Have events arrive at our hook, signed; gives what each was answered. Their jobs wait for `jobs.run_all`."""
        return [self.post(*self.server.delivery(event, **how)) for event in events]

    def post(self, body: bytes, signature: str) -> int:
        """Have these bytes arrive at our hook."""
        headers = {"Stripe-Signature": signature}
        return Client().post(HOOK, body, content_type="application/json", headers=headers).status_code

    def tell(self) -> list[Thing]:
        """Have whatever is new arrive and be dealt with, in order; gives the events."""
        events = self.server.news()
        assert set(self.deliver(*events)) <= {204}
        jobs.run_all()
        return events

    def days_pass(self, count: int) -> None:
        """Time passes, here and there, and what happened meanwhile arrives."""
        clock.move_to(clock.offset() + count * 86400)
        self.tell()

    def charge_of(self, payment: Payment) -> str:
        """What Stripe calls the charge of a payment."""
        payment.refresh_from_db()
        ref: str = self.book.get(payment.provider_ref)["latest_charge"]
        return ref

    @property
    def held(self) -> int:
        """What Stripe's own books say that it holds, in its smallest unit."""
        return sum(line["net"] for line in self.book.of_kind("balance_transaction"))


@contextmanager
def open_till() -> Iterator[Till]:
    """Within, this newsroom takes money through a Stripe of its own; whatever Stripe would refuse fails the test."""
    with open_stripe(clock.time, key=SETTINGS["MASTHEAD_STRIPE_KEY"], secrets=(SECRET,)) as server:
        os.environ.update(SETTINGS, MASTHEAD_STRIPE_API=server.address)
        config.load.cache_clear()
        try:
            yield Till(server)
        finally:
            for name in (*SETTINGS, "MASTHEAD_STRIPE_API"):
                del os.environ[name]
            config.load.cache_clear()
    assert server.wrong == []
