"""Collecting on a permission at GoCardless, giving back, ending it, and what moved by GoCardless' own books."""

from datetime import timedelta

import pytest

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.core.actors import Actor
from masthead.core.refusals import Trouble
from masthead.money import checks, failures, ledger, payments
from masthead.money.models import Event, Payment, Refund
from masthead.money.providers.gocardless import states
from tests.conftest import MovableClock
from tests.worlds.gocardless import Debits
from tests.worlds.money import GBP, Shop, collect

STAFF = Actor.staff(1)


def made_for(debits: Debits, payment: Payment) -> int:
    return sum(one["metadata"].get("payment") == payment.reference for one in debits.book.of_kind("payments"))


def test_a_collection_is_made_once_however_often_it_is_asked_for(debits: Debits, shop: Shop) -> None:
    mandate = debits.mandate(shop)

    for _ in range(3):
        payment = debits.collected(mandate)
    Payment.objects.filter(pk=payment.pk).update(sent_at=None, state="created", promised_at=None)
    payments.send(payment.pk)
    debits.days_pass(6)

    payment.refresh_from_db()
    assert (payment.state, made_for(debits, payment)) == ("collected", 1)


@pytest.mark.parametrize("waited", [timedelta(minutes=10), timedelta(days=3)])
def test_a_lost_answer_is_asked_for_again_and_nothing_is_taken_twice(
    debits: Debits, shop: Shop, clock: MovableClock, waited: timedelta
) -> None:
    mandate = debits.mandate(shop)
    payment = collect(mandate, GBP("5.00"), "test:2", "March")
    debits.server.faults = ["lost"]
    with pytest.raises(Trouble):
        jobs.run_all()
    if waited > timedelta(days=1):
        debits.server.keys.clear()  # keys are not kept for ever

    clock.forward(seconds=int(waited.total_seconds()))
    payments.send_unsent()
    jobs.run_all()

    payment.refresh_from_db()
    assert (payment.state, made_for(debits, payment)) == ("promised", 1)


def test_a_key_that_led_to_something_else_ends_in_a_sentence_not_in_a_loop(debits: Debits, shop: Shop) -> None:
    first = debits.first(shop)
    assert first.mandate is not None
    payment = collect(first.mandate, GBP("5.00"), "test:2", "March")
    debits.server.keys["payments", payment.reference] = first.provider_ref

    jobs.run_all()

    payment.refresh_from_db()
    assert (payment.state, payment.failure, made_for(debits, payment)) == ("failed", "impossible", 0)
    assert "under this key before" in Event.objects.get(subject=payment.reference, state="failed").trouble
    assert Payment.objects.unsent().count() == 0


def test_what_can_never_be_collected_fails_with_a_plain_sentence(debits: Debits, shop: Shop) -> None:
    payment = debits.collected(debits.mandate(shop), "9000.00")

    assert (payment.state, payment.failure) == ("failed", "impossible")
    assert "could not do what we asked" in failures.sentence(payment.failure)
    assert Event.objects.get(subject=payment.reference).trouble.startswith("GoCardless refused it: too_large")
    assert Payment.objects.unsent().count() == 0


def test_each_reason_for_which_a_debit_fails_has_its_sentence(debits: Debits, shop: Shop) -> None:
    mandate = debits.mandate(shop)
    causes = list(states.FAILURES)
    for number in range(len(causes)):
        collect(mandate, GBP("5.00"), f"test:for-{number}", "March")
    jobs.run_all()
    for number, cause in enumerate(causes):
        debits.book.fails[Payment.objects.get(order_key=f"test:for-{number}").provider_ref] = cause

    debits.days_pass(6)

    for number, cause in enumerate(causes):
        payment = Payment.objects.get(order_key=f"test:for-{number}")
        assert (payment.state, payment.failure) == ("failed", states.FAILURES[cause]), cause
        assert "taken" in failures.sentence(payment.failure)


def test_a_second_signature_that_is_missing_promises_nothing_and_a_no_ends_it(debits: Debits, shop: Shop) -> None:
    payment = collect(debits.mandate(shop), GBP("5.00"), "test:2", "March")
    there = debits.provider._collect(payment, payment.mandate.provider_ref if payment.mandate else "")
    made = debits.book.get("payments", there.body["found"]["payment"]["id"])
    made["status"] = "pending_customer_approval"
    jobs.run_all()
    assert Payment.objects.get(pk=payment.pk).promised_at is None

    debits.book.deny(made)
    debits.tell()

    payment.refresh_from_db()
    assert (payment.state, payment.failure) == ("failed", "not_approved")


# --- permissions -------------------------------------------------------------------------------------------


def test_nothing_can_be_collected_once_the_permission_has_ended(debits: Debits, shop: Shop) -> None:
    mandate = debits.mandate(shop)

    payments.cancel(mandate, by=STAFF)
    jobs.run_all()
    debits.tell()

    mandate.refresh_from_db()
    assert (mandate.state, debits.book.get("mandates", mandate.provider_ref)["status"]) == ("ended", "cancelled")
    assert debits.collected(mandate).failure == "mandate_ended"


def test_ending_twice_is_nothing_to_gocardless(debits: Debits, shop: Shop) -> None:
    mandate = debits.mandate(shop)
    debits.book.end_mandate(mandate.provider_ref)

    payments.cancel(mandate, by=STAFF)
    jobs.run_all()

    mandate.refresh_from_db()
    assert mandate.state == "ended"


def test_a_permission_ended_at_the_bank_alone_is_noticed_when_it_is_used(debits: Debits, shop: Shop) -> None:
    mandate = debits.mandate(shop)
    debits.book.end_mandate(mandate.provider_ref)
    debits.server.news()  # lost on the way

    payment = debits.collected(mandate)

    mandate.refresh_from_db()
    assert (payment.failure, mandate.state) == ("mandate_ended", "ended")


def test_a_permission_that_was_replaced_goes_on_as_another(debits: Debits, shop: Shop) -> None:
    mandate = debits.mandate(shop)
    debits.days_pass(4)
    new = debits.book.replace_mandate(mandate.provider_ref)
    debits.tell()

    payment = debits.collected(mandate)

    mandate.refresh_from_db()
    assert (mandate.state, payment.state) == ("active", "promised")
    assert debits.thing(payment)["links"]["mandate"] == new["id"]


def test_a_giver_who_changes_banks_is_known_by_the_new_account(debits: Debits, shop: Shop) -> None:
    mandate = debits.mandate(shop)

    debits.book.transfer_mandate(mandate.provider_ref, "77")
    debits.tell()

    mandate.refresh_from_db()
    assert (mandate.state, mandate.hint) == ("active", "bank account ending 77")


# --- giving back -------------------------------------------------------------------------------------------


def collected_first(debits: Debits, shop: Shop) -> Payment:
    debits.first(shop)
    debits.days_pass(6)
    return Payment.objects.get()


def test_a_refund_gives_back_what_was_collected(debits: Debits, shop: Shop) -> None:
    payment = collected_first(debits, shop)

    for amount in ("2.00", "3.00"):
        payments.refund(payment, GBP(amount), by=STAFF, reason="asked by telephone")
        jobs.run_all()
    debits.tell()
    debits.book.pay_out()
    debits.tell()

    assert (Payment.objects.get().state, ledger.balance("refunds")) == ("refunded", {"GBP": GBP("5.00")})
    assert [one["amount"] for one in debits.book.of_kind("refunds")] == [300, 200]
    assert ledger.balance("owed_by:gocardless")["GBP"].minor == debits.book.paid_out == -25


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_refund_whose_answer_is_lost_is_made_once(
    debits: Debits, shop: Shop, clock: MovableClock, forgotten: bool
) -> None:
    payments.refund(collected_first(debits, shop), GBP("2.00"), by=STAFF, reason="asked")
    debits.server.faults = ["", "", "lost"]
    with pytest.raises(Trouble):
        jobs.run_all()
    if forgotten:
        debits.server.keys.clear()

    clock.forward(minutes=10)
    payments.send_unsent()
    jobs.run_all()

    assert ([one["amount"] for one in debits.book.of_kind("refunds")], Payment.objects.get().refunded_minor) == (
        [200],
        200,
    )


def test_a_refund_made_at_gocardless_own_desk_is_heard_of(debits: Debits, shop: Shop) -> None:
    payment = collected_first(debits, shop)
    links = {"payment": payment.provider_ref}
    names = {"asked_by": "telephone"}
    debits.book.refund({"amount": 150, "total_amount_confirmation": 150, "links": links, "metadata": names})

    debits.tell()

    refund = Refund.objects.get()
    assert (refund.amount, refund.asked_by, refund.reference) == (
        GBP("1.50"),
        "provider:gocardless",
        refund.provider_ref,
    )


def test_a_refund_that_the_bank_sends_back_is_ours_again(debits: Debits, shop: Shop) -> None:
    payments.refund(collected_first(debits, shop), GBP("5.00"), by=STAFF, reason="asked")
    jobs.run_all()
    debits.tell()
    assert Payment.objects.get().state == "refunded"

    debits.book.bounce(debits.book.of_kind("refunds")[0])
    debits.tell()

    assert (Payment.objects.get().state, Payment.objects.get().refunded_minor) == ("collected", 0)
    assert failures.refund_sentence(Refund.objects.get().failure).startswith("The bank did not take the money")
    assert (ledger.balance("refunds"), checks.books()) == ({"GBP": GBP("0.00")}, [])


def test_a_refund_that_gocardless_refuses_fails_with_a_sentence(debits: Debits, shop: Shop) -> None:
    payment = collected_first(debits, shop)
    debits.book.charge_back(debits.thing(payment))  # not heard of yet

    payments.refund(payment, GBP("5.00"), by=STAFF, reason="asked")
    jobs.run_all()

    refund = Refund.objects.get()
    assert (refund.failed_at is not None, refund.made_at, refund.failure) == (True, None, "disputed")
    assert Event.objects.get(kind="answer.refund").trouble.startswith("GoCardless refused it: refund_payment_invalid")
    payments.send_unsent()
    assert jobs.run_all() == 0


# --- what moved ----------------------------------------------------------------------------------------------


def test_what_moved_is_listed_by_payouts_page_after_page(debits: Debits, shop: Shop, clock: MovableClock) -> None:
    debits.server.rows_at_once = 2
    first = debits.first(shop)
    assert first.mandate is not None
    second = debits.collected(first.mandate, "7.35")
    debits.book.sell_to_another()
    debits.days_pass(6)
    payments.refund(second, GBP("1.00"), by=STAFF, reason="a slip")
    jobs.run_all()
    payout = debits.book.pay_out()
    clock.forward(minutes=1)
    debits.book.charge_back(debits.thing(first))
    debits.book.pay_out()
    debits.tell()
    end = the_clock.now() + timedelta(seconds=1)

    moved = list(debits.provider.moved(end - timedelta(days=1), end))

    assert payout is not None
    ours = [one for one in moved if one.kind != "another's"]
    assert [(one.kind, one.reference, one.amount.minor) for one in ours] == [
        ("dispute", first.reference, -500),
        ("fee", first.reference, 25),
        ("payout", "", 475),
        ("payment", first.reference, 500),
        ("fee", first.reference, -25),
        ("payment", second.reference, 735),
        ("fee", second.reference, -27),
        ("refund", second.reference, -100),
        ("payout", "", -payout["amount"]),
    ]
    assert sum(one.amount.minor for one in moved) == 0
    newest = next(one.place for one in moved if one.place)
    since = list(debits.provider.moved(end - timedelta(days=1), end, after=newest))
    assert [one.place for one in since if one.place] == [payout["id"]]
    assert len({one.provider_ref for one in moved}) == len(moved)
    assert list(debits.provider.moved(end, end + timedelta(days=1))) == []


def test_what_is_promised_is_called_off_until_it_is_handed_to_the_bank(debits: Debits, shop: Shop) -> None:
    mandate = debits.mandate(shop)
    early = debits.collected(mandate)
    payments.call_off(early, by=STAFF)
    jobs.run_all()
    late = debits.collected(mandate, order="3")
    debits.days_pass(2)
    assert debits.thing(late)["status"] == "submitted"
    payments.call_off(late, by=STAFF)
    jobs.run_all()

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, debits.thing(early)["status"]) == ("failed", "cancelled")
    assert late.state == "promised"
    debits.days_pass(6)
    late.refresh_from_db()
    assert late.state == "collected"
