"""Why a payment failed, in plain words: the same sentence for the giver and for the desk."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SENTENCES = {
    "no_money": gettext_lazy("There was not enough money in the account. Nothing was taken."),
    "expired": gettext_lazy("The card has expired. Nothing was taken."),
    "stopped": gettext_lazy("The bank has stopped this card. Nothing was taken. Please use another one."),
    "declined": gettext_lazy("The bank said no and didn't say why. Nothing was taken."),
    "not_approved": gettext_lazy("The payment was not approved. Nothing was taken."),
    "mandate_ended": gettext_lazy("The permission to collect has been ended at the bank. Nothing was taken."),
    "withdrawn": gettext_lazy("It was let go before the bank was asked. Nothing was taken."),
    "closed": gettext_lazy("The account is closed. Nothing was taken. Please give another one."),
}


def sentence(failure: str) -> str:
    """The sentence for a failure; empty for none."""
    return str(SENTENCES.get(failure, _("The payment didn't go through. Nothing was taken."))) if failure else ""
