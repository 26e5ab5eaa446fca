"""Paying at Stripe's page: coming back proves nothing, Stripe's word does, and in whatever order it comes."""

import random

import pytest

from masthead.core import jobs
from masthead.core.refusals import Trouble
from masthead.money import checkouts, checks, failures
from masthead.money.models import Checkout, Event, Mandate, Payment
from tests.conftest import MovableClock
from tests.stripe_server import cards
from tests.worlds.money import GBP, Shop, journal
from tests.worlds.stripe import Till

PAID = [("checkout", "collected"), ("payment", "collected")]


def books_of(payment: Payment, *, fee: int) -> dict[str, list[tuple[str, int]]]:
    amount = payment.amount_minor
    lines = [("fees", fee), ("income:gifts", -amount), ("owed_by:stripe", amount - fee)]
    return {f"stripe:{payment.reference}:collected": lines}


def test_a_paid_card_is_known_as_soon_as_the_visitor_is_back(till: Till, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))

    back = till.pay(checkout)
    asked = checkouts.ask(checkout.reference)

    assert back.headers["location"] == f"http://localhost:8000/support/thanks/{checkout.reference}/"
    assert (asked.state, asked.payment.state, asked.is_paid) == ("collected", "collected", True)
    assert (asked.mandate and (asked.mandate.hint, asked.mandate.method)) == ("card ending 4242", "card")
    assert shop.told == PAID
    assert journal() == books_of(asked.payment, fee=29)


def test_the_page_asks_for_what_we_asked_for_and_for_nothing_else(till: Till, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))

    session = till.book.get(checkout.provider_ref)
    asked = till.book.asked_of_payment[session["id"]]

    assert (session["amount_total"], session["currency"], session["customer_email"]) == (600, "gbp", "ada@example.org")
    assert asked["setup_future_usage"] == "off_session"
    assert asked["metadata"]["payment"] == checkout.payment.reference
    assert Checkout.objects.get().email == ""


def test_a_gift_leaves_no_card_behind(till: Till, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"), keeps_mandate=False)
    till.pay(checkout)

    asked = checkouts.ask(checkout.reference)

    assert (asked.state, asked.mandate, Mandate.objects.count()) == ("collected", None, 0)
    assert till.book.of_kind("customer") == []


def test_the_webhooks_alone_tell_the_same(till: Till, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    till.pay(checkout)

    till.tell()

    checkout.refresh_from_db()
    assert (checkout.state, checkout.mandate is not None) == ("collected", True)
    assert shop.told == PAID
    assert checks.books() == []


@pytest.mark.parametrize("seed", range(4))
def test_repeats_and_shuffles_of_a_whole_life_end_in_the_same_books(till: Till, shop: Shop, seed: int) -> None:
    checkout = shop.begin(GBP("10.00"))
    till.pay(checkout, "4000000000009995")
    till.pay(checkout)
    payment = till.book.of_kind("payment_intent")[0]
    till.book.refund({"payment_intent": payment["id"], "amount": "400"})
    dispute = till.book.dispute(payment["latest_charge"])
    till.book.close_dispute(dispute["id"], "won")
    events = till.server.news()
    mixed = [*events, *random.Random(seed).choices(events, k=6)]
    random.Random(seed).shuffle(mixed)

    for event in mixed:
        till.deliver(event)
        jobs.run_all()

    found = Payment.objects.get()
    assert (found.state, found.refunded_minor, found.fee_minor) == ("collected", 400, 35)
    assert {key.rpartition(":")[2]: lines for key, lines in journal().items()} == {
        "collected": [("fees", 35), ("income:gifts", -1000), ("owed_by:stripe", 965)],
        "refunded": [("owed_by:stripe", -400), ("refunds", 400)],
        "returned": [("fees", 2000), ("owed_by:stripe", -3000), ("returned", 1000)],
        "reinstated": [("owed_by:stripe", 1000), ("returned", -1000)],
    }
    assert till.held == 965 - 400 - 3000 + 1000
    assert set(Event.objects.values_list("state", flat=True)) <= {"done", "unknown"}
    assert checks.books() == []


@pytest.mark.parametrize("order", ["forwards", "backwards"])
def test_events_that_come_one_by_one_add_up_as_well(till: Till, shop: Shop, order: str) -> None:
    till.pay(shop.begin(GBP("6.00")))
    events = till.server.news()

    for event in events if order == "forwards" else events[::-1]:
        till.deliver(event)
        jobs.run_all()

    assert shop.told == PAID
    assert len(journal()) == 1


def test_a_fee_that_is_not_known_yet_is_waited_for_and_never_guessed(till: Till, shop: Shop) -> None:
    till.book.fees_come_later = True
    checkout = shop.begin(GBP("6.00"))
    till.pay(checkout)

    asked = checkouts.ask(checkout.reference)
    till.tell()
    assert (asked.state, asked.is_paid, journal()) == ("promised", True, {})

    till.book.settle_fees()
    till.tell()
    assert Payment.objects.get().state == "collected"
    assert journal() == books_of(asked.payment, fee=29)


def test_a_payment_that_stripe_converts_is_not_booked_and_the_desk_reads_why(till: Till, shop: Shop) -> None:
    till.book.settles_in = "eur"
    checkout = shop.begin(GBP("6.00"))
    till.pay(checkout)

    asked = checkouts.ask(checkout.reference)

    assert (asked.state, asked.is_paid, journal()) == ("promised", True, {})
    assert Event.objects.get().trouble.startswith("Stripe converts GBP to EUR")


NO = [
    ("4000000000009995", "no_money"),
    ("4000000000009987", "stopped"),
    ("4000000000009979", "stopped"),
    ("4000000000000069", "expired"),
    ("4000000000000127", "mistyped"),
    ("4000000000000119", "bank_away"),
    ("4000000000000002", "declined"),
    ("4000000000006975", "limit"),
]


@pytest.mark.parametrize(("number", "failure"), NO)
def test_a_declined_card_earns_nothing_and_says_why(till: Till, shop: Shop, number: str, failure: str) -> None:
    checkout = shop.begin(GBP("6.00"))
    assert till.pay(checkout, number).status_code == 402
    till.tell()
    assert (Checkout.objects.get().state, Checkout.objects.get().failure) == ("open", failure)

    till.days_pass(2)

    found = Checkout.objects.get()
    assert (found.state, found.payment.state, found.mandate, journal()) == ("failed", "abandoned", None, {})
    assert "Nothing was taken" in failures.sentence(found.failure)
    assert shop.told == [("checkout", "failed"), ("payment", "abandoned")]


def test_a_second_card_may_pay_after_the_first_was_declined(till: Till, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    till.pay(checkout, "4000000000009995")
    till.tell()
    till.pay(checkout)
    till.tell()

    assert (Checkout.objects.get().state, Payment.objects.get().failure) == ("collected", "")
    assert shop.told == PAID


def test_a_page_that_is_forgotten_runs_out(till: Till, shop: Shop) -> None:
    shop.begin(GBP("6.00"))

    till.days_pass(2)

    assert Checkout.objects.get().state == "abandoned"
    assert shop.told == [("checkout", "abandoned"), ("payment", "abandoned")]


def test_a_bank_may_ask_on_the_page_and_be_told_no_and_then_yes(till: Till, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    assert "Is it you?" in till.pay(checkout, "4000002500003155").text
    assert till.answer_bank(checkout, "no").status_code == 402
    till.tell()
    assert (Checkout.objects.get().state, Checkout.objects.get().failure) == ("open", "not_approved")

    till.pay(checkout, "4000002500003155")
    till.answer_bank(checkout)
    till.tell()

    assert (Checkout.objects.get().state, Payment.objects.get().state) == ("collected", "collected")


def test_a_debit_is_promised_and_paid_days_later(till: Till, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    till.pay(checkout, cards.DEBIT)
    promised = checkouts.ask(checkout.reference)
    assert (promised.state, promised.is_paid, journal()) == ("promised", True, {})
    assert (promised.mandate and (promised.mandate.hint, promised.mandate.method)) == (
        "bank account ending 2345",
        "debit",
    )

    till.days_pass(5)

    assert Payment.objects.get().state == "collected"
    assert journal() == books_of(checkout.payment, fee=20)


@pytest.mark.parametrize(
    ("number", "failure"), [("22222227", "no_money"), ("33333335", "mandate_ended"), ("11111116", "closed")]
)
def test_a_debit_may_bounce_days_later(till: Till, shop: Shop, number: str, failure: str) -> None:
    checkout = shop.begin(GBP("6.00"))
    till.pay(checkout, number)
    till.tell()
    assert checkouts.ask(checkout.reference).is_paid

    till.days_pass(5)

    payment = Payment.objects.get()
    assert (payment.state, payment.failure, journal()) == ("failed", failure, {})


@pytest.mark.parametrize(("number", "method", "hint"), [
    ("link", "wallet", "Link"),
    ("paypal", "wallet", "PayPal"),
    ("AT611904300234573201", "debit", "bank account ending 3201"),
])  # fmt: skip
def test_other_ways_to_pay_have_their_names(till: Till, shop: Shop, number: str, method: str, hint: str) -> None:
    mandate = till.mandate(shop, number)

    assert (mandate.method, mandate.hint) == (method, hint)


def test_beginning_again_gives_the_same_page(till: Till, shop: Shop) -> None:
    till.server.faults = ["lost"]
    with pytest.raises(Trouble):
        shop.begin(GBP("6.00"))

    first, again = shop.begin(GBP("6.00")), shop.begin(GBP("6.00"))

    assert first.pay_url == again.pay_url
    assert len(till.book.of_kind("checkout.session")) == 1


def test_a_page_that_stripe_will_not_open_is_over_with_a_sentence(till: Till, shop: Shop) -> None:
    till.book.smallest = 30

    with pytest.raises(checkouts.NotTaken) as refusal:
        shop.begin(GBP("0.10"))

    checkout = Checkout.objects.get()
    assert refusal.value.for_people.endswith("Nothing has been taken: try another amount.")
    assert (checkout.state, checkout.payment.state) == ("abandoned", "abandoned")
    assert "could not do what we asked" in failures.sentence(checkout.payment.failure)


@pytest.mark.parametrize("fault", ["500", "429", "401", "lost"])
def test_a_stripe_that_does_not_answer_delays_and_loses_nothing(
    till: Till, shop: Shop, clock: MovableClock, fault: str
) -> None:
    checkout = shop.begin(GBP("6.00"))
    till.pay(checkout)
    till.server.faults = [fault]
    assert checkouts.ask(checkout.reference).state == "open"

    clock.forward(seconds=5)

    assert checkouts.ask(checkout.reference).state == "collected"
