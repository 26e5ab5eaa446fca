"""Each word in the lists of GoCardless' official client libraries is in our tables, and tells what they say."""

import json

import pytest

from masthead.money import failures
from masthead.money.providers.base import CheckoutFacts, MandateFacts, PaymentFacts
from masthead.money.providers.gocardless import calls, fees, reading, states
from masthead.money.providers.gocardless.findings import Found
from tests.gocardless_server import shapes

NODE_10_1_2 = {  # the enumerations of the npm package gocardless-nodejs, version 10.1.2, types/Types.d.ts
    "PaymentStatus": [
        "pending_customer_approval", "pending_submission", "submitted", "confirmed", "paid_out", "cancelled",
        "customer_approval_denied", "failed", "charged_back",
    ],
    "MandateStatus": [
        "pending_customer_approval", "pending_submission", "submitted", "active", "failed", "cancelled", "expired",
        "consumed", "blocked", "suspended_by_payer",
    ],
    "RefundStatus": ["created", "pending_submission", "submitted", "paid", "cancelled", "bounced", "funds_returned"],
    "BillingRequestStatus": ["pending", "ready_to_fulfil", "fulfilling", "fulfilled", "cancelled"],
    "PayoutStatus": ["pending", "paid", "bounced"],
    "SubscriptionStatus": [
        "pending_customer_approval", "customer_approval_denied", "active", "finished", "cancelled", "paused",
    ],
    "PayoutItemType": [
        "payment_paid_out", "payment_failed", "payment_charged_back", "payment_refunded", "refund", "gocardless_fee",
        "app_fee", "revenue_share", "surcharge_fee", "refund_funds_returned",
    ],
}  # fmt: skip
TABLES = {
    "PaymentStatus": states.PAYMENT,
    "MandateStatus": states.MANDATE,
    "RefundStatus": states.REFUND,
    "BillingRequestStatus": states.REQUEST,
    "PayoutStatus": states.PAYOUT,
    "SubscriptionStatus": states.SUBSCRIPTION,
    "PayoutItemType": states.ITEM,
}
CAUSES = {  # of payments that failed, were cancelled, denied or charged back: GoCardless' reference of events, 2026
    "account_blocked_for_any_financial_transaction", "authorisation_disputed", "bank_account_closed",
    "bank_account_transferred", "bank_declined_payment", "customer_approval_denied", "daily_payment_limit_reached",
    "direct_debit_not_enabled", "initial_one_off_payment_failed", "instalment_schedule_cancelled",
    "insufficient_funds", "insufficient_payment_permissions", "invalid_bank_details", "mandate_cancelled",
    "mandate_expired", "mandate_suspended_by_payer", "other", "payment_cancelled", "payment_stopped",
    "payment_violated_mandate_parameters", "refer_to_payer", "refund_requested", "return_on_odfi_request",
    "test_failure",
}  # fmt: skip
STEPS = {
    "created", "customer_approval_granted", "customer_approval_denied", "submitted", "confirmed", "cancelled", "failed",
    "charged_back", "chargeback_cancelled", "paid_out", "late_failure_settled", "chargeback_settled",
    "surcharge_fee_debited", "resubmission_requested",
}  # fmt: skip
MADE, LATER, LAST = "2026-01-01T09:00:00.000Z", "2026-01-05T09:00:00.000Z", "2026-01-20T09:00:00.000Z"


@pytest.mark.parametrize("name", NODE_10_1_2)
def test_each_word_of_the_official_library_is_in_its_table(name: str) -> None:
    assert set(TABLES[name]) == set(NODE_10_1_2[name])


def test_each_cause_and_each_step_has_its_meaning() -> None:
    assert states.FAILURES.keys() - {"bank_account_disabled"} == CAUSES
    assert set(states.FAILURES.values()) <= failures.FAILURES.keys()
    assert set(states.REFUND_FAILURES.values()) <= failures.REFUND_SENTENCES.keys()
    assert states.STEPS.keys() == STEPS
    assert {kind.partition(".")[2] for kind in states.KINDS if kind.startswith("payments.")} >= STEPS


@pytest.mark.parametrize(("kind", "table"), [
    ("payments", states.PAYMENT),
    ("mandates", states.MANDATE),
    ("refunds", states.REFUND),
    ("billing_requests", states.REQUEST),
    ("payouts", states.PAYOUT),
])  # fmt: skip
def test_the_examples_speak_no_other_words(kind: str, table: dict[str, str | None]) -> None:
    folder = shapes.folder()
    if folder is None:
        pytest.skip("MASTHEAD_MATERIAL names no folder with GoCardless' examples")
    examples = json.loads((folder / f"{kind}.json").read_text())

    bodies = [body for example in examples.values() for body in [example["body"].get(kind)]]
    statuses = {one["status"] for body in bodies for one in (body if isinstance(body, list) else [body]) if one}

    assert statuses <= set(table)


def test_each_call_is_one_of_the_examples() -> None:
    folder = shapes.folder()
    if folder is None:
        pytest.skip("MASTHEAD_MATERIAL names no folder with GoCardless' examples")
    known = {
        f"{example['method']} {example['path_template']}"
        for path in folder.glob("*.json")
        for example in json.loads(path.read_text()).values()
    }

    made = {call for call in calls.CALLS if call.split("/")[1].partition("?")[0] not in shapes.WITHOUT}

    names = {"request": "identity", "mandate": "identity", "payment": "identity", "refund": "identity"}
    names["payout"] = "identity"
    assert {_as_template(call, names) for call in made} <= known


def _as_template(call: str, names: dict[str, str]) -> str:
    for name, theirs in names.items():
        call = call.replace(f"{{{name}}}", f":{theirs}")
    return call


def finding(status: str, *steps: tuple[str, str, str], tries_again: bool = False) -> Found:
    """A payment of five pounds, and what happened to it: (action, when, cause)."""
    names = {"masthead": "US", "payment": "OURS"}
    payment = {"id": "PM1", "status": status, "amount": 500, "currency": "GBP", "created_at": MADE, "metadata": names}
    history = [
        {"action": action, "when": when, "cause": cause, "tries_again": tries_again} for action, when, cause in steps
    ]
    return {"at": 1_800_000_000, "payment": payment, "history": history, "refunds": []}


def told(found: Found) -> dict[str, str]:
    """The facts that are set, and why it failed if it did."""
    moments = ("promised_at", "collected_at", "failed_at", "returned_at", "reinstated_at")
    (fact,) = reading.facts_of(found, "US")
    return {name: getattr(fact, "failure", "") for name in moments if getattr(fact, name)}


@pytest.mark.parametrize("status", states.PAYMENT)
def test_each_state_without_its_events_tells_what_the_table_says(status: str) -> None:
    expected = {states.PAYMENT[status]} - {None}
    if status not in states.NOT_PROMISED:
        expected |= {"promised_at"}
    if status == "charged_back":
        expected |= {"collected_at"}

    assert set(told(finding(status))) == expected


@pytest.mark.parametrize(("status", "steps", "facts"), [
    ("failed", [("failed", LATER, "refer_to_payer")], {"promised_at", "failed_at"}),
    ("confirmed", [("confirmed", LATER, "")], {"promised_at", "collected_at"}),
    ("paid_out", [("paid_out", LAST, ""), ("confirmed", LATER, "")], {"promised_at", "collected_at"}),
    ("failed", [("failed", LAST, "refer_to_payer"), ("confirmed", LATER, "")],
     {"promised_at", "collected_at", "returned_at"}),
    ("charged_back", [("charged_back", LAST, "refund_requested")], {"promised_at", "collected_at", "returned_at"}),
    ("paid_out", [("charged_back", LATER, ""), ("chargeback_cancelled", LAST, "")],
     {"promised_at", "collected_at", "returned_at", "reinstated_at"}),
    ("confirmed", [("failed", MADE, "refer_to_payer"), ("confirmed", LATER, "")],
     {"promised_at", "collected_at", "failed_at"}),
    ("customer_approval_denied", [("customer_approval_denied", LATER, "")], {"failed_at"}),
])  # fmt: skip
def test_what_happened_is_told_by_its_order_in_time(
    status: str, steps: list[tuple[str, str, str]], facts: set[str]
) -> None:
    assert set(told(finding(status, *steps))) == facts
    assert told(finding(status, *steps)) == told(finding(status, *steps[::-1]))


def test_a_failure_that_gocardless_tries_again_is_none_yet() -> None:
    assert set(told(finding("submitted", ("failed", LATER, "refer_to_payer"), tries_again=True))) == {"promised_at"}


@pytest.mark.parametrize("status", states.MANDATE)
def test_each_state_of_a_permission_says_whether_it_has_ended(status: str) -> None:
    mandate = {
        "id": "MD1", "status": status, "created_at": MADE, "metadata": {"checkout": "VISIT"}, "last4": "11",
        "replaced_by": "",
    }  # fmt: skip

    (fact,) = reading.facts_of({"at": 1_800_000_000, "mandate": mandate}, "US", told_at=LAST)

    assert isinstance(fact, MandateFacts)
    assert (fact.ended_at is not None) == (states.MANDATE[status] == "ended_at")


@pytest.mark.parametrize("status", states.REQUEST)
def test_each_state_of_a_visit_says_whether_it_is_over(status: str) -> None:
    request = {"id": "BRQ1", "status": status, "created_at": MADE, "metadata": {"checkout": "VISIT"}}

    (fact,) = reading.facts_of({"at": 1_800_000_000, "request": request}, "US")

    assert isinstance(fact, CheckoutFacts)
    assert (fact.closed_at is not None) == (states.REQUEST[status] == "closed_at")


@pytest.mark.parametrize("status", states.REFUND)
def test_each_state_of_a_refund_says_whether_it_came_back(status: str) -> None:
    found = finding("paid_out", ("confirmed", LATER, ""))
    found["refunds"] = [
        {"id": "RF1", "amount": 100, "currency": "GBP", "status": status, "created_at": LATER, "failed_at": LAST}
    ]

    (fact,) = reading.facts_of(found, "US")

    assert isinstance(fact, PaymentFacts)
    (refund,) = fact.refunds
    assert refund.made_at == reading.moment(LATER)
    assert (refund.failed_at is not None) == (states.REFUND[status] == "failed_at")


@pytest.mark.parametrize(("paid_out", "pennies"), [
    (949, [500, 500, -26, -25]),
    (950, [500, 500, -25, -25]),
])  # fmt: skip
def test_half_pennies_go_where_the_payout_says(paid_out: int, pennies: list[int]) -> None:
    items = [{"type": "payment_paid_out", "amount": "500.0", "links": {"payment": name}} for name in "AB"]
    items += [{"type": "gocardless_fee", "amount": "-25.3", "links": {"payment": name}} for name in "AB"]

    assert sorted(minor for _, minor in fees.in_pennies(items, paid_out)) == sorted(pennies)


@pytest.mark.parametrize("paid_out", [948, 951])
def test_what_does_not_add_up_is_not_rounded_away(paid_out: int) -> None:
    items = [{"type": "payment_paid_out", "amount": "1000.0"}, {"type": "gocardless_fee", "amount": "-50.5"}]

    with pytest.raises(fees.DoesNotAddUp):
        fees.in_pennies(items, paid_out)
