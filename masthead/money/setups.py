"""A visit to a provider's page where another card or account is given for collections to come, and nothing is paid."""

from contextlib import suppress
from datetime import timedelta
from urllib.parse import urljoin

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from masthead.core import clock
from masthead.core.refusals import Refusal, Trouble
from masthead.money import inbox, moves, providers
from masthead.money.models import Setup
from masthead.money.providers.base import WillNot

log = structlog.get_logger("masthead.money")

ASK_AGAIN_AFTER = timedelta(seconds=3)  # while nothing is settled


class CannotBeGiven(Refusal):
    """The provider has no page for it."""

    for_people_text = (
        "The payment provider can't take another card or account in this way. Nothing has been changed: "
        "please begin anew with another one, and end the old support."
    )


def begin(*, order_key: str, currency: str, email: str, description: str, return_to: str, provider: str = "") -> Setup:
    """Open such a page of `provider` and return the visit; send the visitor to its `pay_url`.

    Our row is committed first, the provider is called after, outside any transaction (raises RuntimeError inside one).
    `return_to` is a path in which {reference} becomes the visit's reference. Raises Trouble when the provider can't be
    reached, NotThisWay when it is not here any more, CannotBeGiven when it has no such page: the visit is over then.
    For an empty `provider` the default is taken.
    """
    chosen = providers.choose(provider, currency, keeps_mandate=True)
    with transaction.atomic(durable=True):
        setup = Setup(order_key=order_key, provider=chosen.name, currency=currency, email=email)
        setup.description, setup.return_path = description, return_to.replace("{reference}", setup.reference)
        setup.save()
    try:
        page = chosen.open_setup(setup)
    except WillNot as why:
        log.error("money.page_refused", setup=setup.pk, why=str(why))
        Setup.objects.filter(pk=setup.pk).update(closed_at=clock.now(), state="abandoned", email="")
        raise CannotBeGiven from None
    setup.provider_ref, setup.pay_url, setup.email = page.provider_ref, page.url, ""  # the provider has it now
    setup.save(update_fields=["provider_ref", "pay_url", "email"])
    return setup


def return_address(setup: Setup) -> str:
    """Where the provider sends the visitor afterwards."""
    return urljoin(settings.SITE_ADDRESS, setup.return_path)


def ask(reference: str) -> Setup:
    """What became of a visit, asked as `checkouts.ask` does. Raises Setup.DoesNotExist."""
    setup = Setup.objects.get(reference=reference)
    before = clock.now() - ASK_AGAIN_AFTER
    unasked = Setup.objects.filter(Q(asked_at__isnull=True) | Q(asked_at__lte=before), pk=setup.pk)
    if not setup.is_settled and setup.pay_url and unasked.update(asked_at=clock.now()):
        try:
            told = providers.get(setup.provider).look_up_setup(setup)
        except Trouble as trouble:
            log.warning("money.not_answered", setup=setup.pk, error=type(trouble).__name__)
            return setup
        inbox.process(inbox.keep_answer(setup.provider, told))
    with suppress(moves.Untold):
        moves.tell(setup.order_key)
    return Setup.objects.select_related("mandate").get(pk=setup.pk)
