"""Every provider that the one contract is held against, each with its own server and somebody who pays there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from django.test import Client

from masthead.core import clock, jobs
from masthead.money import providers
from masthead.money.models import Checkout
from masthead.money.providers.base import Provider
from tests.ferry.client import FerryProvider
from tests.ferry.server import open_ferry
from tests.gocardless_server import accounts
from tests.stripe_server import cards
from tests.worlds.gocardless import open_debits
from tests.worlds.money import open_bank, webhook
from tests.worlds.stripe import open_till

Delivery = tuple[bytes, dict[str, str]]


@dataclass
class Counter:
    """A provider from the giver's side: `pay` at its page, `news` as it sends it, `close` its doors."""

    name: str
    pay: Callable[[Checkout], httpx.Response]
    news: Callable[[], Delivery | None]
    close: Callable[[], None]
    days: int = 0  # until what was promised is collected

    @property
    def provider(self) -> Provider:
        return providers.get(self.name)

    def knock(self, body: bytes, headers: dict[str, str]) -> int:
        """Have a webhook arrive; gives how it was answered."""
        path = f"/hooks/{self.name}/"
        return Client().post(path, body, content_type="application/json", headers=headers).status_code

    def tell(self) -> None:
        """Whatever is new arrives and is dealt with, once the bank had its days."""
        if self.days:
            clock.move_to(clock.offset() + self.days * 86400)
        while delivery := self.news():
            assert self.knock(*delivery) == 204
        jobs.run_all()


@contextmanager
def open_counter(name: str) -> Iterator[Counter]:
    """Within, this newsroom has that provider and no other."""
    with {"practice": _practice, "stripe": _stripe, "gocardless": _gocardless, "ferry": _ferry}[name]() as counter:
        yield counter


@contextmanager
def _practice() -> Iterator[Counter]:
    with open_bank() as bank:
        told = [0]

        def news() -> Delivery | None:
            fresh = bank.events()[told[0] :]
            told[0] += len(fresh)
            return webhook(fresh) if fresh else None

        yield Counter("practice", bank.pay, news, bank.close)


@contextmanager
def _stripe() -> Iterator[Counter]:
    with open_till() as till:
        waiting: list[Delivery] = []

        def news() -> Delivery | None:
            for event in till.server.news():
                body, signature = till.server.delivery(event)
                waiting.append((body, {"Stripe-Signature": signature}))
            return waiting.pop(0) if waiting else None

        yield Counter("stripe", lambda checkout: till.pay(checkout, cards.GOOD), news, till.server.close)


@contextmanager
def _gocardless() -> Iterator[Counter]:
    with open_debits() as debits:

        def news() -> Delivery | None:
            if not (fresh := debits.server.news()):
                return None
            body, signature = debits.server.delivery(*fresh)
            return body, {"Webhook-Signature": signature}

        pay: Callable[[Checkout], httpx.Response] = lambda checkout: debits.agree(checkout, accounts.GOOD)  # noqa: E731

        def away() -> None:
            debits.server.faults += ["500"] * 9

        yield Counter("gocardless", pay, news, away, days=12)


@contextmanager
def _ferry() -> Iterator[Counter]:
    """Registered as any other is: by one line of a table."""
    with open_ferry(clock.time, key="between us") as ferry:
        providers.FINDERS["ferry"] = lambda: FerryProvider(ferry.address, ferry.key)
        told = [0]

        def news() -> Delivery | None:
            fresh, told[0] = ferry.news[told[0] :], len(ferry.news)
            return ferry.delivery(*fresh) if fresh else None

        def pay(checkout: Checkout) -> httpx.Response:
            return httpx.post(checkout.pay_url, data={"purse": "full"}, trust_env=False)

        try:
            yield Counter("ferry", pay, news, ferry.close)
        finally:
            del providers.FINDERS["ferry"]
