"""Money that came by bank transfer, as a cheque or in cash: entered by somebody who has seen it, and told to its
customer as any other payment. Nothing is collected here by us, so there is no provider behind it.
"""

from datetime import date, datetime, time

from django.db import IntegrityError, transaction

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.money import customers, facts, journal
from masthead.money.amounts import Money
from masthead.money.models import OfflineReceipt, Payment
from masthead.money.states import OfflineMethod

audit.register("offline.received", "{by} entered {amount_minor} {currency} as received by {method}, {subject}")
audit.register("offline.reversed", "{by} reversed what was entered as {subject}")


class EnteredBefore(Refusal):
    """Another entry that stands bears the bank's reference."""

    for_people_text = (
        "‘%(reference)s’ was entered on %(day)s already: %(amount)s. If that was a mistake, reverse it first. "
        "Nothing has been entered."
    )


class NeedsReference(Refusal):
    """A transfer or a cheque without what the bank calls it: nobody could find it again."""

    for_people_text = (
        "Write down what the bank’s statement calls it. Only cash can do without. Nothing has been entered."
    )


class NotThatDay(Refusal):
    """Money can't have been received tomorrow."""

    for_people_text = "Choose the day on which it was received: today at the latest. Nothing has been entered."


class ReversedBefore(Refusal):
    """It was reversed already."""

    for_people_text = "This was reversed on %(day)s already. Nothing has been changed."


class NeedsReason(Refusal):
    """A reversal without a reason."""

    for_people_text = "Say why it is reversed. Nothing has been changed."


def check(*, method: OfflineMethod, bank_reference: str, received_on: date) -> None:
    """Whether such an entry could be made now. Raises NeedsReference, NotThatDay, EnteredBefore."""
    if method != OfflineMethod.CASH and not bank_reference:
        raise NeedsReference
    if received_on > clock.today():
        raise NotThatDay
    standing = OfflineReceipt.objects.filter(bank_reference=bank_reference, reversed_at=None)
    before = standing.select_related("payment").first() if bank_reference else None
    if before is not None:
        day = f"{before.received_on:%-d %B %Y}"
        raise EnteredBefore(reference=bank_reference, day=day, amount=str(before.payment.amount))


def receive(
    order_key: str, amount: Money, *, method: OfflineMethod, bank_reference: str, received_on: date, description: str,
    by: Actor,
) -> Payment:  # fmt: skip
    """Note that `amount` was received on a day, and tell its customer after the commit. Call it inside a transaction.

    Raises what `check` raises.
    """
    check(method=method, bank_reference=bank_reference, received_on=received_on)
    payment = Payment.objects.create(
        order_key=order_key,
        provider=journal.OFFLINE,
        provider_ref=bank_reference,
        amount_minor=amount.minor,
        currency=amount.currency,
        description=description,
        method=method,
        **customers.booked(order_key, amount),
        collected_at=datetime.combine(received_on, time(12), tzinfo=clock.zone()),
        collected_on=received_on,
    )
    try:
        with transaction.atomic():
            receipt = OfflineReceipt.objects.create(
                payment=payment, method=method, bank_reference=bank_reference, received_on=received_on,
                entered_by=str(by),
            )  # fmt: skip
    except IntegrityError:  # somebody else entered it in this very moment
        check(method=method, bank_reference=bank_reference, received_on=received_on)
        raise
    facts.received(payment)
    facts_of = {"amount_minor": amount.minor, "currency": amount.currency, "method": method}
    audit.record("offline.received", receipt, by=by, **facts_of)
    return payment


def reverse(receipt: OfflineReceipt, *, reason: str, by: Actor) -> None:
    """Take an entry back that was a mistake, or a cheque that bounced: the books get its mirror image.

    Its customer hears of it. Raises NeedsReason, ReversedBefore.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic():
        payment = Payment.objects.locked(receipt.payment_id)
        receipt = OfflineReceipt.objects.get(pk=receipt.pk)
        if receipt.reversed_at is not None:
            raise ReversedBefore(day=f"{clock.day_of(receipt.reversed_at):%-d %B %Y}")
        receipt.reversed_at, receipt.reversed_by, receipt.reason = clock.now(), str(by), reason.strip()[:200]
        receipt.save(update_fields=["reversed_at", "reversed_by", "reason"])
        payment.refunded_minor = payment.amount_minor
        journal.reverse_offline(payment)
        facts.received(payment)
        audit.record("offline.reversed", receipt, by=by)
