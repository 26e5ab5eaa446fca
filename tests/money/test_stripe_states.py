"""Every word that Stripe has for a state or a failure has a meaning with us; money is counted in the same units."""

import pytest

from masthead.money import failures
from masthead.money.amounts import Money
from masthead.money.providers.base import MandateFacts, PaymentFacts, Unreadable
from masthead.money.providers.stripe import calls, minor, reading, states
from masthead.money.providers.stripe.findings import Found
from tests.stripe_server import cards, shapes

described = pytest.mark.skipif(
    shapes.folder() is None, reason="MASTHEAD_MATERIAL is not set: Stripe's own description is not at hand"
)
OF_DISPUTES = {"returned_at", "reinstated_at"}
FACTS = {None, *PaymentFacts.__dataclass_fields__, *MandateFacts.__dataclass_fields__, *OF_DISPUTES}
FACTS |= {"made_at", "closed_at"}
# Stripe describes these two in words alone.
REFUND_STATUSES = {"pending", "requires_action", "succeeded", "failed", "canceled"}
PAYOUT_STATUSES = {"paid", "pending", "in_transit", "canceled", "failed"}


@described
@pytest.mark.parametrize(("thing", "field", "table"), [
    ("payment_intent", "status", states.INTENT),
    ("charge", "status", states.CHARGE),
    ("checkout.session", "status", states.SESSION),
    ("checkout.session", "payment_status", states.PAID),
    ("setup_intent", "status", states.SETUP),
    ("dispute", "status", states.DISPUTE),
    ("mandate", "status", states.MANDATE),
])  # fmt: skip
def test_every_state_of_2026_10_28_is_in_its_table(thing: str, field: str, table: dict[str, str | None]) -> None:
    assert set(shapes.enumerated(thing, field)) == set(table)
    assert set(table.values()) <= FACTS


@described
@pytest.mark.parametrize(("thing", "table", "known"), [
    ("refund", states.REFUND, REFUND_STATUSES),
    ("payout", states.PAYOUT, PAYOUT_STATUSES),
])  # fmt: skip
def test_every_state_that_2026_10_28_has_in_words_is_in_its_table(
    thing: str, table: dict[str, str | None], known: set[str]
) -> None:
    words = shapes.described()["components"]["schemas"][thing]["properties"]["status"]["description"]

    assert [state for state in known if f"`{state}`" not in words] == []
    assert set(table) == known


@described
def test_every_state_of_a_subscription_of_others_is_over_or_not() -> None:
    assert set(shapes.enumerated("subscription", "status")) == set(states.SUBSCRIPTION)
    assert {state for state, is_over in states.SUBSCRIPTION.items() if is_over == "over"} == {
        "canceled",
        "incomplete_expired",
    }


@described
def test_every_reason_for_a_failed_refund_of_2026_10_28_is_in_its_table() -> None:
    reasons = shapes.described()["components"]["schemas"]["refund"]["properties"]["failure_reason"]["description"]

    named = {word for word in reasons.split("`") if word.replace("_", "").isalpha() and " " not in word}
    assert named <= set(states.REFUND_FAILURES)


@described
def test_every_code_of_a_failed_payment_of_2026_10_28_has_a_sentence() -> None:
    codes = shapes.enumerated("payment_intent.LastPaymentError", "code")

    for kind in shapes.enumerated("payment_intent.LastPaymentError", "type"):
        for code in codes:
            assert states.failure_of({"code": code, "type": kind}) in failures.FAILURES
    assert set(states.ERRORS) <= {*codes, "invalid_account"}


@described
def test_every_line_of_the_balance_that_we_name_is_one_of_2026_10_28() -> None:
    assert set(states.BALANCE) <= set(shapes.enumerated("balance_transaction", "type"))


@described
def test_every_event_and_every_call_is_one_of_2026_10_28() -> None:
    paths = shapes.described()["paths"]

    assert set(states.EVENTS) <= set(shapes.enumerated("event", "type"))
    described_ones = [call.split() for call in calls.CALLS if call.split()[1] != shapes.UNDESCRIBED]
    assert [call for call in described_ones if call[0].lower() not in paths[call[1]]] == []
    assert shapes.described()["info"]["version"] == calls.API_VERSION


@described
def test_every_method_that_we_name_is_one_of_2026_10_28() -> None:
    assert set(states.METHODS) <= set(shapes.enumerated("payment_method", "type"))


def test_every_reason_of_an_issuer_has_a_sentence() -> None:
    for reason in (*states.DECLINES, "one_that_is_new"):
        assert states.failure_of({"code": "card_declined", "decline_code": reason}) in failures.FAILURES
    assert set(states.REFUND_FAILURES.values()) <= set(failures.REFUND_SENTENCES)


def test_only_a_bank_that_asks_for_its_customer_makes_a_payment_wait() -> None:
    waiting = {code for code in states.DECLINES if states.wants_approval({"decline_code": code})}

    assert waiting == {"authentication_required", "authentication_not_handled", "approve_with_id"}


def test_every_card_of_the_test_server_is_read() -> None:
    for means in cards.ALL:
        for said in (means.first, means.later):
            code, _, decline = said.partition("/")
            if said not in ("ok", "3ds"):
                assert states.failure_of({"code": code, "decline_code": decline}) != "impossible"


# --- one finding, one set of facts -----------------------------------------------------------------------------


def finding(status: str, made_by: str = "collection", *, code: str = "", visit: str = "", charge: str = "") -> Found:
    """What Stripe says of a payment of five pounds."""
    names = {"masthead": "US", "payment": "PAY", "made_by": made_by}
    if made_by == "checkout":
        names["checkout"] = "VISIT"
    return {
        "at": 1_800_000_500.0,
        "intent": {
            "id": "pi_1", "status": status, "amount": 500, "amount_received": 500, "currency": "gbp",
            "created": 1_800_000_000, "setup_future_usage": None, "metadata": names,
            "error": {"code": code, "type": "card_error"} if code else {},
        },
        "charge": {"status": charge or "succeeded", "created": 1_800_000_100, "currency": "gbp"},
        "fee": {"fee": 28, "currency": "gbp", "created": 1_800_000_200}, "undone": None,
        "method": None, "refunds": [], "disputes": [],
        "session": {"status": visit, "metadata": names, "expires_at": 1_800_086_400} if visit else None,
    }  # fmt: skip


def told(found: Found) -> dict[str, str]:
    """The facts that are set, and why it failed if it did."""
    moments = ("promised_at", "approval_asked_at", "collected_at", "failed_at", "declined_at", "closed_at")
    facts = reading.facts_of(found, "US")
    return {name: getattr(fact, "failure", "") for fact in facts for name in moments if getattr(fact, name, None)}


@pytest.mark.parametrize("status", states.INTENT)
def test_each_state_of_a_collection_tells_what_the_table_says(status: str) -> None:
    expected = {states.INTENT[status]} - {None}
    if status == "succeeded":
        expected |= {"promised_at"}

    assert set(told(finding(status))) == expected


@pytest.mark.parametrize(("made_by", "visit", "facts"), [
    ("collection", "", {"failed_at": "no_money"}),
    ("checkout", "open", {"declined_at": "no_money"}),
    ("checkout", "expired", {"declined_at": "no_money", "closed_at": "no_money"}),
    ("checkout", "complete", {"failed_at": "no_money"}),
    ("approval", "open", {}),
    ("approval", "expired", {}),
    ("approval", "complete", {"failed_at": "no_money"}),
])  # fmt: skip
def test_what_a_no_means_depends_on_whether_another_try_is_open(
    made_by: str, visit: str, facts: dict[str, str]
) -> None:
    found = finding("requires_payment_method", made_by, code="insufficient_funds", visit=visit, charge="failed")

    assert told(found) == facts


@pytest.mark.parametrize("made_by", ["checkout", "approval"])
def test_a_page_that_ran_out_takes_its_payment_with_it_and_that_is_no_failure(made_by: str) -> None:
    assert "failed_at" not in told(finding("canceled", made_by))


@pytest.mark.parametrize("status", states.DISPUTE)
def test_each_state_of_a_dispute_counts_only_what_moved(status: str) -> None:
    found = finding("succeeded")
    taken = {"amount": -500, "fee": 2000, "currency": "gbp", "created": 1_800_000_300}
    back = {"amount": 500, "fee": 0, "currency": "gbp", "created": 1_800_000_400}
    found["disputes"] = [
        {"id": "du_1", "created": 1, "status": status, "lines": [taken, back] if status == "won" else [taken]}
    ]

    (fact,) = reading.facts_of(found, "US")

    assert isinstance(fact, PaymentFacts)
    assert bool(fact.returned_at) == bool(states.DISPUTE[status])
    assert (fact.reinstated_at is not None) == (status == "won")


@pytest.mark.parametrize("status", sorted(REFUND_STATUSES))
def test_each_state_of_a_refund_counts_once_money_moved(status: str) -> None:
    found = finding("succeeded")
    moved = status not in ("requires_action", "canceled")
    found["refunds"] = [{
        "id": "re_1", "amount": 100, "currency": "gbp", "status": status, "created": 1_800_000_300,
        "balance_transaction": "txn_1" if moved else None, "came_back": None, "metadata": {},
    }]  # fmt: skip

    (fact,) = reading.facts_of(found, "US")

    assert isinstance(fact, PaymentFacts)
    (refund,) = fact.refunds
    assert (refund.made_at is not None) == moved
    assert (refund.failed_at is not None) == (states.REFUND[status] == "failed_at")


def test_a_finding_that_lacks_what_it_has_to_say_is_not_guessed_at() -> None:
    found = finding("succeeded")
    del found["intent"]["currency"]

    with pytest.raises(Unreadable, match="currency"):
        reading.facts_of(found, "US")


@pytest.mark.parametrize(("amount", "written"), [
    (Money(500, "GBP"), 500),
    (Money(500, "JPY"), 500),
    (Money(5, "ISK"), 500),
    (Money(5, "UGX"), 500),
    (Money(5000, "KWD"), 5000),
])  # fmt: skip
def test_amounts_are_written_in_stripes_smallest_units_and_read_again(amount: Money, written: int) -> None:
    assert minor.theirs(amount) == written
    assert minor.ours(written, amount.currency.lower()) == amount


def test_what_is_smaller_than_our_smallest_unit_is_not_rounded_away() -> None:
    with pytest.raises(ValueError, match="smallest"):
        minor.ours(501, "isk")
