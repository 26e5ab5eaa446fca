"""What a payment, a checkout, a mandate and an event can be. A state follows from facts, in any order."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from masthead.money.models import Checkout, Mandate, Payment, Setup


class PaymentState(TextChoices):
    """Where a payment stands."""

    CREATED = "created", _("not sent or not answered yet")
    NEEDS_APPROVAL = "needs_approval", _("waits for the giver's approval")
    PROMISED = "promised", _("promised by the bank")
    COLLECTED = "collected", _("collected")
    FAILED = "failed", _("failed")
    ABANDONED = "abandoned", _("given up on the pay page")
    REFUNDED = "refunded", _("refunded in full")
    RETURNED = "returned", _("claimed back through the bank")


class CheckoutState(TextChoices):
    """How a visit to the pay page ended."""

    OPEN = "open", _("open")
    PROMISED = "promised", _("promised by the bank")
    COLLECTED = "collected", _("paid")
    FAILED = "failed", _("left after the bank had said no")
    ABANDONED = "abandoned", _("left without paying")


class SetupState(TextChoices):
    """How a visit ended in which a card or account was to be given."""

    OPEN = "open", _("open")
    DONE = "done", _("a card or account was given")
    FAILED = "failed", _("left after the bank had said no")
    ABANDONED = "abandoned", _("left without giving one")


class MandateState(TextChoices):
    """Whether we may collect."""

    ACTIVE = "active", _("active")
    ENDED = "ended", _("ended")


class HoldState(TextChoices):
    """What became of a payment that is looked at before it is taken."""

    WAITING = "waiting", _("waits to be looked at")
    RELEASED = "released", _("released")
    REFUSED = "refused", _("refused")


class HeldBecause(TextChoices):
    """What made it worth a look."""

    ADDRESS = "address", _("many begun at one address, and not paid")
    NETWORK = "network", _("many begun in one network, and not paid")
    EMAIL = "email", _("many begun for one e-mail address, and not paid")
    CARD = "card", _("who began it has used a card that many have tried")
    DECLINED = "declined", _("several were declined at one address or for one e-mail address")


class NoticeKind(TextChoices):
    """In which way who pays was told of a collection."""

    PAGE = "page", _("the pay page said it")
    STANDING = "standing", _("said with the thanks or the receipt before")
    CHANGE = "change", _("said when the giver changed something")
    LETTER = "letter", _("a letter of its own")
    RETRY = "retry", _("said with the failure before")


class OfflineMethod(TextChoices):
    """How money comes without a provider."""

    TRANSFER = "transfer", _("bank transfer")
    CHEQUE = "cheque", _("cheque")
    CASH = "cash", _("cash")


class ReceiptKind(TextChoices):
    """What a receipt is about."""

    PAID = "paid", _("paid")
    REFUNDED = "refunded", _("given back")
    KEPT = "kept", _("what was given back did not arrive, and stays paid")
    RETURNED = "returned", _("claimed back through the bank")
    REINSTATED = "reinstated", _("a claim through the bank was undone")
    REVERSED = "reversed", _("entered, and taken back")


class EventState(TextChoices):
    """What became of what a provider told us."""

    KEPT = "kept", _("kept, not yet looked at")
    DONE = "done", _("done")
    AGAIN = "again", _("to be looked at once more")
    WAITING = "waiting", _("waits for a payment that is not known yet")
    UNKNOWN = "unknown", _("of a kind that we do not know")
    NOT_OURS = "not_ours", _("about something that is not ours")
    FAILED = "failed", _("could not be done")


class MovementKind(TextChoices):
    """What a line of a provider's own books is."""

    PAYMENT = "payment", _("a payment")
    PAYMENT_UNDONE = "payment undone", _("a payment that was sent back")
    REFUND = "refund", _("a refund")
    REFUND_UNDONE = "refund undone", _("a refund that came back")
    DISPUTE = "dispute", _("a claim through the bank, or its end")
    FEE = "fee", _("a fee")
    PAYOUT = "payout", _("paid out to the bank")
    PAYOUT_UNDONE = "payout undone", _("a payout that came back")
    OTHER = "other", _("something else of the account")
    ANOTHERS = "another's", _("not ours: of somebody who shares the account")


class ComparisonStage(TextChoices):
    """How far a comparison with a provider's own books has come."""

    FETCH = "fetch", _("fetches the provider's lines")
    PAIR = "pair", _("looks for each line in the books")
    LOOK = "look", _("looks for what the provider lacks")
    BALANCE = "balance", _("compares the balance")
    DONE = "done", _("done")


class DifferenceKind(TextChoices):
    """In which way a provider's own books and ours differ."""

    NOT_WITH_US = "not_with_us", _("at the provider and not with us")
    NOT_THERE = "not_there", _("with us and not at the provider")
    OTHER_AMOUNT = "other_amount", _("another amount")
    OTHER_FEE = "other_fee", _("another fee")
    OTHER_CURRENCY = "other_currency", _("another currency")
    OTHER_DAY = "other_day", _("another day")
    OTHER_STATE = "other_state", _("another state")
    BALANCE = "balance", _("another balance")


class DifferenceState(TextChoices):
    """What became of a difference."""

    OPEN = "open", _("open")
    VANISHED = "vanished", _("closed by itself: both agree by now")
    FETCHED = "fetched", _("fetched again, and both agree")
    POSTED = "posted", _("an entry was posted")
    EXPLAINED = "explained", _("explained")


ASKED_ANEW = frozenset({EventState.FAILED, EventState.AGAIN})  # what the event leaves out is not taken from before

FINAL = frozenset({PaymentState.FAILED, PaymentState.ABANDONED, PaymentState.REFUNDED, PaymentState.RETURNED})


def of_payment(payment: "Payment") -> PaymentState:
    """The state that the facts known so far add up to: what weighs most stands first."""
    weighed = (
        # A Bacs debit can be claimed back at any time (Direct Debit Guarantee), so RETURNED follows however late.
        (payment.returned_at and not payment.reinstated_at, PaymentState.RETURNED),
        (payment.collected_at and payment.refunded_minor >= payment.amount_minor, PaymentState.REFUNDED),
        (payment.collected_at, PaymentState.COLLECTED),
        (payment.failed_at, PaymentState.FAILED),
        (payment.promised_at, PaymentState.PROMISED),
        (payment.abandoned_at, PaymentState.ABANDONED),
        (payment.approval_asked_at, PaymentState.NEEDS_APPROVAL),
    )
    return next((state for fact, state in weighed if fact), PaymentState.CREATED)


def of_checkout(checkout: "Checkout") -> CheckoutState:
    """How the visit ended, from its own facts and those of its payment. What was earned once stays earned here."""
    if checkout.payment.collected_at:
        return CheckoutState.COLLECTED
    if checkout.payment.promised_at:
        return CheckoutState.PROMISED
    if checkout.permission_first and checkout.payment.failed_at:
        return CheckoutState.FAILED  # the permission was given, and then nothing could be asked for on it
    if checkout.closed_at:
        return CheckoutState.FAILED if checkout.declined_at else CheckoutState.ABANDONED
    return CheckoutState.OPEN


def of_setup(setup: "Setup") -> SetupState:
    """How the visit ended: with a permission, or without."""
    if setup.mandate_id:
        return SetupState.DONE
    if setup.closed_at:
        return SetupState.FAILED if setup.declined_at else SetupState.ABANDONED
    return SetupState.OPEN


def of_mandate(mandate: "Mandate") -> MandateState:
    """Whether we may still collect."""
    return MandateState.ENDED if mandate.ended_at else MandateState.ACTIVE
