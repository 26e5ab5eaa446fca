"""What is kept of what Stripe answers: what the books and the desk need, and of its customers no more than a hint.

A finding is what was true of one payment when it was asked for. `reading` makes facts of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from masthead.money.providers.stripe import states
from masthead.money.providers.stripe.calls import Calls

OF_INTENT = ("id", "status", "amount", "amount_received", "currency", "created", "setup_future_usage", "metadata")
OF_SESSION = ("id", "status", "payment_status", "expires_at", "metadata")
OF_SETUP = ("id", "status", "created", "metadata")
OF_CHARGE = ("id", "status", "created", "amount", "currency", "disputed")
OF_LINE = ("id", "amount", "fee", "currency", "created")
OF_REFUND = ("id", "amount", "currency", "status", "created", "failure_reason", "balance_transaction", "metadata")
OF_DISPUTE = ("id", "status", "created")
OF_ERROR = ("code", "decline_code", "type")

Found = dict[str, Any]


def of_session(session: Mapping[str, Any], calls: Calls, *, at: float, name: str) -> Found:
    """A visit, and its payment once there is one; or the card or account that was given at it."""
    if setup := id_of(session.get("setup_intent")):
        return {**of_setup(setup, calls, at=at, name=name), "session": _pick(session, OF_SESSION)}
    intent = id_of(session.get("payment_intent"))
    found = of_intent(intent, calls, at=at, name=name) if intent else {"at": at}
    return {**found, "session": _pick(session, OF_SESSION)}


def of_setup(ref: str, calls: Calls, *, at: float, name: str) -> Found:
    """A card or account that was given without a payment. Of one that doesn't bear our `name` nothing is kept."""
    setup = calls.setup(ref)
    if (setup.get("metadata") or {}).get("masthead") != name:
        return {"at": at}
    error = _error(setup.get("last_setup_error") or {})
    given = method(setup["payment_method"]) if setup.get("payment_method") else None
    return {"at": at, "setup": _pick(setup, OF_SETUP) | {"error": error}, "method": given}


def of_intent(ref: str, calls: Calls, *, at: float, name: str) -> Found:
    """A payment with its charge, fee, method, refunds, disputes; and its visit where that decides what a no means.

    Of one that doesn't bear our `name` nothing is kept.
    """
    intent = calls.intent(ref)
    if intent["metadata"].get("masthead") != name:
        return {"at": at}
    charge = intent.get("latest_charge") or {}
    found: Found = {
        "at": at,
        "intent": _pick(intent, OF_INTENT) | {"error": _error(intent.get("last_payment_error") or {})},
        "charge": _pick(charge, OF_CHARGE) if charge else None,
        "fee": _pick(charge.get("balance_transaction") or {}, OF_LINE) or None,
        "undone": _pick(charge.get("failure_balance_transaction") or {}, OF_LINE) or None,
        "method": method(intent["payment_method"], charge) if intent.get("payment_method") else None,
        "refunds": [],
        "disputes": [],
    }
    if states.CHARGE.get(charge.get("status", "")) == "collected_at":
        found["refunds"] = [_refund(refund) for refund in calls.refunds_of(ref)]
    if charge.get("disputed"):
        found["disputes"] = [_dispute(one) for one in calls.disputes_of(ref)]
    if intent["status"] == "requires_payment_method" and intent["metadata"].get("made_by") != "collection":
        found["session"] = _pick(calls.session_of(ref) or {}, OF_SESSION) or None
    return found


def method(found: Mapping[str, Any], charge: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A card or account: its id, kind and last digits. Some bank transfers leave a SEPA mandate to collect on later."""
    kind = found["type"]
    details = found.get(kind) or {}
    left_behind = (((charge or {}).get("payment_method_details") or {}).get(kind) or {}).get("generated_sepa_debit")
    if left_behind:
        return {"id": id_of(left_behind), "type": "sepa_debit", "last4": details.get("iban_last4") or ""}
    made = {"id": found["id"], "type": kind, "last4": details.get("last4") or ""}
    if kind == "card" and details.get("fingerprint"):
        made["card"] = details["fingerprint"]
    if details.get("exp_year") and details.get("exp_month"):
        made["expires"] = f"{details['exp_year']:04}-{details['exp_month']:02}"
    return made


def id_of(reference: Any) -> str:
    """The id of a thing that Stripe gives as an id or, where it was expanded, whole."""
    return str(reference["id"] if isinstance(reference, Mapping) else reference or "")


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    """Why not, and by which card: what Stripe calls its number, the same for all who type that number here."""
    tried = error.get("payment_method") or {}
    card = (tried.get("card") or {}).get("fingerprint") if isinstance(tried, Mapping) else ""
    return _pick(error, OF_ERROR) | ({"card": card} if card else {})


def _refund(refund: Mapping[str, Any]) -> dict[str, Any]:
    """`line` and `back` are where it stands in Stripe's own books, and its coming back."""
    kept = _pick(refund, OF_REFUND) | {"balance_transaction": id_of(refund.get("balance_transaction"))}
    line, back = (refund.get(name) or {} for name in ("balance_transaction", "failure_balance_transaction"))
    return kept | {"line": _pick(line, OF_LINE) or None, "back": _pick(back, OF_LINE) or None}


def _dispute(dispute: Mapping[str, Any]) -> dict[str, Any]:
    lines = [_pick(line, OF_LINE) for line in dispute["balance_transactions"]]
    return _pick(dispute, OF_DISPUTE) | {"lines": lines}


def _pick(thing: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: thing[name] for name in names if name in thing}
