"""Paying on a provider's page: coming back proves nothing, the provider's word does."""

import pytest
from django_tasks_db.models import DBTaskResult

from masthead.core import jobs
from masthead.core.refusals import Trouble
from masthead.money import checkouts, checks, inbox
from masthead.money.models import Checkout, Event, Payment
from tests.conftest import MovableClock
from tests.worlds.money import GBP, Bank, Shop, journal, wait_for, webhook


def test_a_paid_card_is_known_as_soon_as_the_visitor_is_back(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))

    back = bank.pay(checkout)
    asked = checkouts.ask(checkout.reference)

    assert back.headers["location"] == f"http://localhost:8000/support/thanks/{checkout.reference}/"
    assert (asked.state, asked.payment.state, asked.is_paid) == ("collected", "collected", True)
    assert (asked.mandate and asked.mandate.hint) == "card ending 0001"
    assert shop.told == [("checkout", "collected"), ("payment", "collected")]
    assert journal() == {
        f"practice:{asked.payment.reference}:collected": [
            ("fees", 29),
            ("income:gifts", -600),
            ("owed_by:practice", 571),
        ]
    }


def test_the_webhook_for_what_was_asked_changes_nothing(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    bank.pay(checkout)
    checkouts.ask(checkout.reference)
    books, told = journal(), list(shop.told)

    bank.tell()

    assert (journal(), shop.told) == (books, told)
    assert set(Event.objects.values_list("state", flat=True)) == {"done"}


def test_the_webhook_alone_tells_the_same(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    bank.pay(checkout)

    bank.tell()

    checkout.refresh_from_db()
    assert (checkout.state, checkout.mandate is not None) == ("collected", True)
    assert shop.told == [("checkout", "collected"), ("payment", "collected")]
    assert checks.books() == []


def test_a_settled_visit_is_not_asked_about_again(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    bank.pay(checkout)
    checkouts.ask(checkout.reference)

    bank.close()
    again = [checkouts.ask(checkout.reference).state for _ in range(3)]

    assert again == ["collected"] * 3


def test_typing_the_address_before_paying_earns_nothing(bank: Bank, shop: Shop, clock: MovableClock) -> None:
    checkout = shop.begin(GBP("6.00"))

    early = checkouts.ask(checkout.reference)
    assert (early.state, early.is_paid, shop.told, journal()) == ("open", False, [], {})

    bank.pay(checkout)
    clock.forward(seconds=5)
    assert checkouts.ask(checkout.reference).is_paid


def test_a_reload_does_not_make_us_ask_again_at_once(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))

    for _ in range(5):
        checkouts.ask(checkout.reference)

    assert Event.objects.count() == 1


@pytest.mark.parametrize(("card", "failure"), [("empty", "no_money"), ("expired", "expired"), ("stolen", "stopped")])
def test_a_declined_card_earns_nothing_and_says_why(bank: Bank, shop: Shop, card: str, failure: str) -> None:
    checkout = shop.begin(GBP("6.00"))
    page = bank.pay(checkout, card)
    assert (page.status_code, "No money was taken" in page.text) == (422, True)

    bank.leave(checkout)
    asked = checkouts.ask(checkout.reference)

    assert (asked.state, asked.failure, asked.is_paid, asked.mandate) == ("failed", failure, False, None)
    assert (asked.payment.state, journal()) == ("abandoned", {})
    assert shop.told == [("checkout", "failed"), ("payment", "abandoned")]


def test_a_second_card_may_pay_after_the_first_was_declined(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    bank.pay(checkout, "empty")
    bank.pay(checkout, "accepts")

    assert checkouts.ask(checkout.reference).state == "collected"
    assert len(journal()) == 1


def test_leaving_without_paying_is_no_failure(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    bank.leave(checkout)

    asked = checkouts.ask(checkout.reference)

    assert (asked.state, asked.failure) == ("abandoned", "")
    assert bank.pay(checkout).headers["location"].endswith(checkout.return_path)  # the page is closed
    assert Payment.objects.get().state == "abandoned"


def test_a_page_that_is_forgotten_runs_out(bank: Bank, shop: Shop, clock: MovableClock) -> None:
    checkout = shop.begin(GBP("6.00"))

    clock.forward(days=2)
    wait_for(lambda: len(bank.events()) == 1)
    bank.tell()

    assert Checkout.objects.get().state == "abandoned"
    assert shop.told == [("checkout", "abandoned"), ("payment", "abandoned")]
    assert checkout.pk == Checkout.objects.get().pk


def test_a_card_that_wants_approval_is_paid_once_it_was_given(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    second_page = bank.pay(checkout, "approval").headers["location"]
    bank.tell()
    assert (Checkout.objects.get().state, Payment.objects.get().state) == ("open", "needs_approval")

    bank.approve(bank.address + second_page)
    bank.tell()

    assert (Checkout.objects.get().state, Payment.objects.get().state) == ("collected", "collected")


def test_an_approval_that_is_refused_leaves_the_page_open(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    second_page = bank.pay(checkout, "approval").headers["location"]

    back = bank.approve(bank.address + second_page, "no").headers["location"]
    bank.tell()

    assert bank.address + back == checkout.pay_url
    assert (Checkout.objects.get().state, Checkout.objects.get().failure) == ("open", "not_approved")
    assert bank.pay(checkout).status_code == 303
    assert checkouts.ask(checkout.reference).state == "collected"


def test_a_debit_is_promised_and_paid_three_bank_days_later(bank: Bank, shop: Shop, clock: MovableClock) -> None:
    checkout = shop.begin(GBP("6.00"))
    bank.pay(checkout, bank.debit)
    promised = checkouts.ask(checkout.reference)
    assert (promised.state, promised.is_paid, journal()) == ("promised", True, {})

    clock.forward(days=6)
    wait_for(lambda: len(bank.events()) == 4)
    bank.tell()

    payment = Payment.objects.get()
    assert (payment.state, Checkout.objects.get().state) == ("collected", "collected")
    assert payment.collected_at is not None
    assert payment.promised_at is not None
    assert 3 <= (payment.collected_at - payment.promised_at).days <= 5
    assert shop.told[-1] == ("payment", "collected")


def test_a_debit_may_bounce(bank: Bank, shop: Shop, clock: MovableClock) -> None:
    checkout = shop.begin(GBP("6.00"))
    bank.pay(checkout, "bounces")
    checkouts.ask(checkout.reference)

    clock.forward(days=6)
    wait_for(lambda: len(bank.events()) == 4)
    bank.tell()

    payment = Payment.objects.get()
    assert (payment.state, payment.failure, journal()) == ("failed", "no_money", {})


def test_beginning_again_gives_the_same_page(bank: Bank, shop: Shop) -> None:
    first, again = shop.begin(GBP("6.00")), shop.begin(GBP("6.00"))

    assert first.pay_url == again.pay_url
    with pytest.raises(ValueError):
        shop.begin(GBP("7.00"))


def test_a_bank_that_is_away_delays_and_loses_nothing(bank: Bank, shop: Shop) -> None:
    bank.close()
    with pytest.raises(Trouble):
        shop.begin(GBP("6.00"))
    assert Checkout.objects.get().state == "open"

    bank.open()
    checkout = shop.begin(GBP("6.00"))
    bank.pay(checkout)
    bank.close()
    assert checkouts.ask(checkout.reference).state == "open"

    bank.open()
    bank.tell()
    assert checkouts.ask(checkout.reference).state == "collected"


def test_an_unknown_reference_is_nobodys(bank: Bank, shop: Shop) -> None:
    shop.begin(GBP("6.00"))

    with pytest.raises(Checkout.DoesNotExist):
        checkouts.ask("0" * 26)


def test_outside_a_demonstration_there_is_no_practice_bank(bank: Bank, shop: Shop) -> None:
    assert shop.begin(GBP("6.00")).provider == "practice"

    (bank.home / "this-is-a-demo").unlink()
    with pytest.raises(Trouble):
        shop.begin(GBP("6.00"), order="2")
    (bank.home / "this-is-a-demo").touch()


def test_what_was_kept_and_never_processed_is_found_again(bank: Bank, shop: Shop) -> None:
    checkout = shop.begin(GBP("6.00"))
    bank.pay(checkout)
    inbox.keep("practice", *webhook(bank.events()))
    DBTaskResult.objects.all().delete()  # the power went before any worker saw them

    inbox.process_undone()
    jobs.run_all()

    assert Checkout.objects.get().state == "collected"
