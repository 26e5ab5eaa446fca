"""How a giver pays: another card or account in place of the one before, for every open pledge of theirs at once.

It is given on the provider's page, where nothing is paid. What has not come through is then collected on it at once, or
as soon as its method allows after the notice; the permission before is given back when nothing is under way on it.
"""

import secrets

from django.db import transaction

from masthead.core import audit
from masthead.core.actors import Actor
from masthead.core.jobs import every
from masthead.money import payments, providers, setups
from masthead.money.models import Mandate, PaymentMove, Setup
from masthead.money.notices import earliest
from masthead.money.providers.base import Provider
from masthead.money.states import MandateState, PaymentState

from . import mails, tasks
from .models import InstalmentState, Pledge
from .refusals import NotFromHere
from .states import Act, Cause, State, note, standing

PREFIX = "means:"
BACK = "/account/means/{reference}/"
UNDER_WAY = (PaymentState.CREATED, PaymentState.NEEDS_APPROVAL, PaymentState.PROMISED)

audit.register("pledge.means_changed", "{by} pays for pledge {subject} with another card or account")


def ways(pledge: Pledge) -> list[Provider]:
    """The providers by which `pledge` may be paid from now on; that of now first."""
    now = pledge.mandate.provider if pledge.mandate else ""
    try:
        offered = providers.for_checkouts(pledge.currency, keeps_mandate=True)
    except providers.NoProvider:
        return []
    there = [provider for provider in offered if provider.keeps_without_payment]
    return sorted(there, key=lambda provider: provider.name != now)


def begin(pledge: Pledge, *, provider: str = "") -> Setup:
    """Open a provider's page for whoever gives `pledge`, by default of the one now; send them to its `pay_url`.

    Raises NotFromHere when the pledge has ended, NotThisWay, CannotBeGiven; Trouble when it can't be reached.
    """
    if not pledge.live:
        raise NotFromHere(now=State(pledge.state).label)
    offered = [way.name for way in ways(pledge)]
    return setups.begin(
        provider=provider or (offered[0] if offered else pledge.mandate.provider if pledge.mandate else ""),
        order_key=f"{PREFIX}{pledge.reference}:{secrets.token_hex(4)}",
        currency=pledge.currency,
        email=pledge.email,
        description="Another card or account",
        return_to=BACK,
    )


def pledge_of(setup: Setup) -> Pledge:
    """The pledge at which a visit began."""
    return Pledge.objects.get(reference=setup.order_key.split(":")[1])


def given(mandate: Mandate, move: PaymentMove) -> None:
    """A giver has given another card or account. Told again, it changes nothing."""
    if mandate.state != MandateState.ACTIVE or move.was:
        return
    first = Pledge.objects.get(reference=mandate.order_key.split(":")[1])
    with transaction.atomic():
        mine = Pledge.objects.of(first.reader, first.device if first.reader_id is None else None)
        for pk in mine.live().filter(currency=first.currency).order_by("pk").values_list("pk", flat=True):
            _pay_with(mandate, Pledge.objects.locked(pk))


def _pay_with(mandate: Mandate, pledge: Pledge) -> None:
    before, owner = pledge.mandate, pledge.reader or pledge.device
    by = owner.actor if owner else Actor.system("giver")
    if not pledge.live or before == mandate or (before is not None and before.pk > mandate.pk):
        return  # as it is already, or with one that was given later
    stood = standing(pledge)
    pledge.mandate = mandate
    moved = note(pledge, by=by, cause=Cause.ASKED, act=Act.MEANS, before=stood)
    audit.record("pledge.means_changed", pledge, by=by)
    if before is not None:
        Mandate.objects.filter(pk=before.pk, replaced_by=None).update(replaced_by=mandate)
    failing, day = pledge.failing if pledge.state == State.OVERDUE else None, earliest(mandate.method)
    if failing is not None and failing.state == InstalmentState.FAILED:
        failing.try_again_on = day
        failing.save(update_fields=["try_again_on"])
    mails.other_means(pledge, moved, failing, day)
    if failing is not None and failing.state == InstalmentState.FAILED:
        tasks.try_again.enqueue(failing.pk)  # or on its day, when that is later
    if failing is not None and failing.state == InstalmentState.WAITING:
        payments.withdraw(failing.order_key)  # it fails, and is tried on what was given now


@every(hours=1)
def let_go_of_replaced() -> None:
    """End permissions in whose place another was given, once nothing is under way on them and no pledge needs them."""
    with transaction.atomic():
        idle = Mandate.objects.filter(replaced_by__isnull=False, state=MandateState.ACTIVE)
        idle = idle.exclude(payments__state__in=UNDER_WAY)
        needed = Pledge.objects.live().filter(mandate__in=idle).values_list("mandate", flat=True)
        for mandate in idle.exclude(pk__in=list(needed))[:50]:
            payments.send_cancellation.enqueue(mandate.pk)
