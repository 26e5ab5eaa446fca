"""What lists hold of a reader: exported with the proof of consent; at erasure all of it goes."""

from typing import Any

from masthead.letters.models import Consent, SignUp, Subscription
from masthead.membership import privacy as membership_first  # noqa: F401 (grants end before the lists are forgotten)
from masthead.readers import privacy
from masthead.readers.models import Reader


def export(reader: Reader) -> dict[str, Any]:
    """Lists joined and left, each consent with its words, and sign-ups that wait for their confirmation."""
    return {
        "lists": [
            {
                "list": row.list.name,
                "since": row.joined_at.isoformat(),
                "left": row.left_at and row.left_at.isoformat(),
                "how": row.left_how,
            }
            for row in Subscription.objects.filter(reader=reader).select_related("list")
        ],
        "consents": [
            {
                "list": row.list.name,
                "words": row.words,
                "page": row.page,
                "asked": row.asked_at.isoformat(),
                "confirmed": row.confirmed_at and row.confirmed_at.isoformat(),
            }
            for row in Consent.objects.filter(reader=reader).select_related("list")
        ],
        "sign_ups": [
            {"asked": row.asked_at.isoformat(), "page": row.page, "words": row.words}
            for row in SignUp.objects.filter(email=reader.email).order_by("asked_at")
        ],
    }


def erase(reader: Reader) -> None:
    """Forget the lists, the consents and every sign-up of the address."""
    SignUp.objects.filter(email=reader.email).delete()
    Subscription.objects.filter(reader=reader).delete()
    Consent.objects.filter(reader=reader).delete()


privacy.register("letters", export=export, erase=erase)
