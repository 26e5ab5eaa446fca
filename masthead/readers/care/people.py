"""Whom supporter care is for: a reader's account, or a giver whose address is not confirmed yet.

Each has a key for the desk's addresses, made of references alone: no e-mail address stands in an address.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, Q

from masthead.readers.models import Reader

SEE = "money.see_money"
"""The right to look at who gives what."""
MOVE = "money.move_money"
"""The right to change what people pay, give back, and whose account it is."""


@dataclass(frozen=True)
class Person:
    """One of them. `email` is empty once the account is erased; `subject` is what the audit log names."""

    key: str
    reader: Reader | None
    email: str
    subject: Model

    @property
    def name(self) -> str:
        """As the desk calls them."""
        if self.is_erased:
            return "An account that was erased"
        return (self.reader.name if self.reader else "") or self.email or "Somebody without an address"

    @property
    def is_erased(self) -> bool:
        """Whether nothing but a bare reference is left."""
        return self.reader is not None and self.reader.erased_at is not None

    @property
    def is_confirmed(self) -> bool:
        """Whether they have proved that the address is theirs."""
        return self.reader is not None and not self.is_erased

    def owns(self, *, email: str = "email") -> Q:
        """The rows that are theirs: the account's, and those given under its address that nobody has confirmed."""
        unconfirmed = Q(**{"reader__isnull": True, email: self.email}) if self.email else Q(pk__in=[])
        return unconfirmed if self.reader is None else Q(reader=self.reader) | unconfirmed


By = Callable[[str], Person | None]
_KINDS: dict[str, By] = {}


def register_kind(kind: str, by_reference: By) -> None:
    """Make known whom keys that begin with `kind` are of: `pledge-7Q4K-22M9` is whoever gives that pledge."""
    _KINDS[kind] = by_reference


def is_kind(kind: str) -> bool:
    """Whether somebody has said whom keys of this kind are of."""
    return kind in _KINDS


def at(key: str) -> Person | None:
    """The person of this key; None where there is none. Every page and act of care fetches by this alone."""
    kind, _, reference = key.partition("-")
    by_reference = _KINDS.get(kind)
    return by_reference(reference) if by_reference and reference else None


def of_reader(reader: Reader) -> Person:
    """The person behind an account; of one that was merged into another, that other."""
    reader = reader.merged_into or reader
    return Person(f"reader-{reader.reference}", reader, reader.email or "", reader)


def _by_reference(reference: str) -> Person | None:
    reader = Reader.objects.select_related("merged_into").filter(reference=reference).first()
    return of_reader(reader) if reader else None


register_kind("reader", _by_reference)
