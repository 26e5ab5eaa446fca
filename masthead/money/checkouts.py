"""A visit to a provider's pay page: begun by a form of ours, ended by the provider's word alone."""

from contextlib import suppress
from datetime import timedelta
from urllib.parse import urljoin

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from masthead.core import clock
from masthead.core.refusals import Refusal, Trouble
from masthead.money import customers, facts, inbox, moves, notices, providers
from masthead.money.amounts import Money
from masthead.money.models import Checkout, Payment
from masthead.money.providers.base import WillNot
from masthead.money.states import CheckoutState, NoticeKind

log = structlog.get_logger("masthead.money")

ASK_AGAIN_AFTER = timedelta(seconds=3)  # while nothing is settled: a reload is no way to make us busy


class NotTaken(Refusal):
    """The provider won't open a page for such a payment."""

    for_people_text = (
        "The payment provider does not take such a payment, perhaps because of its amount. Nothing has been taken: "
        "try another amount."
    )


def begin(
    *, order_key: str, amount: Money, keeps_mandate: bool, email: str, description: str, return_to: str
) -> Checkout:
    """Open a pay page and return the checkout; send the visitor to its `pay_url`.

    Our row is committed first, the provider is called after, outside any transaction (raises RuntimeError inside
    one). The same `order_key` gives the same checkout. `return_to` is a path in which {reference} becomes the
    checkout's reference. Raises Trouble when the provider can't be reached: the row stays, and begin may be called
    again. Raises NotTaken when the provider won't have such a payment: the visit is over then, with the reason kept.
    """
    provider = providers.for_checkouts()
    with transaction.atomic(durable=True):
        checkout = Checkout.objects.select_related("payment").filter(payment__order_key=order_key).first()
        if checkout is None:
            said = notices.tell(
                order_key, amount, day=clock.today(), method="", kind=NoticeKind.PAGE, told_by="the pay page"
            )
            payment = Payment.objects.create(
                order_key=order_key,
                notice=said,
                provider=provider.name,
                amount_minor=amount.minor,
                currency=amount.currency,
                description=description,
                income_account=customers.of(order_key).income,
            )
            checkout = Checkout(payment=payment, keeps_mandate=keeps_mandate, email=email)
            checkout.return_path = return_to.replace("{reference}", checkout.reference)
            checkout.save()
    if checkout.amount != amount:
        raise ValueError(f"{order_key} was begun with another amount")
    if not checkout.pay_url and checkout.state == CheckoutState.OPEN:
        try:
            page = providers.get(checkout.provider).open(checkout)
        except WillNot as why:
            log.error("money.page_refused", payment=checkout.payment_id, why=str(why))
            facts.give_up(checkout, failure="impossible")
            raise NotTaken from None
        checkout.provider_ref, checkout.pay_url = page.provider_ref, page.url
        checkout.email = ""  # the provider has it now; who gives is known to the customer alone
        checkout.save(update_fields=["provider_ref", "pay_url", "email"])
    return checkout


def return_address(checkout: Checkout) -> str:
    """Where the provider sends the visitor afterwards."""
    return urljoin(settings.SITE_ADDRESS, checkout.return_path)


def ask(reference: str) -> Checkout:
    """What became of a visit. The provider is asked by our reference, until it has given its last word on it.

    The answer goes through the inbox as every webhook does, and the customers are told before this returns. When
    the provider can't be reached the checkout stays as it is, and the webhook will tell. Raises
    Checkout.DoesNotExist for a reference that we never made.
    """
    checkout = Checkout.objects.select_related("payment", "mandate").get(reference=reference)
    if checkout.is_settled or not checkout.pay_url or not _claim(checkout):
        _tell(checkout)
        return checkout
    try:
        told = providers.get(checkout.provider).look_up(checkout)
    except Trouble as trouble:
        log.warning("money.not_answered", checkout=checkout.pk, error=type(trouble).__name__)
        return checkout
    inbox.process(inbox.keep_answer(checkout.provider, told))
    _tell(checkout)
    return Checkout.objects.select_related("payment", "mandate").get(pk=checkout.pk)


def _tell(checkout: Checkout) -> None:
    """Tell the customers at once; one that fails is told again later, and the visitor still gets an answer."""
    with suppress(moves.Untold):
        moves.tell(checkout.order_key)


def _claim(checkout: Checkout) -> bool:
    """Whether it is on us to ask now: of visits at the same moment one asks."""
    before = clock.now() - ASK_AGAIN_AFTER
    unasked = Checkout.objects.filter(Q(asked_at__isnull=True) | Q(asked_at__lte=before), pk=checkout.pk)
    return bool(unasked.update(asked_at=clock.now()))
