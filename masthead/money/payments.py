"""Collections and refunds: our row first, the provider after the commit, by a job that may run twice."""

from datetime import timedelta

from django.db import transaction

from masthead.core import audit, clock, faults
from masthead.core.actors import Actor
from masthead.core.jobs import every, job
from masthead.core.refusals import Refusal
from masthead.money import customers, facts, inbox, notices, providers
from masthead.money.amounts import Money
from masthead.money.journal import OFFLINE
from masthead.money.models import Mandate, Payment, Refund
from masthead.money.states import MandateState, PaymentState

UNSENT_AFTER = timedelta(minutes=5)

audit.register("payment.refund_asked", "{by} asked for a refund of {amount_minor} {currency} on {subject}")
audit.register("payment.call_off_asked", "{by} asked to call off {subject}, which the bank had promised")
audit.register("mandate.cancelled", "{by} ended {subject}")


class NotRefundable(Refusal):
    """The payment was not collected, or what is left of it is less."""

    for_people_text = "At most %(left)s of this payment can be refunded. Nothing has been changed."


class NotThroughAProvider(Refusal):
    """It came by bank transfer, cheque or cash: no provider can give it back."""

    for_people_text = (
        "This came without a provider, so no provider can give it back. Pay it back from the bank, and reverse the "
        "entry under Offline gifts. Nothing has been changed."
    )


def collect(mandate: Mandate, amount: Money, order_key: str, description: str) -> Payment:
    """Have `amount` collected on `mandate`. The same `order_key` gives the same payment, collected once.

    May be called inside a transaction: the provider is asked after its commit. On an ended mandate the payment
    fails at once, with a move that says so. Raises NotAnnounced when who pays wasn't told of it (see notices).
    """
    with transaction.atomic():
        notice = notices.newest_of(order_key)
        if notice is None or notice.amount != amount or notice.not_before > clock.now():
            raise notices.NotAnnounced(order_key)
        payment, is_new = Payment.objects.get_or_create(
            order_key=order_key,
            defaults={
                "provider": mandate.provider,
                "mandate": mandate,
                "notice": notice,
                "amount_minor": amount.minor,
                "currency": amount.currency,
                "description": description,
                **customers.booked(order_key, amount),
            },
        )
        if payment.amount != amount:
            raise ValueError(f"{order_key} was asked for with another amount")
        if is_new and mandate.state == MandateState.ENDED:
            facts.fail(payment, failure="mandate_ended")
        elif is_new:
            send.enqueue(payment.pk)
    return payment


def withdraw(order_key: str) -> bool:
    """Let a collection go that the provider hasn't answered yet, or that waits for the giver's word: it fails, with a
    move that says so. Returns whether there was one to let go.

    What the provider was asked for in this very moment may still come about; then its word counts, as always.
    """
    with transaction.atomic():
        lets_go = Payment.objects.open_to_withdrawal().select_for_update(of=("self",))
        payment = lets_go.filter(order_key=order_key).first()
        if payment is not None:
            facts.fail(payment, failure="withdrawn")
    return payment is not None


def refund(payment: Payment, amount: Money, *, by: Actor, reason: str) -> Refund:
    """Give `amount` of a collected payment back. Raises NotRefundable, NotThroughAProvider."""
    if payment.provider == OFFLINE:
        raise NotThroughAProvider
    with transaction.atomic():
        payment = Payment.objects.locked(payment.pk)
        asked = sum(payment.refunds.filter(failed_at__isnull=True).values_list("amount_minor", flat=True))
        left = Money(payment.amount_minor - asked, payment.currency)
        if payment.state != PaymentState.COLLECTED or left < amount or amount.minor <= 0:
            raise NotRefundable(left=left if payment.state == PaymentState.COLLECTED else Money(0, payment.currency))
        made = Refund.objects.create(
            payment=payment, amount_minor=amount.minor, currency=amount.currency, reason=reason, asked_by=str(by)
        )
        audit.record("payment.refund_asked", payment, by=by, amount_minor=amount.minor, currency=amount.currency)
        send_refund.enqueue(made.pk)
    return made


def call_off(payment: Payment, *, by: Actor) -> None:
    """Have the provider call off what the bank has promised, if it still can: then it fails. Else it is collected."""
    with transaction.atomic():
        audit.record("payment.call_off_asked", payment, by=by)
        send_call_off.enqueue(payment.pk)


def cancel(mandate: Mandate, *, by: Actor) -> None:
    """Have the provider end `mandate`."""
    with transaction.atomic():
        audit.record("mandate.cancelled", mandate, by=by)
        send_cancellation.enqueue(mandate.pk)


@job("now")
def send(pk: int) -> None:
    """Ask the provider to collect. Keyed by the payment's reference there, so that a repeat collects nothing twice."""
    payment = Payment.objects.select_related("mandate").get(pk=pk)
    if payment.sent_at is not None or payment.state != PaymentState.CREATED:
        return
    faults.reach("collection.written")
    told = providers.get(payment.provider).collect(payment)
    faults.reach("collection.answered")
    with transaction.atomic():
        Payment.objects.filter(pk=pk).update(sent_at=clock.now())
        event = inbox.keep_answer(payment.provider, told)
    faults.reach("collection.kept")
    inbox.process(event)


@job("now")
def send_refund(pk: int) -> None:
    """Ask the provider to refund, keyed likewise."""
    asked = Refund.objects.select_related("payment").get(pk=pk)
    if asked.sent_at is not None or asked.made_at is not None:
        return
    told = providers.get(asked.payment.provider).refund(asked)
    faults.reach("refund.answered")
    with transaction.atomic():
        Refund.objects.filter(pk=pk).update(sent_at=clock.now())
        event = inbox.keep_answer(asked.payment.provider, told)
    inbox.process(event)


@job("now")
def send_call_off(pk: int) -> None:
    """Ask the provider to call a promised payment off; one that it can't stop any more comes about."""
    payment = Payment.objects.select_related("mandate").get(pk=pk)
    if payment.state != PaymentState.PROMISED:
        return
    if (told := providers.get(payment.provider).call_off(payment)) is not None:
        inbox.process(inbox.keep_answer(payment.provider, told))


@job("now")
def send_cancellation(pk: int) -> None:
    """Ask the provider to end a mandate; ending one that has ended is nothing to it."""
    mandate = Mandate.objects.get(pk=pk)
    if mandate.ended_at is None:
        inbox.process(inbox.keep_answer(mandate.provider, providers.get(mandate.provider).cancel(mandate)))


@every(minutes=5, queue="now")
def send_unsent() -> None:
    """What a provider's outage outlasted the tries of: ask again, for as long as it takes."""
    before = clock.now() - UNSENT_AFTER
    for pk in Payment.objects.unsent().filter(created_at__lte=before).values_list("pk", flat=True)[:50]:
        send.enqueue(pk)
    unsent = Refund.objects.filter(sent_at__isnull=True, made_at__isnull=True, asked_at__lte=before)
    for pk in unsent.values_list("pk", flat=True)[:50]:
        send_refund.enqueue(pk)
