"""Switches for ways to pay: off at once for payments to come; what was given before is collected all the same."""

from django.db import transaction

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.money.defences import PART
from masthead.money.models import MethodOff
from masthead.press.changes import announce
from masthead.press.recording import made_of

audit.register("money.method_off", "{by} switched {method} off for new payments: {subject}")
audit.register("money.method_on", "{by} switched {method} on again: {subject}")


def off(provider: str) -> frozenset[str]:
    """What is switched off of a provider's methods. A page that offers ways to pay is made of this."""
    return all_off().get(provider, frozenset())


def all_off() -> dict[str, frozenset[str]]:
    """What is switched off, by provider."""
    made_of(PART)
    found: dict[str, set[str]] = {}
    for name, method in MethodOff.objects.values_list("provider", "method"):
        found.setdefault(name, set()).add(method)
    return {name: frozenset(methods) for name, methods in found.items()}


def switch_off(provider: str, method: str, *, by: Actor) -> None:
    """Offer a method to nobody from now on."""
    with transaction.atomic():
        _, is_new = MethodOff.objects.get_or_create(
            provider=provider, method=method, defaults={"by": str(by), "since": clock.now()}
        )
        if is_new:
            announce(PART)
            audit.record("money.method_off", f"money.provider:{provider}", by=by, method=method)


def switch_on(provider: str, method: str, *, by: Actor) -> None:
    """Offer it again."""
    with transaction.atomic():
        gone, _ = MethodOff.objects.filter(provider=provider, method=method).delete()
        if gone:
            announce(PART)
            audit.record("money.method_on", f"money.provider:{provider}", by=by, method=method)
