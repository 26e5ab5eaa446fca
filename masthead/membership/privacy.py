"""What is held of who may have what: exported; at erasure it ends, and rows without a name stay."""

from typing import Any

from masthead.core import clock
from masthead.giving import privacy as giving_first  # noqa: F401 (pledges end before their grants do)
from masthead.readers import privacy
from masthead.readers.models import Reader

from .models import Courtesy, Grant


def export(reader: Reader) -> list[dict[str, Any]]:
    """Every grant, past ones too."""
    return [
        {
            "benefit": grant.benefit,
            "why": grant.reason_kind,
            "from": grant.from_at.isoformat(),
            "until": grant.over_at and grant.over_at.isoformat(),
        }
        for grant in Grant.objects.filter(reader=reader)
    ]


def erase(reader: Reader) -> None:
    """End the grants; delete courtesies, whose reasons are free text about a person."""
    Grant.objects.filter(reader=reader).standing().update(ended_at=clock.now())
    Courtesy.objects.filter(reader=reader).delete()


privacy.register("membership", export=export, erase=erase)
