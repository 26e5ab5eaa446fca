"""GoCardless behind the one interface.

Its page takes a permission to collect, and no money: the first payment is asked for once the permission is there, by
the same call as all later ones. Webhooks bear ids alone, and are a hint that something happened: what is true of the
thing is asked for, with all its events. So it doesn't matter in which order they come, nor how often.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from masthead.core import clock, config
from masthead.core.refusals import Trouble
from masthead.money.amounts import Money
from masthead.money.own_name import own_name
from masthead.money.providers.base import (
    Facts,
    MandateFacts,
    Movement,
    NotGenuine,
    NotOurs,
    PaymentFacts,
    PayPage,
    Provider,
    RefundFacts,
    Told,
    Unreadable,
    WillNot,
)
from masthead.money.providers.gocardless import fees, findings, reading, signatures, states
from masthead.money.providers.gocardless.calls import Calls, Refused
from masthead.money.providers.gocardless.findings import Found
from masthead.money.states import ASKED_ANEW

if TYPE_CHECKING:
    from masthead.money.models import Checkout, Event, Mandate, Payment, Refund

NAME = "gocardless"
APIS = {"live": "https://api.gocardless.com", "sandbox": "https://api-sandbox.gocardless.com"}
PAGES = {"live": "https://pay.gocardless.com", "sandbox": "https://pay-sandbox.gocardless.com"}

SURE_FOR = timedelta(hours=12)
"""How long a key surely protects from a second collection; GoCardless does not say for how long it keeps them."""

LOOKS_BACK = timedelta(days=1)
PAGE_LASTS = timedelta(days=7)
OF_DETAILS = ("origin", "cause", "reason_code", "scheme")
OF_LINKS = ("billing_request", "mandate", "payment", "refund", "payout")
BEAR_NAMES = ("billing_requests", "mandates", "payments")
ABOUT = {"request": "billing_request", "mandate": "mandate", "payment": "payment", "refund": "refund"}


def find() -> "GoCardless | None":
    """GoCardless, as this newsroom's settings know it; None where they don't."""
    settings = config.load()
    token, mode = settings.gocardless_token.get_secret_value(), settings.gocardless_mode
    if not token:
        return None
    secrets = (settings.gocardless_hook_secret, settings.gocardless_hook_secret_before)
    api = settings.gocardless_api.rstrip("/")
    return GoCardless(
        calls=_calls(token, api or APIS[mode]),
        hook_secrets=tuple(value for secret in secrets if (value := secret.get_secret_value())),
        mode=mode,
        origin=api or PAGES[mode],
        address=settings.address,
    )


@lru_cache(maxsize=4)
def _calls(token: str, api: str) -> Calls:
    return Calls(token, api)


@dataclass(frozen=True)
class GoCardless(Provider):
    """GoCardless; `hook_secrets` are what its webhooks may be signed with, `mode` is live or sandbox, `address` where
    this newsroom is read."""

    calls: Calls = field(repr=False)
    hook_secrets: tuple[str, ...] = field(repr=False)
    mode: str
    origin: str
    address: str
    name: str = NAME

    way: ClassVar[str] = "Direct debit"
    pays_with: ClassVar[str] = "debit"
    taken: ClassVar[str] = (
        "From your bank account: the first payment about a week from now, later ones a few working days after the day "
        "they are due. GoCardless writes to you before each. If there was a mistake, your bank gives it back."
    )
    permission_first: ClassVar[bool] = True
    lists_within: ClassVar[timedelta] = timedelta(days=14)  # from the bank's yes until it is paid out
    same_day: ClassVar[bool] = False
    methods: ClassVar[Mapping[str, str]] = {"bacs": "Bacs Direct Debit", "sepa_core": "SEPA Direct Debit"}

    def methods_for(self, currency: str) -> frozenset[str]:
        return frozenset(self.methods) & {states.SCHEMES.get(currency, "")}

    def takes(self, currency: str, *, keeps_mandate: bool) -> bool:
        """Support that goes on, in pounds and euros. For a gift, a permission to collect would be left behind."""
        return currency in states.SCHEMES and keeps_mandate

    # --- calls that move money -------------------------------------------------------------------------------

    def open(self, checkout: "Checkout") -> PayPage:
        from masthead.money.checkouts import return_address

        names = {"masthead": own_name(), "payment": checkout.payment.reference, "checkout": checkout.reference}
        permission = {
            "scheme": states.SCHEMES[checkout.amount.currency],
            "currency": checkout.amount.currency,
            "description": checkout.description,
            "metadata": names,
        }
        back = return_address(checkout)
        try:
            request = self.calls.open_request(
                {"mandate_request": permission, "metadata": names}, key=checkout.reference
            )
            flow = {
                "redirect_uri": back,
                "exit_uri": back,
                "auto_fulfil": True,
                "lock_currency": True,
                "links": {"billing_request": request["id"]},
            }
            if checkout.email:
                flow["prefilled_customer"] = {"email": checkout.email}
            page = self.calls.open_flow(flow)["authorisation_url"]
        except Refused as refused:
            raise WillNot(str(refused)) from refused
        url = urlsplit(page)
        if f"{url.scheme}://{url.netloc}" != self.origin:  # to other places our pages let no form lead
            raise Trouble(f"GoCardless' page is at {url.netloc}, and not at {self.origin}")
        return PayPage(request["id"], page)

    def look_up(self, checkout: "Checkout") -> Told:
        try:
            request = self.calls.request(checkout.provider_ref)
            if states.REQUEST.get(request["status"], "") is None and self._is_forgotten(request):
                request = self.calls.cancel_request(checkout.provider_ref)
            found = findings.of_request(request, self.calls, at=clock.time())
        except Refused as refused:
            raise Trouble(str(refused)) from refused
        return self._answer("answer.checkout", checkout.payment.reference, {"found": found})

    def collect(self, payment: "Payment") -> Told:
        assert payment.mandate is not None, "a collection is made on a mandate"
        ref = payment.mandate.provider_ref
        try:
            if clock.now() - payment.created_at > SURE_FOR and (made := self._made_before(ref, payment)):
                return self._told_of(made, payment)
            return self._collect(payment, ref)
        except Refused as refused:
            if refused.reason != states.INACTIVE:
                return self._not_collected(payment, "impossible", why=str(refused))
            return self._not_collected(payment, "mandate_ended", ended=ref if self._is_over(ref) else "")

    def refund(self, refund: "Refund") -> Told:
        """Looks for one made before first: refunds are rare, and a call more is a small price for not giving twice."""
        ref, refused_because = refund.payment.provider_ref, None
        try:
            payment = self.calls.payment(ref)
            if not any(self._is_ours(one, refund=refund.reference) for one in self.calls.refunds_of(ref)):
                asked = {
                    "amount": refund.amount_minor,
                    "total_amount_confirmation": payment["amount_refunded"] + refund.amount_minor,
                    "links": {"payment": ref},
                    "metadata": {"masthead": own_name(), "refund": refund.reference},
                }
                self.calls.refund(asked, key=refund.reference)
        except Refused as refused:
            if refused.reason == states.AGAIN:
                raise Trouble(str(refused)) from refused
            refused_because = refused
        try:
            found = findings.of_payment(self.calls.payment(ref), self.calls, at=clock.time(), refunded=True)
        except Refused as refused:
            raise Trouble(str(refused)) from refused
        body: dict[str, Any] = {"found": found}
        if refused_because is not None:
            failure = states.REFUND_FAILURES.get(refused_because.reason, "impossible")
            body["not_refunded"] = {"reference": refund.reference, "amount": refund.amount_minor, "failure": failure}
            body["why"] = str(refused_because)
        return self._answer("answer.refund", refund.reference, body)

    def call_off(self, payment: "Payment") -> Told | None:
        """Until it is handed to the bank, on the evening before at the latest."""
        try:
            return self._told_of(self.calls.cancel_payment(payment.provider_ref), payment)
        except Refused:
            return None

    def cancel(self, mandate: "Mandate") -> Told:
        try:
            self.calls.cancel_mandate(mandate.provider_ref)
        except Refused as refused:
            if not self._is_over(mandate.provider_ref):
                raise Trouble(str(refused)) from refused
        return self._answer("answer.mandate", mandate.reference, {"ended": mandate.provider_ref, "at": clock.time()})

    def look_over(self, customer: str, method: str, currency: str) -> MandateFacts:
        """GoCardless' mandates are the permissions, so `method` is one; a token sees those of its own mode alone."""
        try:
            mandate = self.calls.mandate(method)
            plans = list(self.calls.subscriptions_on(method))
            account = self.calls.account(mandate["links"]["customer_bank_account"])
        except Refused as refused:
            raise WillNot(str(refused)) from refused
        if mandate["links"].get("customer") != customer:
            raise WillNot(f"{method} does not belong to {customer}")
        if mandate["status"] not in states.MAY_BE_COLLECTED_ON:
            raise WillNot(f"nothing can be collected on {method}: it is {mandate['status'].replace('_', ' ')}")
        if mandate["scheme"] != states.SCHEMES.get(currency):
            raise WillNot(f"nothing in {currency} can be collected on {method}: its scheme is {mandate['scheme']}")
        if running := next((plan["id"] for plan in plans if states.SUBSCRIPTION.get(plan["status"]) != "over"), ""):
            raise WillNot(f"{method} still has the subscription {running}: cancel it first, or they pay twice")
        hint = reading.hint_of(account["account_number_ending"])
        return MandateFacts(method, "", "debit", hint, reading.moment(mandate["created_at"]))

    # --- what is told ------------------------------------------------------------------------------------------

    def moved(self, start: datetime, end: datetime, after: str = "") -> Iterator[Movement]:
        """By payouts, the newest first: what they are made of, and they themselves, after which one can go on.

        So a payment is listed when it is paid out, some days after it was confirmed.
        """
        try:
            payouts = list(self.calls.payouts(_written(start), _written(end)))
            refs = [payout["id"] for payout in payouts]
            for payout in payouts[refs.index(after) + 1 if after in refs else 0 :]:
                items = fees.in_pennies(self.calls.payout_items(payout["id"]), payout["amount"])
                yield from self._items(payout, items)
                paid = self._movement(payout, "payout", payout["id"], -payout["amount"])
                yield replace(paid, reference="", place=payout["id"])
        except (Refused, fees.DoesNotAddUp) as wrong:
            raise Trouble(f"GoCardless' payouts can't be read: {wrong}") from wrong

    def undone(self, start: datetime, end: datetime) -> Iterator[Movement]:
        """Payouts that the bank sent back: GoCardless dates that nowhere, so it is dated when we see it."""
        try:
            for payout in self.calls.payouts(_written(start), _written(end)):
                if states.PAYOUT.get(payout["status"]) == "payout undone":
                    back = self._movement(payout, "payout undone", f"{payout['id']}:undone", payout["amount"])
                    yield replace(back, at=clock.now())
        except Refused as refused:
            raise Trouble(str(refused)) from refused

    def look_up_movement(self, movement: Movement) -> Told | None:
        try:
            if movement.kind == "fee" and movement.thing:
                found = findings.of_payout(movement.thing, self.calls, _payments_called, at=clock.time())
                return self._answer("answer.payout", movement.thing, {"found": found})
            if not movement.payment_ref:
                return None
            payment = self.calls.payment(movement.payment_ref)
            found = findings.of_payment(payment, self.calls, at=clock.time(), refunded=True)
        except (Refused, fees.DoesNotAddUp) as wrong:
            raise Trouble(str(wrong)) from wrong
        return self._answer("answer.payment", movement.payment, {"found": found})

    def look_up_payment(self, payment: "Payment") -> Told | None:
        try:
            return self._told_of(self.calls.payment(payment.provider_ref), payment) if payment.provider_ref else None
        except Refused as refused:
            raise Trouble(str(refused)) from refused

    def verify(self, body: bytes, headers: Mapping[str, str]) -> list[Told]:
        signatures.check(headers.get("Webhook-Signature", ""), body, self.hook_secrets)
        try:
            return [self._told(event) for event in json.loads(body)["events"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotGenuine("signed, but not to be read") from error

    def fill_in(self, event: "Event") -> dict[str, Any] | None:
        about, told = states.KINDS.get(event.kind, ""), event.body
        if (
            about in ("", "answer", "noted")
            or "links" not in told
            or ("found" in told and event.state not in ASKED_ANEW)
        ):
            return None
        if self._is_anothers(event):
            return None
        try:
            return {**told, "found": self._found(about, told["links"])}
        except Refused as refused:
            return {**told, "found": None, "why": str(refused)}
        except fees.DoesNotAddUp as wrong:
            return {**told, "found": None, "why": f"the payout does not add up: {wrong}"}
        except KeyError as lacking:
            return {**told, "found": None, "why": f"it lacks {lacking}"}

    def read(self, event: "Event") -> list[Facts] | None:
        about, told = states.KINDS.get(event.kind, ""), event.body
        if not about:
            return None
        if about == "answer":
            return self._read_answer(told)
        if about == "noted" and not self._is_anothers(event):
            return []
        if "found" not in told:
            raise NotOurs(event.event_id)
        found: Found | None = told["found"]
        if found is None:
            raise Unreadable(told["why"])
        named = found.get("payment") or found.get("request") or found.get("mandate")
        is_ours = about == "payout" or (named is not None and self._is_ours(named))
        if not is_ours and not _is_known(told["links"].get("mandate", "")):
            raise NotOurs(event.event_id)
        if about == "mandate":
            return self._read_mandate(told, found)
        return reading.facts_of(found, own_name())

    def standing(self) -> Iterator[tuple[bool, str]]:
        mode = "live" if self.mode == "live" else "sandbox, no money moves"
        if self.mode != "live" and urlsplit(self.address).hostname not in config.LOOPBACK:
            yield False, "in sandbox mode on a public address: whoever agrees there gets what supporters get"
        try:
            creditors = list(self.calls.creditors())
        except (Trouble, Refused) as error:
            yield False, f"{error} (mode: {mode})"
            return
        yield True, f"answers (mode: {mode})"
        for creditor in creditors:
            if creditor.get("verification_status") == "action_required":
                yield (
                    False,
                    f"it pays nothing out to {creditor['id']} until you have told it who you are: see its dashboard",
                )

    # --- inside ------------------------------------------------------------------------------------------------

    def _is_ours(self, thing: Mapping[str, Any], **names: str) -> bool:
        wanted = {"masthead": own_name(), **names}
        return wanted.items() <= (thing.get("metadata") or {}).items()

    def _is_anothers(self, event: "Event") -> bool:
        """Whether an event says by itself that it is about something of somebody else, who shares the account.

        What names a refund or a payout bears is no sign: those of our own payments may be made at GoCardless' desk.
        """
        names, links = event.body.get("names") or {}, event.body.get("links") or {}
        if event.kind.partition(".")[0] not in BEAR_NAMES or not names or names.get("masthead") == own_name():
            return False
        return not _is_known(links.get("mandate", ""))

    def _told(self, event: Mapping[str, Any]) -> Told:
        names = event.get("resource_metadata") or {}
        is_ours = names.get("masthead") == own_name()
        details, links = event.get("details") or {}, event.get("links") or {}
        body = {
            "created_at": str(event["created_at"]),
            "details": {name: details[name] for name in OF_DETAILS if name in details},
            "links": {name: str(links[name]) for name in OF_LINKS if name in links},
            "names": names if is_ours else {"masthead": ""} if names else {},
        }
        kind = f"{event['resource_type']}.{event['action']}"
        subject = names.get("payment") or names.get("refund") or "" if is_ours else ""
        return Told(str(event["id"])[:120], kind[:80], str(subject)[:120], body)

    def _is_forgotten(self, request: Mapping[str, Any]) -> bool:
        """Whether its page has run out: the request itself would stay open for ever."""
        return clock.now() - reading.moment(request["created_at"]) > PAGE_LASTS

    def _collect(self, payment: "Payment", mandate: str) -> Told:
        asked = {
            "amount": payment.amount_minor,
            "currency": payment.currency,
            "description": payment.description,
            "retry_if_possible": False,
            "links": {"mandate": mandate},
            "metadata": {"masthead": own_name(), "payment": payment.reference},
        }
        try:
            made = self.calls.collect(asked, key=payment.reference)
        except Refused as refused:
            if refused.reason != states.REPLACED or not refused.links.get("new_mandate"):
                raise
            mandate = str(refused.links["new_mandate"])
            asked["links"] = {"mandate": mandate}
            made = self.calls.collect(asked, key=payment.reference)
        if self._is_ours(made, payment=payment.reference):
            return self._told_of(made, payment)
        if there := self._made_before(mandate, payment):  # the key led to something else
            return self._told_of(there, payment)
        return self._not_collected(payment, "impossible", why=f"GoCardless made {made['id']} under this key before")

    def _made_before(self, mandate: str, payment: "Payment") -> dict[str, Any] | None:
        """A collection that was made for `payment`, though its answer never reached us."""
        listed = self.calls.payments_on(mandate, since=_written(payment.created_at - LOOKS_BACK))
        return next((one for one in listed if self._is_ours(one, payment=payment.reference)), None)

    def _told_of(self, made: Mapping[str, Any], payment: "Payment") -> Told:
        try:
            found = findings.of_payment(made, self.calls, at=clock.time())
        except Refused as refused:
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

    def _is_over(self, mandate: str) -> bool:
        try:
            return states.MANDATE.get(self.calls.mandate(mandate)["status"]) == "ended_at"
        except Refused as refused:
            raise Trouble(str(refused)) from refused

    def _answer(self, kind: str, subject: str, body: dict[str, Any]) -> Told:
        """An answer as an event; its id is made of its words but for the hour, so that the same answer is the same."""
        words = json.dumps([kind, subject, body], sort_keys=True)
        timeless = json.loads(words, object_hook=lambda thing: {k: v for k, v in thing.items() if k != "at"})
        digest = hashlib.sha256(json.dumps(timeless, sort_keys=True).encode()).hexdigest()
        return Told(f"answer_{digest[:32]}", kind, subject, body)

    def _found(self, about: str, links: Mapping[str, str]) -> Found:
        now = clock.time()
        if about == "payout":
            return findings.of_payout(links["payout"], self.calls, _payments_called, at=now)
        ref = links[ABOUT[about]]
        if about == "mandate":
            return findings.of_mandate(ref, self.calls, at=now)
        if about == "request":
            request = self.calls.request(ref)
            return findings.of_request(request, self.calls, at=now) if self._is_ours(request) else {"at": now}
        if about == "refund":  # perhaps of a permission and not of a payment: then it is none of ours
            ref = (self.calls.refund_called(ref).get("links") or {}).get("payment") or ""
        payment = self.calls.payment(ref) if ref else {}
        if not self._is_ours(payment):
            return {"at": now}
        return findings.of_payment(payment, self.calls, at=now, refunded=about == "refund")

    def _read_mandate(self, told: dict[str, Any], found: Found) -> list[Facts]:
        """Of one that we know: that it ended, or leads to another account; else, that it was given."""
        facts = reading.facts_of(found, own_name(), told_at=told["created_at"])
        is_known = _is_known(found["mandate"]["id"])
        return [replace(fact, checkout="") if isinstance(fact, MandateFacts) and is_known else fact for fact in facts]

    def _read_answer(self, told: dict[str, Any]) -> list[Facts]:
        facts: list[Facts] = []
        if found := told.get("found"):
            facts = reading.facts_of(found, own_name())
        if not_refunded := told.get("not_refunded"):
            facts = [_with_refused(fact, not_refunded, told) for fact in facts]
        if refused := told.get("not_collected"):
            amount, at = Money(refused["amount"], refused["currency"]), reading.seconds(told["at"])
            facts.append(
                PaymentFacts(
                    refused["reference"], "", amount, failed_at=at, failure=refused["failure"], doubt=told["why"]
                )
            )
        if ended := told.get("ended"):
            facts.append(MandateFacts(ended, "", "", "", None, reading.seconds(told["at"])))
        return facts

    def _items(self, payout: Mapping[str, Any], items: Iterable[tuple[Mapping[str, Any], int]]) -> Iterator[Movement]:
        """One line for each thing in a payout: ours, others', and those about no payment, which are the account's."""
        sums: dict[tuple[str, str, str], int] = {}
        for item, minor in items:
            links = item.get("links") or {}
            what = (str(item["type"]), str(links.get("payment") or ""), str(links.get("refund") or ""))
            sums[what] = sums.get(what, 0) + minor
        references = self._ours_among({payment for _, payment, _ in sums if payment})
        for (kind, payment, refund), minor in sums.items():
            about_ours = payment in references or not (payment or refund)
            line = self._movement(
                payout,
                states.ITEM.get(kind, "other") if about_ours else "another's",
                f"{payout['id']}:{kind}:{refund or payment}",
                minor,
            )
            if payment in references:
                thing = payout["id"] if line.kind == "fee" else refund
                ref = references[payment]
                line = replace(line, reference=ref, payment=ref, payment_ref=payment, thing=thing)
            yield line

    def _ours_among(self, refs: set[str]) -> dict[str, str]:
        """Our references of those payments that are ours; of those that we don't know, what they bear says it."""
        known = _references_of(refs)
        for ref in sorted(refs - known.keys()):
            names = self.calls.payment(ref).get("metadata") or {}
            if names.get("masthead") == own_name() and names.get("payment"):
                known[ref] = str(names["payment"])
        return known

    def _movement(self, payout: Mapping[str, Any], kind: str, name: str, minor: int) -> Movement:
        currency = payout["currency"]
        return Movement(
            provider_ref=name,
            kind=kind,
            reference="",
            amount=Money(minor, currency),
            fee=Money(0, currency),
            at=reading.moment(payout["created_at"]),
        )


def _references_of(refs: set[str]) -> dict[str, str]:
    """Our references of those payments that are ours, by GoCardless' own."""
    from masthead.money.models import Payment

    known = Payment.objects.filter(provider=NAME, provider_ref__in=refs - {""})
    return dict(known.values_list("provider_ref", "reference"))


def _is_known(mandate: str) -> bool:
    """Whether it is a permission that we may collect on, though another may have made it for us."""
    from masthead.money.models import Mandate

    return bool(mandate) and Mandate.objects.filter(provider=NAME, provider_ref=mandate).exists()


def _payments_called(refs: set[str]) -> set[str]:
    return set(_references_of(refs))


def _with_refused(fact: Facts, refused: dict[str, Any], told: dict[str, Any]) -> Facts:
    if not isinstance(fact, PaymentFacts):
        return fact
    amount, at = Money(refused["amount"], fact.amount.currency), reading.seconds(told["found"]["at"])
    given = RefundFacts("", refused["reference"], amount, failed_at=at, failure=refused["failure"])
    return replace(fact, refunds=(*fact.refunds, given), doubt=told["why"])


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
