"""Which delivery a report is about: told by the letter's own Message-ID, which only who got the letter knows."""

from masthead.letters import identities
from masthead.letters.models import Delivery


def delivery_of(message_id: str) -> Delivery | None:
    """The delivery that bears this Message-ID, with brackets or without; None when it is none of ours."""
    named = identities.read(message_id)
    return None if named is None else Delivery.objects.filter(mailing=named[0], reader=named[1]).first()
