"""Collecting on a mandate, giving back, and what a bank may do by itself."""

from datetime import timedelta

import pytest

from masthead.core import jobs
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord
from masthead.money import checks, ledger, payments
from masthead.money.amounts import Money
from masthead.money.models import Payment, Refund
from masthead.money.payments import NotRefundable
from masthead.money.providers import practice
from tests.conftest import MovableClock
from tests.worlds.money import GBP, Bank, Shop, collect, wait_for

STAFF = Actor.staff(1)


def test_a_collection_is_made_once_however_often_it_is_asked_for(bank: Bank, shop: Shop) -> None:
    mandate = shop.mandate(bank)

    for _ in range(3):
        collect(mandate, GBP("5.00"), "test:2", "March")
        jobs.run_all()
    payments.send(Payment.objects.get(order_key="test:2").pk)
    bank.tell()

    assert Payment.objects.get(order_key="test:2").state == "collected"
    assert [line["amount"] for line in bank.movements()] == [500, 500]
    assert shop.told == [("payment", "collected")]


def test_a_job_killed_after_the_call_asks_again_and_collects_nothing_twice(bank: Bank, shop: Shop) -> None:
    mandate = shop.mandate(bank)
    payment = collect(mandate, GBP("5.00"), "test:2", "March")
    practice.find().collect(payment)  # type: ignore[union-attr]  # the answer never reached us

    jobs.run_all()
    bank.tell()

    assert Payment.objects.get(order_key="test:2").state == "collected"
    assert [line["amount"] for line in bank.movements()] == [500, 500]


@pytest.mark.parametrize(
    ("card", "state", "failure"), [("later", "failed", "no_money"), ("ask-later", "needs_approval", "")]
)
def test_a_card_may_fail_from_the_second_time_on(bank: Bank, shop: Shop, card: str, state: str, failure: str) -> None:
    mandate = shop.mandate(bank, card=card)

    collect(mandate, GBP("5.00"), "test:2", "March")
    jobs.run_all()

    payment = Payment.objects.get(order_key="test:2")
    assert (payment.state, payment.failure) == (state, failure)
    assert shop.told == [("payment", state)]


def test_an_approval_asked_for_later_is_one_tap_away(bank: Bank, shop: Shop) -> None:
    collect(shop.mandate(bank, card="ask-later"), GBP("5.00"), "test:2", "March")
    jobs.run_all()

    bank.approve(Payment.objects.get(order_key="test:2").approval_url)
    bank.tell()

    assert Payment.objects.get(order_key="test:2").state == "collected"


def test_nothing_can_be_collected_on_an_ended_mandate(bank: Bank, shop: Shop) -> None:
    mandate = shop.mandate(bank)

    payments.cancel(mandate, by=STAFF)
    jobs.run_all()
    mandate.refresh_from_db()
    collect(mandate, GBP("5.00"), "test:2", "March")
    jobs.run_all()

    payment = Payment.objects.get(order_key="test:2")
    assert (mandate.state, payment.state, payment.failure) == ("ended", "failed", "mandate_ended")
    assert len(bank.movements()) == 1


def test_a_mandate_that_ended_at_the_bank_alone_fails_there(bank: Bank, shop: Shop) -> None:
    mandate = shop.mandate(bank)
    bank.asked("POST", f"/v1/mandates/{mandate.provider_ref}/cancel", {}).raise_for_status()

    collect(mandate, GBP("5.00"), "test:2", "March")
    jobs.run_all()

    assert Payment.objects.get(order_key="test:2").failure == "mandate_ended"


def test_an_outage_of_the_bank_only_delays_a_collection(bank: Bank, shop: Shop, clock: MovableClock) -> None:
    mandate = shop.mandate(bank)
    bank.close()
    collect(mandate, GBP("5.00"), "test:2", "March")
    with pytest.raises(Exception, match="doesn't answer"):
        jobs.run_all()

    bank.open()
    clock.forward(minutes=10)
    payments.send_unsent()
    jobs.run_all()

    assert Payment.objects.get(order_key="test:2").state == "collected"
    assert len(bank.movements()) == 2


def test_a_refund_gives_back_what_was_collected_and_no_more(bank: Bank, shop: Shop) -> None:
    shop.mandate(bank)
    payment = Payment.objects.get()

    payments.refund(payment, GBP("2.00"), by=STAFF, reason="asked by telephone")
    with pytest.raises(NotRefundable) as refusal:
        payments.refund(payment, GBP("3.01"), by=STAFF, reason="too much")
    jobs.run_all()
    bank.tell()
    assert Payment.objects.get().state == "collected"

    payments.refund(payment, GBP("3.00"), by=STAFF, reason="the rest")
    jobs.run_all()
    bank.tell()

    assert refusal.value.for_people == "At most £3.00 of this payment can be refunded. Nothing has been changed."
    assert Payment.objects.get().state == "refunded"
    assert ledger.balance("refunds") == {"GBP": GBP("5.00")}
    assert AuditRecord.objects.filter(action="payment.refund_asked").count() == 2
    assert sum(line["amount"] for line in bank.movements()) == 0


def test_what_was_not_collected_cannot_be_refunded(bank: Bank, shop: Shop) -> None:
    shop.begin(GBP("5.00"))

    with pytest.raises(NotRefundable):
        payments.refund(Payment.objects.get(), GBP("1.00"), by=STAFF, reason="")

    assert Refund.objects.count() == 0


def test_a_payment_can_be_claimed_back_through_the_bank(bank: Bank, shop: Shop) -> None:
    shop.mandate(bank)

    bank.claim_back(Payment.objects.get())
    bank.tell()

    assert Payment.objects.get().state == "returned"
    assert shop.told == [("payment", "returned")]
    assert ledger.balance("returned") == {"GBP": GBP("5.00")}
    assert checks.books() == []


def test_our_books_agree_with_the_banks_to_the_penny(bank: Bank, shop: Shop, clock: MovableClock) -> None:
    mandate = shop.mandate(bank)
    collect(mandate, GBP("7.35"), "test:2", "March")
    jobs.run_all()
    payments.refund(Payment.objects.get(order_key="test:2"), GBP("1.00"), by=STAFF, reason="a slip")
    jobs.run_all()
    debit = shop.mandate(bank, card="debit", order="3")
    clock.forward(days=7)
    wait_for(lambda: len(bank.movements()) == 4)
    bank.tell()
    bank.claim_back(Payment.objects.get(mandate=debit))
    bank.tell()

    theirs = sum(line["amount"] - line["fee"] for line in bank.movements())
    movements = list(practice.find().moved(clock.now() - timedelta(days=30), clock.now()))  # type: ignore[union-attr]

    assert ledger.balance("owed_by:practice") == {"GBP": Money(theirs, "GBP")}
    assert [movement.kind for movement in movements] == ["payment", "payment", "refund", "payment", "dispute"]
