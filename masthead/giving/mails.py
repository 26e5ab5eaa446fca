"""What givers are told by mail, each thing once: written in the transaction of the change, sent after its commit."""

from datetime import date
from typing import Any

from django.utils.formats import date_format

from masthead.core import mail
from masthead.money import failures
from masthead.money.models import Payment
from masthead.readers import sign_in

from . import promises
from .models import Gift, Instalment, InstalmentState, Move, Pledge
from .states import Cause


def day(when: date | None) -> str:
    """As readers read it: 24 October 2026."""
    return date_format(when, "j F Y") if when else ""


def what_it_is(order: Pledge | Gift) -> str:
    """On pay pages, statements and receipts."""
    return f"Support, {order.get_interval_display()}" if isinstance(order, Pledge) else "Support, once"


def thanks_for_pledge(pledge: Pledge, instalment: Instalment) -> None:
    """Thanks, receipt, what it brings, and how to end it."""
    facts: dict[str, Any] = {
        "level": promises.level_of(pledge.amount, pledge.interval),
        "frees": promises.frees(pledge.amount, pledge.interval),
        "is_promise": instalment.state == InstalmentState.PROMISED,
    }
    _queue("thanks", pledge, instalment=instalment, **facts)
    ask_to_confirm(pledge)


def thanks_for_gift(gift: Gift, payment: Payment) -> None:
    """Thanks and receipt."""
    _queue("thanks_once", gift, is_promise=payment.collected_at is None, payment=payment)
    ask_to_confirm(gift)


def gift_not_paid(gift: Gift) -> None:
    """That a bank took its promise back."""
    _queue("not_paid_once", gift)


def ask_to_confirm(order: Pledge | Gift) -> None:
    """A code and a link to the address that the paying device gave, unless it is confirmed."""
    if order.reader is None and order.device is not None and order.email:
        sign_in.ask_to_confirm(order.email, device=order.device, next_path="/account/")


def receipt(pledge: Pledge, instalment: Instalment) -> None:
    """For each collection after the first, which the thanks are a receipt for; and when a promised first one came."""
    level = promises.level_of(pledge.amount, pledge.interval)
    _queue("receipt", pledge, key=f"receipt:{instalment.number}", instalment=instalment, level=level)


def not_paid(pledge: Pledge, instalment: Instalment) -> None:
    """Once for each instalment that fails: why, what happens next, and that nothing is lost."""
    _queue("not_paid", pledge, key=f"not-paid:{instalment.number}", **_failing(pledge, instalment))


def still_not_paid(pledge: Pledge, instalment: Instalment) -> None:
    """Once more at most, shortly before the end."""
    _queue("still_not_paid", pledge, key=f"still-not-paid:{instalment.number}", **_failing(pledge, instalment))


def _failing(pledge: Pledge, instalment: Instalment) -> dict[str, Any]:
    return {
        "instalment": instalment,
        "why": failures.sentence(instalment.failure),
        "step": failures.step(instalment.failure),
        "try_again": day(instalment.try_again_on),
        "grace": day(instalment.grace_until),
        "approve": pledge.approve_at,
    }


def changed(pledge: Pledge, moved: Move) -> None:
    """What is given from now on."""
    _queue("changed", pledge, key=f"changed:{moved.pk}")


def paused(pledge: Pledge, moved: Move) -> None:
    """Until when, and that benefits last while they are paid for."""
    _queue("paused", pledge, key=f"paused:{moved.pk}")


def resumed(pledge: Pledge, moved: Move) -> None:
    """When it is collected next."""
    _queue("resumed", pledge, key=f"resumed:{moved.pk}")


def ended(pledge: Pledge, cause: Cause) -> None:
    """That nothing is collected any more, and until when its benefits last."""
    _queue("ended", pledge, cause=str(cause))


def _queue(template: str, order: Pledge | Gift, *, key: str = "", **facts: Any) -> None:
    if not order.email:
        return
    context: dict[str, Any] = {"amount": str(order.amount), "what": what_it_is(order), **facts}
    if isinstance(order, Pledge):
        context |= {"pledge": order, "next": day(order.next_on), "paid_until": day(order.paid_until)}
        context |= {"often": order.get_interval_display(), "paused_until": day(order.paused_until)}
    else:
        context["gift"] = order
    if instalment := facts.get("instalment"):
        context |= {"sum": str(instalment.amount), "day": day(instalment.paid_on or instalment.due_on)}
    prefix = "pledge" if isinstance(order, Pledge) else "gift"
    mail.queue(f"giving/{template}", order.email, context, key=f"{prefix}:{order.reference}:{key or template}")
