"""Learning what has happened: facts are set once and add up; the state, the books and the moves follow from them.

So events may come twice and in any order, and the result is the same.
"""

from django.db import IntegrityError, transaction

from masthead.core import clock
from masthead.money import approvals, defences, journal, moves, receipts, states
from masthead.money.models import Checkout, Dispute, Mandate, Payment, Refund, Setup
from masthead.money.providers.base import (
    CheckoutFacts,
    DisputeFacts,
    Facts,
    FeeFacts,
    MandateFacts,
    PaymentFacts,
    RefundFacts,
)
from masthead.money.states import CheckoutState, PaymentState

SET_ONCE = ("promised_at", "approval_asked_at", "collected_at", "failed_at")
WITH = {  # what is set together with a moment
    "approval_asked_at": ("approval_url",),
    "collected_at": ("fee_minor", "provider_ref"),  # of several that the provider tried, the one that was paid
    "failed_at": ("failure",),
}


class NotKnownYet(Exception):
    """It names a payment or a checkout that we don't know, or don't know yet."""


class Impossible(Exception):
    """It contradicts what we asked for, such as another amount."""


def learn(provider: str, facts: list[Facts]) -> None:
    """Add facts to what is known, inside the caller's transaction. Raises NotKnownYet or Impossible."""
    for fact in facts:
        try:
            with transaction.atomic():
                _learn(provider, fact)
        except IntegrityError as error:
            raise Impossible(f"the database refuses it: {error}") from error


def fail(payment: Payment, *, failure: str) -> None:
    """Note that a payment can't be collected, as known without asking anybody."""
    payment.failed_at, payment.failure = clock.now(), failure
    _follow(payment)


def received(payment: Payment) -> None:
    """Note that a payment is in the bank, as somebody at the desk has seen it there: no provider says it."""
    _follow(payment)


def give_up(checkout: Checkout, *, failure: str) -> None:
    """Note that a visit came to nothing before it began, as known without asking anybody."""
    with transaction.atomic():
        payment = Payment.objects.locked(checkout.payment_id)
        payment.abandoned_at = checkout.closed_at = clock.now()
        payment.failure = checkout.failure = failure
        checkout.save(update_fields=["closed_at", "failure"])
        _follow(payment)


def add_up_disputes(payment: Payment) -> None:
    """Say on a payment what its disputes come to: it is back with its giver while one is neither won nor withdrawn."""
    disputes = list(payment.disputes.all())
    payment.returned_at = min((one.taken_at for one in disputes), default=None)
    payment.returned_minor = sum(one.amount_minor for one in disputes)
    payment.return_fee_minor = sum(one.fee_minor for one in disputes)
    back = [one.back_at for one in disputes if one.back_at]
    payment.reinstated_at = max(back) if back and len(back) == len(disputes) else None
    payment.reinstated_minor = sum(one.back_minor for one in disputes)
    payment.reinstated_fee_minor = sum(one.back_fee_minor for one in disputes)


def _learn(provider: str, fact: Facts) -> None:
    match fact:
        case PaymentFacts():
            payment = _payment(provider, reference=fact.reference)
            _learn_payment(payment, fact)
        case CheckoutFacts() if (setup := _setup(provider, fact.reference)) is not None:
            _learn_setup(setup, fact)
        case MandateFacts() if (setup := _setup(provider, fact.checkout)) is not None:
            _learn_mandate_of_setup(setup, fact)
        case CheckoutFacts():
            payment = _payment(provider, checkout__reference=fact.reference)
            _learn_checkout(payment, fact)
        case MandateFacts(checkout=""):
            _learn_of_known_mandate(provider, fact)
        case MandateFacts():
            payment = _payment(provider, checkout__reference=fact.checkout)
            _learn_mandate(payment, fact)
        case FeeFacts():
            _learn_fee(_payment(provider, provider_ref=fact.payment), fact)


def _payment(provider: str, **named: str) -> Payment:
    """The payment that a fact is about, locked: whatever is learnt of one payment is learnt one after the other."""
    payment = Payment.objects.select_for_update(of=("self",)).filter(provider=provider, **named).first()
    if payment is None:
        raise NotKnownYet(f"nothing of ours is called {', '.join(named.values())}")
    return payment


def _setup(provider: str, reference: str) -> Setup | None:
    """The visit without a payment that a fact is about, locked; None when it is about none."""
    named = Setup.objects.select_for_update(of=("self",)).filter(provider=provider, reference=reference)
    return named.first() if reference else None


def _learn_payment(payment: Payment, fact: PaymentFacts) -> None:
    if fact.amount != payment.amount:
        raise Impossible(f"{payment.reference} asks for {payment.amount}, not for {fact.amount}")
    payment.provider_ref = payment.provider_ref or fact.provider_ref
    for moment in SET_ONCE:
        if getattr(payment, moment) is None and getattr(fact, moment) is not None:
            for field in (moment, *WITH.get(moment, ())):
                setattr(payment, field, getattr(fact, field))
    payment.method = payment.method or fact.method
    if payment.approval_asked_at and not payment.approval_url:
        payment.approval_url = approvals.address_for(payment)
    if payment.collected_at:
        payment.collected_on = clock.day_of(payment.collected_at)
    if fact.mandate is not None and fact.mandate.checkout:
        _learn_mandate(payment, fact.mandate)
    for refund in fact.refunds:
        _learn_refund(payment, refund)
    given_back = payment.refunds.filter(made_at__isnull=False, failed_at__isnull=True)
    payment.refunded_minor = sum(given_back.values_list("amount_minor", flat=True))
    for dispute in fact.disputes:
        _learn_dispute(payment, dispute)
    add_up_disputes(payment)
    _follow(payment)


def _learn_refund(payment: Payment, fact: RefundFacts) -> None:
    refund, _ = Refund.objects.get_or_create(
        payment=payment,
        reference=fact.reference or fact.provider_ref,
        defaults={
            "amount_minor": fact.amount.minor,
            "currency": fact.amount.currency,
            "asked_by": f"provider:{payment.provider}",
        },
    )
    if refund.amount != fact.amount:
        raise Impossible(f"refund {refund.reference} gives {refund.amount}, not {fact.amount}")
    refund.provider_ref = refund.provider_ref or fact.provider_ref
    if refund.made_at is None and fact.made_at is not None:
        refund.made_at, refund.fee_minor = fact.made_at, fact.fee_minor
    if refund.failed_at is None and fact.failed_at is not None:
        refund.failed_at, refund.failure = fact.failed_at, fact.failure
        refund.failed_fee_minor = fact.failed_fee_minor
    refund.save(update_fields=["provider_ref", "made_at", "fee_minor", "failed_at", "failure", "failed_fee_minor"])


def _learn_dispute(payment: Payment, fact: DisputeFacts) -> None:
    reference = fact.provider_ref or payment.reference
    dispute = Dispute.objects.filter(reference=reference).first() or _nameless(payment, fact)
    if dispute is None:
        dispute = Dispute(payment=payment, reference=reference, taken_at=fact.taken_at)
        dispute.amount_minor, dispute.fee_minor = fact.amount_minor, fact.fee_minor
    dispute.provider_ref = dispute.provider_ref or fact.provider_ref
    if dispute.back_at is None and fact.back_at is not None:
        dispute.back_at, dispute.back_minor = fact.back_at, fact.back_minor
        dispute.back_fee_minor = fact.back_fee_minor
    dispute.save()


def _nameless(payment: Payment, fact: DisputeFacts) -> Dispute | None:
    """One that was booked before disputes were kept by name: the same, if it took its money in the same moment."""
    return payment.disputes.filter(reference=payment.reference, provider_ref="", taken_at=fact.taken_at).first()


def _mandate(provider: str, order_key: str, fact: MandateFacts) -> Mandate:
    mandate, _ = Mandate.objects.get_or_create(
        provider=provider,
        provider_ref=fact.provider_ref,
        defaults={
            "order_key": order_key,
            "method": fact.method,
            "hint": fact.hint,
            "made_at": fact.made_at or clock.now(),
            "expires_on": fact.expires_on,
        },
    )
    _renew(mandate, fact)
    return mandate


def _renew(mandate: Mandate, fact: MandateFacts) -> None:
    """A card in place of another lasts longer: of several last days the latest counts, in whatever order they come."""
    if fact.expires_on and (mandate.expires_on is None or mandate.expires_on < fact.expires_on):
        mandate.expires_on = fact.expires_on
        mandate.save(update_fields=["expires_on"])


def _learn_setup(setup: Setup, fact: CheckoutFacts) -> None:
    if fact.declined_at and (setup.declined_at is None or fact.declined_at > setup.declined_at):
        setup.declined_at, setup.failure = fact.declined_at, fact.failure
    setup.closed_at = setup.closed_at or fact.closed_at
    setup.state = states.of_setup(setup)
    setup.save(update_fields=["declined_at", "failure", "closed_at", "state"])


def _learn_mandate_of_setup(setup: Setup, fact: MandateFacts) -> None:
    """The permission that a visit without a payment gave: its customer hears of it once."""
    mandate = _mandate(setup.provider, setup.order_key, fact)
    if setup.mandate_id is None:
        setup.mandate = mandate
        setup.state = states.of_setup(setup)
        setup.save(update_fields=["mandate", "state"])
        moves.note(mandate, was="", now=mandate.state)
    _end_mandate(mandate, fact)


def _learn_mandate(payment: Payment, fact: MandateFacts) -> None:
    mandate = _mandate(payment.provider, payment.order_key, fact)
    _end_mandate(mandate, fact)
    checkout = getattr(payment, "checkout", None)
    if checkout is not None and checkout.reference == fact.checkout and payment.mandate_id is None:
        payment.mandate = checkout.mandate = mandate
        payment.save(update_fields=["mandate"])
        checkout.save(update_fields=["mandate"])
        if checkout.permission_first and payment.state == PaymentState.CREATED:
            from masthead.money import payments  # which is told by us what it does with this

            payments.send.enqueue(payment.pk)


def _learn_fee(payment: Payment, fact: FeeFacts) -> None:
    if fact.amount.currency != payment.currency:
        raise Impossible(f"{payment.reference} is in {payment.currency}, and its fee in {fact.amount.currency}")
    if journal.post_later_fee(payment, fact.amount, taken_in=fact.taken_in, taken_at=fact.taken_at):
        payment.later_fee_minor += fact.amount.minor
        payment.save(update_fields=["later_fee_minor"])


def _learn_of_known_mandate(provider: str, fact: MandateFacts) -> None:
    """That it ended, or that it leads to a new card in place of an old one."""
    known = Mandate.objects.select_for_update().filter(provider=provider, provider_ref=fact.provider_ref).first()
    if known is None:
        raise NotKnownYet("no permission to collect of ours is called so")
    if fact.hint and fact.hint != known.hint:
        known.hint = fact.hint
        known.save(update_fields=["hint"])
    _renew(known, fact)
    _end_mandate(known, fact)


def _end_mandate(mandate: Mandate, fact: MandateFacts) -> None:
    if mandate.ended_at is None and fact.ended_at is not None:
        mandate.ended_at, was = fact.ended_at, mandate.state
        mandate.state = states.of_mandate(mandate)
        mandate.save(update_fields=["ended_at", "state"])
        moves.note(mandate, was=was, now=mandate.state)


def _learn_checkout(payment: Payment, fact: CheckoutFacts) -> None:
    checkout = payment.checkout
    if fact.declined_at and (checkout.declined_at is None or fact.declined_at > checkout.declined_at):
        checkout.declined_at, checkout.failure = fact.declined_at, fact.failure  # of several, the last
    if fact.closed_at:
        checkout.closed_at = checkout.closed_at or fact.closed_at
        payment.abandoned_at = payment.abandoned_at or fact.closed_at
    checkout.save(update_fields=["declined_at", "failure", "closed_at"])
    if fact.card:
        defences.card_tried(checkout, fact.card)
    _follow(payment)


def _follow(payment: Payment) -> None:
    """Write the states that follow, post to the books, and note what moved: the visit first, then its payment."""
    checkout = Checkout.objects.filter(payment=payment).first()
    if checkout is not None:
        checkout.payment = payment
        was, checkout.state = checkout.state, states.of_checkout(checkout)
        checkout.save(update_fields=["state"])
        if was != checkout.state:
            moves.note(checkout, was=was, now=checkout.state)
        if checkout.is_paid and was == CheckoutState.OPEN:
            defences.paid(checkout)
    was, payment.state = payment.state, states.of_payment(payment)
    payment.save()
    if was != payment.state:
        moves.note(payment, was=was, now=payment.state)
    journal.post_all(payment)
    receipts.make_all(payment)
