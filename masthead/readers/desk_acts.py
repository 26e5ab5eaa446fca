"""What a button at the desk does: one verb, and a word on what became of it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from wagtail.admin import messages

from masthead.core.actors import Actor
from masthead.core.refusals import Refusal


def carry_out(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do it and say so; or say, on the next page, why a rule forbids it. Gives whether it was done."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal.for_people)
        return False
    messages.success(request, done)
    return True


def actor_of(request: HttpRequest) -> Actor:
    """Which member of staff presses the button."""
    actor: Actor = request.user.actor  # type: ignore[union-attr]
    return actor
