"""What becomes of what is given, when two accounts become one or an account gets another address."""

from masthead.core.actors import Actor
from masthead.readers import address_change, merging
from masthead.readers.models import Reader

from .models import Gift, Pledge
from .states import Cause, note, note_gift

BY = Actor.system("merge")


def says(gone: Reader, kept: Reader) -> list[str]:
    """Each pledge, and how many gifts."""
    told = [
        f"Pledge {pledge.reference}: {pledge.amount} {pledge.get_interval_display()}, {pledge.get_state_display()}."
        for pledge in Pledge.objects.filter(reader=gone)
    ]
    gifts = Gift.objects.filter(reader=gone).count()
    both_give = (
        Pledge.objects.live().filter(reader=gone).exists() and Pledge.objects.live().filter(reader=kept).exists()
    )
    twice = ["Both give now: from then on two pledges go on beside each other."] if both_give else []
    return [*told, *([f"Gifts, given once: {gifts}."] if gifts else []), *twice]


def move(gone: Reader, kept: Reader) -> None:
    """They change hands, and are written to at the address that stays."""
    for model in (Pledge, Gift):
        model._default_manager.filter(reader=gone).update(reader=kept, email=kept.email)
        model._default_manager.filter(reader=None, email=gone.email).update(email=kept.email)


def afterwards(_gone: Reader, kept: Reader) -> None:
    """The grants follow."""
    for pk in Pledge.objects.filter(reader=kept).values_list("pk", flat=True):
        note(Pledge.objects.locked(pk), by=BY, cause=Cause.MERGED)
    for pk in Gift.objects.filter(reader=kept).values_list("pk", flat=True):
        note_gift(Gift.objects.locked(pk))


@address_change.follow
def readdress(reader: Reader, was: str, now: str) -> None:
    """What an account gives is written of to its new address; so is what was given under either and not confirmed."""
    for model in (Pledge, Gift):
        model._default_manager.filter(reader=reader).exclude(email="").update(email=now)
        model._default_manager.filter(reader=None, email=was).update(email=now)


merging.register("giving", says=says, move=move, afterwards=afterwards)
