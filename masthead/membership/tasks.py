"""What workers do for membership."""

from django.db import transaction

from masthead.core.jobs import job
from masthead.giving.models import Pledge

from . import reasons

AT_ONCE = 100  # pledges, so that a batch stays within its five seconds


@job("later")
def follow_tiers(after: int = 0) -> None:
    """Let who gives already have what the tiers grant by now; nobody loses anything by it."""
    pks = Pledge.objects.live().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    for pk in (batch := list(pks)):
        with transaction.atomic():
            reasons.of_pledge(Pledge.objects.locked(pk))
    if len(batch) == AT_ONCE:
        follow_tiers.enqueue(batch[-1])
