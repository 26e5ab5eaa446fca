"""The books: append-only, double-entry. Each transaction sums to zero per currency and bears a unique key.

Debit stands above zero, credit below. The database itself refuses what doesn't balance, an edit and a delete (guards).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Sum

from masthead.money.amounts import Money
from masthead.money.models import Line, Transaction


class Account:
    """The accounts of the books. Income has one for each kind: `income:membership`, `income:gifts`."""

    FEES = "fees"
    REFUNDS = "refunds"
    RETURNED = "returned"
    MEMBERSHIP = "income:membership"
    GIFTS = "income:gifts"

    @staticmethod
    def owed_by(provider: str) -> str:
        """What a provider holds for us until it pays it out."""
        return f"owed_by:{provider}"


@dataclass(frozen=True)
class Side:
    """One line before it is posted."""

    account: str
    amount: Money

    @property
    def columns(self) -> tuple[str, int, str]:
        """As it stands in a row."""
        return self.account, self.amount.minor, self.amount.currency


class Misposted(Exception):
    """The key is in the books already, with other lines: two different things can't bear one key."""


def debit(account: str, amount: Money) -> Side:
    """What an account takes in."""
    return Side(account, amount)


def credit(account: str, amount: Money) -> Side:
    """What an account gives."""
    return Side(account, -amount)


def post(key: str, *, on: date, lines: Sequence[Side]) -> Transaction:
    """Write one entry, once: the same key again gives the entry that is there. Lines of nothing are left out.

    Raises Misposted when the key is there with other lines, IntegrityError when the lines don't sum to zero.
    """
    sides = [side for side in lines if side.amount]
    with transaction.atomic():
        there = Transaction.objects.filter(key=key).first()
        if there is not None:
            if _sides(there) != sorted(side.columns for side in sides):
                raise Misposted(key)
            return there
        Line.objects.bulk_create(
            Line(
                transaction_id=key, account=side.account, amount_minor=side.amount.minor, currency=side.amount.currency
            )
            for side in sides
        )
        return Transaction.objects.create(key=key, on=on)


def reverse(key: str, *, on: date) -> Transaction:
    """Take an entry back by its mirror image: mistakes are reversed, not edited."""
    lines = Line.objects.filter(transaction=key)
    return post(f"{key}:reversed", on=on, lines=[Side(line.account, -line.amount) for line in lines])


def balance(account: str) -> dict[str, Money]:
    """What an account holds, by currency: debit above zero, credit below."""
    sums = Line.objects.filter(account=account).values("currency").annotate(minor=Sum("amount_minor"))
    return {row["currency"]: Money(row["minor"], row["currency"]) for row in sums.order_by("currency")}


def imbalances() -> dict[tuple[str, str], int]:
    """What does not sum to zero, by key and currency, and entries without lines. Counted anew, line by line."""
    sums = Line.objects.values("transaction_id", "currency").annotate(minor=Sum("amount_minor"))
    uneven = {(row["transaction_id"], row["currency"]): row["minor"] for row in sums.exclude(minor=0).order_by()}
    empty = Transaction.objects.annotate(count=Count("lines")).filter(count=0).values_list("key", flat=True)
    return uneven | {(key, ""): 0 for key in empty}


def _sides(entry: Transaction) -> list[tuple[str, int, str]]:
    return sorted(entry.lines.values_list("account", "amount_minor", "currency"))
