"""The border to Stripe's library: each call that we make, and what can go wrong with it. Plain dicts come back.

Nothing of the library gets further in: its objects are no dicts, and its errors are not ours.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import stripe

from masthead.core.refusals import Trouble

API_VERSION = "2026-10-28.endive"
"""The version of Stripe's API that we speak, whatever the account's own is. Webhooks may speak any: see `fill_in`."""

CALLS = {
    "POST /v1/checkout/sessions": "opens a pay page, for a visit or for an approval",
    "GET /v1/checkout/sessions/{session}": "asks what became of a visit",
    "GET /v1/checkout/sessions": "finds the visit that a payment belongs to",
    "POST /v1/customers": "makes the holder of a card or account that is given without a payment",
    "GET /v1/customers/{customer}": "looks for the holder of a card or account that was given to other software",
    "GET /v1/subscriptions": "looks whether other software still collects from a holder",
    "GET /v1/setup_intents/{intent}": "asks what became of such a visit",
    "POST /v1/payment_intents": "collects on a saved card or account, without its owner",
    "GET /v1/payment_intents/{intent}": "asks what is known of a payment, its fee included",
    "GET /v1/payment_intents": "looks for a collection whose answer never reached us",
    "GET /v1/payment_methods/{payment_method}": "asks whether a saved card or account may still be used",
    "POST /v1/payment_methods/{payment_method}/detach": "ends a permission to collect",
    "POST /v1/refunds": "gives money back",
    "GET /v1/refunds": "asks what was given back of a payment, by whomever",
    "GET /v1/disputes": "asks what was claimed back of a payment",
    "GET /v1/balance_transactions": "lists what moved, for the comparison with our books",
    "GET /v1/balance": "asks what Stripe holds, for the comparison with our books",
    "GET /v1/webhook_endpoints": "looks whether a webhook leads here, for `masthead check`",
}

CONNECTS_WITHIN, ANSWERS_WITHIN = 3.05, 10.0  # seconds
AT_ONCE = 100  # rows of a list in one answer
WHOLE_INTENT = ["latest_charge.balance_transaction", "latest_charge.failure_balance_transaction", "payment_method"]
PASSES = frozenset({"lock_timeout", "idempotency_key_in_use", "rate_limit"})  # a refusal that is none a moment later
CONFLICT = 409


logging.getLogger("stripe").setLevel(logging.WARNING)  # below, it writes down what was asked, addresses and all


class Refused(Exception):
    """Stripe won't do it, and asking again won't help."""

    def __init__(self, error: dict[str, Any]) -> None:
        self.code, self.says = str(error.get("code") or error.get("type") or ""), str(error.get("message") or "")
        super().__init__(f"Stripe refused it: {self.code}: {self.says}")


class Declined(Refused):
    """The bank said no. `error` is what Stripe says about it; `intent` is the payment's id there."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.error = error
        self.intent = str((error.get("payment_intent") or {}).get("id") or "")


class Calls:
    """Stripe, known by one key. Every call may raise Trouble, and Refused where Stripe won't do as asked."""

    def __init__(self, key: str, api: str = "") -> None:
        http = stripe.RequestsClient(timeout=(CONNECTS_WITHIN, ANSWERS_WITHIN))
        where: Any = {"base_addresses": {"api": api}} if api else {}
        client = stripe.StripeClient(key, stripe_version=API_VERSION, max_network_retries=0, http_client=http, **where)
        self._v1 = client.v1

    def open_session(self, params: Any, *, key: str) -> dict[str, Any]:
        return _ask(self._v1.checkout.sessions.create, params, {"idempotency_key": key})

    def session(self, ref: str) -> dict[str, Any]:
        return _ask(self._v1.checkout.sessions.retrieve, ref)

    def session_of(self, intent: str) -> dict[str, Any] | None:
        """The visit in which a payment was made."""
        return next(_listed(self._v1.checkout.sessions.list, {"payment_intent": intent}), None)

    def collect(self, params: Any, *, key: str) -> dict[str, Any]:
        """Raises Declined too."""
        return _ask(self._v1.payment_intents.create, params, {"idempotency_key": key})

    def intent(self, ref: str) -> dict[str, Any]:
        return _ask(self._v1.payment_intents.retrieve, ref, {"expand": WHOLE_INTENT})

    def intents_of(self, customer: str) -> Iterator[dict[str, Any]]:
        """The newest first."""
        return _listed(self._v1.payment_intents.list, {"customer": customer})

    def customer(self, params: Any, *, key: str) -> dict[str, Any]:
        return _ask(self._v1.customers.create, params, {"idempotency_key": key})

    def customer_called(self, ref: str) -> dict[str, Any]:
        return _ask(self._v1.customers.retrieve, ref)

    def subscriptions_of(self, customer: str) -> Iterator[dict[str, Any]]:
        """Whatever their status."""
        return _listed(self._v1.subscriptions.list, {"customer": customer, "status": "all"})

    def setup(self, ref: str) -> dict[str, Any]:
        return _ask(self._v1.setup_intents.retrieve, ref, {"expand": ["payment_method"]})

    def method(self, ref: str) -> dict[str, Any]:
        return _ask(self._v1.payment_methods.retrieve, ref)

    def detach(self, ref: str, *, key: str) -> dict[str, Any]:
        return _ask(self._v1.payment_methods.detach, ref, {}, {"idempotency_key": key})

    def refund(self, params: Any, *, key: str) -> dict[str, Any]:
        return _ask(self._v1.refunds.create, params, {"idempotency_key": key})

    def refunds_of(self, intent: str) -> Iterator[dict[str, Any]]:
        asked = {"payment_intent": intent, "expand": ["data.balance_transaction", "data.failure_balance_transaction"]}
        return _listed(self._v1.refunds.list, asked)

    def disputes_of(self, intent: str) -> Iterator[dict[str, Any]]:
        return _listed(self._v1.disputes.list, {"payment_intent": intent})

    def balance(self, start: int, end: int, after: str = "") -> Iterator[dict[str, Any]]:
        """Lines of Stripe's own books from `start` until before `end`, seconds since 1970; the newest first.

        `after` is the id of one of them: then those that follow it.
        """
        asked = {"created": {"gte": start, "lt": end}, "expand": ["data.source"]}
        return _listed(self._v1.balance_transactions.list, asked, after)

    def held(self) -> dict[str, Any]:
        return _ask(self._v1.balance.retrieve)

    def webhooks(self) -> Iterator[dict[str, Any]]:
        return _listed(self._v1.webhook_endpoints.list, {})


def _ask(call: Callable[..., Any], *words: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = call(*words).to_dict(for_json=True)
    except stripe.CardError as error:
        raise Declined(_error(error)) from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        said = _error(error)
        if said.get("code") in PASSES or error.http_status == CONFLICT:
            raise Trouble("Stripe is busy with the same call") from error
        raise Refused(said) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise Trouble("Stripe does not accept our key for this: run `masthead check`") from error
    except stripe.StripeError as error:
        raise Trouble(f"Stripe does not answer ({type(error).__name__})") from error
    return found


def _listed(call: Callable[..., Any], asked: Mapping[str, Any], after: str = "") -> Iterator[dict[str, Any]]:
    """Every row of a list, page after page; those after the row called `after`."""
    while True:
        page = _ask(call, {"limit": AT_ONCE, **asked, **({"starting_after": after} if after else {})})
        yield from page["data"]
        if not page["has_more"] or not page["data"]:
            return
        after = page["data"][-1]["id"]


def _error(error: stripe.StripeError) -> dict[str, Any]:
    body = error.json_body if isinstance(error.json_body, dict) else {}
    said = body.get("error")
    return said if isinstance(said, dict) else {"type": type(error).__name__, "message": error.user_message}
