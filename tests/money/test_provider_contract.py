"""What holds for every provider: the three that there are, and one that was invented to show how one is added."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from masthead.core import clock, jobs
from masthead.core.actors import Actor
from masthead.core.refusals import Trouble
from masthead.money import checkouts, checks, failures, payments, takeovers
from masthead.money.models import Checkout, Event, Mandate, Payment
from masthead.money.providers.base import NotGenuine, WillNot
from masthead.money.providers.gocardless import states as gocardless_states
from masthead.money.providers.practice import states as practice_states
from masthead.money.providers.stripe import states as stripe_states
from tests.ferry import states as ferry_states
from tests.worlds.money import GBP, Shop, collect
from tests.worlds.providers import Counter, open_counter

STAFF = Actor.staff(1)
NAMES = ("practice", "stripe", "gocardless", "ferry")


@pytest.fixture(params=NAMES)
def counter(request: pytest.FixtureRequest, db: None) -> Iterator[Counter]:
    with open_counter(request.param) as opened:
        yield opened


def paid(counter: Counter, shop: Shop) -> tuple[Checkout, Mandate]:
    """A first payment that has come through, and the permission that it left."""
    counter.pay(shop.begin(GBP("5.00")))
    checkouts.ask(Checkout.objects.get().reference)
    counter.tell()
    checkout = Checkout.objects.select_related("payment__mandate").get()
    assert checkout.payment.mandate is not None
    return checkout, checkout.payment.mandate


def collected(counter: Counter, mandate: Mandate, order: str = "test:2") -> Payment:
    collect(mandate, GBP("7.00"), order)
    jobs.run_all()
    counter.tell()
    return Payment.objects.get(order_key=order)


def test_a_visit_becomes_money_a_permission_and_lines_of_the_books(counter: Counter, shop: Shop) -> None:
    begun = shop.begin(GBP("5.00"))
    asked = Checkout.objects.get()
    asked.email = "ada@example.org"  # as it was asked for
    again = counter.provider.open(asked)
    checkout, mandate = paid(counter, shop)
    told = list(shop.told)
    counter.tell()
    checkouts.ask(checkout.reference)

    assert begun.pay_url.startswith(counter.provider.origin)
    assert again.provider_ref == begun.provider_ref
    assert (checkout.state, checkout.payment.state) == ("collected", "collected")
    assert (mandate.state, mandate.provider, bool(mandate.hint)) == ("active", counter.name, True)
    assert (shop.told, checks.books()) == (told, [])


def test_a_collection_asked_for_again_moves_nothing_twice(counter: Counter, shop: Shop) -> None:
    _, mandate = paid(counter, shop)

    payment = collected(counter, mandate)
    first = payment.provider_ref
    counter.provider.collect(payment)
    counter.tell()
    payment.refresh_from_db()

    start, end = clock.now() - timedelta(days=60), clock.now() + timedelta(days=60)
    moved = [one for one in counter.provider.moved(start, end) if one.kind == "payment"]
    assert (payment.state, payment.provider_ref) == ("collected", first)
    assert [one.amount for one in moved if one.reference == payment.reference] in ([GBP("7.00")], [])
    assert checks.books() == []


def test_what_moved_is_listed_with_our_references(counter: Counter, shop: Shop) -> None:
    checkout, _ = paid(counter, shop)

    moved = list(counter.provider.moved(clock.now() - timedelta(days=60), clock.now() + timedelta(days=1)))

    mine = [one for one in moved if one.reference == checkout.payment.reference]
    if counter.name != "gocardless":  # there it is listed once it is paid out
        assert [(one.kind, one.amount, one.fee) for one in mine] == [("payment", GBP("5.00"), checkout.payment.fee)]
    assert list(counter.provider.moved(clock.now() + timedelta(days=1), clock.now() + timedelta(days=2))) == []


def test_a_refund_asked_for_again_gives_once(counter: Counter, shop: Shop) -> None:
    checkout, _ = paid(counter, shop)

    refund = payments.refund(checkout.payment, GBP("2.00"), by=STAFF, reason="asked")
    jobs.run_all()
    counter.provider.refund(refund)
    counter.tell()

    payment = Payment.objects.get(pk=checkout.payment_id)
    assert (payment.refunded, payment.refunds.count(), checks.books()) == (GBP("2.00"), 1, [])


def test_a_permission_ends_once_and_nothing_is_collected_on_it(counter: Counter, shop: Shop) -> None:
    _, mandate = paid(counter, shop)
    payment = collect(mandate, GBP("7.00"), "test:2")
    counter.provider.cancel(mandate)

    jobs.run_all()
    counter.tell()
    payments.cancel(mandate, by=STAFF)
    jobs.run_all()

    payment.refresh_from_db()
    mandate.refresh_from_db()
    assert (payment.state, payment.failure, mandate.state) == ("failed", "mandate_ended", "ended")


def test_a_webhook_is_kept_once_and_a_forged_one_never(counter: Counter, shop: Shop) -> None:
    counter.pay(shop.begin(GBP("5.00")))
    delivery = counter.news()
    assert delivery is not None
    body, headers = delivery
    forged = {name: value[:-4] + "0000" for name, value in headers.items()}

    answers = [counter.knock(body, headers), counter.knock(body, headers)]
    kept = Event.objects.count()
    refused = [counter.knock(body, forged), counter.knock(body + b" ", headers), counter.knock(body, {})]

    assert (answers, refused, Event.objects.count()) == ([204, 204], [400] * 3, kept)
    with pytest.raises(NotGenuine):
        counter.provider.verify(b"not even JSON", headers)


def test_what_it_never_told_before_is_not_understood_and_does_no_harm(counter: Counter) -> None:
    strange = Event(provider=counter.name, event_id="x", kind="something.never.heard", body={})

    assert counter.provider.fill_in(strange) is None
    assert counter.provider.read(strange) is None


def test_when_it_is_away_that_is_trouble_and_nothing_is_lost(counter: Counter, shop: Shop) -> None:
    _, mandate = paid(counter, shop)
    payment = collect(mandate, GBP("7.00"), "test:2")
    counter.close()

    with pytest.raises(Trouble):
        jobs.run_all()

    payment.refresh_from_db()
    assert (payment.state, payment.sent_at) == ("created", None)


def test_it_says_what_it_can(counter: Counter, shop: Shop) -> None:
    provider = counter.provider

    assert provider.takes("GBP", keeps_mandate=True)
    assert provider.methods_for("GBP") <= set(provider.methods)
    assert provider.methods_for("GBP")
    assert [type(found) for found, _ in provider.standing()] == [bool] * len(list(provider.standing()))
    with pytest.raises(takeovers.CannotBeTakenOver):
        takeovers.look_over(counter.name, "nobody", "nothing", "GBP")


def test_what_it_can_not_do_is_said_in_words(counter: Counter, shop: Shop) -> None:
    _, mandate = paid(counter, shop)
    payment = collect(mandate, GBP("7.00"), "test:2")

    if counter.name != "stripe":
        with pytest.raises(WillNot, match=counter.name):
            counter.provider.approval_page(payment, key="1", return_to="/", page="")


def test_all_reasons_lead_to_sentences_of_ours() -> None:
    tables = (
        ferry_states.FAILURES,
        practice_states.FAILURES,
        gocardless_states.FAILURES,
        stripe_states.DECLINES,
        stripe_states.ERRORS,
    )

    assert [code for table in tables for code in table.values() if code not in failures.FAILURES] == []
