"""Who moves the money: each provider is a folder behind one interface, and one line here."""

from masthead.core.refusals import Refusal, Trouble
from masthead.money import methods
from masthead.money.providers import gocardless, practice, stripe
from masthead.money.providers.base import Provider

FINDERS = {  # name → what gives the provider, or None where it has no place here; the first is offered first
    "stripe": stripe.find,
    "gocardless": gocardless.find,
    "practice": practice.find,
}


class NoProvider(Trouble):
    """Nobody is there who could take a payment."""


class NotThisWay(Refusal):
    """The provider that was chosen is not here, or doesn't take such a payment."""

    for_people_text = "This can't be paid in that way. Choose another one, please. Nothing has been changed."


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


def for_checkouts(currency: str, *, keeps_mandate: bool) -> list[Provider]:
    """Those whose pay page givers may choose for such a payment; the first is the default. Raises NoProvider.

    None is among them whose methods for it are all switched off on the desk.
    """
    there = [provider for finder in FINDERS.values() if (provider := finder())]
    if not there:
        raise NoProvider("no provider is set up")
    off = methods.all_off()
    return [
        provider
        for provider in there
        if provider.takes(currency, keeps_mandate=keeps_mandate)
        and provider.methods_for(currency) - off.get(provider.name, frozenset())
    ]


def choose(name: str, currency: str, *, keeps_mandate: bool) -> Provider:
    """The provider of that name, if it may be chosen for such a payment; the default for none. Raises NotThisWay."""
    offered = for_checkouts(currency, keeps_mandate=keeps_mandate)
    chosen = next((provider for provider in offered if not name or provider.name == name), None)
    if chosen is None:
        raise NotThisWay
    return chosen


def can_take_support() -> bool:
    """Whether any provider is set up, so that somebody new could pay."""
    return any(finder() for finder in FINDERS.values())


def origins() -> list[str]:
    """Where a form of ours may lead to pay: what a page's form-action must allow."""
    return [provider.origin for finder in FINDERS.values() if (provider := finder())]
