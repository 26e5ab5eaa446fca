"""What is posted when, in a bookkeeper's words. Each entry is keyed by the thing that caused it.

Where part of a payment is a sale, the VAT in it is owed to the tax office and is no income. What goes back takes its
share of the VAT with it: so much that of all that went back, together, the VAT is right to the nearest penny.
"""

from datetime import datetime

from masthead.core import clock
from masthead.money.amounts import Money
from masthead.money.ledger import Account, credit, debit, post, reverse
from masthead.money.models import Payment, Refund, Transaction


def post_all(payment: Payment) -> None:
    """Post whatever the facts of a payment call for; what has been posted stays as it is."""
    if payment.collected_at:
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
    """What was given back counts against income, in an account of its own; the provider keeps its fee."""
    vat = _vat_of(refund)
    return post(
        f"{refund.payment.provider}:{refund.reference}:refunded",
        on=clock.day_of(refund.made_at or clock.now()),
        lines=[
            debit(Account.REFUNDS, refund.amount - vat),
            debit(Account.VAT, vat),
            credit(Account.owed_by(refund.payment.provider), refund.amount),
        ],
        income=refund.payment.income_account,
        method=refund.payment.way,
    )


def post_refund_came_back(refund: Refund) -> Transaction:
    """A refund that the giver's bank didn't take: the provider has it again, and so do we."""
    key = f"{refund.payment.provider}:{refund.reference}:refunded"
    return reverse(key, on=clock.day_of(refund.failed_at or clock.now()))


def post_return(payment: Payment) -> Transaction:
    """What the giver's bank took back, and what the provider takes for its trouble."""
    taken = Money(payment.returned_minor, payment.currency)
    fee = Money(payment.return_fee_minor, payment.currency)
    vat = Money(payment.returned_vat_minor or 0, payment.currency)
    if payment.returned_vat_minor is None and payment.vat_minor:
        vat = _vat_in(payment, payment.returned_minor)
        payment.returned_vat_minor = vat.minor
        payment.save(update_fields=["returned_vat_minor"])
    return post(
        f"{payment.provider}:{payment.reference}:returned",
        on=clock.day_of(payment.returned_at or clock.now()),
        lines=[
            debit(Account.RETURNED, taken - vat),
            debit(Account.VAT, vat),
            debit(Account.FEES, fee),
            credit(Account.owed_by(payment.provider), taken + fee),
        ],
        income=payment.income_account,
        method=payment.way,
    )


def post_reinstatement(payment: Payment) -> Transaction:
    """What came back when a claim through the bank was undone, and what of the fee for it came back too."""
    back = Money(payment.reinstated_minor, payment.currency)
    fee = Money(payment.reinstated_fee_minor, payment.currency)
    vat = Money(payment.returned_vat_minor or 0, payment.currency).part(back.minor, payment.returned_minor or 1)
    return post(
        f"{payment.provider}:{payment.reference}:reinstated",
        on=clock.day_of(payment.reinstated_at or clock.now()),
        lines=[
            debit(Account.owed_by(payment.provider), back + fee),
            credit(Account.FEES, fee),
            credit(Account.RETURNED, back - vat),
            credit(Account.VAT, vat),
        ],
        income=payment.income_account,
        method=payment.way,
    )


def vat_back(payment: Payment, *, but: Refund | None = None) -> tuple[int, int]:
    """What went back of a payment so far, and the VAT in that, in minor units; `but` one refund."""
    back = vat = 0
    for refund in payment.refunds.filter(made_at__isnull=False, failed_at__isnull=True):
        if refund.vat_minor is not None and refund != but:
            back, vat = back + refund.amount_minor, vat + refund.vat_minor
    if payment.returned_vat_minor is not None:
        back, vat = back + payment.returned_minor, vat + payment.returned_vat_minor
        if payment.reinstated_at:
            of_it = Money(payment.returned_vat_minor, payment.currency)
            back -= payment.reinstated_minor
            vat -= of_it.part(payment.reinstated_minor, payment.returned_minor or 1).minor
    return back, vat


def _vat_of(refund: Refund) -> Money:
    """The VAT in a refund: reckoned when it is posted, and kept."""
    payment = refund.payment
    if payment.vat_minor and refund.vat_minor is None:
        refund.vat_minor = _vat_in(payment, refund.amount_minor, but=refund).minor
        refund.save(update_fields=["vat_minor"])
    return Money(refund.vat_minor or 0, payment.currency)


def _vat_in(payment: Payment, minor: int, *, but: Refund | None = None) -> Money:
    """Of `minor` that goes back now: what is due of all that went back, less what went back of the VAT before."""
    back, before = vat_back(payment, but=but)
    together = min(back + minor, payment.amount_minor)
    due = Money(payment.vat_minor, payment.currency).part(together, payment.amount_minor).minor
    return Money(min(max(due - before, 0), minor, payment.vat_minor), payment.currency)
