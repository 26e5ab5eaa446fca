"""Customers hear what became of their payments: after the commit, in order, each time once."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import transaction

from masthead.core import jobs
from masthead.money import checkouts, customers, facts, moves
from masthead.money.models import Checkout, Payment, PaymentMove
from tests.worlds.money import GBP, Bank, Shop


class Fussy(Shop):
    """A customer that fails while `broken`, after it has written something."""

    broken = True

    def _hear(self, thing: Checkout | Payment, move: PaymentMove) -> None:
        Payment.objects.filter(order_key=move.order_key).update(description="heard")
        if self.broken:
            raise RuntimeError("not today")
        super()._hear(thing, move)


@pytest.fixture
def fussy() -> Iterator[Fussy]:
    yield Fussy("fussy:")
    del customers.CUSTOMERS["fussy:"]


def failed_payment(order: str) -> Payment:
    payment = Payment.objects.create(
        order_key=order,
        provider="practice",
        amount_minor=500,
        currency="GBP",
        description="",
        income_account="income:gifts",
    )
    with transaction.atomic():
        facts.fail(Payment.objects.locked(payment.pk), failure="declined")
    return payment


@pytest.mark.django_db
def test_a_customer_is_told_once(shop: Shop) -> None:
    failed_payment("test:1")

    for _ in range(3):
        jobs.run_all()
        moves.tell()

    assert shop.told == [("payment", "failed")]


@pytest.mark.django_db
def test_nobody_is_told_of_what_was_rolled_back(shop: Shop) -> None:
    point = transaction.savepoint()
    failed_payment("test:1")
    transaction.savepoint_rollback(point)

    jobs.run_all()

    assert (shop.told, PaymentMove.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_a_customer_that_fails_holds_up_its_own_order_alone(shop: Shop, fussy: Fussy) -> None:
    held_up, other = failed_payment("fussy:1"), failed_payment("test:1")

    with pytest.raises(moves.Untold, match="fussy:1"):
        moves.tell()

    assert shop.told == [("payment", "failed")]
    assert PaymentMove.objects.get(payment=held_up).trouble == "RuntimeError: not today"
    assert PaymentMove.objects.get(payment=other).told_at is not None
    assert Payment.objects.get(pk=held_up.pk).description == ""  # what it had written went back with it

    fussy.broken = False
    moves.tell_again()
    assert fussy.told == [("payment", "failed")]


@pytest.mark.django_db
def test_a_batch_that_is_held_up_holds_up_no_other(shop: Shop, fussy: Fussy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "AT_ONCE", 1)
    failed_payment("fussy:1")
    failed_payment("test:1")

    for _ in range(4):
        with suppress(moves.Untold):
            jobs.run_all()

    assert (shop.told, fussy.told) == ([("payment", "failed")], [])


def test_a_customer_that_fails_costs_the_visitor_no_answer(bank: Bank, fussy: Fussy) -> None:
    checkout = fussy.begin(GBP("6.00"))
    bank.pay(checkout)

    assert checkouts.ask(checkout.reference).is_paid

    fussy.broken = False
    moves.tell_again()
    assert fussy.told == [("checkout", "collected"), ("payment", "collected")]


@pytest.mark.django_db
def test_many_are_told_in_several_jobs(shop: Shop) -> None:
    for number in range(moves.AT_ONCE + 5):
        failed_payment(f"test:{number}")

    jobs.run_all()

    assert len(shop.told) == moves.AT_ONCE + 5
    assert PaymentMove.objects.filter(told_at__isnull=True).count() == 0
