"""What is posted when, in a bookkeeper's words. Each entry is keyed by the thing that caused it."""

from datetime import datetime

from masthead.core import clock
from masthead.money.amounts import Money
from masthead.money.ledger import Account, credit, debit, post, reverse
from masthead.money.models import Dispute, Payment, ProviderLine, Refund, Transaction

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
    for dispute in payment.disputes.all():
        post_return(dispute)
        if dispute.back_at:
            post_reinstatement(dispute)


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
    """What was given back counts against income, in an account of its own; the provider keeps its fee, or not."""
    fee = Money(refund.fee_minor, refund.currency)
    return post(
        f"{refund.payment.provider}:{refund.reference}:refunded",
        on=clock.day_of(refund.made_at or clock.now()),
        lines=[
            debit(Account.REFUNDS, refund.amount),
            debit(Account.FEES, fee),
            credit(Account.owed_by(refund.payment.provider), refund.amount + fee),
        ],
        income=refund.payment.income_account,
    )


def post_refund_came_back(refund: Refund) -> Transaction:
    """A refund that the giver's bank didn't take: the provider has it again, and so do we."""
    fee = Money(refund.failed_fee_minor, refund.currency)
    return post(
        f"{refund.payment.provider}:{refund.reference}:refunded:reversed",
        on=clock.day_of(refund.failed_at or clock.now()),
        lines=[
            debit(Account.owed_by(refund.payment.provider), refund.amount - fee),
            debit(Account.FEES, fee),
            credit(Account.REFUNDS, refund.amount),
        ],
        income=refund.payment.income_account,
    )


def post_return(dispute: Dispute) -> Transaction:
    """What the giver's bank took back, and what the provider takes for its trouble."""
    provider = dispute.payment.provider
    taken = Money(dispute.amount_minor, dispute.payment.currency)
    fee = Money(dispute.fee_minor, dispute.payment.currency)
    return post(
        f"{provider}:{dispute.reference}:returned",
        on=clock.day_of(dispute.taken_at),
        lines=[
            debit(Account.RETURNED, taken),
            debit(Account.FEES, fee),
            credit(Account.owed_by(provider), taken + fee),
        ],
        income=dispute.payment.income_account,
    )


def post_reinstatement(dispute: Dispute) -> Transaction:
    """What came back when a claim through the bank was undone, and what of the fee for it came back too."""
    provider = dispute.payment.provider
    back = Money(dispute.back_minor, dispute.payment.currency)
    fee = Money(dispute.back_fee_minor, dispute.payment.currency)
    return post(
        f"{provider}:{dispute.reference}:reinstated",
        on=clock.day_of(dispute.back_at or clock.now()),
        lines=[
            debit(Account.owed_by(provider), back + fee),
            credit(Account.FEES, fee),
            credit(Account.RETURNED, back),
        ],
        income=dispute.payment.income_account,
    )


def post_movement(line: ProviderLine, account: str, *, named: str) -> Transaction:
    """What stands in a provider's own books alone: the same with us, against `account`."""
    return _post_as_there(line, line.net, account, named=named)


def post_total(first: ProviderLine, total: Money, account: str) -> Transaction:
    """What several lines of a provider's own books come to, of which `first` is one, against `account`."""
    return _post_as_there(first, total, account, named="others")


def _post_as_there(line: ProviderLine, net: Money, account: str, *, named: str) -> Transaction:
    return post(
        f"{line.provider}:{line.provider_ref}:{named}",
        on=clock.day_of(line.at),
        lines=[debit(Account.owed_by(line.provider), net), credit(account, net)],
    )
