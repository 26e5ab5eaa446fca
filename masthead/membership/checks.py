"""What must hold before a newsroom starts."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.dispatch import Signal

from masthead.core.starting import BEFORE_START
from masthead.giving.signals import gift_moved, pledge_moved, present_moved

from .receivers import grant_for_gift, grant_for_pledge, grant_for_present


@register(BEFORE_START)
def membership_alone_listens(**_: Any) -> list[CheckMessage]:
    """Inside the transaction that moves a pledge, a gift or a present membership listens, once, and nobody else.

    A fault in anything else could undo a payment; without membership a payment would bring nothing.
    """
    pairs = (
        ("pledge_moved", pledge_moved, grant_for_pledge),
        ("gift_moved", gift_moved, grant_for_gift),
        ("present_moved", present_moved, grant_for_present),
    )
    return [
        Error(
            f"giving.{name} is heard by {', '.join(heard) or 'nobody'}: exactly {ours.__module__}.{ours.__name__} must",
            hint="take away what listens besides; it reads giving's rows after the commit",
            id="membership.E001",
        )
        for name, signal, ours in pairs
        if (heard := _listeners(signal)) != [f"{ours.__module__}.{ours.__name__}"]
    ]


def _listeners(signal: Signal) -> list[str]:
    synchronous, asynchronous = signal._live_receivers(None)
    return [f"{listener.__module__}.{listener.__qualname__}" for listener in (*synchronous, *asynchronous)]
