"""Payments that are looked at before the provider hears of them: released or refused by staff, and the giver told."""

from datetime import timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from masthead.core import audit, clock, mail
from masthead.core.actors import Actor
from masthead.core.jobs import every
from masthead.core.refusals import Refusal
from masthead.money import facts
from masthead.money.models import Checkout, Hold
from masthead.money.states import CheckoutState, HoldState

LASTS = timedelta(days=7)
"""What nobody has decided by then is refused by itself: a giver should not wait for ever."""

audit.register("money.hold_released", "{by} released {subject}, which was held")
audit.register("money.hold_refused", "{by} refused {subject}, which was held")


class DecidedBefore(Refusal):
    """Somebody was quicker."""

    for_people_text = "This payment was decided on before: %(state)s. Nothing has been changed."


class NeedsReason(Refusal):
    """A refusal without a reason."""

    for_people_text = "Say why, for whoever looks at it later. The giver does not read it. Nothing has been changed."


def tell(hold: Hold) -> None:
    """Write to the giver that it takes a little longer; in the transaction that holds it."""
    _write("held", hold.checkout)


def release(hold: Hold, *, by: Actor) -> None:
    """Let it be paid: the giver gets a link to our page that leads to the provider's. Raises DecidedBefore."""
    with transaction.atomic():
        hold = _decide(hold, HoldState.RELEASED, by=by)
        audit.record("money.hold_released", hold, by=by)
        _write("released", hold.checkout, go_on=urljoin(settings.SITE_ADDRESS, path_of(hold.checkout)))


def refuse(hold: Hold, *, by: Actor, reason: str) -> None:
    """Take nothing: the visit is over, and the giver is told so. Raises DecidedBefore, NeedsReason."""
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise NeedsReason
    with transaction.atomic():
        hold = _decide(hold, HoldState.REFUSED, by=by, reason=reason)
        audit.record("money.hold_refused", hold, by=by)
        _write("refused", hold.checkout)
        checkout = hold.checkout
        checkout.email = ""
        checkout.save(update_fields=["email"])
        if checkout.state == CheckoutState.OPEN:
            facts.give_up(checkout, failure="withdrawn")


def path_of(checkout: Checkout) -> str:
    """Where our page is that leads to the provider's."""
    return reverse("go-on", args=[checkout.reference])


@every(hours=1)
def let_run_out() -> None:
    """Refuse what was held for a week, and nobody has decided."""
    for hold in Hold.objects.filter(state=HoldState.WAITING, held_at__lt=clock.now() - LASTS)[:100]:
        refuse(hold, by=Actor.system("clock"), reason="nobody decided within a week")


def _decide(hold: Hold, state: HoldState, *, by: Actor, reason: str = "") -> Hold:
    hold = Hold.objects.select_for_update(of=("self",)).select_related("checkout__payment").get(pk=hold.pk)
    if hold.state != HoldState.WAITING:
        raise DecidedBefore(state=hold.get_state_display())
    hold.state, hold.decided_at, hold.decided_by, hold.reason = state, clock.now(), str(by), reason
    hold.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    return hold


def _write(template: str, checkout: Checkout, **facts: str) -> None:
    if checkout.email:
        about = {"sum": str(checkout.amount), "what": checkout.description, "reference": checkout.payment.reference}
        mail.queue(
            f"money/{template}", checkout.email, about | facts, key=f"hold:{checkout.payment.reference}:{template}"
        )
