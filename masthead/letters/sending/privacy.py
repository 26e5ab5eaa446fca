"""What sending holds of a reader: which letters were sent to which of their addresses, for ninety days."""

from typing import Any

from masthead.letters.models import Delivery, DeliveryState
from masthead.readers import privacy
from masthead.readers.models import Reader


def export(reader: Reader) -> list[dict[str, Any]]:
    """Each copy, and what became of it."""
    rows = Delivery.objects.filter(reader=reader).select_related("mailing__issue__list").order_by("pk")
    return [
        {
            "letter": row.mailing.issue.list.name,
            "issue": row.mailing.issue.subject,
            "address": row.address,
            "state": row.get_state_display(),
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        }
        for row in rows
    ]


def erase(reader: Reader) -> None:
    """Let go of address and name; the row stays as a number. What was still to be sent to them is not."""
    rows = Delivery.objects.filter(reader=reader)
    rows.open().update(state=DeliveryState.EXCLUDED, reason="erased")
    rows.update(reader=None, address="", domain="", says="")


privacy.register("letters sent", export=export, erase=erase)
