"""What a giver says along with what they give: a note to the newsroom, and a name that may be printed.

Both are optional, and the name is withdrawn at any time.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from masthead.core import audit
from masthead.core.actors import Actor

from .models import Gift, Pledge, Remark

if TYPE_CHECKING:
    from masthead.readers.models import Device, Reader

audit.register("remark.name_withdrawn", "{by} withdrew the name that could be printed, {subject}")


@dataclass(frozen=True)
class Said:
    """A note, and a name that may be printed; empty where nothing was said."""

    note: str = ""
    name: str = ""


NOTHING = Said()


def keep(order: Pledge | Gift, said: Said) -> None:
    """Write down what was said with a pledge or gift, if anything was."""
    if said.note or said.name:
        about = {"pledge": order} if isinstance(order, Pledge) else {"gift": order}
        Remark.objects.create(note=said.note, name=said.name, **about)


def of(reader: "Reader | None", device: "Device | None") -> Q:
    """Those of this reader, or of this very device while they are nobody's."""
    pledges, gifts = Pledge.objects.of(reader, device), Gift.objects.of(reader, device)
    return Q(pledge__in=pledges.values("pk")) | Q(gift__in=gifts.values("pk"))


def names_of(reader: "Reader | None", device: "Device | None") -> list[str]:
    """Under which names they may be printed."""
    return sorted(set(Remark.objects.filter(of(reader, device)).exclude(name="").values_list("name", flat=True)))


def withdraw_names(reader: "Reader | None", device: "Device | None", *, by: Actor) -> None:
    """No name of theirs may be printed any more; their notes stay. Twice changes nothing."""
    with transaction.atomic():
        for remark in Remark.objects.select_for_update().filter(of(reader, device)).exclude(name=""):
            audit.record("remark.name_withdrawn", remark, by=by)
            if remark.note:
                Remark.objects.filter(pk=remark.pk).update(name="")
            else:
                remark.delete()
