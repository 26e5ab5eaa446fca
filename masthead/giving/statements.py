"""What somebody gives and gave, as their own page tells it; also for the device that paid, until it is theirs."""

from dataclasses import dataclass

from masthead.money.amounts import Money
from masthead.readers.models import Device, Reader

from . import receipts
from .models import Gift, Pledge
from .receipts import Receipt

DONE = {
    "changed": "Changed. What you give from now on stands below.",
    "means": "Changed. What you pay with from now on stands below.",
    "paused": "Paused. Nothing will be collected before the day that stands below.",
    "resumed": "Welcome back. When it is collected next stands below.",
    "ended": "Ended. Nothing more will be collected. Thank you for the time in which you helped.",
}
"""What is said after a change, by the word that the change leads back with."""


@dataclass(frozen=True)
class Statement:
    """Pledges that live and that ended, receipts, and what was given on this device and belongs to no account yet."""

    live: list[Pledge]
    ended: list[Pledge]
    receipts: list[Receipt]
    years: list[int]
    total: Money | None
    unconfirmed: Pledge | Gift | None


def of(reader: Reader | None, device: Device | None) -> Statement:
    """All of it, in as many queries for much as for little."""
    begun = list(Pledge.objects.of(reader, device).begun().select_related("mandate"))
    rows = receipts.listed(reader, device)
    return Statement(
        live=[pledge for pledge in begun if pledge.live],
        ended=[pledge for pledge in begun if not pledge.live],
        receipts=rows,
        years=receipts.years(rows) if reader else [],
        total=receipts.total(rows),
        unconfirmed=_unconfirmed(begun, device),
    )


def _unconfirmed(begun: list[Pledge], device: Device | None) -> Pledge | Gift | None:
    gift: Gift | None = Gift.objects.of(None, device).given().first()
    return next((pledge for pledge in begun if pledge.reader_id is None), None) or gift
