"""Which rights need a second factor: those to see or move money, and those to say who may. Each app names its own."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Guarded:
    """The rights of one app: on these models, or on all of them; but not these."""

    models: frozenset[str]
    but: frozenset[str]


GUARDED: dict[str, Guarded] = {}


def guard(app: str, *models: str, but: Collection[str] = ()) -> None:
    """From now on every right of `app` on these models (none named: on all) is given only with a second factor.

    `but` names codenames that need none, such as figures without names.
    """
    GUARDED[app] = Guarded(frozenset(models), frozenset(but))


def is_guarded(right: str) -> bool:
    """Whether this right ("money.view_payment") needs a second factor."""
    app, _, codename = right.partition(".")
    found = GUARDED.get(app)
    if found is None or codename in found.but:
        return False
    return not found.models or codename.partition("_")[2] in found.models


def any_guarded(rights: Iterable[str]) -> bool:
    """Whether one of them is."""
    return any(is_guarded(right) for right in rights)


guard("readers", "staffuser")
guard("auth", "group", "permission")
