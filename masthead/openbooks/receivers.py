"""What is heard: a letter went out, a call was held."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from masthead.calls.models import Call
from masthead.letters.models import Issue

from . import said

COUNTED = (Issue, Call)


def connect() -> None:
    """Begin to listen; called once, when the app is ready."""
    for model in COUNTED:
        for signal in (post_save, post_delete):
            signal.connect(look_again, sender=model, dispatch_uid=f"openbooks:{model.__name__}")


def look_again(sender: Any, raw: bool = False, **_: Any) -> None:
    """Look at the figures after the commit: nothing of ours can undo a letter or a call."""
    if not raw:
        transaction.on_commit(said.refresh, robust=True)
