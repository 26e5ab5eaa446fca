"""The border to GoCardless' API: each call that we make, and what can go wrong with it. Plain dicts come back."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from masthead.core.refusals import Trouble

API_VERSION = "2015-07-06"
"""The version of GoCardless' API that we speak; there has been no other yet."""

CALLS = {
    "POST /billing_requests": "asks for a permission to collect, for a visit",
    "POST /billing_request_flows": "opens the page on which it is given",
    "GET /billing_requests/{request}": "asks what became of a visit",
    "POST /billing_requests/{request}/actions/cancel": "closes a visit that was forgotten",
    "GET /mandates/{mandate}": "asks whether a permission to collect stands",
    "GET /subscriptions": "looks whether other software still collects on a permission",
    "POST /mandates/{mandate}/actions/cancel": "ends a permission to collect",
    "GET /customer_bank_accounts/{account}": "asks for the last digits of the account, as a hint for its owner",
    "POST /payments": "collects on a permission",
    "GET /payments/{payment}": "asks what is known of a payment",
    "POST /payments/{payment}/actions/cancel": "calls off a payment that was not handed to the bank yet",
    "GET /payments": "looks for a collection whose answer never reached us",
    "GET /events": "asks when what happened to a payment or a refund, and why",
    "POST /refunds": "gives money back",
    "GET /refunds/{refund}": "asks which payment a refund is of",
    "GET /refunds": "asks what was given back of a payment, by whomever",
    "GET /payouts/{payout}": "asks for a payout of which a webhook told",
    "GET /payouts": "lists the payouts, for the comparison with our books",
    "GET /payout_items": "asks what a payout is made of, fees included",
    "GET /creditors": "looks whether the account may be paid out to, for `masthead check`",
}

CONNECTS_WITHIN, ANSWERS_WITHIN = 3.05, 10.0  # seconds
AT_ONCE = 500  # rows of a list in one answer
CONFLICT = "idempotent_creation_conflict"
KEY_IS_WRONG = frozenset({401, 403})
PASSES = frozenset({408, 429})  # a refusal that is none a moment later


class Refused(Exception):
    """GoCardless won't do it, and asking again won't help. `links` may name what it points to instead."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        first = next((one for one in error.get("errors") or [] if isinstance(one, dict)), {})
        self.reason = str(first.get("reason") or error.get("type") or error.get("code") or "")
        self.links: Mapping[str, Any] = first.get("links") or {}
        field = f"{first['field']} " if first.get("field") else ""
        says = field + str(first.get("message") or error.get("message") or "")
        super().__init__(f"GoCardless refused it: {self.reason}: {says}")


class Calls:
    """GoCardless, known by one token. Every call may raise Trouble, and Refused where it won't do as asked."""

    def __init__(self, token: str, api: str) -> None:
        headers = {"Authorization": f"Bearer {token}", "GoCardless-Version": API_VERSION, "Accept": "application/json"}
        timeout = httpx.Timeout(ANSWERS_WITHIN, connect=CONNECTS_WITHIN)
        self._http = httpx.Client(base_url=api, headers=headers, timeout=timeout, trust_env=False)

    def open_request(self, asked: Any, *, key: str) -> dict[str, Any]:
        return self._make("billing_requests", asked, key=key)

    def open_flow(self, asked: Any) -> dict[str, Any]:
        """Not keyed: another page for the same request does no harm, since a request is fulfilled once."""
        return self._thing("POST", "billing_request_flows", words={"billing_request_flows": asked})

    def request(self, ref: str) -> dict[str, Any]:
        return self._get("billing_requests", ref)

    def cancel_request(self, ref: str) -> dict[str, Any]:
        return self._thing("POST", "billing_requests", f"/{ref}/actions/cancel", words={})

    def mandate(self, ref: str) -> dict[str, Any]:
        return self._get("mandates", ref)

    def cancel_mandate(self, ref: str) -> dict[str, Any]:
        return self._thing("POST", "mandates", f"/{ref}/actions/cancel", words={})

    def subscriptions_on(self, mandate: str) -> Iterator[dict[str, Any]]:
        return self._listed("subscriptions", {"mandate": mandate})

    def account(self, ref: str) -> dict[str, Any]:
        return self._get("customer_bank_accounts", ref)

    def collect(self, asked: Any, *, key: str) -> dict[str, Any]:
        return self._make("payments", asked, key=key)

    def payment(self, ref: str) -> dict[str, Any]:
        return self._get("payments", ref)

    def cancel_payment(self, ref: str) -> dict[str, Any]:
        return self._thing("POST", "payments", f"/{ref}/actions/cancel", words={})

    def payments_on(self, mandate: str, *, since: str) -> Iterator[dict[str, Any]]:
        return self._listed("payments", {"mandate": mandate, "created_at[gte]": since})

    def events_of(self, kind: str, ref: str) -> list[dict[str, Any]]:
        """Of a `payment` or a `refund`, the oldest first."""
        return list(self._listed("events", {kind: ref}))[::-1]

    def refund(self, asked: Any, *, key: str) -> dict[str, Any]:
        return self._make("refunds", asked, key=key)

    def refund_called(self, ref: str) -> dict[str, Any]:
        return self._get("refunds", ref)

    def refunds_of(self, payment: str) -> Iterator[dict[str, Any]]:
        return self._listed("refunds", {"payment": payment})

    def payout(self, ref: str) -> dict[str, Any]:
        return self._get("payouts", ref)

    def payouts(self, start: str, end: str) -> Iterator[dict[str, Any]]:
        """Made from `start` until before `end`; the newest first."""
        return self._listed("payouts", {"created_at[gte]": start, "created_at[lt]": end})

    def payout_items(self, payout: str) -> Iterator[dict[str, Any]]:
        return self._listed("payout_items", {"payout": payout})

    def creditors(self) -> Iterator[dict[str, Any]]:
        return self._listed("creditors", {})

    # --- inside ------------------------------------------------------------------------------------------------

    def _make(self, kind: str, asked: Any, *, key: str) -> dict[str, Any]:
        """Made once for a key: a repeat is told what there is, and we ask for that."""
        try:
            return self._thing("POST", kind, words={kind: asked}, key=key)
        except Refused as refused:
            there = refused.links.get("conflicting_resource_id")
            if refused.reason != CONFLICT or not there:
                raise
            return self._get(kind, str(there))

    def _get(self, kind: str, ref: str) -> dict[str, Any]:
        return self._thing("GET", kind, f"/{ref}")

    def _thing(
        self, method: str, kind: str, rest: str = "", *, words: Mapping[str, Any] | None = None, key: str = ""
    ) -> dict[str, Any]:
        found = self._ask(method, f"/{kind}{rest}", words, key=key).get(kind)
        if not isinstance(found, dict):
            raise Trouble(f"GoCardless answers {method} {kind} with something else")
        return found

    def _listed(self, kind: str, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        after = ""
        while True:
            words = {**asked, "limit": str(AT_ONCE)} | ({"after": after} if after else {})
            page = self._ask("GET", f"/{kind}", words)
            yield from page.get(kind) or []
            after = (page.get("meta", {}).get("cursors") or {}).get("after") or ""
            if not after:
                return

    def _ask(self, method: str, path: str, words: Mapping[str, Any] | None = None, *, key: str = "") -> dict[str, Any]:
        """What was answered. `words` are a list's filters, or what is posted."""
        how: dict[str, Any] = {"params": words} if method == "GET" else {"json": words}
        if key:
            how["headers"] = {"Idempotency-Key": key}
        try:
            answer = self._http.request(method, path, **how)
            known = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise Trouble(f"GoCardless does not answer ({type(fault).__name__})") from fault
        if answer.is_success and isinstance(known, dict):
            return known
        if answer.status_code in KEY_IS_WRONG:
            raise Trouble("GoCardless does not accept our token for this: run `masthead check`")
        error = known.get("error") if isinstance(known, dict) else None
        if answer.is_client_error and answer.status_code not in PASSES and isinstance(error, dict):
            raise Refused(error)
        raise Trouble(f"GoCardless does not answer (status {answer.status_code})")
