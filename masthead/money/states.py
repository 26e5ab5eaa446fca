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


class NoticeKind(TextChoices):
    """In which way who pays was told of a collection."""

    PAGE = "page", _("the pay page said it")
    STANDING = "standing", _("said with the thanks or the receipt before")
    CHANGE = "change", _("said when the giver changed something")
    LETTER = "letter", _("a letter of its own")
    RETRY = "retry", _("said with the failure before")


class ReceiptKind(TextChoices):
    """What a receipt is about."""

    PAID = "paid", _("paid")
    REFUNDED = "refunded", _("given back")
    KEPT = "kept", _("what was given back did not arrive, and stays paid")
    RETURNED = "returned", _("claimed back through the bank")
    REINSTATED = "reinstated", _("a claim through the bank was undone")


class EventState(TextChoices):
    """What became of what a provider told us."""

    KEPT = "kept", _("kept, not yet looked at")
    DONE = "done", _("done")
    WAITING = "waiting", _("waits for a payment that is not known yet")
    UNKNOWN = "unknown", _("of a kind that we do not know")
    NOT_OURS = "not_ours", _("about something that is not ours")
    FAILED = "failed", _("could not be done")


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
