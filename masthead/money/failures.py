"""Why a payment or a refund failed: one table of our codes, in plain words, the same for the giver and for the desk.

Each provider's own table leads to these codes and to no others.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Then(StrEnum):
    """What is done after a failure; its value says so in words, for the reference."""

    LATER = "tried again on the days of our calendar"
    ANOTHER = "not tried again: another card or account is asked for"
    STOP = "never tried again: the permission is given back, another card or account is asked for"
    APPROVAL = "the attempt waits for the giver, who gets a link to approve it"
    NOTHING = "nothing: it was let go on purpose"


@dataclass(frozen=True)
class Failure:
    """One reason: what happened, what the giver can do, and what we do."""

    sentence: str | Promise
    step: str | Promise
    then: Then


_WAIT = gettext_lazy("You need not do anything: we try again by ourselves.")
_ANOTHER = gettext_lazy("Please give another card or account: that takes a minute, and all goes on as before.")

FAILURES = {
    "no_money": Failure(
        gettext_lazy("There was not enough money in the account. Nothing was taken."), _WAIT, Then.LATER
    ),
    "expired": Failure(gettext_lazy("The card has expired. Nothing was taken."), _ANOTHER, Then.ANOTHER),
    "stopped": Failure(gettext_lazy("The bank has stopped this card. Nothing was taken."), _ANOTHER, Then.STOP),
    "declined": Failure(gettext_lazy("The bank said no and didn't say why. Nothing was taken."), _WAIT, Then.LATER),
    "needs_approval": Failure(
        gettext_lazy("Your bank wants you to approve this payment. Nothing has been taken yet."),
        gettext_lazy("Please approve it: that takes one tap."),
        Then.APPROVAL,
    ),
    "not_approved": Failure(
        gettext_lazy("The payment was not approved. Nothing was taken."),
        gettext_lazy("Please give this card or account once more, or another one: your bank asks you there and then."),
        Then.ANOTHER,
    ),
    "mandate_ended": Failure(
        gettext_lazy("The permission to collect has been ended at the bank. Nothing was taken."), _ANOTHER, Then.ANOTHER
    ),
    "no_mandate": Failure(
        gettext_lazy("There is no card or account that we may collect from. Nothing was taken."), _ANOTHER, Then.ANOTHER
    ),
    "withdrawn": Failure(
        gettext_lazy("It was let go before anything was taken."),
        gettext_lazy("You need not do anything."),
        Then.NOTHING,
    ),
    "closed": Failure(gettext_lazy("The account is closed. Nothing was taken."), _ANOTHER, Then.ANOTHER),
    "limit": Failure(
        gettext_lazy("The bank allows no more payments of this kind for now. Nothing was taken."), _WAIT, Then.LATER
    ),
    "mistyped": Failure(
        gettext_lazy("A number or date of the card or account was not right. Nothing was taken."),
        _ANOTHER,
        Then.ANOTHER,
    ),
    "unsuited": Failure(
        gettext_lazy("This card or account can't be used for such a payment. Nothing was taken."),
        _ANOTHER,
        Then.ANOTHER,
    ),
    "bank_away": Failure(gettext_lazy("The bank could not be reached. Nothing was taken."), _WAIT, Then.LATER),
    "impossible": Failure(
        gettext_lazy("The payment provider could not do what we asked of it. Nothing was taken."), _WAIT, Then.LATER
    ),
}

REFUND_SENTENCES = {
    "card_gone": gettext_lazy("The card was lost or has ended, so the bank sent the money back to us."),
    "disputed": gettext_lazy("The payment was claimed back through the bank, so it can't be refunded as well."),
    "no_money": gettext_lazy("There is not enough money at the payment provider for this refund."),
    "declined": gettext_lazy("The bank did not take the money and sent it back to us."),
    "withdrawn": gettext_lazy("It was called off at the payment provider."),
    "impossible": gettext_lazy("The payment provider could not do what we asked of it."),
}


def of(failure: str) -> Failure:
    """What is known of a failure; what is no code of ours counts as a no without a reason."""
    return FAILURES.get(failure, FAILURES["declined"])


def sentence(failure: str) -> str:
    """The sentence for a failure; empty for none."""
    return str(of(failure).sentence) if failure else ""


def step(failure: str) -> str:
    """What the giver can do about it; empty for none."""
    return str(of(failure).step) if failure else ""


def then(failure: str) -> str:
    """What we do about it, in words for the desk; empty for none."""
    return of(failure).then.value if failure else ""


def refund_sentence(failure: str) -> str:
    """The sentence for a refund that failed; empty for none. What to do is for whoever asked for it."""
    return str(REFUND_SENTENCES.get(failure, _("The refund didn't go through."))) if failure else ""
