"""Heard from below, after the commit: somebody signed in by a message, so that their address is reached."""

from typing import Any

from django.dispatch import receiver

from masthead.letters import suppression
from masthead.readers.models import Reader
from masthead.readers.signals import address_confirmed


@receiver(address_confirmed)
def the_mailbox_is_there(reader: Reader, **_: Any) -> None:
    """What came back before says nothing now."""
    suppression.proved(reader)
