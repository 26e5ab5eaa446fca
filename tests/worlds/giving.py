"""A newsroom that takes money: people who give, a real bank, and days that pass."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from masthead.core import clock, jobs
from masthead.core.actors import Actor
from masthead.core.models import Message
from masthead.giving import gifts, means, pledges
from masthead.giving.models import Gift, InstalmentState, Interval, Pledge
from masthead.giving.origins import NOWHERE, Origin
from masthead.membership import grants
from masthead.money import checkouts, setups
from masthead.money.amounts import Money
from masthead.money.models import Checkout, Payment, Setup
from masthead.readers import accounts, devices
from masthead.readers.models import Device, Reader
from masthead.readers.signals import address_confirmed
from tests.worlds.money import Bank


@dataclass
class Newsroom:
    """The newsroom, its bank and its clock."""

    bank: Bank

    def supporter(self, name: str = "Ada") -> "Giver":
        """Somebody at a device that never paid before, with an address of their own."""
        device, token = devices.open_device(label=f"{name}’s browser")
        return Giver(self, name, f"{name.lower()}@example.org", device, token)

    def news_arrives(self) -> None:
        """What the bank has to tell reaches us, and all that follows is done."""
        jobs.run_all(with_clock=True)
        self.bank.tell()
        jobs.run_all()

    def days_pass(self, count: int) -> None:
        """Live through days, one after the other."""
        for _ in range(count):
            self.sleeps(days=1)
            self.news_arrives()

    def until(self, day: date) -> None:
        """Live through the days up to this one."""
        self.days_pass((day - clock.today()).days)

    def sleeps(self, *, days: int) -> None:
        """Time passes and nothing runs here."""
        clock.move_to(clock.offset() + days * 24 * 3600)

    def last_mail_to(self, giver: "Giver") -> Message:
        """The newest message to somebody."""
        return Message.objects.filter(to=giver.email).latest("pk")

    def mails_to(self, giver: "Giver") -> list[tuple[str, str]]:
        """Subject and text of all messages to somebody, oldest first."""
        return list(Message.objects.filter(to=giver.email).order_by("pk").values_list("subject", "text"))

    def payment_of(self, pledge: Pledge) -> Payment:
        """The payment that was asked for last."""
        return Payment.objects.filter(order_key__startswith=f"pledge:{pledge.reference}:").latest("pk")


@dataclass
class Giver:
    """Somebody who gives, at one device."""

    newsroom: Newsroom
    name: str
    email: str
    device: Device
    token: str
    reader: Reader | None = None

    def begins(
        self, amount: Money, *, every: str = "month", origin: Origin = NOWHERE, email: str = ""
    ) -> tuple[Pledge, Checkout]:
        """Fill in the form, and stand before the bank's page."""
        checkout = pledges.start(
            amount=amount,
            interval=Interval(every),
            email=email or self.email,
            device=self.device,
            reader=self.reader,
            by=self.device.actor,
            origin=origin,
        )
        return Pledge.objects.get(reference=checkout.order_key.split(":")[1]), checkout

    def pledge(
        self, amount: Money, *, every: str = "month", card: str = Bank.good_card, origin: Origin = NOWHERE
    ) -> Pledge:
        """Promise, pay, come back."""
        pledge, checkout = self.begins(amount, every=every, origin=origin)
        self.newsroom.bank.pay(checkout, card)
        checkouts.ask(checkout.reference)
        pledge.refresh_from_db()
        return pledge

    def gives(self, amount: Money, *, card: str = Bank.good_card, origin: Origin = NOWHERE) -> Gift:
        """Give once, pay, come back."""
        checkout = gifts.start(
            amount=amount,
            email=self.email,
            device=self.device,
            reader=self.reader,
            by=self.device.actor,
            origin=origin,
        )
        self.newsroom.bank.pay(checkout, card)
        checkouts.ask(checkout.reference)
        return Gift.objects.get(reference=checkout.order_key.split(":")[1])

    def gives_another(self, pledge: Pledge, card: str = Bank.good_card) -> Setup:
        """Give another card or account on the bank's page, and come back."""
        setup = means.begin(pledge)
        self.newsroom.bank.pay(setup.pay_url, card)
        return setups.ask(setup.reference)

    def confirms(self, *, device: Device | None = None) -> Reader:
        """Prove the address, at this device or at another one."""
        self.reader = accounts.reader_for(self.email)
        here = device or self.device
        devices.join(here, self.reader)
        address_confirmed.send(Reader, reader=self.reader, device=here)
        return self.reader

    @property
    def edition(self) -> str:
        """What this device reads."""
        self.device.refresh_from_db()
        return grants.edition_for(self.device.reader, self.device)[0]

    @property
    def actor(self) -> Actor:
        """Who does it."""
        return self.reader.actor if self.reader else self.device.actor

    def mails(self) -> list[str]:
        """The subjects of what was sent to them, oldest first."""
        return list(Message.objects.filter(to=self.email).order_by("pk").values_list("subject", flat=True))


def amounts_collected(pledge: Pledge) -> list[Money]:
    """What was truly paid, oldest first."""
    return [row.amount for row in pledge.instalments.filter(state=InstalmentState.COLLECTED)]


def collected_on(pledge: Pledge) -> list[date]:
    """The days on which it was due and paid."""
    return [row.due_on for row in pledge.instalments.filter(state=InstalmentState.COLLECTED)]


def facts_of(pledge: Pledge) -> dict[str, Any]:
    """How it stands."""
    pledge.refresh_from_db()
    return {"state": str(pledge.state), "next_on": pledge.next_on, "paid_until": pledge.paid_until}
