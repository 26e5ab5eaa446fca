"""Another card or account at Stripe, without a payment; when a card ends; and what takes too long."""

from datetime import date

import pytest

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.money import customers, lateness, moves, setups, standing
from masthead.money.models import Mandate, Payment, Setup
from tests.conftest import MovableClock
from tests.stripe_server import cards
from tests.worlds.money import GBP, Bank, Shop, collect, wait_for
from tests.worlds.stripe import Till

LOST = "4000000000009987"


@pytest.fixture
def heard(shop: Shop) -> list[tuple[str, str]]:
    """What the customer is told of mandates."""
    told: list[tuple[str, str]] = []
    customers.register(
        "test:", income="income:gifts", on_mandate=lambda mandate, move: told.append((mandate.hint, move.now))
    )
    return told


def begin(order: str = "test:means") -> Setup:
    return setups.begin(
        order_key=order, currency="GBP", email="ada@example.org", description="Another", return_to="/back/{reference}/"
    )


def test_a_card_given_without_a_payment_can_be_collected_on(till: Till, heard: list[tuple[str, str]]) -> None:
    setup = begin()
    assert till.pay(setup.pay_url, cards.GOOD).headers["Location"].endswith(f"/back/{setup.reference}/")

    done = setups.ask(setup.reference)
    till.tell()  # the same once more, by webhook

    assert (done.state, heard) == ("done", [("card ending 4242", "active")])
    assert Payment.objects.count() == 0
    assert done.mandate is not None
    assert done.mandate.expires_on == date(2034, 12, 31)
    payment = collect(done.mandate, GBP("5.00"), "test:2")
    jobs.run_all()
    till.tell()
    payment.refresh_from_db()
    assert payment.state == "collected"


def test_the_webhook_alone_is_enough_and_a_debit_is_one(till: Till, heard: list[tuple[str, str]]) -> None:
    setup = begin()
    till.pay(setup.pay_url, cards.DEBIT)
    till.tell()

    setup.refresh_from_db()
    assert (setup.state, heard) == ("done", [("bank account ending 2345", "active")])
    assert Mandate.objects.get().method == "debit"
    assert Mandate.objects.get().expires_on is None


def test_a_no_and_a_page_that_runs_out_give_nothing(till: Till, heard: list[tuple[str, str]]) -> None:
    declined, left = begin("test:1"), begin("test:2")
    till.pay(declined.pay_url, LOST)
    till.tell()
    assert setups.ask(declined.reference).state == "open"

    till.days_pass(2)

    states = {row.order_key: (row.state, row.failure) for row in Setup.objects.all()}
    assert states == {"test:1": ("failed", "stopped"), "test:2": ("abandoned", "")}
    assert (heard, Mandate.objects.count()) == ([], 0)
    assert left.mandate is None


def test_after_a_no_another_card_is_taken_on_the_same_page(till: Till, heard: list[tuple[str, str]]) -> None:
    setup = begin()
    till.pay(setup.pay_url, LOST)
    till.pay(setup.pay_url, cards.GOOD)
    till.tell()

    assert setups.ask(setup.reference).state == "done"
    assert heard == [("card ending 4242", "active")]


def test_a_card_that_the_bank_replaced_has_its_new_last_day(till: Till, shop: Shop) -> None:
    mandate = till.mandate(shop)
    assert mandate.expires_on == date(2034, 12, 31)

    till.book.replace_card(mandate.provider_ref, "1881")
    till.tell()

    mandate.refresh_from_db()
    assert (mandate.hint, mandate.expires_on) == ("card ending 1881", date(2039, 12, 31))


def test_what_takes_too_long_is_asked_for_and_shown_as_late(till: Till, shop: Shop, clock: MovableClock) -> None:
    mandate = till.mandate(shop)
    till.server.news()
    till.book.fees_come_later = True  # the payment is there, but its event never reached us
    payment = collect(mandate, GBP("5.00"), "test:2")
    jobs.run_all()
    till.server.news()
    till.book.settle_fees()
    till.server.news()
    assert Payment.objects.get(pk=payment.pk).state == "promised"
    clock.forward(hours=23)
    assert list(lateness.late()) == []

    clock.forward(hours=2)
    assert list(lateness.late()) == [payment]
    assert any("1 payments take longer" in said for good, said in standing.examine() if not good)
    lateness.ask_about_late()
    moves.tell()

    payment.refresh_from_db()
    assert (payment.state, list(lateness.late())) == ("collected", [])
    assert payment.looked_up_at is not None


def test_a_debit_may_take_ten_working_days(bank: Bank, shop: Shop) -> None:
    payment = collect(shop.mandate(bank, card="debit"), GBP("5.00"), "test:2")
    jobs.run_all()
    the_clock.move_to(13 * 86400)
    assert list(lateness.late()) == []

    the_clock.move_to(15 * 86400)
    wait_for(lambda: sum(event["kind"] == "payment.paid" for event in bank.events()) == 2)
    assert set(lateness.late()) == set(Payment.objects.all())
    lateness.ask_about_late()

    payment.refresh_from_db()
    assert payment.state == "collected"
    assert list(lateness.late()) == []
