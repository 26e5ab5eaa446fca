"""Stripe behind the one interface.

What Stripe tells is taken as a hint that something happened: each event is filled in with what is true now, asked for
by its id. So it doesn't matter in which order events come, in which version of the API they are written, nor that the
fee is missing in them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from masthead.core import clock, config
from masthead.core.refusals import Trouble
from masthead.money import methods
from masthead.money.amounts import Money
from masthead.money.own_name import own_name
from masthead.money.providers.base import (
    Facts,
    MandateFacts,
    Movement,
    NotGenuine,
    NotOurs,
    PageIsOver,
    PageIsUsed,
    PaymentFacts,
    PayPage,
    Provider,
    RefundFacts,
    Told,
    Unreadable,
    WillNot,
)
from masthead.money.providers.stripe import findings, reading, signatures, states
from masthead.money.providers.stripe.calls import Calls, Declined, Refused
from masthead.money.providers.stripe.findings import Found, id_of
from masthead.money.providers.stripe.minor import ours, theirs
from masthead.money.states import ASKED_ANEW

if TYPE_CHECKING:
    from masthead.money.models import Checkout, Event, Mandate, Payment, Refund, Setup

NAME = "stripe"
CHECKOUT = "https://checkout.stripe.com"
SURE_FOR = timedelta(hours=12)
"""How long a key surely protects from a second collection. Stripe forgets keys after a day: then we look ourselves."""

LOOKS_BACK = timedelta(days=1)
OF_OBJECT = ("object", "id", "payment_intent", "payment_method", "metadata", "status")
SHOWS_SAVED = ["always", "limited", "unspecified"]  # the card that the giver gave before may be chosen again


def find() -> "Stripe | None":
    """Stripe, as this newsroom's settings know it; None where they don't."""
    settings = config.load()
    key = settings.stripe_key.get_secret_value()
    if not key:
        return None
    secrets = (settings.stripe_hook_secret, settings.stripe_hook_secret_before)
    return Stripe(
        calls=_calls(key, settings.stripe_api),
        hook_secrets=tuple(value for secret in secrets if (value := secret.get_secret_value())),
        is_live=settings.stripe_mode == "live",
        origin=settings.stripe_api.rstrip("/") or CHECKOUT,
        address=settings.address,
    )


@lru_cache(maxsize=4)
def _calls(key: str, api: str) -> Calls:
    return Calls(key, api)


@dataclass(frozen=True)
class Stripe(Provider):
    """Stripe; `hook_secrets` are what its webhooks may be signed with, `address` is where this newsroom is read."""

    calls: Calls = field(repr=False)
    hook_secrets: tuple[str, ...] = field(repr=False)
    is_live: bool
    origin: str
    address: str
    name: str = NAME

    methods: ClassVar[Mapping[str, str]] = {
        "card": "Cards, with Apple Pay and Google Pay",
        "link": "Link",
        "paypal": "PayPal",
        "bacs_debit": "Bacs Direct Debit",
        "sepa_debit": "SEPA Direct Debit",
    }

    def methods_for(self, currency: str) -> frozenset[str]:
        """Debits are in one currency each; which of the others a giver meets is the account's own choice at Stripe."""
        others = {kind for kind, of in states.DEBITS_IN.items() if of != currency}
        return frozenset(self.methods) - others

    # --- calls that move money -------------------------------------------------------------------------------

    def open(self, checkout: "Checkout") -> PayPage:
        from masthead.money.checkouts import return_address

        names = self._names(checkout.payment, "checkout") | {"checkout": checkout.reference}
        back = return_address(checkout)
        asked = self._page(checkout.payment, names, success_url=back, cancel_url=back)
        if checkout.keeps_mandate:
            asked["customer_creation"] = "always"
            asked["payment_intent_data"]["setup_future_usage"] = "off_session"
        if checkout.email:
            asked["customer_email"] = checkout.email
        asked |= self._without_what_is_off()
        return self._opened(asked, key=checkout.reference)

    def look_up(self, checkout: "Checkout") -> Told:
        try:
            session = self.calls.session(checkout.provider_ref)
            found = findings.of_session(session, self.calls, at=clock.time(), name=own_name())
        except Refused as refused:
            raise Trouble(str(refused)) from refused
        return self._answer("answer.checkout", checkout.payment.reference, {"found": found})

    def open_setup(self, setup: "Setup") -> PayPage:
        """Its customer is made first: then Stripe attaches what is given to it, so that it can be collected on."""
        from masthead.money.setups import return_address

        names = {"masthead": own_name(), "checkout": setup.reference, "made_by": "setup"}
        holder: dict[str, Any] = {"metadata": names} | ({"email": setup.email} if setup.email else {})
        back = return_address(setup)
        try:
            customer = self.calls.customer(holder, key=f"{setup.reference}-holder")["id"]
        except Refused as refused:
            raise WillNot(str(refused)) from refused
        asked = {
            "mode": "setup",
            "currency": setup.currency.lower(),
            "customer": customer,
            "client_reference_id": setup.reference,
            "metadata": names,
            "setup_intent_data": {"description": setup.description, "metadata": names},
            "success_url": back,
            "cancel_url": back,
        }
        return self._opened(asked | self._without_what_is_off(), key=setup.reference)

    def look_up_setup(self, setup: "Setup") -> Told:
        try:
            session = self.calls.session(setup.provider_ref)
            found = findings.of_session(session, self.calls, at=clock.time(), name=own_name())
        except Refused as refused:
            raise Trouble(str(refused)) from refused
        return self._answer("answer.setup", setup.reference, {"found": found})

    def look_over(self, customer: str, method: str, currency: str) -> MandateFacts:
        try:
            holder, found = self.calls.customer_called(customer), self.calls.method(method)
            plans = list(self.calls.subscriptions_of(customer))
        except Refused as refused:
            raise WillNot(str(refused)) from refused
        if holder.get("deleted"):
            raise WillNot(f"{customer} was deleted at Stripe")
        if holder["livemode"] is not self.is_live or found["livemode"] is not self.is_live:
            raise WillNot(f"{customer} or {method} is of the other mode: live and test are kept apart")
        if id_of(found.get("customer")) != customer:
            raise WillNot(f"{method} does not belong to {customer}")
        if running := next((plan["id"] for plan in plans if states.SUBSCRIPTION.get(plan["status"]) != "over"), ""):
            raise WillNot(f"{customer} still has the subscription {running}: cancel it first, or they pay twice")
        kept = findings.method(found)
        is_kind, last = states.METHODS.get(kept["type"]), reading.last_day_of(kept)
        if is_kind is None or states.DEBITS_IN.get(kept["type"], currency) != currency:
            raise WillNot(f"nothing in {currency} can be collected later on {method}, a {kept['type']}")
        if last and last < clock.today():
            raise WillNot(f"the card {method} has expired")
        return MandateFacts(method, "", is_kind[0], reading.hint_of(kept), reading.moment(found["created"]), None, last)

    def look_up_payment(self, payment: "Payment") -> Told | None:
        try:
            return self._told_of(payment.provider_ref, payment) if payment.provider_ref else None
        except Refused as refused:
            raise Trouble(str(refused)) from refused

    def collect(self, payment: "Payment") -> Told:
        assert payment.mandate is not None, "a collection is made on a mandate"
        try:
            method = self.calls.method(payment.mandate.provider_ref)
            customer = id_of(method.get("customer"))
            if not customer:
                return self._not_collected(payment, "mandate_ended", ended=payment.mandate.provider_ref)
            if clock.now() - payment.created_at > SURE_FOR and (made := self._made_before(customer, payment)):
                return self._told_of(made, payment)
            return self._collect(payment, method, customer)
        except Refused as refused:
            return self._not_collected(payment, "impossible", why=str(refused))

    def refund(self, refund: "Refund") -> Told:
        """Looks for one made before first: refunds are rare, and a call more is a small price for not giving twice."""
        intent, why = refund.payment.provider_ref, ""
        try:
            made = [one for one in self.calls.refunds_of(intent) if self._is_ours(one, refund=refund.reference)]
            if not made:
                asked = {
                    "payment_intent": intent,
                    "amount": theirs(refund.amount),
                    "reason": "requested_by_customer",
                    "metadata": {"masthead": own_name(), "refund": refund.reference},
                }
                self.calls.refund(asked, key=refund.reference)
        except Refused as refused:
            why, code = str(refused), refused.code
        try:
            body: dict[str, Any] = {"found": findings.of_intent(intent, self.calls, at=clock.time(), name=own_name())}
        except Refused as refused:
            raise Trouble(str(refused)) from refused
        if why:
            failure = states.REFUND_FAILURES.get(code, "impossible")
            body["not_refunded"] = {"reference": refund.reference, "amount": refund.amount_minor, "failure": failure}
            body["why"] = why
        return self._answer("answer.refund", refund.reference, body)

    def cancel(self, mandate: "Mandate") -> Told:
        try:
            self.calls.detach(mandate.provider_ref, key=f"cancel-{mandate.reference}")
        except Refused as refused:
            if self._is_attached(mandate.provider_ref):
                raise Trouble(str(refused)) from refused
        return self._answer("answer.mandate", mandate.reference, {"ended": mandate.provider_ref, "at": clock.time()})

    def approval_page(self, payment: "Payment", *, key: str, return_to: str, page: str) -> PayPage:
        assert payment.mandate is not None, "a collection is made on a mandate"
        try:
            if page:
                return self._still_open(page)
            method = self.calls.method(payment.mandate.provider_ref)
            asked = self._page(
                payment, self._names(payment, "approval"), success_url=f"{return_to}?back=1", cancel_url=return_to
            )
            if customer := id_of(method.get("customer")):
                asked["customer"] = customer
                asked["saved_payment_method_options"] = {"allow_redisplay_filters": SHOWS_SAVED}
            return self._opened(asked, key=key)
        except Refused as refused:
            raise WillNot(str(refused)) from refused

    # --- what is told ------------------------------------------------------------------------------------------

    def moved(self, start: datetime, end: datetime, after: str = "") -> Iterator[Movement]:
        """The newest first: ours, others', and what is of the whole account, as payouts and Stripe's own fees are."""
        try:
            for line in self.calls.balance(int(start.timestamp()), int(end.timestamp()), after):
                yield self._movement(line)
        except Refused as refused:
            raise Trouble(str(refused)) from refused

    def look_up_movement(self, movement: Movement) -> Told | None:
        if not movement.payment_ref:
            return None
        try:
            found = findings.of_intent(movement.payment_ref, self.calls, at=clock.time(), name=own_name())
        except Refused as refused:
            raise Trouble(str(refused)) from refused
        return self._answer("answer.payment", movement.payment, {"found": found})

    def balance(self) -> dict[str, Money]:
        try:
            stated = self.calls.held()
        except Refused as refused:
            raise Trouble(str(refused)) from refused
        sums: dict[str, Money] = {}
        for part in (*stated["available"], *stated["pending"]):
            amount = ours(part["amount"], part["currency"])
            sums[amount.currency] = sums.get(amount.currency, Money(0, amount.currency)) + amount
        return sums

    def verify(self, body: bytes, headers: Mapping[str, str]) -> list[Told]:
        signatures.check(headers.get("Stripe-Signature", ""), body, self.hook_secrets)
        try:
            event = json.loads(body)
            thing, is_live = event["data"]["object"], event["livemode"]
            told = {
                "created": float(event["created"]),
                "account": event.get("account"),
                "object": {name: thing[name] for name in OF_OBJECT if name in thing},
            }
            names = thing.get("metadata") or {}
            event_id, kind = str(event["id"])[:120], str(event["type"])[:80]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotGenuine("signed, but not to be read") from error
        if is_live is not self.is_live:
            raise NotGenuine("an event of the other mode: live and test are kept apart")
        subject = names.get("payment", "") if names.get("masthead") == own_name() else ""
        return [Told(event_id, kind, str(subject)[:120], told)]

    def fill_in(self, event: "Event") -> dict[str, Any] | None:
        about, told = states.KINDS.get(event.kind, ""), event.body
        if not about or "object" not in told or ("found" in told and event.state not in ASKED_ANEW):
            return None
        if told.get("account") or not self._may_be_ours(about, told["object"]):
            return None
        try:
            return {**told, "found": self._found(about, told["object"])}
        except Refused as refused:
            return {**told, "found": None, "why": str(refused)}

    def read(self, event: "Event") -> list[Facts] | None:
        about, told = states.KINDS.get(event.kind, ""), event.body
        if not about:
            return None
        if about == "answer":
            return self._read_answer(told)
        if "found" not in told:
            raise NotOurs(event.event_id)
        found: Found | None = told["found"]
        if found is None:
            raise Unreadable(told["why"])
        if about in ("method", "mandate"):
            return [self._known_mandate(told, found)]
        named = found.get("intent") or found.get("setup") or found.get("session") or {}
        if not self._is_ours(named):
            raise NotOurs(event.event_id)
        return reading.facts_of(found, own_name())

    def standing(self) -> Iterator[tuple[bool, str]]:
        mode = "live" if self.is_live else "test, no money moves"
        if not self.is_live and urlsplit(self.address).hostname not in config.LOOPBACK:
            yield False, "in test mode on a public address: whoever pays with a test card gets what supporters get"
        try:
            next(self.calls.balance(0, int(clock.time()) + 1), None)
        except (Trouble, Refused) as error:
            yield False, f"{error} (mode: {mode})"
            return
        yield True, f"answers (mode: {mode})"
        try:
            yield self._webhook()
        except (Trouble, Refused):
            yield True, "its webhooks can't be looked at with this key; see that one leads to /hooks/stripe/"

    # --- inside ------------------------------------------------------------------------------------------------

    def _names(self, payment: "Payment", made_by: str) -> dict[str, str]:
        """By what we know our own again. `made_by` says what a no means: see reading."""
        return {"masthead": own_name(), "payment": payment.reference, "made_by": made_by}

    def _is_ours(self, thing: Mapping[str, Any], **names: str) -> bool:
        wanted = {"masthead": own_name(), **names}
        return wanted.items() <= (thing.get("metadata") or {}).items()

    def _page(self, payment: "Payment", names: dict[str, str], **where: str) -> dict[str, Any]:
        """A pay page for exactly this amount, in this currency, taken at once so that the fee is known at once."""
        try:
            minor = theirs(payment.amount)
        except ValueError as error:
            raise WillNot(str(error)) from error
        price = {
            "currency": payment.currency.lower(),
            "unit_amount": minor,
            "product_data": {"name": payment.description},
        }
        of_payment = {"capture_method": "automatic", "description": payment.description, "metadata": names}
        return {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": price}],
            "adaptive_pricing": {"enabled": False},
            "client_reference_id": payment.reference,
            "metadata": names,
            "payment_intent_data": of_payment,
            **where,
        }

    @staticmethod
    def _without_what_is_off() -> dict[str, Any]:
        """Stripe shows what its account has, but for what the desk has switched off."""
        off = methods.off(NAME)
        return {"excluded_payment_method_types": sorted(off)} if off else {}

    def _opened(self, asked: dict[str, Any], *, key: str) -> PayPage:
        try:
            return self._pay_page(self.calls.open_session(asked, key=key))
        except Refused as refused:
            raise WillNot(str(refused)) from refused

    def _pay_page(self, session: Mapping[str, Any]) -> PayPage:
        """Our pages let forms lead to Stripe's own address alone; a custom domain would be a dead end."""
        url = urlsplit(session.get("url") or "")
        if f"{url.scheme}://{url.netloc}" != self.origin:
            raise Trouble(f"Stripe's page is at {url.netloc}, where our forms may not lead: end the custom domain")
        return PayPage(session["id"], session["url"])

    def _still_open(self, page: str) -> PayPage:
        session = self.calls.session(page)
        if session["status"] == "complete":
            raise PageIsUsed(page)
        if session["status"] != "open":
            raise PageIsOver(page)
        return self._pay_page(session)

    def _collect(self, payment: "Payment", method: dict[str, Any], customer: str) -> Told:
        asked = {
            "amount": theirs(payment.amount),
            "currency": payment.currency.lower(),
            "customer": customer,
            "payment_method": method["id"],
            "allowed_payment_method_types": [method["type"]],
            "off_session": True,
            "confirm": True,
            "capture_method": "automatic",
            "description": payment.description,
            "return_url": self.address,
            "metadata": self._names(payment, "collection"),
        }
        try:
            return self._told_of(self.calls.collect(asked, key=payment.reference)["id"], payment)
        except Declined as declined:
            if declined.intent:
                return self._told_of(declined.intent, payment)
            return self._not_collected(payment, states.failure_of(declined.error))
        except Refused as refused:
            # One key, two different calls: whatever the first of them did stands at Stripe under our reference.
            if made := self._made_before(customer, payment):
                return self._told_of(made, payment)
            return self._not_collected(payment, "impossible", why=str(refused))

    def _made_before(self, customer: str, payment: "Payment") -> str:
        """The id of a collection that was made for `payment`, though its answer never reached us."""
        since = (payment.created_at - LOOKS_BACK).timestamp()
        for intent in self.calls.intents_of(customer):
            if self._is_ours(intent, payment=payment.reference, made_by="collection"):
                return str(intent["id"])
            if intent["created"] < since:
                break
        return ""

    def _told_of(self, intent: str, payment: "Payment") -> Told:
        try:
            found = findings.of_intent(intent, self.calls, at=clock.time(), name=own_name())
        except Refused as refused:  # it was made, so it must not count as failed because it can't be seen just now
            raise Trouble(str(refused)) from refused
        return self._answer("answer.payment", payment.reference, {"found": found})

    def _not_collected(self, payment: "Payment", failure: str, *, ended: str = "", why: str = "") -> Told:
        refused = {
            "reference": payment.reference,
            "amount": payment.amount_minor,
            "currency": payment.currency,
            "failure": failure,
        }
        body = {"not_collected": refused, "ended": ended, "why": why, "at": clock.time()}
        return self._answer("answer.payment", payment.reference, body)

    def _is_attached(self, method: str) -> bool:
        try:
            return bool(self.calls.method(method).get("customer"))
        except Refused:
            return False

    def _answer(self, kind: str, subject: str, body: dict[str, Any]) -> Told:
        """An answer as an event; its id is made of its words but for the hour, so that the same answer is the same."""
        words = json.dumps([kind, subject, body], sort_keys=True, default=str)
        timeless = json.loads(words, object_hook=lambda thing: {k: v for k, v in thing.items() if k != "at"})
        digest = hashlib.sha256(json.dumps(timeless, sort_keys=True).encode()).hexdigest()
        return Told(f"answer_{digest[:32]}", kind, subject, body)

    def _may_be_ours(self, about: str, thing: Mapping[str, Any]) -> bool:
        """Whether it is worth asking: what we made bears our name, or leads to something that does."""
        from masthead.money.models import Mandate

        if about in ("session", "intent", "setup"):
            return self._is_ours(thing)
        if about in ("method", "mandate"):
            ref = id_of(thing["id"] if about == "method" else thing.get("payment_method"))
            return Mandate.objects.filter(provider=NAME, provider_ref=ref).exists()
        return bool(thing.get("payment_intent"))

    def _found(self, about: str, thing: Mapping[str, Any]) -> Found:
        now = clock.time()
        if about == "session":
            return findings.of_session(self.calls.session(thing["id"]), self.calls, at=now, name=own_name())
        if about in ("method", "mandate"):
            method = self.calls.method(id_of(thing["id"] if about == "method" else thing.get("payment_method")))
            return {"at": now, "method": findings.method(method), "attached": bool(method.get("customer"))}
        if about == "setup":
            return findings.of_setup(thing["id"], self.calls, at=now, name=own_name())
        intent = thing["id"] if about == "intent" else id_of(thing["payment_intent"])
        return findings.of_intent(intent, self.calls, at=now, name=own_name())

    def _known_mandate(self, told: dict[str, Any], found: Found) -> MandateFacts:
        """Detached, or its debit's mandate is no longer in force; or another card has taken its place."""
        over = states.MANDATE.get(told["object"].get("status") or "") == "ended_at" or not found["attached"]
        ended_at = reading.moment(told["created"]) if over else None
        method = found["method"]
        hint, expires_on = reading.hint_of(method), reading.last_day_of(method)
        return MandateFacts(method["id"], "", "", hint, None, ended_at, expires_on)

    def _read_answer(self, told: dict[str, Any]) -> list[Facts]:
        facts: list[Facts] = []
        if found := told.get("found"):
            facts = reading.facts_of(found, own_name())
        if not_refunded := told.get("not_refunded"):
            facts = [_with_refused(fact, not_refunded, told) for fact in facts]
        if refused := told.get("not_collected"):
            amount = Money(refused["amount"], refused["currency"])
            at = reading.moment(told["at"])
            facts.append(
                PaymentFacts(
                    refused["reference"], "", amount, failed_at=at, failure=refused["failure"], doubt=told["why"]
                )
            )
        if ended := told.get("ended"):
            facts.append(MandateFacts(ended, "", "", "", None, reading.moment(told["at"])))
        return facts

    def _movement(self, line: Mapping[str, Any]) -> Movement:
        kind = states.BALANCE.get(line["type"], "other")
        source = line["source"] if isinstance(line.get("source"), Mapping) else {}
        what, payment, reference = source.get("object"), "", ""
        if line["type"] == "adjustment" and what != "dispute":
            kind = "other"
        if what in ("charge", "refund", "dispute"):
            payment = self._payment_named_by(source)
            reference = (source.get("metadata") or {}).get("refund") or (source["id"] if what == "refund" else payment)
            if not payment:
                kind, reference = "another's", ""
        return Movement(
            provider_ref=line["id"],
            kind=kind,
            reference=reference,
            amount=ours(line["amount"], line["currency"]),
            fee=ours(line["fee"], line["currency"]),
            at=reading.moment(line["created"]),
            payment=payment,
            payment_ref=id_of(source.get("payment_intent")) if payment else "",
            thing=source["id"] if payment and what in ("refund", "dispute") else "",
            place=line["id"],
        )

    def _payment_named_by(self, source: Mapping[str, Any]) -> str:
        """Our reference of the payment that a charge, refund or dispute is about; empty when it is none of ours."""
        if source["object"] == "charge" and (source.get("metadata") or {}).get("masthead"):
            intent: Mapping[str, Any] = source
        elif source.get("payment_intent"):
            intent = self.calls.intent(id_of(source["payment_intent"]))
        else:
            return ""
        return str(intent["metadata"]["payment"]) if self._is_ours(intent) else ""

    def _webhook(self) -> tuple[bool, str]:
        here = f"{self.address}/hooks/{NAME}/"
        found = [one for one in self.calls.webhooks() if one["url"] == here and one["status"] == "enabled"]
        if not found:
            return False, f"no webhook leads here: add one at Stripe that sends to {here}"
        heard = {kind for one in found for kind in one["enabled_events"]}
        lacking = [kind for kind in states.EVENTS if kind not in heard and "*" not in heard]
        if lacking:
            return False, f"the webhook at Stripe leaves out {', '.join(lacking)}"
        return True, "a webhook leads here, with every event that is needed"


def _with_refused(fact: Facts, refused: dict[str, Any], told: dict[str, Any]) -> Facts:
    if not isinstance(fact, PaymentFacts):
        return fact
    amount, at = Money(refused["amount"], fact.amount.currency), reading.moment(told["found"]["at"])
    given = RefundFacts("", refused["reference"], amount, failed_at=at, failure=refused["failure"])
    return replace(fact, refunds=(*fact.refunds, given), doubt=told["why"])
