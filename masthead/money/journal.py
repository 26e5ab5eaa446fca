"""What is posted when, in a bookkeeper's words. Each entry is keyed by the thing that caused it."""

from datetime import datetime

from masthead.core import clock
from masthead.money.amounts import Money
from masthead.money.ledger import Account, credit, debit, post, reverse
from masthead.money.models import Payment, Refund, Transaction

OFFLINE = "offline"
"""What stands as the provider of a payment that came without one."""


def post_all(payment: Payment) -> None:
    """Post whatever the facts of a payment call for; what has been posted stays as it is."""
    if payment.provider == OFFLINE:
        post_offline(payment)
    elif payment.collected_at:
        post_collection(payment)
    for refund in payment.refunds.filter(made_at__isnull=False):
        post_refund(refund)
        if refund.failed_at:
            post_refund_came_back(refund)
    if payment.returned_at:
        post_return(payment)
        if payment.reinstated_at:
            post_reinstatement(payment)


def post_collection(payment: Payment) -> Transaction:
    """What was given is income; the fee is a cost; the rest is owed to us by the provider."""
    return post(
        f"{payment.provider}:{payment.reference}:collected",
        on=payment.collected_on or clock.today(),
        lines=[
            debit(Account.owed_by(payment.provider), payment.amount - payment.fee),
            debit(Account.FEES, payment.fee),
            credit(payment.income_account, payment.amount),
        ],
    )


def post_offline(payment: Payment) -> Transaction:
    """What came without a provider is in the bank already, whole."""
    return post(
        f"{OFFLINE}:{payment.reference}:collected",
        on=payment.collected_on or clock.today(),
        lines=[debit(Account.BANK, payment.amount), credit(payment.income_account, payment.amount)],
        provider=OFFLINE,
    )


def reverse_offline(payment: Payment) -> Transaction:
    """The mirror image of an entry at the desk that was a mistake, or of a cheque that came back."""
    return reverse(f"{OFFLINE}:{payment.reference}:collected", on=clock.today())


def post_later_fee(payment: Payment, fee: Money, *, taken_in: str, taken_at: datetime) -> bool:
    """What the provider took for a payment some time after it was collected, or gave back of that, below zero.

    Once for each place in its books where it stands. Returns whether it was not posted before.
    """
    key = f"{payment.provider}:{payment.reference}:fee:{taken_in}"
    if Transaction.objects.filter(key=key).exists():
        return False
    lines = [debit(Account.FEES, fee), credit(Account.owed_by(payment.provider), fee)]
    post(key, on=clock.day_of(taken_at), lines=lines, income=payment.income_account)
    return True


def post_refund(refund: Refund) -> Transaction:
    """What was given back counts against income, in an account of its own; the provider keeps its fee."""
    return post(
        f"{refund.payment.provider}:{refund.reference}:refunded",
        on=clock.day_of(refund.made_at or clock.now()),
        lines=[debit(Account.REFUNDS, refund.amount), credit(Account.owed_by(refund.payment.provider), refund.amount)],
        income=refund.payment.income_account,
    )


def post_refund_came_back(refund: Refund) -> Transaction:
    """A refund that the giver's bank didn't take: the provider has it again, and so do we."""
    key = f"{refund.payment.provider}:{refund.reference}:refunded"
    return reverse(key, on=clock.day_of(refund.failed_at or clock.now()))


def post_return(payment: Payment) -> Transaction:
    """What the giver's bank took back, and what the provider takes for its trouble."""
    taken = Money(payment.returned_minor, payment.currency)
    fee = Money(payment.return_fee_minor, payment.currency)
    return post(
        f"{payment.provider}:{payment.reference}:returned",
        on=clock.day_of(payment.returned_at or clock.now()),
        lines=[
            debit(Account.RETURNED, taken),
            debit(Account.FEES, fee),
            credit(Account.owed_by(payment.provider), taken + fee),
        ],
        income=payment.income_account,
    )


def post_reinstatement(payment: Payment) -> Transaction:
    """What came back when a claim through the bank was undone, and what of the fee for it came back too."""
    back = Money(payment.reinstated_minor, payment.currency)
    fee = Money(payment.reinstated_fee_minor, payment.currency)
    return post(
        f"{payment.provider}:{payment.reference}:reinstated",
        on=clock.day_of(payment.reinstated_at or clock.now()),
        lines=[
            debit(Account.owed_by(payment.provider), back + fee),
            credit(Account.FEES, fee),
            credit(Account.RETURNED, back),
        ],
        income=payment.income_account,
    )
