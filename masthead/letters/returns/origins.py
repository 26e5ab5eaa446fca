"""Which delivery a report is about: told by the letter's own Message-ID, which only who got the letter knows."""

from masthead.letters import identities
from masthead.letters.models import Delivery


def delivery_of(message_id: str) -> Delivery | None:
    """The delivery that bears this Message-ID, with brackets or without; None when it is none of ours."""
    named = identities.read(message_id)
    return None if named is None else Delivery.objects.filter(mailing=named[0], reader=named[1]).first()


def message_id_of(delivery: Delivery) -> str:
    """The Message-ID that the delivery's letter bears, without brackets."""
    return identities.message_id(delivery.mailing_id, delivery.reader_id or 0)


def is_ours(message_id: str) -> bool:
    """Whether this is the Message-ID of a letter of ours."""
    return identities.read(message_id) is not None
