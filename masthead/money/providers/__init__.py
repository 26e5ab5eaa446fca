"""Who moves the money: each provider is a folder behind one interface, and one line here."""

from masthead.core.refusals import Trouble
from masthead.money.providers import practice, stripe
from masthead.money.providers.base import Provider

FINDERS = {  # name → what gives the provider, or None where it has no place here; the first takes new supporters
    "stripe": stripe.find,
    "practice": practice.find,
}


class NoProvider(Trouble):
    """Nobody is there who could take a payment."""


def find(name: str) -> Provider | None:
    """The provider of that name, when this newsroom has it."""
    finder = FINDERS.get(name)
    return finder() if finder else None


def get(name: str) -> Provider:
    """The provider of that name. Raises NoProvider."""
    provider = find(name)
    if provider is None:
        raise NoProvider(name)
    return provider


def for_checkouts() -> Provider:
    """The provider whose pay page new supporters see. Raises NoProvider."""
    for finder in FINDERS.values():
        if provider := finder():
            return provider
    raise NoProvider("no provider is set up")


def can_take_support() -> bool:
    """Whether any provider is set up, so that somebody new could pay."""
    return any(finder() for finder in FINDERS.values())


def origins() -> list[str]:
    """Where a form of ours may lead to pay: what a page's form-action must allow."""
    return [provider.origin for finder in FINDERS.values() if (provider := finder())]
