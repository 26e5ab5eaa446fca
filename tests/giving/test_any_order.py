"""The facts of a payment arrive in any order, twice: pledge, instalments and grants end up the same."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction

from masthead.core import clock
from masthead.giving import outcomes, schedule
from masthead.giving.models import Gift, Instalment, Pledge
from masthead.membership.models import Grant
from masthead.money.models import Mandate, Payment
from masthead.readers import devices

LIVES = [
    ("promised_at", "collected_at"),
    ("promised_at", "failed_at"),
    ("promised_at", "collected_at", "returned_at"),
    ("collected_at", "refunded"),
    ("promised_at", "collected_at", "refunded"),
    ("approval_asked_at", "promised_at", "collected_at"),
]


class Undone(Exception):
    """So that each order begins from the same world."""


@pytest.mark.django_db
@pytest.mark.parametrize("life", LIVES)
def test_a_pledge_ends_up_the_same(life):
    orderly, *shuffled = [_lived(order, _a_pledge) for order in permutations(life)]

    assert shuffled == [orderly] * len(shuffled)


@pytest.mark.django_db
@pytest.mark.parametrize("life", LIVES)
def test_a_gift_ends_up_the_same(life):
    orderly, *shuffled = [_lived(order, _a_gift) for order in permutations(life)]

    assert shuffled == [orderly] * len(shuffled)


def _lived(order: tuple[str, ...], begin: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    try:
        with transaction.atomic():
            row, payment, hear = begin()
            for fact in order:
                _add(payment, fact)
                hear(payment)
                hear(payment)
            row.refresh_from_db()
            told = {
                "state": row.state,
                "next_on": getattr(row, "next_on", None),
                "paid_until": getattr(row, "paid_until", None),
                "instalments": list(
                    Instalment.objects.values_list("state", "failed_on", "try_again_on", "paid_on").order_by("pk")
                ),
                "grants": sorted(
                    (grant.benefit, grant.grace_until)
                    for grant in Grant.objects.all()
                    if grant.over_at is None or grant.over_at > clock.now()
                ),
            }
            raise Undone
    except Undone:
        return told


def _add(payment: Payment, fact: str) -> None:
    """Each fact has its own day, whenever it arrives; a refund is of what was collected."""
    if fact == "refunded":
        payment.refunded_minor = payment.amount_minor
    else:
        days = {"promised_at": 0, "approval_asked_at": 0, "failed_at": 1, "collected_at": 0, "returned_at": 2}[fact]
        setattr(payment, fact, clock.now().replace(microsecond=0) + timedelta(days=days))
        if fact == "collected_at":
            payment.collected_on = clock.today()
    payment.save()


def _payment(order_key: str) -> Payment:
    return Payment.objects.create(
        order_key=order_key,
        provider="made-up",
        amount_minor=500,
        currency="GBP",
        description="made up",
        income_account="income:membership",
    )


def _a_pledge() -> tuple[Pledge, Payment, Any]:
    today = clock.today()
    device, _ = devices.open_device()
    facts = {"amount_minor": 500, "interval": "month"}
    mandate = Mandate.objects.create(
        provider="made-up", provider_ref="m1", order_key="x", method="card", hint="card", made_at=clock.now()
    )
    pledge = Pledge.objects.create(
        mandate=mandate, currency="GBP", anchor_day=today.day, email="a@b.org", device=device, **facts
    )
    covers = schedule.after(today, "month", today.day)
    first = Instalment.objects.create(pledge=pledge, number=1, due_on=today, covers_until=covers, **facts)
    return pledge, _payment(first.order_key), outcomes.of_instalment


def _a_gift() -> tuple[Gift, Payment, Any]:
    device, _ = devices.open_device()
    gift = Gift.objects.create(amount_minor=500, currency="GBP", email="a@b.org", device=device)
    return gift, _payment(gift.order_key), outcomes.of_gift
