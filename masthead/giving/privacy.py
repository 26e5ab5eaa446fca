"""What is held of a giver: exported whole; at erasure pledges end, addresses go, and what the books refer to stays."""

from typing import Any

from django.db.models import Q

from masthead.core.actors import Actor
from masthead.readers import privacy
from masthead.readers.models import Reader

from . import pledges
from .mails import day
from .models import Gift, Instalment, Pledge, TakeoverLine
from .receivers import join_the_account
from .states import Cause, State


def export(reader: Reader) -> dict[str, Any]:
    """Pledges with their instalments and moves, and gifts."""
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
    }


def erase(reader: Reader) -> None:
    """End what goes on and forget the address, also where it was given at a device that never confirmed it."""
    join_the_account(reader)
    for pledge in Pledge.objects.filter(reader=reader).exclude(state=State.ENDED):
        pledges.end(pledge, by=Actor.reader(reader.pk), cause=Cause.ERASED)
    TakeoverLine.objects.filter(written__email__iexact=reader.email).update(written={})
    for rows in (Pledge.objects.filter(reader=reader), Gift.objects.filter(reader=reader)):
        rows.update(email="", device=None)


def before_erasing(reader: Reader) -> list[str]:
    """That support ends with the account."""
    return [
        f"Your support of {pledge.amount} {pledge.get_interval_display()} ends. "
        f"What is paid until {day(pledge.paid_until)} ends with the account."
        for pledge in Pledge.objects.filter(Q(reader=reader) | Q(reader=None, email=reader.email)).live()
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
        "moves": [{"now": move.now, "why": move.cause, "at": move.at.isoformat()} for move in pledge.moves.all()],
    }


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
