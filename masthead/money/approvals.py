"""A collection that the giver's bank wants approved: a page of ours that stays, and opens one at the provider.

Providers' own pages for this last a day at most; a letter is read later than that.
"""

from urllib.parse import urljoin

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from masthead.core.refusals import Refusal
from masthead.money import providers
from masthead.money.models import Approval, Payment
from masthead.money.providers.base import PageIsOver, PageIsUsed, WillNot
from masthead.money.states import PaymentState

log = structlog.get_logger("masthead.money")


class NotWaiting(Refusal):
    """There is nothing to approve (any more)."""

    for_people_text = "This payment does not wait for you any more. Nothing has been changed."


class CannotApprove(Refusal):
    """The provider won't make a page for it."""

    for_people_text = (
        "The payment provider can't show this payment any more. Nothing has been taken. "
        "Please give this or another card or account on your account page."
    )


def address_for(payment: Payment) -> str:
    """The address of our page for `payment`, which must be in the database: the same one each time."""
    approval, _ = Approval.objects.get_or_create(payment=payment)
    return urljoin(settings.SITE_ADDRESS, path_of(approval))


def path_of(approval: Approval) -> str:
    """Where our page is on this site."""
    return reverse("approve", args=[approval.reference])


def open_page(approval: Approval) -> str:
    """Where at the provider the giver can approve now.

    As long as a page there is open it is the one, so that nobody can approve twice. Raises NotWaiting, CannotApprove;
    Trouble when the provider can't be reached: then it may be tried again. Not to be called inside a transaction.
    """
    if approval.payment.state != PaymentState.NEEDS_APPROVAL:
        raise NotWaiting
    provider, return_to = providers.get(approval.payment.provider), urljoin(settings.SITE_ADDRESS, path_of(approval))
    for _ in range(2):
        try:
            page = provider.approval_page(
                approval.payment,
                key=f"{approval.reference}-{approval.number}",
                return_to=return_to,
                page=approval.provider_ref,
            )
        except PageIsUsed:
            raise NotWaiting from None
        except WillNot as why:
            log.error("money.page_refused", payment=approval.payment_id, why=str(why))
            raise CannotApprove from None
        except PageIsOver:
            approval = _turn_over(approval)
        else:
            Approval.objects.filter(pk=approval.pk, number=approval.number).update(provider_ref=page.provider_ref)
            return page.url
    raise NotWaiting


def _turn_over(approval: Approval) -> Approval:
    """Another number, hence another key, once the page before is certainly over."""
    with transaction.atomic():
        newest = Approval.objects.select_for_update().select_related("payment").get(pk=approval.pk)
        if newest.number == approval.number:
            newest.number, newest.provider_ref = newest.number + 1, ""
            newest.save(update_fields=["number", "provider_ref"])
    return newest
