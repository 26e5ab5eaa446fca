"""Finds for each line of a provider's own books the entry of ours that says the same. Asks nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from masthead.core import clock
from masthead.money.amounts import Money
from masthead.money.ledger import OWED_BY, Account
from masthead.money.models import Dispute, Line, Payment, ProviderLine, Refund, Transaction
from masthead.money.states import DifferenceKind, MovementKind

DIFFERENCE = ":difference:"
"""What stands in the keys of entries that were posted to resolve a difference."""


@dataclass(frozen=True)
class Entry:
    """An entry of ours as a provider sees it: what it changes there, and the fee in it; on its own day, even where our
    books have it on a later one because its month was closed."""

    key: str
    on: date
    net: Money
    fee: Money


@dataclass(frozen=True)
class Pair:
    """A line of a provider's own books with the entry of ours for it, None where there is none."""

    line: ProviderLine
    entry: Entry | None


def pair(provider: str, lines: Iterable[ProviderLine]) -> list[Pair]:
    """Each line with an entry of ours that no other line has: the one that agrees with it, else the first."""
    rows = list(lines)
    wanted = _Wanted(provider, rows)
    entries = entries_called({key for line in rows for key in wanted.keys_of(line)})
    taken = set(
        ProviderLine.objects.filter(provider=provider, entry__in=entries.keys()).values_list("entry", flat=True)
    )
    found = []
    for line in rows:
        free = [entries[key] for key in wanted.keys_of(line) if key in entries and key not in taken]
        chosen = next((entry for entry in free if entry.net == line.net), free[0] if free else None)
        if chosen:
            taken.add(chosen.key)
        found.append(Pair(line, chosen))
    return found


def differs(pair: Pair, *, same_day: bool) -> DifferenceKind | None:
    """In which way a line and its entry differ; the amount weighs most, the day least."""
    assert pair.entry is not None, "there is something to compare"
    line, entry = pair.line, pair.entry
    if entry.net.currency != line.currency:
        return DifferenceKind.OTHER_CURRENCY
    if line.kind == MovementKind.FEE:  # all of it is fee, with no amount beside it
        return DifferenceKind.OTHER_FEE if entry.net != line.net else None
    if entry.net + entry.fee != line.net + line.fee:
        return DifferenceKind.OTHER_AMOUNT
    if entry.net != line.net:
        return DifferenceKind.OTHER_FEE
    if same_day and entry.on != clock.day_of(line.at):
        return DifferenceKind.OTHER_DAY
    return None


def entries_called(keys: Iterable[str]) -> dict[str, Entry]:
    """Entries by their keys, as their provider sees them."""
    sides: dict[str, list[tuple[str, int, str]]] = {}
    days: dict[str, date] = {}
    rows = Line.objects.filter(transaction__in=list(keys)).select_related("transaction")
    for row in rows.order_by("pk"):
        sides.setdefault(row.transaction_id, []).append((row.account, row.amount_minor, row.currency))
        days[row.transaction_id] = row.transaction.happened_on or row.transaction.on
    return {key: _entry(key, days[key], lines) for key, lines in sides.items()}


def unlisted(provider: str, first: date) -> list[Entry]:
    """Entries since `first` that no line of the provider's own books stands for, the oldest first.

    What came and went between two payouts is in none of them: entries of one payment that add up to nothing are left
    out together.
    """
    listed = ProviderLine.objects.filter(provider=provider, entry=OuterRef("key"))
    happened_since = Q(happened_on=None) | Q(happened_on__gte=first)
    rows = Transaction.objects.filter(happened_since, ~Exists(listed), provider=provider, on__gte=first)
    rows = rows.exclude(key__contains=DIFFERENCE)
    entries = entries_called(rows.values_list("key", flat=True))
    sums: dict[tuple[str, str], int] = {}
    names = payments_of(entries.values())
    for entry in entries.values():
        whose = names[entry.key], entry.net.currency
        sums[whose] = sums.get(whose, 0) + entry.net.minor
    left = [entry for entry in entries.values() if sums[names[entry.key], entry.net.currency]]
    return sorted(left, key=lambda entry: (entry.on, entry.key))


def payments_of(entries: Iterable[Entry]) -> dict[str, str]:
    """Our references of the payments that entries are about, by key; the key itself where it is about none."""
    named = {entry.key: _may_name(entry.key) for entry in entries}
    refs = {ref for each in named.values() for ref in each}
    known = {ref: ref for ref in Payment.objects.filter(reference__in=refs).values_list("reference", flat=True)}
    for model in (Refund, Dispute):
        rows = model._default_manager.filter(reference__in=refs - known.keys())
        known |= dict(rows.values_list("reference", "payment__reference"))
    return {key: next((known[ref] for ref in each if ref in known), key) for key, each in named.items()}


def _may_name(key: str) -> list[str]:
    """The references that an entry's key may hold, longest first: a provider's own may have a colon in it."""
    parts = key.split(":")
    return [":".join(parts[1:end]) for end in range(len(parts) - 1, 1, -1)]


def _entry(key: str, on: date, lines: list[tuple[str, int, str]]) -> Entry:
    currency = lines[0][2]
    net = sum(minor for account, minor, _ in lines if account.startswith(OWED_BY))
    fee = sum(minor for account, minor, _ in lines if account == Account.FEES)
    return Entry(key, on, Money(net, currency), Money(fee, currency))


class _Wanted:
    """Under which keys our entries for some lines would stand."""

    def __init__(self, provider: str, lines: list[ProviderLine]) -> None:
        self.provider = provider
        things, payments = {line.thing for line in lines if line.thing}, {line.payment for line in lines}
        refunds = Refund.objects.filter(payment__provider=provider, provider_ref__in=things)
        self.refunds = dict(refunds.values_list("provider_ref", "reference"))
        self.disputes: dict[str, list[tuple[str, str]]] = {}
        disputes = Dispute.objects.filter(payment__provider=provider, payment__reference__in=payments - {""})
        for payment, ref, name in disputes.values_list("payment__reference", "provider_ref", "reference"):
            self.disputes.setdefault(payment, []).append((ref, name))

    def keys_of(self, line: ProviderLine) -> list[str]:
        """The likeliest first; none for what stands in the provider's books alone."""
        return [f"{self.provider}:{name}" for name in self._names_of(line)]

    def _names_of(self, line: ProviderLine) -> list[str]:
        gives, refund = line.amount_minor > 0, self.refunds.get(line.thing)
        disputes = self.disputes.get(line.payment, [])
        if any(ref == line.thing for ref, _ in disputes):
            disputes = [(ref, name) for ref, name in disputes if ref == line.thing]
        names: list[str] = []
        match line.kind:
            case MovementKind.PAYMENT:
                names = [f"{line.payment}:collected", *(f"{name}:reinstated" for _, name in disputes)]
            case MovementKind.PAYMENT_UNDONE:
                names = [f"{name}:returned" for _, name in disputes]
            case MovementKind.DISPUTE:
                names = [f"{name}:{'reinstated' if gives else 'returned'}" for _, name in disputes]
            case MovementKind.REFUND if refund:
                names = [f"{refund}:refunded"]
            case MovementKind.REFUND_UNDONE if refund:
                names = [f"{refund}:refunded:reversed"]
            case MovementKind.FEE if line.payment and line.thing:
                names = [f"{line.payment}:fee:{line.thing}"]
        return names
