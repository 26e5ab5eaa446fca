"""Whatever order a provider's events come in, and however often: the same payments, the same books."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from masthead.core import jobs
from masthead.money import checks, customers, facts
from masthead.money.amounts import Money
from masthead.money.models import Checkout, Mandate, Payment, Refund
from masthead.money.providers.base import CheckoutFacts, DisputeFacts, MandateFacts, PaymentFacts, RefundFacts
from tests.worlds.money import Shop, journal

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
AMOUNT = Money(1000, "GBP")


def hours(count: int) -> datetime:
    return START + timedelta(hours=count)


MADE = MandateFacts("man_1", "VISIT", "card", "card ending 0001", hours(1))
COMMON: dict[str, Any] = {"reference": "PAY", "provider_ref": "pay_1", "amount": AMOUNT}
COLLECTED: dict[str, Any] = {"collected_at": hours(3), "fee_minor": 35}
REFUNDS = (
    RefundFacts("ref_1", "", Money(400, "GBP"), hours(4)),
    RefundFacts("ref_2", "", Money(600, "GBP"), hours(5)),
)
TAKEN = DisputeFacts("du_1", hours(9), 1000, 1500)
GIVEN_BACK = DisputeFacts("du_1", hours(9), 1000, 1500, back_at=hours(11), back_minor=1000, back_fee_minor=500)
AGAIN = DisputeFacts("du_2", hours(12), 1000, 1500)
LIFE = [
    MADE,
    CheckoutFacts("VISIT", declined_at=hours(0), failure="no_money"),
    CheckoutFacts("VISIT", declined_at=hours(1), failure="expired"),
    PaymentFacts(**COMMON, approval_asked_at=hours(1), approval_url="https://bank.example/approve/1"),
    PaymentFacts(**COMMON, promised_at=hours(2), mandate=MADE),
    PaymentFacts(**COMMON, promised_at=hours(2), mandate=MADE, **COLLECTED),
    PaymentFacts(**COMMON, **COLLECTED, refunds=REFUNDS[:1]),
    PaymentFacts(**COMMON, **COLLECTED, refunds=REFUNDS),
    PaymentFacts(**COMMON, **COLLECTED, disputes=(TAKEN,)),
    MandateFacts("man_1", "VISIT", "card", "card ending 0001", hours(1), ended_at=hours(8)),
]
WON = PaymentFacts(**COMMON, **COLLECTED, disputes=(GIVEN_BACK,))
TWICE = PaymentFacts(**COMMON, **COLLECTED, disputes=(GIVEN_BACK, AGAIN))
SENT_BACK = RefundFacts("ref_2", "", Money(600, "GBP"), hours(5), failed_at=hours(10), failure="declined")
APPROVED = PaymentFacts(**{**COMMON, "provider_ref": "pay_2"}, **COLLECTED)
FATES = {
    "abandoned": [*LIFE[1:3], CheckoutFacts("VISIT", closed_at=hours(24))],
    "promised": LIFE[:5],
    "collected": LIFE[:6],
    "refunded": LIFE[:8],
    "returned": LIFE,
    "collected, its claim decided for us": [*LIFE[:6], LIFE[8], WON],
    "returned, a second time": [*LIFE[:6], LIFE[8], WON, TWICE],
    "collected, a refund sent back": [*LIFE[:8], PaymentFacts(**COMMON, **COLLECTED, refunds=(REFUNDS[0], SENT_BACK))],
    "collected, once it was approved": [LIFE[3], APPROVED],
    "failed": [*LIFE[:5], PaymentFacts(**COMMON, failed_at=hours(6), failure="no_money", mandate=MADE)],
}
WHAT_IS_TRUE = {
    Payment: (
        "state",
        "provider_ref",
        "failure",
        "fee_minor",
        "refunded_minor",
        "returned_minor",
        "collected_on",
        "approval_url",
    ),
    Checkout: ("state", "failure", "closed_at", "mandate__provider_ref"),
    Mandate: ("state", "ended_at", "hint"),
    Refund: ("reference", "amount_minor", "made_at", "failed_at"),
}


class Undo(Exception):
    """Ends a world that was only tried."""


def life(told: list[Any]) -> dict[str, Any]:
    """What is true after a payment's facts came in this order; then the world is as before."""
    truth: dict[str, Any] = {}
    with suppress(Undo), transaction.atomic():
        payment = Payment.objects.create(
            reference="PAY",
            order_key="test:1",
            provider="practice",
            amount_minor=1000,
            currency="GBP",
            description="A test",
            income_account="income:gifts",
        )
        Checkout.objects.create(reference="VISIT", payment=payment, keeps_mandate=True, return_path="/")
        for fact in told:
            facts.learn("practice", [fact])
        jobs.run_all()
        for model, fields in WHAT_IS_TRUE.items():
            truth[model.__name__] = sorted(model._default_manager.values_list(*fields), key=str)
        truth |= {"books": journal(), "wrong": checks.books()}
        raise Undo
    return truth


class AnyOrder(TestCase):
    """One payment with a whole life, its facts shuffled and repeated by the machine."""

    def setUp(self) -> None:
        self.shop = Shop()
        self.addCleanup(customers.CUSTOMERS.pop, "test:")

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def test_facts_in_any_order_add_up_to_the_same(self, data: st.DataObject) -> None:
        fate = data.draw(st.sampled_from(sorted(FATES)))
        repeated = FATES[fate] + data.draw(st.lists(st.sampled_from(FATES[fate]), max_size=6))
        orderly = life(FATES[fate])
        self.shop.told.clear()

        shuffled = life(data.draw(st.permutations(repeated)))

        assert shuffled == orderly
        assert shuffled["Payment"][0][0] == fate.partition(",")[0]
        assert shuffled["wrong"] == []
        assert [now for thing, now in self.shop.told if thing == "payment"][-1] == fate.partition(",")[0]
