"""Where calls happen: each provider is a module behind one interface, and one line here."""

from __future__ import annotations

from .base import CallProvider, Join, Member, Place, ProviderRefused, Redirect, Role, Stage
from .jitsi import Jitsi
from .link import Link

__all__ = ["CallProvider", "Join", "Member", "Place", "ProviderRefused", "Redirect", "Role", "Stage"]

PROVIDERS: dict[str, CallProvider] = {}


def register(provider: CallProvider) -> CallProvider:
    """Make a provider known. One that is embedded is refused: no page of this version carries a room."""
    if provider.embedded:
        raise ValueError(f"{provider.key}: no page carries an embedded room yet")
    PROVIDERS[provider.key] = provider
    return provider


def get(key: str) -> CallProvider:
    """The provider of that name. Raises ProviderRefused."""
    if key not in PROVIDERS:
        raise ProviderRefused(f"there is no provider {key!r}")
    return PROVIDERS[key]


def choices() -> list[tuple[str, str]]:
    """Name and label of each, for a form."""
    return [(provider.key, provider.label) for provider in PROVIDERS.values()]


register(Link())
register(Jitsi())
