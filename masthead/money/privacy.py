"""What is held of who pays: payments that wait to be looked at, with their address. The books hold references alone."""

from typing import Any

from masthead.core.actors import Actor
from masthead.readers import privacy
from masthead.readers.models import Reader

from . import holds
from .models import Checkout, Hold, Setup
from .states import HoldState


def export(reader: Reader) -> dict[str, Any]:
    """Payments that were begun for the address, and wait."""
    waiting = Hold.objects.filter(checkout__email=reader.email, state=HoldState.WAITING)
    return {
        "held_payments": [
            {
                "reference": hold.checkout.payment.reference,
                "amount": str(hold.checkout.amount),
                "because": hold.because,
                "since": hold.held_at.isoformat(),
            }
            for hold in waiting.select_related("checkout__payment")
        ]
    }


def erase(reader: Reader) -> None:
    """Let go what waits, and forget the address of visits whose page was never made."""
    mine = Hold.objects.filter(checkout__email=reader.email, state=HoldState.WAITING)
    waiting = list(mine)
    for visits in (Checkout, Setup):
        visits._default_manager.filter(email=reader.email).update(email="")
    for hold in waiting:
        holds.refuse(hold, by=Actor.reader(reader.pk), reason="the account was erased")


privacy.register("money", export=export, erase=erase)
