"""What is kept of what GoCardless answers: what the books and the desk need, and of its customers no more than a hint.

A finding is what was true of one thing when it was asked for. `reading` makes facts of it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from masthead.money.providers.gocardless import fees, states
from masthead.money.providers.gocardless.calls import Calls

OF_PAYMENT = ("id", "status", "amount", "currency", "created_at", "metadata")
OF_REQUEST = ("id", "status", "created_at", "metadata")
OF_MANDATE = ("id", "status", "scheme", "created_at", "metadata")
OF_REFUND = ("id", "status", "amount", "currency", "created_at", "metadata")
OF_PAYOUT = ("id", "status", "amount", "currency", "created_at")

Found = dict[str, Any]


def of_request(request: Mapping[str, Any], calls: Calls, *, at: float) -> Found:
    """A visit, and the permission that was given in it."""
    found: Found = {"at": at, "request": _pick(request, OF_REQUEST)}
    if ref := (request.get("links") or {}).get("mandate_request_mandate"):
        found |= of_mandate(ref, calls, at=at)
    return found


def of_mandate(ref: str, calls: Calls, *, at: float) -> Found:
    """A permission, with the last digits of its account."""
    mandate = calls.mandate(ref)
    account = calls.account(mandate["links"]["customer_bank_account"])
    replaced_by = mandate["links"].get("new_mandate") or ""
    kept = _pick(mandate, OF_MANDATE) | {"last4": account["account_number_ending"], "replaced_by": replaced_by}
    return {"at": at, "mandate": kept}


def of_payment(payment: Mapping[str, Any], calls: Calls, *, at: float, refunded: bool = False) -> Found:
    """A payment with all that happened to it; with its refunds where there are any, or where `refunded` says so."""
    found: Found = {
        "at": at,
        "payment": _pick(payment, OF_PAYMENT),
        "history": [_step(event) for event in calls.events_of("payment", payment["id"])],
        "refunds": [],
    }
    if refunded or payment.get("amount_refunded"):
        found["refunds"] = [_refund(refund, calls) for refund in calls.refunds_of(payment["id"])]
    return found


def of_payout(ref: str, calls: Calls, known: Callable[[set[str]], set[str]], *, at: float) -> Found:
    """A payout, and what was taken in it for payments of ours: `known` says which of them those are."""
    payout = calls.payout(ref)
    taken: dict[str, int] = {}
    for item, minor in fees.in_pennies(calls.payout_items(ref), payout["amount"]):
        payment = (item.get("links") or {}).get("payment")
        if payment and states.ITEM.get(item["type"]) == "fee":
            taken[payment] = taken.get(payment, 0) - minor
    ours = known(set(taken))
    return {"at": at, "payout": _pick(payout, OF_PAYOUT), "fees": {ref: taken[ref] for ref in sorted(ours)}}


def _step(event: Mapping[str, Any]) -> dict[str, Any]:
    details = event.get("details") or {}
    return {
        "action": event["action"],
        "when": event["created_at"],
        "cause": details.get("cause") or "",
        "tries_again": bool(details.get("will_attempt_retry")),
    }


def _refund(refund: Mapping[str, Any], calls: Calls) -> dict[str, Any]:
    kept = _pick(refund, OF_REFUND)
    if states.REFUND.get(refund["status"]) == "failed_at":
        events = calls.events_of("refund", refund["id"])
        kept["failed_at"] = next(
            (one["created_at"] for one in events if one["action"] in ("failed", "funds_returned")), None
        )
    return kept


def _pick(thing: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: thing[name] for name in names if name in thing}
