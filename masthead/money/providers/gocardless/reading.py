"""Facts from findings. Pure: the same finding gives the same facts, whatever came before."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from masthead.money.amounts import Money
from masthead.money.providers.base import (
    CheckoutFacts,
    DisputeFacts,
    Facts,
    FeeFacts,
    MandateFacts,
    PaymentFacts,
    RefundFacts,
    Unreadable,
)
from masthead.money.providers.gocardless import states
from masthead.money.providers.gocardless.findings import Found


def facts_of(found: Found, own_name: str, *, told_at: str = "") -> list[Facts]:
    """What a finding tells; `own_name` is what this newsroom calls itself at GoCardless. Raises Unreadable.

    `told_at` is when the event happened that made us ask: the end of a permission bears no date of its own.
    """
    try:
        facts: list[Facts] = []
        if "request" in found:
            facts.append(_visit(found))
        if "mandate" in found:
            facts.append(_mandate(found["mandate"], moment(told_at) if told_at else seconds(found["at"])))
        if "payment" in found:
            facts.append(_payment(found, own_name))
        if "payout" in found:
            facts += _fees(found)
        return facts
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def hint_of(last4: str) -> str:
    """As its owner knows it."""
    return f"bank account ending {last4}"


def moment(written: str) -> datetime:
    """What GoCardless writes as 2026-11-28T12:00:00.000Z."""
    return datetime.fromisoformat(written).astimezone(UTC)


def seconds(at: float) -> datetime:
    """What our clock said when we asked."""
    return datetime.fromtimestamp(at, UTC)


def _visit(found: Found) -> CheckoutFacts:
    is_over = states.REQUEST.get(found["request"]["status"]) == "closed_at"
    return CheckoutFacts(
        reference=found["request"]["metadata"]["checkout"], closed_at=seconds(found["at"]) if is_over else None
    )


def _mandate(mandate: dict[str, Any], ended_at: datetime) -> MandateFacts:
    """One that was replaced goes on as another; see `collect`."""
    is_over = states.MANDATE.get(mandate["status"]) == "ended_at" and not mandate["replaced_by"]
    return MandateFacts(
        provider_ref=mandate["id"],
        checkout=mandate["metadata"].get("checkout", ""),
        method="debit",
        hint=hint_of(mandate["last4"]),
        made_at=moment(mandate["created_at"]),
        ended_at=ended_at if is_over else None,
    )


def _payment(found: Found, own_name: str) -> PaymentFacts:
    payment = found["payment"]
    told: dict[str, Any] = {}
    if payment["status"] not in states.NOT_PROMISED:
        told["promised_at"] = moment(payment["created_at"])
    told |= _happened(found)
    return PaymentFacts(
        reference=payment["metadata"]["payment"],
        provider_ref=payment["id"],
        amount=Money(payment["amount"], payment["currency"]),
        method="debit",
        refunds=tuple(_refund(refund, own_name) for refund in found["refunds"]),
        **told,
    )


def _happened(found: Found) -> dict[str, Any]:
    """The steps in their order: what fails after it was confirmed was collected, and went back."""
    told: dict[str, Any] = {}
    gone: list[DisputeFacts] = []
    for step in sorted(found["history"], key=lambda step: moment(step["when"])):
        fact, at = states.STEPS.get(step["action"]), moment(step["when"])
        is_back = not gone or gone[-1].back_at is not None
        if fact == "failed_at" and step["tries_again"]:
            continue
        if fact == "failed_at" and "collected_at" in told:
            fact = "returned_at"
        if fact == "returned_at":
            told.setdefault("collected_at", at)
            if is_back:
                gone.append(_gone(found, len(gone), at))
        elif fact == "reinstated_at":
            if not is_back:
                gone[-1] = replace(gone[-1], back_at=at, back_minor=gone[-1].amount_minor)
        elif fact:
            told.setdefault(fact, at)
        if fact == "failed_at":
            told.setdefault("failure", states.FAILURES.get(step["cause"], "declined"))
    return told | ({"disputes": tuple(gone)} if gone else {}) or _as_it_stands(found)


def _gone(found: Found, number: int, at: datetime) -> DisputeFacts:
    """That it went back to its giver; the second time and later it needs a name of its own."""
    payment = found["payment"]
    return DisputeFacts(f"{payment['id']}:{number + 1}" if number else "", at, payment["amount"])


def _as_it_stands(found: Found) -> dict[str, Any]:
    """Of a payment whose events are no longer listed: what is true of it, as of now."""
    fact, now = states.PAYMENT.get(found["payment"]["status"]), seconds(found["at"])
    if fact in (None, "promised_at"):
        return {}
    if fact == "failed_at":
        return {"failed_at": now, "failure": "declined"}
    return {"collected_at": now} | ({"disputes": (_gone(found, 0, now),)} if fact == "returned_at" else {})


def _refund(refund: dict[str, Any], own_name: str) -> RefundFacts:
    names, made_at = refund.get("metadata") or {}, moment(refund["created_at"])
    has_failed = states.REFUND.get(refund["status"]) == "failed_at"
    return RefundFacts(
        provider_ref=refund["id"],
        reference=names.get("refund", "") if names.get("masthead") == own_name else "",
        amount=Money(refund["amount"], refund["currency"]),
        made_at=made_at,
        failed_at=(moment(refund["failed_at"]) if refund["failed_at"] else made_at) if has_failed else None,
        failure=states.REFUND_FAILURES.get(refund["status"], "declined") if has_failed else "",
    )


def _fees(found: Found) -> list[Facts]:
    payout = found["payout"]
    at, currency = moment(payout["created_at"]), payout["currency"]
    return [FeeFacts(ref, payout["id"], Money(minor, currency), at) for ref, minor in found["fees"].items() if minor]
