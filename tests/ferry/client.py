"""Our side of Ferry: one class behind the interface."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx

from masthead.core.refusals import Trouble
from masthead.money.amounts import Money
from masthead.money.checkouts import return_address
from masthead.money.models import Checkout, Event, Mandate, Payment, Refund
from masthead.money.providers.base import (
    CheckoutFacts,
    Facts,
    MandateFacts,
    Movement,
    NotGenuine,
    PaymentFacts,
    PayPage,
    Provider,
    RefundFacts,
    Told,
    Unreadable,
)
from tests.ferry import states

NAME = "ferry"
Known = dict[str, Any]


@dataclass(frozen=True)
class FerryProvider(Provider):
    """Ferry at `origin`; `key` proves us to it, and it to us."""

    origin: str
    key: str = field(repr=False)
    name: str = NAME

    way: ClassVar[str] = "By ferry"
    taken: ClassVar[str] = "When it lands, which is at once."
    methods: ClassVar[Mapping[str, str]] = {"purse": "Purses"}

    def open(self, checkout: Checkout) -> PayPage:
        asked = {
            "our_name": checkout.reference,
            "for_payment": checkout.payment.reference,
            "pennies": checkout.amount.minor,
            "money": checkout.amount.currency,
            "wants_pass": checkout.keeps_mandate,
            "back_to": return_address(checkout),
        }
        visit = self._call("POST", "/visits", asked)
        return PayPage(visit["id"], f"{self.origin}/board/{visit['id']}")

    def look_up(self, checkout: Checkout) -> Told:
        visit = self._call("GET", f"/visits/{checkout.reference}")
        if visit["payment"]:
            return self._told("payment", self._call("GET", f"/things/{visit['payment']}"))
        return self._told("visit", visit)

    def collect(self, payment: Payment) -> Told:
        assert payment.mandate is not None
        asked = {
            "our_name": payment.reference,
            "pass": payment.mandate.provider_ref,
            "pennies": payment.amount.minor,
            "money": payment.amount.currency,
        }
        return self._told("payment", self._call("POST", "/payments", asked))

    def refund(self, refund: Refund) -> Told:
        asked = {
            "our_name": refund.reference,
            "payment": refund.payment.provider_ref,
            "pennies": refund.amount.minor,
        }
        self._call("POST", "/refunds", asked)
        return self._told("payment", self._call("GET", f"/things/{refund.payment.provider_ref}"))

    def cancel(self, mandate: Mandate) -> Told:
        return self._told("pass", self._call("POST", f"/passes/{mandate.provider_ref}"))

    def moved(self, start: datetime, end: datetime) -> Iterator[Movement]:
        for line in self._call("GET", "/log")["log"]:
            if start <= _moment(line["at"]) < end:
                amount, toll = Money(line["pennies"], line["money"]), Money(line["toll"], line["money"])
                yield Movement(line["id"], line["kind"], line["our_name"], amount, toll, _moment(line["at"]))

    def verify(self, body: bytes, headers: Mapping[str, str]) -> list[Told]:
        seal = hmac.new(self.key.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(seal.encode(), headers.get("Ferry-Seal", "").encode()):
            raise NotGenuine("the seal is another's")
        try:
            return [
                Told(f"news-{one['no']}", one["of"], "", {"thing": one["thing"]}) for one in json.loads(body)["news"]
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise NotGenuine("sealed, but not to be read") from error

    def read(self, event: Event) -> list[Facts] | None:
        readers = {"visit": _of_visit, "payment": _of_payment, "pass": _of_pass}
        about = states.KINDS.get(event.kind)
        if about is None:
            return None
        try:
            return [readers[about](event.body["thing"])]
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error

    def _call(self, method: str, path: str, asked: Known | None = None) -> Known:
        try:
            answer = httpx.request(
                method, self.origin + path, json=asked, headers={"X-Ferry-Key": self.key}, timeout=5, trust_env=False
            )
            answer.raise_for_status()
            known: Known = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Trouble(f"Ferry doesn't answer ({type(error).__name__})") from error
        return known

    @staticmethod
    def _told(kind: str, thing: Known) -> Told:
        """An answer as an event: the same words are the same event."""
        digest = hashlib.sha256(json.dumps([kind, thing], sort_keys=True).encode()).hexdigest()
        return Told(f"answer-{digest[:24]}", kind, "", {"thing": thing})


def _of_visit(visit: Known) -> CheckoutFacts:
    return CheckoutFacts(
        visit["our_name"],
        declined_at=_moment(visit["sunk_at"]) if visit["sunk_at"] else None,
        failure=states.FAILURES.get(visit["why"], "declined") if visit["sunk_at"] else "",
    )


def _of_payment(payment: Known) -> PaymentFacts:
    told: Known = {}
    if fact := states.PAYMENT[payment["state"]]:
        told[fact] = _moment(payment["at"])
    if payment["why"]:
        told["failure"] = states.FAILURES.get(payment["why"], "declined")
    money = payment["money"]
    return PaymentFacts(
        reference=payment["our_name"],
        provider_ref=payment["id"],
        amount=Money(payment["pennies"], money),
        fee_minor=payment["toll"],
        mandate=_of_pass(payment["pass"]) if payment["pass"] else None,
        refunds=tuple(
            RefundFacts(one["id"], one["our_name"], Money(one["pennies"], money), made_at=_moment(one["at"]))
            for one in payment["refunds"]
        ),
        **told,
    )


def _of_pass(held: Known) -> MandateFacts:
    ended_at = _moment(held["void_at"]) if held["void_at"] else None
    return MandateFacts(held["id"], held["visit"], "wallet", "a purse", _moment(held["at"]), ended_at)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
