"""Permissions that were given to other software at a provider, and that a newsroom which moves in collects on from now.

Nobody enters a card or account again, and nobody pays twice: what still is collected on elsewhere is not taken over.
"""

from django.db import transaction

from masthead.core import clock
from masthead.core.refusals import Refusal
from masthead.money import providers
from masthead.money.models import Mandate
from masthead.money.providers.base import MandateFacts, WillNot


class CannotBeTakenOver(Refusal):
    """The provider knows of a reason against it."""

    for_people_text = "%(why)s"


class IsOurs(Refusal):
    """We collect on it already."""

    for_people_text = "It was taken over before: we collect on it already."


def look_over(provider: str, customer: str, method: str, currency: str) -> MandateFacts:
    """Ask the provider, outside any transaction. Raises CannotBeTakenOver, IsOurs, NoProvider; Trouble."""
    if Mandate.objects.filter(provider=provider, provider_ref=method).exists():
        raise IsOurs
    try:
        return providers.get(provider).look_over(customer, method, currency)
    except WillNot as why:
        raise CannotBeTakenOver(why=str(why)) from why


def take(provider: str, facts: MandateFacts, *, order_key: str) -> Mandate:
    """Keep it as ours, once, in the transaction of whoever collects on it. Raises IsOurs."""
    with transaction.atomic():
        mandate, is_new = Mandate.objects.get_or_create(
            provider=provider,
            provider_ref=facts.provider_ref,
            defaults={
                "order_key": order_key,
                "method": facts.method,
                "hint": facts.hint,
                "made_at": facts.made_at or clock.now(),
                "expires_on": facts.expires_on,
            },
        )
    if not is_new:
        raise IsOurs
    return mandate
