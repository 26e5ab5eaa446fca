"""A bank to pay at, an order to pay for, and the books as a test reads them."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from masthead.core import clock, config, jobs
from masthead.money import checkouts, customers, inbox, payments
from masthead.money.amounts import Money
from masthead.money.defences import Visitor
from masthead.money.models import Checkout, Line, Mandate, Notice, Payment, PaymentMove
from practice_bank.hooks import signature

ROOT = Path(__file__).resolve().parents[2]
SECRET = "the secret between a test and its bank"


def GBP(amount: str) -> Money:  # noqa: N802 (a currency is written so)
    """`GBP("5.00")`"""
    return Money.of(amount, "GBP")


class Bank:
    """A real practice bank in a process of its own, and somebody who pays there."""

    good_card, debit = "accepts", "debit"

    def __init__(self, home: Path, *, hook: str = "", port: int = 0) -> None:
        self.home, self.hook, self.port = home, hook, port
        self.clock_file = home / "state" / "clock"
        self._told = 0
        self.open()

    def open(self) -> None:
        """Open the doors, at the same port as before if it had one."""
        words = [sys.executable, "-m", "practice_bank", "--file", str(self.home / "bank.sqlite3")]
        words += ["--port", str(self.port), "--hook", self.hook, "--secret", SECRET, "--clock", str(self.clock_file)]
        words += ["--merchant", "The Haverness Courier", "--tell", str(self.home / "state" / "practice-bank.json")]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.port = int(self.address.rpartition(":")[2])

    def close(self) -> None:
        """Shut the doors; what is in its file stays."""
        self.process.terminate()
        self.process.wait(10)

    def asked(self, method: str, path: str, content: Any = None, **headers: str) -> httpx.Response:
        """The API's answer."""
        headers = {"Authorization": f"Bearer {SECRET}", **headers}
        return httpx.request(method, self.address + path, json=content, headers=headers, trust_env=False)

    def pay(self, checkout: Checkout | str, card: str = good_card, *, number: str = "") -> httpx.Response:
        """Pay on the pay page with a test card; gives what the bank answers: a redirect, or the page again."""
        url = checkout if isinstance(checkout, str) else checkout.pay_url
        return httpx.post(url, data={"card": card, "number": number}, trust_env=False)

    def approve(self, url: str, answer: str = "yes") -> httpx.Response:
        """Answer the bank's second page."""
        return httpx.post(url, data={"answer": answer}, trust_env=False)

    def leave(self, checkout: Checkout) -> httpx.Response:
        """Leave the pay page without paying."""
        return httpx.post(checkout.pay_url.replace("/pay/", "/leave/"), data={}, trust_env=False)

    def play(self, mandate: Mandate, later: str) -> None:
        """From now on whoever collects on it meets this: a reason of the bank's, 'ok', 'promise' or 'approval'."""
        self.asked("POST", f"/v1/mandates/{mandate.provider_ref}/play", {"later": later}).raise_for_status()

    def renew(self, mandate: Mandate, expires: str) -> None:
        """The giver's bank sends a card that lasts until this month, 2031-05."""
        self.asked("POST", f"/v1/mandates/{mandate.provider_ref}/renew", {"expires": expires}).raise_for_status()

    def claim_back(self, payment: Payment) -> None:
        """What who paid can do at their own bank."""
        self.asked("POST", f"/v1/payments/{payment.provider_ref}/claim-back", {}).raise_for_status()

    def events(self) -> list[dict[str, Any]]:
        """All that the bank has to tell, oldest first."""
        events: list[dict[str, Any]] = self.asked("GET", "/v1/events").json()["events"]
        return events

    def movements(self) -> list[dict[str, Any]]:
        """The bank's own books."""
        movements: list[dict[str, Any]] = self.asked("GET", "/v1/movements").json()["movements"]
        return movements

    def tell(self) -> None:
        """Have what the bank has to tell, and didn't yet, arrive and be dealt with."""
        fresh = self.events()[self._told :]
        self._told += len(fresh)
        if fresh:
            body, headers = webhook(fresh)
            inbox.keep("practice", body, headers)
        jobs.run_all()


def webhook(
    events: list[dict[str, Any]], *, secret: str = SECRET, at: float | None = None
) -> tuple[bytes, dict[str, str]]:
    """A delivery as the bank makes it: its bytes and headers."""
    body = json.dumps({"events": events}).encode()
    return body, {"Practice-Signature": signature(secret, body, clock.time() if at is None else at)}


@contextmanager
def open_bank(home: Path | None = None, *, hook: str = "") -> Iterator[Bank]:
    """Within, this newsroom is a demonstration and has a practice bank, whose time is the newsroom's."""
    home = home or config.load().home
    mark, shared = home / "this-is-a-demo", clock._shared
    mark.touch()
    bank = Bank(home, hook=hook)
    clock.follow(bank.clock_file)
    clock.move_to(0)
    try:
        yield bank
    finally:
        bank.close()
        clock._shared = shared
        mark.unlink()
        for left in ("bank.sqlite3", "bank.sqlite3-wal", "bank.sqlite3-shm", "state/practice-bank.json"):
            (home / left).unlink(missing_ok=True)


@contextmanager
def named_bank() -> Iterator[None]:
    """Within, this newsroom is a demonstration that was told of a bank, and nobody is there who would answer."""
    home = config.load().home
    (home / "this-is-a-demo").touch()
    bank_file().parent.mkdir(exist_ok=True)
    bank_file().write_text(json.dumps({"url": "http://127.0.0.1:9", "secret": SECRET}))
    try:
        yield
    finally:
        bank_file().unlink(missing_ok=True)
        (home / "this-is-a-demo").unlink(missing_ok=True)


def bank_file() -> Path:
    """Where a demonstration reads which bank it has."""
    return config.load().state / "practice-bank.json"


@dataclass
class Shop:
    """A customer of `money` that remembers what it was told."""

    prefix: str = "test:"
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        customers.register(self.prefix, income="income:gifts", on_checkout=self._hear, on_payment=self._hear)

    def _hear(self, thing: Checkout | Payment, move: PaymentMove) -> None:
        self.told.append((type(thing).__name__.lower(), move.now))

    def begin(
        self, amount: Money, *, order: str = "1", keeps_mandate: bool = True, visitor: Visitor | None = None,
        email: str = "ada@example.org",
    ) -> Checkout:  # fmt: skip
        """Ask for money on a pay page."""
        return checkouts.begin(
            order_key=f"{self.prefix}{order}",
            amount=amount,
            keeps_mandate=keeps_mandate,
            email=email,
            visitor=visitor,
            description="A test",
            return_to="/support/thanks/{reference}/",
        )

    def mandate(self, bank: Bank, *, card: str = "accepts", order: str = "first") -> Mandate:
        """A permission to collect, given with a first payment."""
        checkout = self.begin(GBP("5.00"), order=order)
        bank.pay(checkout, card)
        mandate = checkouts.ask(checkout.reference).mandate
        assert mandate is not None
        self.told.clear()
        return mandate


def collect(mandate: Mandate, amount: Money, order_key: str, description: str = "A test") -> Payment:
    """Have it collected on a mandate, after who pays was told of it a week ago."""
    now = clock.now()
    Notice.objects.create(
        order_key=order_key, kind="letter", amount_minor=amount.minor, currency=amount.currency, day=clock.today(),
        method=mandate.method, told_at=now - timedelta(days=7), told_by="a letter", not_before=now,
    )  # fmt: skip
    return payments.collect(mandate, amount, order_key, description)


def journal() -> dict[str, list[tuple[str, int]]]:
    """The books by entry: account and amount of each line."""
    entries: dict[str, list[tuple[str, int]]] = {}
    for key, account, minor in Line.objects.order_by("transaction_id", "account").values_list(
        "transaction_id", "account", "amount_minor"
    ):
        entries.setdefault(key, []).append((account, minor))
    return entries


def just_past_the_hour() -> None:
    """It is a minute past an hour, when the windows of limits begin: what follows falls into one of each."""
    clock.move_to(clock.offset() + 3660 - round(clock.time()) % 3600)


def moment(text: str) -> datetime:
    """`moment("2026-03-01T12:00")`, UTC."""
    return datetime.fromisoformat(f"{text}+00:00")


def wait_for(true: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Wait until another process has done its part. Raises AssertionError when it doesn't."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
