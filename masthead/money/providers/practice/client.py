"""Talks to the practice bank over HTTP, as to any other provider.

It has a place only in a newsroom that is a demonstration: a folder that was made as one, on the loopback address.
No setting changes that. Where the bank is stands in a file that whoever started the bank wrote.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

import httpx

from masthead.core import clock, config
from masthead.core.refusals import Trouble
from masthead.money.amounts import Money
from masthead.money.providers.base import (
    CheckoutFacts,
    DisputeFacts,
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
from masthead.money.providers.practice import states

if TYPE_CHECKING:
    from masthead.money.models import Checkout, Event, Mandate, Payment, Refund, Setup

SIGNED_WITHIN = 300  # seconds between a signature and now, either way
ANSWERS_WITHIN = 5.0  # seconds
NAME = "practice"


def find() -> "PracticeBank | None":
    """The bank that this demonstration was started with, if it is one."""
    settings = config.load()
    where = settings.state / "practice-bank.json"
    if not settings.demo or not where.exists():
        return None
    written = json.loads(where.read_text())
    if urlsplit(written["url"]).hostname not in config.LOOPBACK:
        return None
    return PracticeBank(written["url"], written["secret"])


@dataclass(frozen=True)
class PracticeBank(Provider):
    """The practice bank at `origin`; `secret` proves us to it and it to us."""

    origin: str
    secret: str = field(repr=False)
    name: str = NAME

    way: ClassVar[str] = "Practice bank"
    taken: ClassVar[str] = "Pretend money, taken at once."

    def open(self, checkout: "Checkout") -> PayPage:
        from masthead.money.checkouts import return_address

        page = self._call(
            "POST",
            "/v1/checkouts",
            {
                "reference": checkout.reference,
                "payment": checkout.payment.reference,
                "amount": checkout.amount.minor,
                "currency": checkout.amount.currency,
                "description": checkout.description,
                "keeps_mandate": checkout.keeps_mandate,
                "email": checkout.email,
                "return_to": return_address(checkout),
            },
            key=checkout.reference,
        )
        return PayPage(page["id"], page["url"])

    def look_up(self, checkout: "Checkout") -> Told:
        return self._answer("checkout.asked", self._call("GET", f"/v1/checkouts/{checkout.reference}"))

    def open_setup(self, setup: "Setup") -> PayPage:
        from masthead.money.setups import return_address

        asked = {
            "reference": setup.reference,
            "currency": setup.currency,
            "description": setup.description,
            "email": setup.email,
            "return_to": return_address(setup),
        }
        page = self._call("POST", "/v1/setups", asked, key=setup.reference)
        return PayPage(page["id"], page["url"])

    def look_up_setup(self, setup: "Setup") -> Told:
        return self._answer("checkout.asked", self._call("GET", f"/v1/checkouts/{setup.reference}"))

    def look_up_payment(self, payment: "Payment") -> Told | None:
        return self._answer("payment.asked", self._call("GET", f"/v1/payments/{payment.reference}"))

    def collect(self, payment: "Payment") -> Told:
        assert payment.mandate is not None, "a collection is made on a mandate"
        asked = {
            "reference": payment.reference,
            "mandate": payment.mandate.provider_ref,
            "amount": payment.amount.minor,
            "currency": payment.amount.currency,
            "description": payment.description,
        }
        return self._answer("payment.asked", self._call("POST", "/v1/payments", asked, key=payment.reference))

    def refund(self, refund: "Refund") -> Told:
        asked = {
            "reference": refund.reference,
            "payment": refund.payment.provider_ref,
            "amount": refund.amount.minor,
            "currency": refund.amount.currency,
        }
        return self._answer("payment.refunded", self._call("POST", "/v1/refunds", asked, key=refund.reference))

    def cancel(self, mandate: "Mandate") -> Told:
        ended = self._call("POST", f"/v1/mandates/{mandate.provider_ref}/cancel", {}, key=f"cancel-{mandate.reference}")
        return self._answer("mandate.ended", ended)

    def moved(self, start: datetime, end: datetime, after: str = "") -> Iterator[Movement]:
        lines = self._call("GET", f"/v1/movements?from={start.timestamp()}&to={end.timestamp()}")["movements"]
        for line in lines:
            yield Movement(
                provider_ref=f"{line['id']}:{line['kind']}",
                kind=line["kind"],
                reference=line["reference"],
                amount=Money(line["amount"], line["currency"]),
                fee=Money(line["fee"], line["currency"]),
                at=_moment(line["at"]),
                payment=line["reference"],
                payment_ref=line["payment"],
                thing=line["id"],
            )

    def look_up_movement(self, movement: Movement) -> Told | None:
        if not movement.payment:
            return None
        return self._answer("payment.asked", self._call("GET", f"/v1/payments/{movement.payment}"))

    def balance(self) -> dict[str, Money]:
        held = self._call("GET", "/v1/balance")["balance"]
        return {currency: Money(minor, currency) for currency, minor in held.items()}

    def verify(self, body: bytes, headers: Mapping[str, str]) -> list[Told]:
        parts = dict(part.split("=", 1) for part in headers.get("Practice-Signature", "").split(",") if "=" in part)
        stamp, signature = parts.get("t", ""), parts.get("v1", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16 and signature.isascii()):
            raise NotGenuine("no signature")
        expected = hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, signature):
            raise NotGenuine("the signature is another's")
        if abs(clock.time() - int(stamp)) > SIGNED_WITHIN:
            raise NotGenuine("the signature is too old")
        try:
            return [_told(event) for event in json.loads(body)["events"]]
        except (ValueError, KeyError, TypeError) as error:
            raise NotGenuine("signed, but not to be read") from error

    def read(self, event: "Event") -> list[Facts] | None:
        reader = READERS.get(states.KINDS.get(event.kind, ""))
        if reader is None:
            return None
        try:
            return reader(event.body["object"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error

    def _call(self, method: str, path: str, content: dict[str, Any] | None = None, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.secret}"} | ({"Idempotency-Key": key} if key else {})
        try:
            answer = httpx.request(
                method, self.origin + path, json=content, headers=headers, timeout=ANSWERS_WITHIN, trust_env=False
            )
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Trouble(f"the practice bank doesn't answer {method} {path.partition('?')[0]}") from error

    @staticmethod
    def _answer(kind: str, known: dict[str, Any]) -> Told:
        """An answer as an event; its id is made of its words, so that the same answer is the same event."""
        digest = hashlib.sha256(json.dumps([kind, known], sort_keys=True).encode()).hexdigest()
        return Told(f"answer_{digest[:32]}", kind, known.get("reference") or "", {"object": known})


def _told(event: dict[str, Any]) -> Told:
    known = event["object"]
    if not (isinstance(event["id"], str) and isinstance(event["kind"], str) and isinstance(known, dict)):
        raise ValueError("not an event")
    return Told(event["id"][:120], event["kind"][:80], str(known.get("reference") or "")[:120], event)


def _of_checkout(known: dict[str, Any]) -> list[Facts]:
    declined = known["declined"] or {}
    visit = CheckoutFacts(
        reference=known["reference"],
        declined_at=_moment_or_none(declined.get("at")),
        failure=states.FAILURES.get(declined.get("reason", ""), "declined") if declined else "",
        closed_at=_moment_or_none(known["closed_at"]),
    )
    found: list[Facts] = [visit]
    if known["payment"]:
        found.append(_of_payment(known["payment"]))
    elif known.get("mandate"):
        found.append(_of_mandate(known["mandate"]))
    return found


def _of_payment(known: dict[str, Any]) -> PaymentFacts:
    facts: dict[str, Any] = {}
    for step in known["history"]:
        if fact := states.PAYMENT[step["state"]]:
            facts[fact] = _moment(step["at"])
    claimed, claimed_at = known["claimed_back"] or {}, facts.pop("returned_at", None)
    return PaymentFacts(
        reference=known["reference"],
        provider_ref=known["id"],
        amount=Money(known["amount"], known["currency"]),
        approval_url=known["approval_url"] or "",
        fee_minor=known["fee"],
        failure=states.FAILURES.get(known["failure"], "declined") if known["failure"] else "",
        disputes=(DisputeFacts("", claimed_at, claimed["amount"], claimed["fee"]),) if claimed_at else (),
        mandate=_of_mandate(known["mandate"]) if known["mandate"] else None,
        refunds=tuple(_of_refund(refund) for refund in known["refunds"]),
        **facts,
    )


def _of_refund(known: dict[str, Any]) -> RefundFacts:
    return RefundFacts(
        provider_ref=known["id"],
        reference=known["reference"] or "",
        amount=Money(known["amount"], known["currency"]),
        made_at=_moment(known["at"]),
    )


def _of_mandate(known: dict[str, Any]) -> MandateFacts:
    return MandateFacts(
        provider_ref=known["id"],
        checkout=known["checkout"] or "",
        method=known["method"],
        hint=known["hint"],
        made_at=_moment(known["made_at"]),
        ended_at=_moment_or_none(known["ended_at"]),
        expires_on=_last_day(known.get("expires")),
    )


def _last_day(month: str | None) -> date | None:
    """A card can be used until the end of the month that stands on it."""
    return clock.add_months(date.fromisoformat(f"{month}-01"), 1) - timedelta(days=1) if month else None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _moment_or_none(seconds: float | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)


READERS: dict[str, Callable[[dict[str, Any]], list[Facts]]] = {
    "checkout": _of_checkout,
    "payment": lambda known: [_of_payment(known)],
    "mandate": lambda known: [_of_mandate(known)],
}
