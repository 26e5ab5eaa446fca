"""A newsroom that takes direct debits through GoCardless: somebody who agrees there, and news that arrives."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from django.test import Client

from masthead.core import clock, config, jobs
from masthead.money import checkouts, providers
from masthead.money.models import Checkout, Mandate, Payment
from masthead.money.providers.gocardless.client import GoCardless
from tests.gocardless_server import accounts
from tests.gocardless_server.book import Thing
from tests.gocardless_server.server import GoCardlessServer, open_gocardless
from tests.worlds.money import GBP, Shop, collect

HOOK = "/hooks/gocardless/"
SECRET, SECRET_BEFORE = "the endpoint's secret", "the secret of before"
SETTINGS = {
    "MASTHEAD_GOCARDLESS_MODE": "sandbox",
    "MASTHEAD_GOCARDLESS_TOKEN": "sandbox_tests",
    "MASTHEAD_GOCARDLESS_HOOK_SECRET": SECRET,
    "MASTHEAD_GOCARDLESS_HOOK_SECRET_BEFORE": SECRET_BEFORE,
}


class Debits:
    """One newsroom at its GoCardless, `server`."""

    def __init__(self, server: GoCardlessServer) -> None:
        self.server, self.book = server, server.book

    @property
    def provider(self) -> GoCardless:
        """Our own side of it."""
        found = providers.get("gocardless")
        assert isinstance(found, GoCardless)
        return found

    def agree(self, checkout: Checkout, number: str = accounts.GOOD) -> httpx.Response:
        """Type an account on the flow's page and agree; gives what it answers: a redirect, or a page."""
        return httpx.post(checkout.pay_url, data={"number": number}, trust_env=False)

    def first(self, shop: Shop, number: str = accounts.GOOD, *, amount: str = "5.00", order: str = "first") -> Payment:
        """The payment for which a permission was given, as it stands when the giver is back."""
        checkout = shop.begin(GBP(amount), order=order)
        assert self.agree(checkout, number).status_code == 303
        payment = checkouts.ask(checkout.reference).payment
        shop.told.clear()
        return payment

    def mandate(self, shop: Shop, number: str = accounts.GOOD) -> Mandate:
        """A permission to collect."""
        mandate = self.first(shop, number).mandate
        assert mandate is not None
        return mandate

    def collected(self, mandate: Mandate, amount: str = "5.00", *, order: str = "2") -> Payment:
        """Have it asked for, as for a later month."""
        collect(mandate, GBP(amount), f"test:{order}", "March")
        jobs.run_all()
        return Payment.objects.get(order_key=f"test:{order}")

    def thing(self, payment: Payment) -> Thing:
        """What GoCardless knows of a payment."""
        payment.refresh_from_db()
        return self.book.get("payments", payment.provider_ref)

    def deliver(self, *events: Thing, secret: str = "") -> int:
        """Have a webhook arrive at our hook; gives how it was answered. Its jobs wait for `jobs.run_all`."""
        return self.post(*self.server.delivery(*events, secret=secret))

    def post(self, body: bytes, signature: str) -> int:
        """Have these bytes arrive at our hook."""
        headers = {"Webhook-Signature": signature}
        return Client().post(HOOK, body, content_type="application/json", headers=headers).status_code

    def tell(self) -> list[Thing]:
        """Have whatever is new arrive and be dealt with, in order; gives the events."""
        events = self.server.news()
        if events:
            assert self.deliver(*events) == 204
        jobs.run_all()
        return events

    def days_pass(self, count: int) -> None:
        """Time passes, here and there, and what happened meanwhile arrives."""
        clock.move_to(clock.offset() + count * 86400)
        self.tell()


@contextmanager
def open_debits() -> Iterator[Debits]:
    """Within, this newsroom has a GoCardless of its own; whatever GoCardless would refuse fails the test."""
    with open_gocardless(clock.time, token=SETTINGS["MASTHEAD_GOCARDLESS_TOKEN"], secret=SECRET) as server:
        os.environ.update(SETTINGS, MASTHEAD_GOCARDLESS_API=server.address)
        config.load.cache_clear()
        try:
            yield Debits(server)
        finally:
            for name in (*SETTINGS, "MASTHEAD_GOCARDLESS_API"):
                del os.environ[name]
            config.load.cache_clear()
    assert server.wrong == []
