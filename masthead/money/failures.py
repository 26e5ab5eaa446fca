"""Why a payment or a refund failed, in plain words: the same sentence for the giver and for the desk."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SENTENCES = {
    "no_money": gettext_lazy("There was not enough money in the account. Nothing was taken."),
    "expired": gettext_lazy("The card has expired. Nothing was taken."),
    "stopped": gettext_lazy("The bank has stopped this card. Nothing was taken. Please use another one."),
    "declined": gettext_lazy("The bank said no and didn't say why. Nothing was taken."),
    "not_approved": gettext_lazy("The payment was not approved. Nothing was taken."),
    "mandate_ended": gettext_lazy("The permission to collect has been ended at the bank. Nothing was taken."),
    "withdrawn": gettext_lazy("It was let go before anything was taken."),
    "closed": gettext_lazy("The account is closed. Nothing was taken. Please give another one."),
    "limit": gettext_lazy("The bank allows no more payments of this kind for now. Nothing was taken."),
    "mistyped": gettext_lazy("A number or date of the card or account was not right. Nothing was taken."),
    "unsuited": gettext_lazy("This card or account can't be used for such a payment. Nothing was taken."),
    "bank_away": gettext_lazy("The bank could not be reached. Nothing was taken."),
    "impossible": gettext_lazy("The payment provider could not do what we asked of it. Nothing was taken."),
}

REFUND_SENTENCES = {
    "card_gone": gettext_lazy("The card was lost or has ended, so the bank sent the money back to us."),
    "disputed": gettext_lazy("The payment was claimed back through the bank, so it can't be refunded as well."),
    "no_money": gettext_lazy("There is not enough money at the payment provider for this refund."),
    "declined": gettext_lazy("The bank did not take the money and sent it back to us."),
    "withdrawn": gettext_lazy("It was called off at the payment provider."),
    "impossible": gettext_lazy("The payment provider could not do what we asked of it."),
}


def sentence(failure: str) -> str:
    """The sentence for a failure; empty for none."""
    return str(SENTENCES.get(failure, _("The payment didn't go through. Nothing was taken."))) if failure else ""


def refund_sentence(failure: str) -> str:
    """The sentence for a refund that failed; empty for none. What to do is for whoever asked for it."""
    return str(REFUND_SENTENCES.get(failure, _("The refund didn't go through."))) if failure else ""
