"""What is asked and offered, once, of who is about to end; and what they said, kept without them."""

import random
from datetime import timedelta

from masthead.core import clock
from masthead.core.jobs import every

from . import refunds, terms
from .models import Interval, Leaving, Offer, Pledge, Reason
from .states import Act, State

WORDS_STAY = timedelta(days=365)
ASKED_LATELY = timedelta(days=180)
"""So long after somebody paused or lowered the amount they are offered neither again."""


def reasons(pledge: Pledge) -> list[tuple[str, str]]:
    """Those to choose from, in an order of each pledge's own, so that none is chosen for standing first."""
    shuffled = [(str(reason), str(reason.label)) for reason in Reason if reason != Reason.OTHER]
    random.Random(pledge.reference).shuffle(shuffled)  # noqa: S311 (an order, not a secret)
    return [*shuffled, (str(Reason.OTHER), str(Reason.OTHER.label))]


def offer_for(pledge: Pledge) -> Offer:
    """One thing at most; nothing in the first fortnight, when a payment is missing, or to who did either lately."""
    if pledge.state != State.ACTIVE or refunds.cooling_off_until(pledge) is not None:
        return Offer.NONE
    since = clock.now() - ASKED_LATELY
    if pledge.moves.filter(act__in=(Act.AMOUNT, Act.PAUSE), at__gte=since).exists():
        return Offer.NONE
    return Offer.LOWER if lower_amount(pledge) else Offer.PAUSE


def lower_amount(pledge: Pledge) -> int | None:
    """The next lower amount that is suggested for its rhythm, in minor units; None where there is none."""
    in_force = terms.in_force()
    if in_force.currency != pledge.currency:
        return None
    lower = [amount.minor for amount in in_force.suggested(pledge.interval) if amount.minor < pledge.amount_minor]
    return max(lower, default=None)


def tell(pledge: Pledge, *, reason: str, words: str, offer: str, with_refund: bool) -> Leaving:
    """Keep what was said: the month and the rhythm, and nothing that leads back to who said it."""
    return Leaving.objects.create(
        month=clock.today().replace(day=1),
        reason=reason or (Reason.OTHER if words else ""),
        words=words,
        offer=offer,
        interval=Interval(pledge.interval),
        with_refund=with_refund,
    )


@every(days=1)
def forget_words() -> None:
    """Erase what who ended said in their own words, a year after; the reason that was ticked stays."""
    Leaving.objects.exclude(words="").filter(month__lt=clock.today() - WORDS_STAY).update(words="")
