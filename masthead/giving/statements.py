"""What somebody gives and gave, as their own page tells it; also for the device that paid, until it is theirs."""

from dataclasses import dataclass

from masthead.money.amounts import Money
from masthead.readers.models import Device, Reader

from . import notices, receipts, remarks
from .models import Gift, Pledge, Present
from .receipts import Receipt

DONE = {
    "changed": "Changed. What you give from now on stands below.",
    "means": "Changed. What you pay with from now on stands below.",
    "paused": "Paused. Nothing will be collected before the day that stands below.",
    "resumed": "Welcome back. When it is collected next stands below.",
    "day": "Changed. When it is collected from now on stands below.",
    "refunded": "Ended. What you had paid for goes back to you, and we have written to you how much. "
    "Thank you for the time in which you helped.",
    "unnamed": "Withdrawn. We print your name nowhere any more.",
    "ended": "Ended. Nothing more will be collected. Thank you for the time in which you helped.",
}
"""What is said after a change, by the word that the change leads back with."""


@dataclass(frozen=True)
class Statement:
    """Pledges that live and that ended, presents given and got, receipts, and what belongs to no account yet."""

    live: list[Pledge]
    ended: list[Pledge]
    receipts: list[Receipt]
    years: list[int]
    totals: list[Money]
    unconfirmed: Pledge | Gift | Present | None
    presents: list[Present]
    got: list[Present]
    names: list[str]


def of(reader: Reader | None, device: Device | None) -> Statement:
    """All of it, in as many queries for much as for little."""
    begun = list(Pledge.objects.of(reader, device).begun().select_related("mandate"))
    days = notices.days_told([pledge for pledge in begun if pledge.live])
    for pledge in begun:
        pledge.told_on = days.get(pledge.pk)
    concerned = list(Present.objects.concerning(reader, device).bought())
    presents = [present for present in concerned if present.given_by(reader, device)]
    rows = receipts.listed(reader, device, presents)
    return Statement(
        live=[pledge for pledge in begun if pledge.live],
        ended=[pledge for pledge in begun if not pledge.live],
        receipts=rows,
        years=receipts.years(rows) if reader else [],
        totals=receipts.totals(rows),
        unconfirmed=_unconfirmed([*begun, *presents], device),
        presents=presents,
        got=[present for present in concerned if reader and present.receiver_id == reader.pk and present.lasts],
        names=remarks.names_of(reader, device),
    )


def _unconfirmed(begun: list[Pledge | Present], device: Device | None) -> Pledge | Gift | Present | None:
    gift: Gift | None = Gift.objects.of(None, device).given().first()
    return next((order for order in begun if order.reader_id is None), None) or gift
