"""Heard inside the transaction that moves a pledge, a gift or a present: no move without its grants."""

from django.dispatch import receiver

from masthead.giving.models import Gift, Pledge, Present
from masthead.giving.signals import gift_moved, pledge_moved, present_moved

from . import reasons


@receiver(pledge_moved, dispatch_uid="membership.pledge")
def grant_for_pledge(pledge: Pledge, **_: object) -> None:
    """The grants follow the pledge."""
    reasons.of_pledge(pledge)


@receiver(gift_moved, dispatch_uid="membership.gift")
def grant_for_gift(gift: Gift, **_: object) -> None:
    """The grants follow the gift."""
    reasons.of_gift(gift)


@receiver(present_moved, dispatch_uid="membership.present")
def grant_for_present(present: Present, **_: object) -> None:
    """The grants follow the present."""
    reasons.of_present(present)
