"""A permission given at GoCardless, and the first payment on it: promised, collected, and perhaps gone again."""

import random

import pytest

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.core.refusals import Trouble
from masthead.money import checkouts, checks, lateness, ledger, payments, providers
from masthead.money.amounts import Money
from masthead.money.models import Checkout, Event, Mandate, Payment
from tests.conftest import MovableClock
from tests.gocardless_server import accounts
from tests.worlds.gocardless import Debits
from tests.worlds.money import GBP, Shop, journal

PROMISED = [("checkout", "promised"), ("payment", "promised")]
COLLECTED = {"collected": [("income:gifts", -600), ("owed_by:gocardless", 600)]}


def books() -> dict[str, list[tuple[str, int]]]:
    """Of one payment: its entries by what they say of it."""
    return {":".join(key.split(":")[2:]): lines for key, lines in journal().items()}


def test_who_agrees_has_promised_as_soon_as_they_are_back(debits: Debits, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))

    back = debits.agree(checkout)
    asked = checkouts.ask(checkout.reference)

    assert back.headers["location"] == f"http://localhost:8000/support/thanks/{checkout.reference}/"
    assert (asked.state, asked.payment.state, asked.is_paid) == ("promised", "promised", True)
    assert (asked.mandate and (asked.mandate.hint, asked.mandate.method)) == ("bank account ending 11", "debit")
    assert (shop.told, journal()) == (PROMISED, {})


def test_the_page_asks_for_the_permission_and_the_payment_for_what_was_chosen(debits: Debits, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    debits.agree(checkout)
    checkouts.ask(checkout.reference)

    (request,), (flow,) = debits.book.of_kind("billing_requests"), debits.book.of_kind("billing_request_flows")
    (payment,) = debits.book.of_kind("payments")
    assert (request["mandate_request"]["scheme"], request["mandate_request"]["currency"]) == ("bacs", "GBP")
    assert flow["prefilled_customer"] == {"email": "ada@example.org"}
    assert (payment["amount"], payment["currency"], payment["retry_if_possible"]) == (600, "GBP", False)
    assert payment["metadata"]["payment"] == Payment.objects.get().reference
    assert Checkout.objects.get().email == ""


def test_euros_are_collected_by_sepa(debits: Debits, shop: Shop) -> None:
    checkout = shop.begin(Money(600, "EUR"))
    debits.agree(checkout)

    assert checkouts.ask(checkout.reference).state == "promised"
    assert debits.book.of_kind("payments")[0]["scheme"] == "sepa_core"


@pytest.mark.parametrize(("amount", "keeps_mandate"), [(GBP("6.00"), False), (Money(600, "USD"), True)])
def test_gifts_and_other_currencies_are_not_for_debits(
    debits: Debits, shop: Shop, amount: Money, keeps_mandate: bool
) -> None:
    with pytest.raises(providers.NotThisWay):
        shop.begin(amount, keeps_mandate=keeps_mandate)

    assert (Payment.objects.count(), debits.server.calls) == (0, [])


def test_who_leaves_the_page_has_promised_nothing(debits: Debits, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))

    asked = checkouts.ask(checkout.reference)

    assert (asked.state, asked.is_paid, debits.book.of_kind("payments")) == ("open", False, [])


def test_the_webhooks_alone_tell_the_same(debits: Debits, shop: Shop) -> None:
    debits.agree(shop.begin(GBP("6.00")))

    debits.tell()

    assert (Checkout.objects.get().state, Mandate.objects.count(), shop.told) == ("promised", 1, PROMISED)
    assert len(debits.book.of_kind("payments")) == 1


def test_a_debit_is_collected_days_later_and_its_fee_is_learnt_by_the_payout(debits: Debits, shop: Shop) -> None:
    debits.first(shop, amount="6.00")
    debits.days_pass(4)
    assert (Payment.objects.get().state, journal()) == ("promised", {})

    debits.days_pass(2)
    assert (shop.told, books()) == ([("checkout", "collected"), ("payment", "collected")], COLLECTED)

    payout = debits.book.pay_out()
    debits.tell()

    payment = Payment.objects.get()
    assert payout is not None
    assert books() == COLLECTED | {f"fee:{payout['id']}": [("fees", 26), ("owed_by:gocardless", -26)]}
    assert (payment.state, payment.fee_minor, payment.later_fee_minor) == ("collected", 0, 26)
    assert ledger.balance("owed_by:gocardless") == {"GBP": Money(debits.book.paid_out, "GBP")}


def test_a_debit_of_which_nobody_told_is_asked_for_when_it_is_late(
    debits: Debits, shop: Shop, clock: MovableClock
) -> None:
    payment = debits.first(shop, amount="6.00")
    clock.forward(days=15)
    debits.server.news()  # none of it reaches us
    assert list(lateness.late()) == [payment]

    lateness.ask_about_late()

    assert (Payment.objects.get().state, list(lateness.late()), books()) == ("collected", [], COLLECTED)


def test_fees_in_tenths_of_a_penny_add_up_to_what_was_paid_out(debits: Debits, shop: Shop) -> None:
    mandate = debits.mandate(shop)
    for number, amount in enumerate(("6.35", "6.35", "7.28", "9.99"), 2):
        debits.collected(mandate, amount, order=str(number))
    debits.days_pass(6)

    debits.book.pay_out()
    debits.tell()

    fees = Payment.objects.order_by("pk").values_list("later_fee_minor", flat=True)
    assert (sorted(fees), sum(fees)) == ([25, 26, 27, 27, 30], 135)  # of 25.0, 26.4, 26.4, 27.3, 30.0
    assert ledger.balance("owed_by:gocardless") == {"GBP": Money(debits.book.paid_out, "GBP")}


@pytest.mark.parametrize("account", [accounts.LATE, accounts.BACK])
def test_what_fails_late_or_is_claimed_back_goes_out_of_the_books_again(
    debits: Debits, shop: Shop, account: str
) -> None:
    debits.first(shop, account, amount="6.00")
    debits.days_pass(6)
    debits.book.pay_out()
    debits.days_pass(30)
    debits.book.pay_out()
    debits.tell()

    payment = Payment.objects.get()
    assert (payment.state, payment.returned_minor, payment.later_fee_minor) == ("returned", 600, 0)
    assert books()["returned"] == [("owed_by:gocardless", -600), ("returned", 600)]
    assert shop.told == [("checkout", "collected"), ("payment", "collected"), ("payment", "returned")]
    assert ledger.balance("owed_by:gocardless") == {"GBP": GBP("0.00")}
    assert (debits.book.paid_out, checks.books()) == (0, [])


def test_a_claim_that_the_bank_undoes_comes_back(debits: Debits, shop: Shop) -> None:
    payment = debits.first(shop, accounts.BACK, amount="6.00")
    debits.days_pass(31)
    assert Payment.objects.get().state == "returned"

    debits.book.win_back(debits.thing(payment))
    debits.tell()

    assert Payment.objects.get().state == "collected"
    assert books()["reinstated"] == [("owed_by:gocardless", 600), ("returned", -600)]


def test_a_bank_may_turn_the_permission_down(debits: Debits, shop: Shop) -> None:
    debits.first(shop, accounts.CLOSED)

    debits.days_pass(6)

    payment, mandate = Payment.objects.get(), Mandate.objects.get()
    assert (payment.state, payment.failure, mandate.state, journal()) == ("failed", "closed", "ended", {})


@pytest.mark.parametrize("seed", range(3))
def test_repeats_and_shuffles_of_a_whole_life_end_in_the_same_books(debits: Debits, shop: Shop, seed: int) -> None:
    mixer = random.Random(seed)
    payment = debits.first(shop, accounts.BACK, amount="6.00")
    for _ in range(4):
        clock_moves(debits, 10)
        if debits.thing(payment)["status"] == "confirmed":
            debits.book.refund({
                "amount": 200, "total_amount_confirmation": 200, "links": {"payment": payment.provider_ref},
                "metadata": {},
            })  # fmt: skip
        debits.book.pay_out()
    debits.book.win_back(debits.thing(payment))
    events = debits.server.news()
    mixed = [*events, *mixer.choices(events, k=8)]
    mixer.shuffle(mixed)

    while mixed:
        size = mixer.randint(1, 4)
        assert debits.deliver(*mixed[:size]) == 204
        jobs.run_all()
        del mixed[:size]

    found = Payment.objects.get()
    assert (found.state, found.refunded_minor, found.later_fee_minor) == ("collected", 200, 0)
    entries = sorted((key.partition(":")[0], tuple(lines)) for key, lines in books().items())
    assert entries == [
        ("collected", (("income:gifts", -600), ("owed_by:gocardless", 600))),
        ("fee", (("fees", -26), ("owed_by:gocardless", 26))),
        ("fee", (("fees", 26), ("owed_by:gocardless", -26))),
        ("refunded", (("owed_by:gocardless", -200), ("refunds", 200))),
        ("reinstated", (("owed_by:gocardless", 600), ("returned", -600))),
        ("returned", (("owed_by:gocardless", -600), ("returned", 600))),
    ]
    assert set(Event.objects.values_list("state", flat=True)) <= {"done", "unknown"}
    assert checks.books() == []


def clock_moves(debits: Debits, days: int) -> None:
    """Time passes, and nobody tells us of it."""
    the_clock.move_to(the_clock.offset() + days * 86400)
    debits.book.pass_time()


def test_a_forgotten_page_is_closed_after_a_week(debits: Debits, shop: Shop, clock: MovableClock) -> None:
    checkout = shop.begin(GBP("6.00"))
    clock.forward(days=9)

    checkouts.ask_forgotten()
    jobs.run_all()

    assert (Checkout.objects.get().state, debits.agree(checkout).status_code) == ("abandoned", 410)
    assert shop.told == [("checkout", "abandoned"), ("payment", "abandoned")]


@pytest.mark.parametrize("fault", ["500", "429", "garbled", "lost"])
def test_a_gocardless_that_is_away_loses_nothing(debits: Debits, shop: Shop, fault: str) -> None:
    debits.server.faults = [fault]
    with pytest.raises(Trouble):
        shop.begin(GBP("6.00"))

    checkout = shop.begin(GBP("6.00"))

    assert len(debits.book.of_kind("billing_requests")) == 1
    debits.agree(checkout)
    assert checkouts.ask(checkout.reference).state == "promised"


def test_a_page_that_gocardless_will_not_open_is_over_and_says_so(debits: Debits, shop: Shop) -> None:
    debits.server.faults = ["422"]

    with pytest.raises(checkouts.NotTaken):
        shop.begin(GBP("6.00"))

    assert (Checkout.objects.get().state, Payment.objects.get().failure) == ("abandoned", "impossible")


def test_the_first_payment_is_asked_for_again_when_its_answer_was_lost(
    debits: Debits, shop: Shop, clock: MovableClock
) -> None:
    checkout = shop.begin(GBP("6.00"))
    debits.agree(checkout)
    debits.server.faults = ["", "", "", "lost"]  # the visit, its mandate, its account; then the payment
    assert checkouts.ask(checkout.reference).state == "open"
    assert len(debits.book.of_kind("payments")) == 1

    clock.forward(minutes=10)
    payments.send_unsent()
    jobs.run_all()

    assert (Checkout.objects.get().state, len(debits.book.of_kind("payments"))) == ("promised", 1)
