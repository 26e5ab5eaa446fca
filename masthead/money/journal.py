"""What is posted when, in a bookkeeper's words. Each entry is keyed by the thing that caused it.

Where part of a payment is a sale, the VAT in it is owed to the tax office and is no income. What goes back takes its
share of the VAT with it: so much that of all that went back, together, the VAT is right to the nearest penny.
"""

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
    """What was given is income, but for the VAT in it; the fee is a cost; the rest is owed to us by the provider."""
    vat = Money(payment.vat_minor, payment.currency)
    return post(
        f"{payment.provider}:{payment.reference}:collected",
        on=payment.collected_on or clock.today(),
        lines=[
            debit(Account.owed_by(payment.provider), payment.amount - payment.fee),
            debit(Account.FEES, payment.fee),
            credit(payment.income_account, payment.amount - vat),
            credit(Account.VAT, vat),
        ],
        method=payment.way,
    )


def post_offline(payment: Payment) -> Transaction:
    """What came without a provider is in the bank already, whole; it is income, but for the VAT in it."""
    vat = Money(payment.vat_minor, payment.currency)
    return post(
        f"{OFFLINE}:{payment.reference}:collected",
        on=payment.collected_on or clock.today(),
        lines=[
            debit(Account.BANK, payment.amount),
            credit(payment.income_account, payment.amount - vat),
            credit(Account.VAT, vat),
        ],
        provider=OFFLINE,
        method=payment.way,
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
    post(key, on=clock.day_of(taken_at), lines=lines, income=payment.income_account, method=payment.way)
    return True


def post_refund(refund: Refund) -> Transaction:
    """What was given back counts against income, in an account of its own; the provider keeps its fee, or not."""
    payment, vat = refund.payment, _vat_of(refund, refund.payment)
    fee = Money(refund.fee_minor, refund.currency)
    return post(
        f"{payment.provider}:{refund.reference}:refunded",
        on=clock.day_of(refund.made_at or clock.now()),
        lines=[
            debit(Account.REFUNDS, refund.amount - vat),
            debit(Account.VAT, vat),
            debit(Account.FEES, fee),
            credit(Account.owed_by(payment.provider), refund.amount + fee),
        ],
        income=payment.income_account,
        method=payment.way,
    )


def post_refund_came_back(refund: Refund) -> Transaction:
    """A refund that the giver's bank didn't take: the provider has it again, and so do we, with the VAT in it."""
    payment, vat = refund.payment, _vat_of(refund, refund.payment)
    fee = Money(refund.failed_fee_minor, refund.currency)
    return post(
        f"{payment.provider}:{refund.reference}:refunded:reversed",
        on=clock.day_of(refund.failed_at or clock.now()),
        lines=[
            debit(Account.owed_by(payment.provider), refund.amount - fee),
            debit(Account.FEES, fee),
            credit(Account.REFUNDS, refund.amount - vat),
            credit(Account.VAT, vat),
        ],
        income=payment.income_account,
        method=payment.way,
    )


def post_return(dispute: Dispute) -> Transaction:
    """What the giver's bank took back, with the VAT in it, and what the provider takes for its trouble."""
    payment, vat = dispute.payment, _vat_of(dispute, dispute.payment)
    fee = Money(dispute.fee_minor, payment.currency)
    return post(
        f"{payment.provider}:{dispute.reference}:returned",
        on=clock.day_of(dispute.taken_at),
        lines=[
            debit(Account.RETURNED, dispute.amount - vat),
            debit(Account.VAT, vat),
            debit(Account.FEES, fee),
            credit(Account.owed_by(payment.provider), dispute.amount + fee),
        ],
        income=payment.income_account,
        method=payment.way,
    )


def post_reinstatement(dispute: Dispute) -> Transaction:
    """What came back when a claim through the bank was undone, its VAT in proportion, and what of the fee came back."""
    payment, vat = dispute.payment, _vat_of_what_came_back(dispute)
    fee = Money(dispute.back_fee_minor, payment.currency)
    return post(
        f"{payment.provider}:{dispute.reference}:reinstated",
        on=clock.day_of(dispute.back_at or clock.now()),
        lines=[
            debit(Account.owed_by(payment.provider), dispute.back + fee),
            credit(Account.FEES, fee),
            credit(Account.RETURNED, dispute.back - vat),
            credit(Account.VAT, vat),
        ],
        income=payment.income_account,
        method=payment.way,
    )


def post_movement(line: ProviderLine, account: str, *, named: str) -> Transaction:
    """What stands in a provider's own books alone: the same with us, against `account`."""
    return _post_as_there(line, line.net, account, named=named)


def post_total(first: ProviderLine, total: Money, account: str) -> Transaction:
    """What several lines of a provider's own books come to, of which `first` is one, against `account`."""
    return _post_as_there(first, total, account, named="others")


def vat_back(payment: Payment) -> tuple[int, int]:
    """What went back of a payment so far, as far as it is in the books, and the VAT in that, in minor units."""
    if payment.provider == OFFLINE:  # goes back whole or not at all
        return (payment.amount_minor, payment.vat_minor) if payment.refunded_minor else (0, 0)
    back = vat = 0
    for refund in payment.refunds.filter(made_at__isnull=False, failed_at__isnull=True, vat_minor__isnull=False):
        back, vat = back + refund.amount_minor, vat + (refund.vat_minor or 0)
    for dispute in payment.disputes.filter(vat_minor__isnull=False):
        back, vat = back + dispute.amount_minor, vat + (dispute.vat_minor or 0)
        if dispute.back_at:
            back, vat = back - dispute.back_minor, vat - _vat_of_what_came_back(dispute).minor
    return back, vat


def _vat_of(gone: Refund | Dispute, payment: Payment) -> Money:
    """The VAT in what goes back: reckoned when it is posted, and kept.

    It is what is due of all that went back, less what went back of the VAT before.
    """
    if payment.vat_minor and gone.vat_minor is None:
        back, before = vat_back(payment)
        together = min(back + gone.amount_minor, payment.amount_minor)
        due = Money(payment.vat_minor, payment.currency).part(together, payment.amount_minor).minor
        gone.vat_minor = min(max(due - before, 0), gone.amount_minor, payment.vat_minor)
        gone.save(update_fields=["vat_minor"])
    return Money(gone.vat_minor or 0, payment.currency)


def _vat_of_what_came_back(dispute: Dispute) -> Money:
    """The part of a dispute's VAT that came back with its money."""
    vat = Money(dispute.vat_minor or 0, dispute.payment.currency)
    return vat.part(min(dispute.back_minor, dispute.amount_minor), dispute.amount_minor or 1)


def _post_as_there(line: ProviderLine, net: Money, account: str, *, named: str) -> Transaction:
    return post(
        f"{line.provider}:{line.provider_ref}:{named}",
        on=clock.day_of(line.at),
        lines=[debit(Account.owed_by(line.provider), net), credit(account, net)],
    )
