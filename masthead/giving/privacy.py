"""What is held of a giver: exported whole; at erasure pledges end, addresses go, and what the books refer to stays."""

from typing import Any

from django.db.models import Q

from masthead.core.actors import Actor
from masthead.readers import privacy
from masthead.readers.models import Reader

from . import pledges, remarks
from .models import Gift, Instalment, Pledge, Present, Remark, TakeoverLine
from .presents import NOTHING_WRITTEN
from .previews import day
from .receivers import join_the_account
from .states import Cause, State


def export(reader: Reader) -> dict[str, Any]:
    """Pledges with their instalments and moves, gifts, what was said with them, and presents given and got."""
    return {
        "pledges": [_pledge(pledge) for pledge in Pledge.objects.filter(reader=reader)],
        "gifts": [
            {
                "reference": gift.reference,
                "email": gift.email,
                "amount": str(gift.amount),
                "state": gift.state,
                "on": gift.created_at.isoformat(),
                "came_from": _origin(gift),
            }
            for gift in Gift.objects.filter(reader=reader)
        ],
        "remarks": [
            {"note": remark.note, "name": remark.name, "on": remark.at.isoformat()}
            for remark in Remark.objects.filter(remarks.of(reader, None))
        ],
        "presents": [_present(present, reader) for present in _presents_of(reader)],
    }


def erase(reader: Reader) -> None:
    """End what goes on and forget the address, also where it was given at a device that never confirmed it."""
    join_the_account(reader)
    Remark.objects.filter(remarks.of(reader, None)).delete()
    for pledge in Pledge.objects.filter(reader=reader).exclude(state=State.ENDED):
        pledges.end(pledge, by=Actor.reader(reader.pk), cause=Cause.ERASED)
    TakeoverLine.objects.filter(written__email__iexact=reader.email).update(written={})
    for rows in (Pledge, Gift, Present):
        rows.objects.filter(reader=reader).update(email="", device=None)
    Present.objects.filter(reader=reader).update(giver_name="", receiver_name="", message="")
    # What waits to be delivered still needs to know where to.
    delivered = Present.objects.filter(reader=reader, delivered_at__isnull=False)
    (delivered | Present.objects.filter(receiver=reader)).update(**NOTHING_WRITTEN)


def before_erasing(reader: Reader) -> list[str]:
    """That support ends with the account."""
    return [
        f"Your support of {pledge.amount} {pledge.get_interval_display()} ends. "
        f"What is paid until {day(pledge.paid_until)} ends with the account."
        for pledge in Pledge.objects.filter(Q(reader=reader) | Q(reader=None, email=reader.email)).live()
    ] + [
        f"Your present of {present.get_months_display()} can still be claimed by who has its link; "
        "you can’t send it again or give it back any more."
        for present in Present.objects.filter(reader=reader).unclaimed()
    ]


def _pledge(pledge: Pledge) -> dict[str, Any]:
    return {
        "reference": pledge.reference,
        "email": pledge.email,
        "amount": str(pledge.amount),
        "interval": pledge.interval,
        "state": pledge.state,
        "began": pledge.created_at.isoformat(),
        "next_on": pledge.next_on and pledge.next_on.isoformat(),
        "came_from": _origin(pledge),
        "instalments": [_instalment(row) for row in pledge.instalments.all()],
        "moves": [
            {"now": move.now, "why": move.cause, "what": move.act, "changed": move.changed, "at": move.at.isoformat()}
            for move in pledge.moves.all()
        ],
    }


def _presents_of(reader: Reader) -> Any:
    return Present.objects.filter(Q(reader=reader) | Q(receiver=reader))


def _present(row: Present, reader: Reader) -> dict[str, Any]:
    """What is known of it to this reader: a receiver learns nothing of the giver's account, nor the other way round."""
    facts: dict[str, Any] = {
        "reference": row.reference,
        "months": row.months,
        "state": row.state,
        "from": row.giver_name,
        "for": row.receiver_name,
        "message": row.message,
        "lasts_until": row.ends_on and row.ends_on.isoformat(),
    }
    if row.reader_id == reader.pk:
        paid = {"email": row.email, "amount": str(row.amount), "receiver_email": row.receiver_email}
        facts |= paid | {"on": row.created_at.isoformat(), "deliver_on": row.deliver_on and row.deliver_on.isoformat()}
    return facts


def _instalment(row: Instalment) -> dict[str, Any]:
    return {
        "number": row.number,
        "due_on": row.due_on.isoformat(),
        "amount_minor": row.amount_minor,
        "state": row.state,
        "payment": row.payment_reference,
    }


def _origin(row: Pledge | Gift) -> dict[str, Any]:
    return {"story": row.origin_address, "placement": row.origin_placement, "appeal": row.origin_appeal}


privacy.register("giving", export=export, erase=erase, before_erasing=before_erasing)
