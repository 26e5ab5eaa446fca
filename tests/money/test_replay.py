"""What providers told, looked at once more: one or many, whatever came of it; it counts once all the same."""

import os

import pytest

from masthead.core import config, jobs
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord
from masthead.money import checks, inbox
from masthead.money.models import Event, Payment
from tests.worlds.desk import Desk
from tests.worlds.money import GBP, Bank, Shop, journal
from tests.worlds.stripe import SECRET, SECRET_BEFORE, Till

STAFF = Actor.staff(1)


def test_what_was_done_is_done_again_and_counts_once(bank: Bank, shop: Shop) -> None:
    bank.pay(shop.begin(GBP("5.00")))
    bank.tell()
    booked, told = journal(), list(shop.told)

    count = inbox.replay(Event.objects.all(), by=STAFF)
    waiting = set(Event.objects.values_list("state", flat=True))
    jobs.run_all()

    assert (count, waiting) == (Event.objects.count(), {"again"})
    assert set(Event.objects.values_list("state", flat=True)) == {"done"}
    assert (journal(), list(shop.told), checks.books()) == (booked, told, [])
    assert AuditRecord.objects.get(action="money.events_replayed").facts == {"count": count}


def test_what_an_event_leaves_out_is_asked_for_anew(till: Till, shop: Shop) -> None:
    till.pay(shop.begin(GBP("5.00")))
    till.tell()
    event = Event.objects.filter(kind="payment_intent.succeeded").get()
    asked = len(till.server.calls)

    inbox.replay(Event.objects.filter(pk=event.pk), by=STAFF)
    jobs.run_all()

    assert "GET /v1/payment_intents/{intent}" in till.server.calls[asked:]
    assert Payment.objects.get().state == "collected"


def test_what_is_not_kept_any_more_can_not_be_looked_at(clock, bank: Bank, shop: Shop) -> None:
    bank.pay(shop.begin(GBP("5.00")))
    bank.tell()
    clock.forward(days=91)
    inbox.forget_bodies()

    with pytest.raises(inbox.NothingToReplay):
        inbox.replay(Event.objects.all(), by=STAFF)
    assert "again" not in Event.objects.values_list("state", flat=True)


def test_the_desk_asks_and_takes_one_or_what_its_filters_show(bank: Bank, shop: Shop) -> None:
    bank.pay(shop.begin(GBP("5.00"), order="1"))
    bank.pay(shop.begin(GBP("6.00"), order="2"))
    bank.tell()
    desk, editor = Desk("Treasurers"), Desk("Editors")
    one = Event.objects.filter(kind="payment.paid").first()
    assert one is not None
    here = "/desk/money/events/once-more/"

    asked = desk.get(f"{here}?kind=payment.paid").content.decode()
    nothing_yet = Event.objects.filter(state="again").count()
    desk.post(f"{here}?event={one.pk}")
    single = list(Event.objects.filter(state="again"))
    jobs.run_all()
    desk.post(f"{here}?kind=payment.paid&q={one.subject}")
    searched = list(Event.objects.filter(state="again"))
    jobs.run_all()
    desk.post(f"{here}?kind=payment.paid")
    filtered = Event.objects.filter(state="again")

    assert "2 events" in asked
    assert (nothing_yet, single, searched) == (0, [one], [one])
    assert set(filtered.values_list("kind", flat=True)) == {"payment.paid"}
    assert filtered.count() == 2
    assert desk.post(f"{here}?event=x").status_code == 422
    assert editor.post(f"{here}?event={one.pk}").status_code == 302
    assert editor.get(f"{here}?event={one.pk}").status_code == 302


def test_two_secrets_of_a_webhook_are_valid_until_the_old_one_is_taken_away(till: Till, shop: Shop) -> None:
    till.pay(shop.begin(GBP("5.00")))
    first, second, *_ = till.server.news()

    both = [till.deliver(first, secrets=(secret,)) for secret in (SECRET, SECRET_BEFORE)]
    kept = os.environ.pop("MASTHEAD_STRIPE_HOOK_SECRET_BEFORE")
    config.load.cache_clear()
    after = [till.deliver(second, secrets=(secret,)) for secret in (SECRET_BEFORE, SECRET)]
    os.environ["MASTHEAD_STRIPE_HOOK_SECRET_BEFORE"] = kept
    config.load.cache_clear()

    assert (both, after) == ([[204], [204]], [[400], [204]])
