"""Judges what is asked and answered.

Answers by the examples of GoCardless' own client library for Python (its test fixtures of 13 August 2026), where
`MASTHEAD_MATERIAL` names the folder with them: no field that they don't have, none of another type. What may be asked
by the typed parameters of the client library for Node, version 10.1.2, as far as we use them.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

FREE = ("metadata", "resource_metadata")  # whatever their owner wrote
WITHOUT = ("payout_items", "customer_bank_accounts", "creditors")  # resources for which there is no example
LINKED = {"payments": {"mandate"}, "refunds": {"payment", "mandate"}, "billing_request_flows": {"billing_request"}}
MAY_BE_ASKED = {
    "POST /billing_requests": {
        "fallback_enabled", "instalment_schedule_request", "links", "mandate_request", "metadata",
        "payment_context_code", "payment_purpose_code", "payment_request", "purpose_code", "subscription_request",
    },
    "POST /billing_request_flows": {
        "auto_fulfil", "customer_details_captured", "exit_uri", "language", "links", "lock_bank_account",
        "lock_currency", "lock_customer_details", "prefilled_bank_account", "prefilled_customer", "redirect_uri",
        "show_redirect_buttons", "show_success_redirect_button", "skip_success_screen",
    },
    "POST /payments": {
        "amount", "app_fee", "charge_date", "currency", "description", "faster_ach", "links", "metadata",
        "psu_interaction_type", "reference", "retry_if_possible",
    },
    "POST /refunds": {"amount", "links", "metadata", "reference", "total_amount_confirmation"},
    "GET /payments": {
        "after", "before", "charge_date", "created_at", "creditor", "currency", "customer", "limit", "mandate",
        "scheme", "sort_direction", "sort_field", "status", "subscription",
    },
    "GET /events": {
        "action", "after", "before", "billing_request", "created_at", "creditor", "export", "include",
        "instalment_schedule", "limit", "mandate", "outbound_payment", "parent_event", "payer_authorisation",
        "payment", "payment_account_transaction", "payout", "refund", "resource_type", "scheme_identifier",
        "subscription",
    },
    "GET /refunds": {"after", "before", "created_at", "limit", "mandate", "payment", "refund_type"},
    "GET /payouts": {
        "after", "before", "created_at", "creditor", "creditor_bank_account", "currency", "limit", "metadata",
        "payout_type", "reference", "status",
    },
    "GET /payout_items": {"after", "before", "include_2020_tax_cutover", "limit", "payout"},
    "GET /subscriptions": {"after", "before", "created_at", "customer", "limit", "mandate", "status"},
    "GET /creditors": {"after", "before", "created_at", "limit"},
}  # fmt: skip
NESTED = {
    "mandate_request": {
        "authorisation_source", "consent_type", "constraints", "currency", "description", "funds_settlement",
        "metadata", "payer_requested_dual_signature", "reference", "scheme", "sweeping", "verify",
    },
    "prefilled_customer": {
        "address_line1", "address_line2", "address_line3", "city", "company_name", "country_code",
        "danish_identity_number", "email", "family_name", "given_name", "postal_code", "region",
        "swedish_identity_number",
    },
}  # fmt: skip
MOST_NAMES, LONGEST_NAME, LONGEST_VALUE = 3, 50, 500  # of metadata


def folder() -> Path | None:
    """Where the examples are, if they are at hand."""
    material = os.environ.get("MASTHEAD_MATERIAL")
    return Path(material) / "specs" / "gocardless" if material else None


def wrong_with_request(call: str, asked: dict[str, Any]) -> list[str]:
    """What GoCardless would not take."""
    wrong = [f"{call}: no such parameter: {name}" for name in asked.keys() - MAY_BE_ASKED.get(call, set())]
    for name, known in NESTED.items():
        wrong += [f"{call}: no such parameter: {name}.{inner}" for inner in (asked.get(name) or {}).keys() - known]
    for names in (asked.get("metadata"), (asked.get("mandate_request") or {}).get("metadata")):
        fits = all(
            len(name) <= LONGEST_NAME and len(str(value)) <= LONGEST_VALUE for name, value in (names or {}).items()
        )
        if len(names or {}) > MOST_NAMES or not fits:
            wrong.append(f"{call}: metadata has at most three names")
    return wrong


def wrong_with_answer(kind: str, answer: dict[str, Any], *, of_list: bool = False) -> list[str]:
    """What GoCardless would not answer."""
    if folder() is None or kind in WITHOUT:
        return []
    return _differences(answer, _example(kind, of_list), kind)


@cache
def _example(kind: str, of_list: bool) -> dict[str, Any]:
    where = folder()
    assert where is not None
    examples = json.loads((where / f"{kind}.json").read_text())
    name = "list" if of_list else "get" if "get" in examples else "create"
    body: dict[str, Any] = examples[name]["body"]
    return body


def _differences(thing: Any, example: Any, where: str) -> list[str]:
    if thing is None or example is None:
        return []
    if isinstance(thing, bool) != isinstance(example, bool) or not isinstance(thing, type(example)):
        return [f"{where} is {thing!r}, in the example {example!r}"]
    if isinstance(thing, list):
        return [wrong for one in thing for wrong in _differences(one, example[0], where)] if example else []
    if isinstance(thing, dict) and where.rpartition(".")[2] not in FREE:
        unknown = [f"{where}.{name} is not in the example" for name in thing.keys() - example.keys()]
        return unknown + [
            wrong
            for name in thing.keys() & example.keys()
            for wrong in _differences(thing[name], example[name], f"{where}.{name}")
        ]
    return []
