"""Facts from findings. Pure: the same finding gives the same facts, whatever came before."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from masthead.core import clock
from masthead.money.amounts import Money
from masthead.money.providers.base import (
    CheckoutFacts,
    DisputeFacts,
    Facts,
    MandateFacts,
    PaymentFacts,
    RefundFacts,
    Unreadable,
)
from masthead.money.providers.stripe import states
from masthead.money.providers.stripe.findings import Found
from masthead.money.providers.stripe.minor import ours

CONVERTED = (
    "Stripe converts {theirs} to {settled}, so its fee is in another currency than the payment: add a bank account in "
    "{theirs} at Stripe. Who paid has what was promised; the books don't count it yet."
)


def facts_of(found: Found, own_name: str) -> list[Facts]:
    """What a finding tells; `own_name` is what this newsroom calls itself at Stripe. Raises Unreadable."""
    try:
        facts: list[Facts] = []
        if visit := _visit(found):
            facts.append(visit)
        if found.get("intent"):
            facts.append(_payment(found, own_name))
        if found.get("setup") and (given := _given(found)):
            facts.append(given)
        return facts
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def hint_of(method: dict[str, Any]) -> str:
    """As its owner knows it: 'card ending 4242', 'PayPal'."""
    _, name = _kind_of(method)
    return f"{name} ending {method['last4']}" if method.get("last4") else name


def last_day_of(method: dict[str, Any]) -> date | None:
    """The last day on which a card can be used: that of the month that stands on it."""
    if not method.get("expires"):
        return None
    return clock.add_months(date.fromisoformat(f"{method['expires']}-01"), 1) - timedelta(days=1)


def moment(seconds: float) -> datetime:
    """What Stripe writes as seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def _visit(found: Found) -> CheckoutFacts | None:
    """Of a visit of a giver to a pay page; a page for an approval is none, since it can be opened again."""
    session, intent = found.get("session"), found.get("intent") or found.get("setup") or {}
    if not session or "checkout" not in session["metadata"]:
        return None
    error, is_over = intent.get("error") or {}, states.SESSION.get(session["status"]) == "closed_at"
    declined = bool(error) and session["status"] != "complete"
    return CheckoutFacts(
        reference=session["metadata"]["checkout"],
        declined_at=moment(found["at"]) if declined else None,
        failure=states.failure_of(error) if declined else "",
        card=error.get("card") or (found.get("method") or {}).get("card") or "",
        closed_at=moment(session["expires_at"]) if is_over else None,
    )


def _payment(found: Found, own_name: str) -> PaymentFacts:
    intent, names = found["intent"], found["intent"]["metadata"]
    told: dict[str, Any] = {}
    match "undone" if found["undone"] and found["fee"] else states.INTENT.get(intent["status"]):
        case "undone":
            told = _undone(found)
        case "collected_at":
            told = _collected(found)
        case "promised_at":
            told = {"promised_at": moment((found["charge"] or intent)["created"])}
        case "approval_asked_at" if names["made_by"] == "collection":
            told = {"approval_asked_at": moment(found["at"])}
        case "failed_at" if names["made_by"] == "collection":  # a page that ran out is called off with its payment
            told = {"failed_at": moment(found["at"]), "failure": "withdrawn"}
        case None if intent["error"]:
            told = _said_no(found)
    is_sure = "doubt" not in told
    return PaymentFacts(
        reference=names["payment"],
        provider_ref=intent["id"],
        amount=ours(intent["amount_received"] or intent["amount"], intent["currency"]),
        method=_kind_of(found["method"])[0] if found["method"] else "",
        mandate=_mandate(found),
        refunds=tuple(_refund(refund, own_name) for refund in found["refunds"]) if is_sure else (),
        **(_claimed_back(found, told) if is_sure else told),
    )


def _collected(found: Found) -> dict[str, Any]:
    """Collected once Stripe's books say so, with the fee; until then promised, lest a wrong fee be posted."""
    charge, line = found["charge"], found["fee"]
    promised = {"promised_at": moment(charge["created"])}
    if line is None:
        return promised
    if line["currency"] != charge["currency"]:
        return promised | {"doubt": _converted(charge["currency"], line["currency"])}
    fee = ours(line["fee"], line["currency"])
    return promised | {"collected_at": moment(line["created"]), "fee_minor": fee.minor}


def _undone(found: Found) -> dict[str, Any]:
    """A debit that stood in Stripe's books as collected, and that the giver's bank sent back all the same."""
    line, told = found["undone"], _collected(found)
    if "doubt" in told:
        return told
    return told | {
        "disputes": (_took("", [line], line["currency"]),),
    }


def _said_no(found: Found) -> dict[str, Any]:
    """A no is the end of a collection, and of a visit that was over; on a page that is open another try follows."""
    intent, session = found["intent"], found.get("session") or {}
    if intent["metadata"]["made_by"] == "collection":
        if states.wants_approval(intent["error"]):
            return {"approval_asked_at": moment(found["at"])}
    elif session.get("status") != "complete":
        return {}
    return {"failed_at": moment(found["at"]), "failure": states.failure_of(intent["error"])}


def _mandate(found: Found) -> MandateFacts | None:
    intent, method = found["intent"], found["method"]
    may_collect = intent["setup_future_usage"] == "off_session" and intent["status"] in ("succeeded", "processing")
    if not may_collect or method is None or "checkout" not in intent["metadata"]:
        return None
    return MandateFacts(
        provider_ref=method["id"],
        checkout=intent["metadata"]["checkout"],
        method=_kind_of(method)[0],
        hint=hint_of(method),
        made_at=moment(intent["created"]),
        expires_on=last_day_of(method),
    )


def _given(found: Found) -> MandateFacts | None:
    """The permission that was given without a payment, once it stands."""
    setup, method = found["setup"], found["method"]
    if states.SETUP.get(setup["status"]) != "made_at" or method is None:
        return None
    return MandateFacts(
        provider_ref=method["id"],
        checkout=setup["metadata"]["checkout"],
        method=_kind_of(method)[0],
        hint=hint_of(method),
        made_at=moment(setup["created"]),
        expires_on=last_day_of(method),
    )


def _refund(refund: dict[str, Any], own_name: str) -> RefundFacts:
    names, fact = refund.get("metadata") or {}, states.REFUND.get(refund["status"])
    reason = refund.get("failure_reason") or ("merchant_request" if refund["status"] == "canceled" else "unknown")
    has_failed, currency = fact == "failed_at", refund["currency"]
    line, back = refund.get("line") or {}, refund.get("back") or {}
    failed_at = back.get("created") or refund.get("came_back") or refund["created"]
    return RefundFacts(
        provider_ref=refund["id"],
        reference=names.get("refund", "") if names.get("masthead") == own_name else "",
        amount=ours(refund["amount"], currency),
        made_at=moment(line.get("created") or refund["created"]) if refund["balance_transaction"] else None,
        failed_at=moment(failed_at) if has_failed else None,
        failure=states.REFUND_FAILURES.get(reason, "declined") if has_failed else "",
        fee_minor=_sum([line], "fee", currency).minor if line else 0,
        failed_fee_minor=_sum([back], "fee", currency).minor if back and has_failed else 0,
    )


def _claimed_back(found: Found, told: dict[str, Any]) -> dict[str, Any]:
    """What each dispute took, and what of it came back; inquiries take nothing."""
    currency = found["intent"]["currency"]
    taking = [one for one in found["disputes"] if states.DISPUTE.get(one["status"])]
    if foreign := next((line for one in taking for line in one["lines"] if line["currency"] != currency), None):
        return told | {"doubt": _converted(currency, foreign["currency"])}
    disputes = [
        _took(one["id"], one["lines"], currency, won=states.DISPUTE.get(one["status"]) == "reinstated_at")
        for one in sorted(taking, key=lambda one: (one["created"], one["id"]))
        if any(line["amount"] < 0 for line in one["lines"])
    ]
    return told | {"disputes": (*told.get("disputes", ()), *disputes)}


def _took(ref: str, lines: list[dict[str, Any]], currency: str, *, won: bool = False) -> DisputeFacts:
    taken = [line for line in lines if line["amount"] < 0]
    back = [line for line in lines if line["amount"] > 0] if won else []
    return DisputeFacts(
        provider_ref=ref,
        taken_at=moment(min(line["created"] for line in taken)),
        amount_minor=-_sum(taken, "amount", currency).minor,
        fee_minor=_sum(taken, "fee", currency).minor,
        back_at=moment(min(line["created"] for line in back)) if back else None,
        back_minor=_sum(back, "amount", currency).minor,
        back_fee_minor=-_sum(back, "fee", currency).minor,
    )


def _sum(lines: list[dict[str, Any]], name: str, currency: str) -> Money:
    return ours(sum(line[name] for line in lines), currency)


def _converted(theirs: str, settled: str) -> str:
    return CONVERTED.format(theirs=theirs.upper(), settled=settled.upper())


def _kind_of(method: dict[str, Any]) -> tuple[str, str]:
    kind: str = method["type"]
    return states.METHODS.get(kind, ("other", kind.replace("_", " ")))
