"""A visit to a provider's pay page: begun by a form of ours, ended by the provider's word alone."""

from contextlib import suppress
from datetime import timedelta
from urllib.parse import urljoin

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from masthead.core import clock, faults
from masthead.core.jobs import every, job
from masthead.core.refusals import Refusal, Trouble
from masthead.money import customers, defences, facts, holds, inbox, moves, notices, payments, providers
from masthead.money.amounts import Money
from masthead.money.models import Checkout, Payment
from masthead.money.providers.base import WillNot
from masthead.money.states import CheckoutState, NoticeKind

log = structlog.get_logger("masthead.money")

ASK_AGAIN_AFTER = timedelta(seconds=3)  # while nothing is settled: a reload is no way to make us busy
FORGOTTEN_AFTER, FORGOTTEN_FOR = timedelta(days=8), timedelta(days=40)  # no page of a provider lasts longer
AT_ONCE = 100


class NotTaken(Refusal):
    """The provider won't open a page for such a payment."""

    for_people_text = (
        "The payment provider does not take such a payment, perhaps because of its amount. Nothing has been taken: "
        "try another amount."
    )


class NotWaiting(Refusal):
    """A visit that is over, or is looked at."""

    for_people_text = "There is nothing here to pay at the moment. Nothing has been taken."


def begin(
    *, order_key: str, amount: Money, keeps_mandate: bool, email: str, description: str, return_to: str,
    provider: str = "", visitor: defences.Visitor | None = None,
) -> Checkout:  # fmt: skip
    """Open a pay page and return the checkout; send the visitor to its `pay_url`.

    Where `visitor` is told, it may be held to be looked at first: then it has no page yet, and the giver gets a mail.

    Our row is committed first, the provider is called after, outside any transaction (raises RuntimeError inside
    one). The same `order_key` gives the same checkout. `return_to` is a path in which {reference} becomes the
    checkout's reference. `provider` is the name of the one that the visitor chose, or empty for the default. Raises
    NotThisWay when that one doesn't take such a payment; Trouble when it can't be reached: the row stays, and begin
    may be called again. Raises NotTaken when the provider won't have such a payment: the visit is over then, with the
    reason kept.
    """
    chosen = providers.choose(provider, amount.currency, keeps_mandate=keeps_mandate)
    with transaction.atomic(durable=True):
        checkout = Checkout.objects.select_related("payment").filter(payment__order_key=order_key).first()
        if checkout is None:
            said = notices.tell(
                order_key, amount, day=clock.today(), method="", kind=NoticeKind.PAGE, told_by="the pay page"
            )
            payment = Payment.objects.create(
                order_key=order_key,
                notice=said,
                provider=chosen.name,
                amount_minor=amount.minor,
                currency=amount.currency,
                description=description,
                **customers.booked(order_key, amount),
            )
            checkout = Checkout(payment=payment, keeps_mandate=keeps_mandate, email=email)
            checkout.permission_first = chosen.permission_first
            checkout.return_path = return_to.replace("{reference}", checkout.reference)
            checkout.save()
            if visitor is not None and (hold := defences.weigh(checkout, visitor)):
                holds.tell(hold)
    if checkout.amount != amount:
        raise ValueError(f"{order_key} was begun with another amount")
    faults.reach("checkout.written")
    if not checkout.is_held:
        _open_page(checkout)
    return checkout


def go_on(reference: str) -> Checkout:
    """Open the pay page of a visit that was held and released; from then on it is as any other.

    Raises NotWaiting when there is nothing to pay, NotTaken; Trouble when the provider can't be reached.
    """
    checkout = Checkout.objects.select_related("payment").get(reference=reference)
    if checkout.state != CheckoutState.OPEN or checkout.is_held:
        raise NotWaiting
    _open_page(checkout)
    return checkout


def _open_page(checkout: Checkout) -> None:
    if checkout.pay_url or checkout.state != CheckoutState.OPEN:
        return
    try:
        page = providers.get(checkout.provider).open(checkout)
    except WillNot as why:
        log.error("money.page_refused", payment=checkout.payment_id, why=str(why))
        facts.give_up(checkout, failure="impossible")
        raise NotTaken from None
    faults.reach("checkout.opened")
    checkout.provider_ref, checkout.pay_url = page.provider_ref, page.url
    checkout.email = ""  # the provider has it now; who gives is known to the customer alone
    checkout.save(update_fields=["provider_ref", "pay_url", "email"])


def return_address(checkout: Checkout) -> str:
    """Where the provider sends the visitor afterwards."""
    return urljoin(settings.SITE_ADDRESS, checkout.return_path)


def ask(reference: str) -> Checkout:
    """What became of a visit. The provider is asked by our reference, until it has given its last word on it.

    The answer goes through the inbox as every webhook does, and the customers are told before this returns. Where the
    page took a permission alone, the first payment is asked for on it, as a job would do a moment later. When
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
    _collect_first(checkout)
    _tell(checkout)
    return Checkout.objects.select_related("payment", "mandate").get(pk=checkout.pk)


@every(hours=6)
def ask_forgotten() -> None:
    """What became of visits of which nobody told us, once their pages have run out everywhere."""
    since, before = clock.now() - FORGOTTEN_FOR, clock.now() - FORGOTTEN_AFTER
    open_ones = Checkout.objects.filter(state=CheckoutState.OPEN, created_at__range=(since, before)).exclude(pay_url="")
    for reference in open_ones.order_by("asked_at").values_list("reference", flat=True)[:AT_ONCE]:
        ask_again.enqueue(reference)


@job("now")
def ask_again(reference: str) -> None:
    """See ask."""
    ask(reference)


def _collect_first(checkout: Checkout) -> None:
    """Where the page took a permission alone, ask for the first payment at once: the visitor is there to see."""
    payment = Payment.objects.unsent().filter(checkout=checkout).first()
    if payment is not None:
        try:
            payments.send(payment.pk)
        except Trouble as trouble:  # it is sent again by itself, see payments.send_unsent
            log.warning("money.not_answered", checkout=checkout.pk, error=type(trouble).__name__)


def _tell(checkout: Checkout) -> None:
    """Tell the customers at once; one that fails is told again later, and the visitor still gets an answer."""
    with suppress(moves.Untold):
        moves.tell(checkout.order_key)


def _claim(checkout: Checkout) -> bool:
    """Whether it is on us to ask now: of visits at the same moment one asks."""
    before = clock.now() - ASK_AGAIN_AFTER
    unasked = Checkout.objects.filter(Q(asked_at__isnull=True) | Q(asked_at__lte=before), pk=checkout.pk)
    return bool(unasked.update(asked_at=clock.now()))
