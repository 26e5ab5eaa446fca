"""What givers are told by mail, each thing once: written in the transaction of the change, sent after its commit."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings

from masthead.core import clock, mail
from masthead.money import failures
from masthead.money.amounts import Money
from masthead.money.models import Mandate, Payment
from masthead.money.states import NoticeKind
from masthead.readers import sign_in

from . import notices, previews, promises, refunds
from .models import Gift, Instalment, InstalmentState, Move, Pledge, Present
from .previews import day
from .refunds import Share
from .states import Cause, State

TELLS_OF_NEXT = {  # the mails that say day and amount of the next collection → which kind of notice they are
    "thanks": NoticeKind.STANDING,
    "receipt": NoticeKind.STANDING,
    "changed": NoticeKind.CHANGE,
    "paused": NoticeKind.CHANGE,
    "resumed": NoticeKind.CHANGE,
    "other_means": NoticeKind.CHANGE,
    "taken_over": NoticeKind.LETTER,
}


def stop_address(pledge: Pledge) -> str:
    """Where it is ended, for whoever is signed in or does that on the way; no reference opens it to others."""
    return f"{settings.SITE_ADDRESS}/account/pledges/{pledge.reference}/end/"


def what_it_is(order: Pledge | Gift) -> str:
    """On pay pages, statements and receipts."""
    if isinstance(order, Pledge):
        return f"Support, {order.get_interval_display()}"
    return f"Membership for {order.months} month{'s' * (order.months > 1)}" if order.months else "Support, once"


def thanks_for_pledge(pledge: Pledge, instalment: Instalment) -> None:
    """Thanks, receipt, what it brings, and how to end it."""
    facts: dict[str, Any] = {
        "level": promises.level_of(pledge.amount, pledge.interval),
        "frees": promises.frees(pledge.amount, pledge.interval),
        "is_promise": instalment.state == InstalmentState.PROMISED,
        "cooling_off": day(refunds.cooling_off_until(pledge)),
    }
    _queue("thanks", pledge, instalment=instalment, **facts)
    ask_to_confirm(pledge)


def thanks_for_gift(gift: Gift, payment: Payment) -> None:
    """Thanks and receipt."""
    facts: dict[str, Any] = {"is_promise": payment.collected_at is None, "covers_until": day(gift.covers_until)}
    _queue("thanks_once", gift, payment=payment, **facts)
    ask_to_confirm(gift)


def gift_not_paid(gift: Gift) -> None:
    """That a bank took its promise back."""
    _queue("not_paid_once", gift)


def ask_to_confirm(order: Pledge | Gift | Present) -> None:
    """A code and a link to the address that the paying device gave, unless it is confirmed."""
    if order.reader is None and order.device is not None and order.email:
        sign_in.ask_to_confirm(order.email, device=order.device, next_path="/account/")


def taken_over(pledge: Pledge) -> None:
    """To who gave through other software before: what stays, when it is collected next, and how to end it."""
    _queue("taken_over", pledge, hint=pledge.mandate.hint if pledge.mandate else "")


def receipt(pledge: Pledge, instalment: Instalment) -> None:
    """For each collection after the first, which the thanks are a receipt for; and when a promised first one came."""
    level = promises.level_of(pledge.amount, pledge.interval)
    _queue("receipt", pledge, key=f"receipt:{instalment.number}", instalment=instalment, level=level)


def not_paid(pledge: Pledge, instalment: Instalment, *, tries: Sequence[date] = ()) -> None:
    """Once for each instalment that fails, and for each promise broken since: why, on which days it is tried again."""
    facts = _failing(pledge, instalment) | {"tries": [day(when) for when in tries]}
    key = f"not-paid:{instalment.number}" + (f":{instalment.tries}" if instalment.tries > 1 else "")
    mail_key = _queue("not_paid", pledge, key=key, **facts)
    for ahead, when in enumerate(tries, start=1):
        if mail_key:
            notices.tell_of_try(instalment, day=when, kind=NoticeKind.RETRY, told_by=mail_key, ahead=ahead)


def coming(pledge: Pledge) -> None:
    """A letter of its own before the next collection, which may be the one that ends a pause."""
    when = notices.day_for_letter(pledge)
    facts: dict[str, Any] = {
        "sum": str(pledge.amount),
        "day": day(when),
        "hint": pledge.mandate.hint if pledge.mandate else "",
    }
    facts["ends_pause"] = pledge.state == State.PAUSED
    if mail_key := _queue("coming", pledge, key=f"coming:{pledge.next_on}:{when}:{pledge.amount_minor}", **facts):
        notices.tell_of_next(pledge, day=when, kind=NoticeKind.LETTER, told_by=mail_key)


def trying_again(pledge: Pledge, instalment: Instalment, when: date) -> None:
    """The same before a try of which nothing else has told."""
    facts: dict[str, Any] = {
        "sum": str(pledge.amount),
        "day": day(when),
        "hint": pledge.mandate.hint if pledge.mandate else "",
    }
    key = f"trying:{instalment.number}:{instalment.tries}:{when}:{pledge.amount_minor}"
    if mail_key := _queue("coming", pledge, key=key, is_try=True, **facts):
        notices.tell_of_try(instalment, day=when, kind=NoticeKind.LETTER, told_by=mail_key)


def _coming(pledge: Pledge, when: date) -> dict[str, Any]:
    return {"sum": str(pledge.amount), "day": day(when), "hint": pledge.mandate.hint if pledge.mandate else ""}


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


def changed(pledge: Pledge, moved: Move, failing: Instalment | None = None) -> None:
    """What was and what is from now on, and when what is `failing`, or was not asked for yet, is tried with it."""
    facts: dict[str, Any] = {"was": previews.before(pledge, moved), "rests": day(pledge.rests_from), "act": moved.act}
    facts |= {"try_again": day(failing.try_again_on), "has_failed": failing.failed_on is not None} if failing else {}
    facts["under_way"] = [
        {"sum": str(row.amount), "day": day(row.due_on)}
        for row in pledge.under_way
        if failing is None or row != failing
    ]
    mail_key = _queue("changed", pledge, key=f"changed:{moved.pk}", **facts)
    if mail_key and failing and failing.try_again_on:
        notices.tell_of_try(failing, day=failing.try_again_on, kind=NoticeKind.CHANGE, told_by=mail_key)


def grace_longer(pledge: Pledge, moved: Move, instalment: Instalment) -> None:
    """That nothing is lost for longer than was said."""
    _queue("grace_longer", pledge, key=f"grace:{moved.pk}", **_failing(pledge, instalment))


def not_paid_again(pledge: Pledge, instalment: Instalment, *, once: int) -> None:
    """The same as when it failed, with the way to approve it or to give another card, because somebody asked for it."""
    tries = [day(instalment.try_again_on)] if instalment.try_again_on else []
    _queue(
        "not_paid",
        pledge,
        key=f"not-paid:{instalment.number}:again:{once}",
        **_failing(pledge, instalment),
        tries=tries,
    )


def receipt_again(pledge: Pledge, instalment: Instalment, *, once: int) -> None:
    """A receipt once more. It says the next day as it is planned, and is no notice of it: the first one was."""
    facts = {"instalment": instalment, "level": promises.level_of(pledge.amount, pledge.interval)}
    key = f"receipt:{instalment.number}:again:{once}"
    _queue("receipt", pledge, key=key, is_notice=False, next=day(pledge.next_on), **facts)


def thanks_again(gift: Gift, payment: Payment, *, once: int) -> None:
    """The same of a gift."""
    _queue("thanks_once", gift, key=f"thanks:again:{once}", is_promise=payment.collected_at is None, payment=payment)


def other_means(pledge: Pledge, moved: Move, failing: Instalment | None, when: date) -> None:
    """With what is paid from now on, and when what is `failing` is collected from it: on the day `when`."""
    hint = pledge.mandate.hint if pledge.mandate else ""
    facts: dict[str, Any] = {"hint": hint}
    if failing:
        facts |= {"sum": str(pledge.amount), "try_again": "today" if when == clock.today() else f"on {day(when)}"}
    mail_key = _queue("other_means", pledge, key=f"other-means:{moved.pk}", **facts)
    if mail_key and failing:
        notices.tell_of_try(failing, day=when, kind=NoticeKind.CHANGE, told_by=mail_key)


def expiring(pledge: Pledge, mandate: Mandate, last_day: date) -> None:
    """Once for each card and its last day, however many pledges it pays for."""
    if pledge.email:
        key = f"mandate:{mandate.reference}:expires:{last_day}"
        facts: dict[str, Any] = {
            "hint": mandate.hint,
            "last_day": day(last_day),
            "pledge": pledge,
            "amount": str(pledge.amount),
        }
        facts["stop"] = stop_address(pledge)
        mail.queue("giving/expiring", pledge.email, facts | {"often": pledge.get_interval_display()}, key=key)


def paused(pledge: Pledge, moved: Move) -> None:
    """Until when, and whether benefits last longer than they are paid for."""
    _queue("paused", pledge, key=f"paused:{moved.pk}")


def resumed(pledge: Pledge, moved: Move) -> None:
    """When it is collected next."""
    _queue("resumed", pledge, key=f"resumed:{moved.pk}")


def ended(pledge: Pledge, cause: Cause) -> None:
    """That nothing is collected any more, and until when its benefits last."""
    _queue("ended", pledge, cause=str(cause))


def ended_with_refund(pledge: Pledge, shares: Sequence[Share], back: Money, *, is_whole: bool) -> None:
    """That it has ended, what goes back, and that a promised debit may be taken before it does."""
    waits = any(share.instalment.state == InstalmentState.PROMISED for share in shares)
    _queue("ended_with_refund", pledge, back=str(back), is_whole=is_whole, waits=waits)


def _queue(template: str, order: Pledge | Gift, *, key: str = "", is_notice: bool = True, **facts: Any) -> str:
    """Write the mail down; where it says the next day and amount, note that too. Returns its key, empty without it."""
    if not order.email:
        return ""
    context: dict[str, Any] = {"amount": str(order.amount), "what": what_it_is(order)}
    if isinstance(order, Pledge):
        context |= {"pledge": order, "next": day(notices.day_of_next(order)), "paid_until": day(order.paid_until)}
        context["stop"] = stop_address(order)
        context |= {"often": order.get_interval_display(), "paused_until": day(order.paused_until)}
    else:
        context["gift"] = order
    if instalment := facts.get("instalment"):
        context |= {"sum": str(instalment.amount), "day": day(instalment.paid_on or instalment.due_on)}
    prefix = "pledge" if isinstance(order, Pledge) else "gift"
    mail_key = f"{prefix}:{order.reference}:{key or template}"
    mail.queue(f"giving/{template}", order.email, context | facts, key=mail_key)
    if is_notice and isinstance(order, Pledge) and (kind := TELLS_OF_NEXT.get(template)):
        notices.tell_of_next(order, kind=kind, told_by=mail_key)
    return mail_key
