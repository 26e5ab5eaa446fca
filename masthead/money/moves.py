"""Telling customers what became of their payments: from stored rows, after the commit, in order, each once."""

import structlog
from django.db import transaction

from masthead.core import clock, faults
from masthead.core.jobs import every, job
from masthead.money import customers
from masthead.money.models import Checkout, Mandate, Payment, PaymentMove

log = structlog.get_logger("masthead.money")

AT_ONCE = 100  # moves a job tells, so that it stays within its two seconds


class Untold(Exception):
    """Some customer could not take what it was told; its rows stay and are told again."""


def note(thing: Payment | Checkout | Mandate, *, was: str, now: str) -> PaymentMove:
    """Write down a move, in the transaction that makes it, and have its customer told after the commit."""
    field = thing._meta.model_name or ""
    move = PaymentMove.objects.create(order_key=thing.order_key, was=was, now=now, **{field: thing})
    tell.enqueue()
    return move


@job("now")
def tell(order_key: str = "", after: int = 0) -> None:
    """Tell what is untold, of one order or of all. A customer that fails holds up its own order alone."""
    untold = PaymentMove.objects.filter(told_at__isnull=True, pk__gt=after).order_by("pk")
    if order_key:
        untold = untold.filter(order_key=order_key)
    held_up: set[str] = set()
    rows = list(untold.values_list("pk", "order_key")[: AT_ONCE + 1])
    for pk, key in rows[:AT_ONCE]:
        if key not in held_up and not _told(pk):
            held_up.add(key)
    if len(rows) > AT_ONCE:  # also when all of these were held up: the rest must not wait for them
        tell.enqueue(order_key, rows[AT_ONCE - 1][0])
    if held_up:
        raise Untold(", ".join(sorted(held_up)))


@every(minutes=5, queue="now")
def tell_again() -> None:
    """What a fault left untold."""
    tell()


def _told(pk: int) -> bool:
    try:
        with transaction.atomic():
            move = PaymentMove.objects.select_for_update().get(pk=pk)
            if move.told_at is None:
                _call(move)
                faults.reach("moves.told")
                move.told_at, move.trouble = clock.now(), ""
                move.save(update_fields=["told_at", "trouble"])
    except Exception as error:  # whatever a customer above does wrong, the row is kept with its reason
        log.warning("money.untold", move=pk, error=type(error).__name__)
        reason = f"{type(error).__name__}: {error}"[:300]
        PaymentMove.objects.filter(pk=pk).update(trouble=reason)
        return False
    return True


def _call(move: PaymentMove) -> None:
    customer = customers.of(move.order_key)
    if move.checkout is not None and customer.on_checkout:
        customer.on_checkout(move.checkout, move)
    elif move.payment is not None and customer.on_payment:
        customer.on_payment(move.payment, move)
    elif move.mandate is not None and customer.on_mandate:
        customer.on_mandate(move.mandate, move)
