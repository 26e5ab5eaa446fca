"""Collecting on what Stripe keeps, giving back, claims through the bank, and a bank that wants its customer's word."""

from datetime import timedelta

import pytest
from django.test import Client

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.core.actors import Actor
from masthead.core.refusals import Trouble
from masthead.money import approvals, checks, failures, ledger, payments
from masthead.money.amounts import Money
from masthead.money.models import Approval, Event, Mandate, Payment, Refund
from tests.conftest import MovableClock
from tests.stripe_server import cards
from tests.worlds.money import GBP, Shop, collect, journal
from tests.worlds.stripe import Till

STAFF = Actor.staff(1)
OUR_PAGE = {"origin": "http://localhost:8000"}


def collected(till: Till, mandate: Mandate, amount: str = "5.00") -> Payment:
    """Have it collected, and hear what became of it."""
    collect(mandate, GBP(amount), "test:2", "March")
    jobs.run_all()
    till.tell()
    return Payment.objects.get(order_key="test:2")


def intents_for(till: Till, payment: Payment) -> list[str]:
    return [
        one["status"]
        for one in till.book.of_kind("payment_intent")
        if one["metadata"].get("payment") == payment.reference
    ]


def test_a_collection_is_made_once_however_often_it_is_asked_for(till: Till, shop: Shop) -> None:
    mandate = till.mandate(shop)

    for _ in range(3):
        payment = collected(till, mandate)
    payments.send(payment.pk)
    till.tell()

    assert (Payment.objects.get(order_key="test:2").state, intents_for(till, payment)) == ("collected", ["succeeded"])
    assert shop.told == [("payment", "collected")]


@pytest.mark.parametrize("waited", [timedelta(minutes=10), timedelta(days=3)])
def test_a_lost_answer_is_asked_for_again_and_nothing_is_taken_twice(
    till: Till, shop: Shop, clock: MovableClock, waited: timedelta
) -> None:
    mandate = till.mandate(shop)
    payment = collect(mandate, GBP("5.00"), "test:2", "March")
    till.server.faults = ["", "lost"]
    with pytest.raises(Trouble):
        jobs.run_all()
    if waited > timedelta(days=1):
        till.server.answers.clear()  # Stripe forgets keys after a day

    clock.forward(seconds=int(waited.total_seconds()))
    payments.send_unsent()
    jobs.run_all()

    payment.refresh_from_db()
    assert (payment.state, intents_for(till, payment)) == ("collected", ["succeeded"])


def test_a_key_that_was_used_for_something_else_ends_in_a_sentence_not_in_a_loop(till: Till, shop: Shop) -> None:
    mandate = till.mandate(shop)
    payment = collect(mandate, GBP("5.00"), "test:2", "March")
    till.server.answers[payment.reference] = "another call", (200, {})

    jobs.run_all()

    payment.refresh_from_db()
    assert (payment.state, payment.failure, intents_for(till, payment)) == ("failed", "impossible", [])
    assert "could not do what we asked" in failures.sentence(payment.failure)
    assert "idempotency_error" in Event.objects.get(subject=payment.reference, state="failed").trouble
    assert payments.Payment.objects.unsent().count() == 0


@pytest.mark.parametrize(("number", "failure"), [
    ("4000000000000341", "declined"),
    ("4000000000000010", "no_money"),
    ("4000000000000036", "expired"),
    ("4000000000000044", "stopped"),
])  # fmt: skip
def test_a_card_may_fail_from_the_second_time_on(till: Till, shop: Shop, number: str, failure: str) -> None:
    payment = collected(till, till.mandate(shop, number))

    assert (payment.state, payment.failure) == ("failed", failure)
    assert shop.told == [("payment", "failed")]


def test_a_debit_is_collected_days_later(till: Till, shop: Shop) -> None:
    mandate = till.mandate(shop, cards.DEBIT)
    payment = collected(till, mandate)
    assert payment.state == "promised"

    till.days_pass(5)

    assert Payment.objects.get(order_key="test:2").state == "collected"
    assert ledger.balance("owed_by:stripe") == {"GBP": Money(till.held, "GBP")}


# --- a bank that wants its customer's word -----------------------------------------------------------------


def test_a_bank_that_wants_its_customer_makes_a_payment_wait_with_a_way_to_approve(till: Till, shop: Shop) -> None:
    payment = collected(till, till.mandate(shop, cards.ASKS_LATER), "7.00")

    page = Client().get(payment.approval_url)

    assert (payment.state, shop.told) == ("needs_approval", [("payment", "needs_approval")])
    assert payment.approval_url == f"http://localhost:8000/approve/{Approval.objects.get().reference}/"
    assert "£7.00" in page.content.decode()
    assert "card ending 3184" in page.content.decode()
    assert till.server.address in page.headers["content-security-policy"]


def test_one_button_leads_to_the_bank_and_its_yes_collects(till: Till, shop: Shop) -> None:
    payment = collected(till, till.mandate(shop, cards.ASKS_LATER), "7.00")

    led = Client().post(payment.approval_url, headers=OUR_PAGE)
    till.pay(led.headers["location"], cards.ASKS_LATER)
    back = till.answer_bank(led.headers["location"]).headers["location"]
    till.tell()

    payment.refresh_from_db()
    assert (led.status_code, payment.state, back) == (303, "collected", f"{payment.approval_url}?back=1")
    assert "this is paid" in Client().get(back).content.decode()
    assert ledger.balance("owed_by:stripe") == {"GBP": Money(till.held, "GBP")}
    payments.refund(payment, GBP("7.00"), by=STAFF, reason="asked")
    jobs.run_all()
    assert Payment.objects.get(pk=payment.pk).state == "refunded"  # of the payment that went through, not of the first


def test_pressing_twice_leads_to_one_page(till: Till, shop: Shop) -> None:
    approval = waiting(till, shop)

    pages = {approvals.open_page(Approval.objects.get(pk=approval.pk)) for _ in range(3)}

    assert len(pages) == 1


def test_a_lost_answer_makes_no_second_page(till: Till, shop: Shop) -> None:
    approval = waiting(till, shop)
    till.server.faults = ["", "lost"]
    with pytest.raises(Trouble):
        approvals.open_page(approval)

    approvals.open_page(Approval.objects.get())

    assert len(till.book.of_kind("checkout.session", status="open")) == 1


def test_a_page_that_ran_out_makes_way_for_another(till: Till, shop: Shop) -> None:
    approval = waiting(till, shop)
    first = approvals.open_page(approval)
    till.days_pass(3)
    assert Payment.objects.get(pk=approval.payment_id).state == "needs_approval"

    second = approvals.open_page(Approval.objects.get())

    assert first != second
    assert till.pay(first).status_code == 410


def test_a_page_that_was_used_is_not_opened_again(till: Till, shop: Shop) -> None:
    approval = waiting(till, shop)
    page = approvals.open_page(approval)
    till.pay(page)

    with pytest.raises(approvals.NotWaiting):
        approvals.open_page(Approval.objects.get())

    till.tell()
    answer = Client().post(Payment.objects.get(pk=approval.payment_id).approval_url, headers=OUR_PAGE)
    assert (answer.status_code, len(till.book.of_kind("checkout.session"))) == (422, 2)


def test_a_no_on_the_approval_page_leaves_it_waiting(till: Till, shop: Shop) -> None:
    approval = waiting(till, shop)
    page = approvals.open_page(approval)
    till.pay(page, "4000000000009995")

    till.tell()

    assert Payment.objects.get(pk=approval.payment_id).state == "needs_approval"


def test_what_waits_can_be_let_go_and_the_page_says_so(till: Till, shop: Shop) -> None:
    approval = waiting(till, shop)

    payments.withdraw("test:2")

    payment = Payment.objects.get(pk=approval.payment_id)
    assert (payment.state, payment.failure) == ("failed", "withdrawn")
    assert "no longer wanted" in Client().get(payment.approval_url).content.decode()
    with pytest.raises(approvals.NotWaiting):
        approvals.open_page(Approval.objects.get())


def test_a_page_that_can_not_be_made_is_said_to_the_giver(till: Till, shop: Shop) -> None:
    approval = waiting(till, shop)
    till.book.smallest = 10_000

    answer = Client().post(Payment.objects.get(pk=approval.payment_id).approval_url, headers=OUR_PAGE)

    assert (answer.status_code, "show this payment any more" in answer.content.decode()) == (422, True)


def test_a_stripe_that_is_away_is_said_on_the_page(till: Till, shop: Shop) -> None:
    approval = waiting(till, shop)
    till.server.faults = ["500"]

    answer = Client().post(Payment.objects.get(pk=approval.payment_id).approval_url, headers=OUR_PAGE)

    assert (answer.status_code, "does not answer" in answer.content.decode()) == (503, True)


def test_nobody_can_guess_the_page(till: Till, shop: Shop) -> None:
    waiting(till, shop)

    assert Client().get(f"/approve/{'0' * 26}/").status_code == 404


def waiting(till: Till, shop: Shop) -> Approval:
    """A payment whose bank wants an approval."""
    return Approval.objects.get(payment=collected(till, till.mandate(shop, cards.ASKS_LATER)))


# --- giving back -------------------------------------------------------------------------------------------


def test_a_refund_gives_back_what_was_collected(till: Till, shop: Shop) -> None:
    till.mandate(shop)
    payment = Payment.objects.get()

    payments.refund(payment, GBP("2.00"), by=STAFF, reason="asked by telephone")
    jobs.run_all()
    till.tell()
    payments.refund(payment, GBP("3.00"), by=STAFF, reason="the rest")
    jobs.run_all()
    till.tell()

    assert Payment.objects.get().state == "refunded"
    assert ledger.balance("refunds") == {"GBP": GBP("5.00")}
    assert [one["amount"] for one in till.book.of_kind("refund")] == [300, 200]


def test_a_refund_whose_answer_is_lost_is_made_once(till: Till, shop: Shop, clock: MovableClock) -> None:
    till.mandate(shop)
    payments.refund(Payment.objects.get(), GBP("2.00"), by=STAFF, reason="asked")
    till.server.faults = ["", "lost"]
    with pytest.raises(Trouble):
        jobs.run_all()
    till.server.answers.clear()

    clock.forward(minutes=10)
    payments.send_unsent()
    jobs.run_all()

    assert [one["amount"] for one in till.book.of_kind("refund")] == [200]
    assert Payment.objects.get().refunded_minor == 200


def test_a_refund_made_at_stripes_own_desk_is_heard_of(till: Till, shop: Shop) -> None:
    till.mandate(shop)
    till.tell()
    till.book.refund({"payment_intent": Payment.objects.get().provider_ref, "amount": "150"})

    till.tell()

    refund = Refund.objects.get()
    assert (refund.amount, refund.asked_by, refund.reference) == (GBP("1.50"), "provider:stripe", refund.provider_ref)
    assert Payment.objects.get().refunded_minor == 150


def test_a_refund_that_the_bank_sends_back_is_ours_again(till: Till, shop: Shop) -> None:
    till.mandate(shop, "4000000000005126")
    payment = Payment.objects.get()
    payments.refund(payment, GBP("5.00"), by=STAFF, reason="asked")
    jobs.run_all()
    till.tell()
    assert Payment.objects.get().state == "refunded"

    till.days_pass(2)

    refund = Refund.objects.get()
    assert (Payment.objects.get().state, Payment.objects.get().refunded_minor) == ("collected", 0)
    assert failures.refund_sentence(refund.failure).startswith("The card was lost or has ended")
    assert ledger.balance("refunds") == {"GBP": GBP("0.00")}
    assert ledger.balance("owed_by:stripe") == {"GBP": Money(till.held, "GBP")}
    assert checks.books() == []


def test_a_refund_that_stripe_refuses_fails_with_a_sentence(till: Till, shop: Shop) -> None:
    till.mandate(shop)
    payment = Payment.objects.get()
    till.book.dispute(till.charge_of(payment), status="warning_needs_response")

    payments.refund(payment, GBP("5.00"), by=STAFF, reason="asked")
    jobs.run_all()

    refund = Refund.objects.get()
    assert (refund.failed_at is not None, refund.made_at, refund.failure) == (True, None, "disputed")
    assert Event.objects.get(kind="answer.refund").trouble.startswith("Stripe refused it: charge_disputed")
    payments.send_unsent()
    assert jobs.run_all() == 0


# --- claims through the bank ---------------------------------------------------------------------------------


def test_a_claim_through_the_bank_costs_the_amount_and_a_fee(till: Till, shop: Shop) -> None:
    till.mandate(shop)

    till.book.dispute(till.charge_of(Payment.objects.get()))
    till.tell()

    payment = Payment.objects.get()
    assert (payment.state, payment.return_fee_minor) == ("returned", 2000)
    assert shop.told == [("payment", "returned")]
    assert ledger.balance("owed_by:stripe") == {"GBP": Money(till.held, "GBP")}


def test_a_claim_that_we_win_comes_back(till: Till, shop: Shop) -> None:
    till.mandate(shop, "4000000000000259")
    till.tell()

    till.book.close_dispute(till.book.of_kind("dispute")[0]["id"], "won")
    till.tell()

    assert Payment.objects.get().state == "collected"
    assert ledger.balance("returned") == {"GBP": GBP("0.00")}
    assert ledger.balance("owed_by:stripe") == {"GBP": Money(till.held, "GBP")}


def test_a_claim_that_we_lose_stays_as_it_is(till: Till, shop: Shop) -> None:
    till.mandate(shop, "4000000000000259")
    till.tell()
    books = journal()

    till.book.close_dispute(till.book.of_kind("dispute")[0]["id"], "lost")
    till.tell()

    assert (Payment.objects.get().state, journal()) == ("returned", books)


def test_an_inquiry_takes_nothing(till: Till, shop: Shop) -> None:
    till.mandate(shop, "4000000000001976")

    till.tell()

    assert (Payment.objects.get().state, len(journal())) == ("collected", 1)


@pytest.mark.parametrize("heard_of_it_before", [True, False])
def test_a_debit_that_was_paid_may_come_back(
    till: Till, shop: Shop, clock: MovableClock, heard_of_it_before: bool
) -> None:
    till.mandate(shop, cards.DEBIT)
    clock.forward(days=5)
    if heard_of_it_before:
        till.tell()
        assert Payment.objects.get().state == "collected"
    else:
        till.server.news()  # lost on the way

    till.book.send_debit_back(till.charge_of(Payment.objects.get()))
    till.tell()

    assert (Payment.objects.get().state, till.held) == ("returned", -20)
    assert ledger.balance("owed_by:stripe") == {"GBP": GBP("-0.20")}
    assert ledger.balance("returned") == {"GBP": GBP("5.00")}


# --- permissions ---------------------------------------------------------------------------------------------


def test_nothing_can_be_collected_once_the_permission_has_ended(till: Till, shop: Shop) -> None:
    mandate = till.mandate(shop)

    payments.cancel(mandate, by=STAFF)
    jobs.run_all()
    till.tell()

    mandate.refresh_from_db()
    payment = collected(till, mandate)
    assert (mandate.state, payment.failure) == ("ended", "mandate_ended")
    assert till.book.get(mandate.provider_ref)["customer"] is None


def test_ending_twice_is_nothing_to_stripe(till: Till, shop: Shop) -> None:
    mandate = till.mandate(shop)
    till.book.detach(mandate.provider_ref)

    payments.cancel(mandate, by=STAFF)
    jobs.run_all()

    mandate.refresh_from_db()
    assert mandate.state == "ended"


def test_a_permission_ended_at_stripe_alone_is_noticed_when_it_is_used(till: Till, shop: Shop) -> None:
    mandate = till.mandate(shop)
    till.book.detach(mandate.provider_ref)
    till.server.news()  # lost on the way

    payment = collected(till, mandate)

    mandate.refresh_from_db()
    assert (payment.failure, mandate.state) == ("mandate_ended", "ended")


def test_a_debit_cancelled_at_the_bank_ends_the_permission(till: Till, shop: Shop) -> None:
    mandate = till.mandate(shop, cards.DEBIT)
    till.tell()

    till.book.end_mandate(mandate.provider_ref)
    till.tell()

    mandate.refresh_from_db()
    assert mandate.state == "ended"


def test_a_new_card_from_the_bank_is_known_by_its_new_number(till: Till, shop: Shop) -> None:
    mandate = till.mandate(shop)
    till.tell()

    till.book.replace_card(mandate.provider_ref, "9999")
    till.tell()

    mandate.refresh_from_db()
    assert (mandate.state, mandate.hint) == ("active", "card ending 9999")


# --- what moved ------------------------------------------------------------------------------------------------


def test_what_moved_is_listed_by_stripes_own_books_page_after_page(
    till: Till, shop: Shop, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("masthead.money.providers.stripe.calls.AT_ONCE", 2)  # rows in an answer
    mandate = till.mandate(shop)
    first = Payment.objects.get()
    clock.forward(minutes=1)
    second = collected(till, mandate, "7.35")
    payments.refund(second, GBP("1.00"), by=STAFF, reason="a slip")
    jobs.run_all()
    till.book.dispute(till.charge_of(first))
    till.book.sell_to_another()
    till.book.pay_out()
    till.book.line("stripe_fee", -130, 0, {"id": "", "currency": "gbp"})
    end = the_clock.now() + timedelta(seconds=1)

    moved = list(till.provider.moved(end - timedelta(days=1), end))[::-1]

    assert moved.pop(4).kind == "another's"
    refund = Refund.objects.get()
    assert [(one.kind, one.reference, one.amount.minor, one.fee.minor) for one in moved] == [
        ("payment", first.reference, 500, 28),
        ("payment", second.reference, 735, 31),
        ("refund", refund.reference, -100, 0),
        ("dispute", first.reference, -500, 2000),
        ("payout", "", moved[4].amount.minor, 0),
        ("fee", "", -130, 0),
    ]
    assert list(till.provider.moved(end, end + timedelta(days=1))) == []
