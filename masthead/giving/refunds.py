"""What goes back to a giver who ends at once: the unused part, or all of it soon after the first payment.

What is collected is refunded; what the bank has promised is called off where the provider can, and refunded when it is
collected all the same. The sum stands on the instalment before anybody is asked.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.money import payments
from masthead.money.amounts import Money
from masthead.money.models import Payment
from masthead.money.states import PaymentState

from .models import PAID, Instalment, InstalmentState, Pledge

COOLING_OFF = timedelta(days=14)  # from the day of the first payment, that day not counted


@dataclass(frozen=True)
class Share:
    """What goes back of one instalment."""

    instalment: Instalment
    amount: Money


def cooling_off_until(pledge: Pledge) -> date | None:
    """The last day on which all goes back; None when nothing was paid yet, or that day is over."""
    last = pledge.started_on + COOLING_OFF if pledge.started_on else None
    return last if last and last >= clock.today() else None


def owed(pledge: Pledge) -> list[Share]:
    """What goes back if it ends today, by instalment; the day itself counts as unused, since nothing stays of it."""
    is_whole = cooling_off_until(pledge) is not None
    rows = pledge.instalments.filter(state__in=PAID).order_by("number")
    shares = [Share(row, _left(row, row.amount if is_whole else unused(row, clock.today()))) for row in rows]
    return [share for share in shares if share.amount]


def unused(instalment: Instalment, day: date) -> Money:
    """What of it pays for `day` and later, in whole minor units."""
    days = (instalment.covers_until - instalment.due_on).days
    used = min(max((day - instalment.due_on).days, 0), days)
    return instalment.amount.split([used, days - used])[1]


def total(shares: list[Share], currency: str) -> Money:
    """All of it."""
    return Money(sum(share.amount.minor for share in shares), currency)


def mark(pledge: Pledge) -> list[Share]:
    """Write on its instalments what goes back; of what the bank was asked for and hasn't answered, all."""
    shares = owed(pledge)
    for share in shares:
        share.instalment.give_back_minor = share.amount.minor
        share.instalment.save(update_fields=["give_back_minor"])
    unanswered = pledge.instalments.filter(state=InstalmentState.ASKED)
    unanswered.update(give_back_minor=F("amount_minor"))
    return shares


def give_back(instalment: Instalment, *, by: Actor) -> None:
    """Have the provider give back what stands on an instalment, as far as it can by now. Twice gives nothing twice."""
    payment = _payment_of(instalment)
    if payment is None or not instalment.give_back_minor:
        return
    if payment.state == PaymentState.PROMISED:
        payments.call_off(payment, by=by)
    if payment.state == PaymentState.COLLECTED:
        asked_for = sum(payment.refunds.filter(failed_at=None).values_list("amount_minor", flat=True))
        if instalment.give_back_minor > asked_for:
            amount = Money(instalment.give_back_minor - asked_for, payment.currency)
            payments.refund(payment, amount, by=by, reason="ended by the giver")


def _left(instalment: Instalment, amount: Money) -> Money:
    """Of `amount`, what was not refunded already."""
    payment = _payment_of(instalment)
    if payment is None:
        return Money(0, amount.currency)
    refunded = sum(payment.refunds.filter(failed_at=None).values_list("amount_minor", flat=True))
    return Money(max(min(amount.minor, instalment.amount_minor - refunded), 0), amount.currency)


def _payment_of(instalment: Instalment) -> Payment | None:
    return Payment.objects.filter(reference=instalment.payment_reference).first()
