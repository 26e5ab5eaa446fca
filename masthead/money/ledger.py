"""The books: append-only, double-entry. Each transaction sums to zero per currency and bears a unique key.

Debit stands above zero, credit below. The database itself refuses what doesn't balance, an edit and a delete (guards).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Sum
from django.db.models.functions import TruncMonth

from masthead.core import clock, sums
from masthead.money.amounts import Money
from masthead.money.models import Line, MonthClose, Transaction, Turnover
from masthead.press.changes import announce

BOOKS = "books"
"""What a page that shows sums of the books is made of."""

INCOME, OWED_BY, OTHERS = "income:", "owed_by:", "others:"
AT_ONCE = 500
OF_A_SUM = ("month", "provider", "income", "method", "account", "currency")
Key = tuple[date, str, str, str, str, str]
"""Of a monthly sum: what OF_A_SUM names."""


class Account:
    """The accounts of the books. Income has one for each kind: `income:membership`, `income:gifts`."""

    BANK = "bank"
    """What providers have paid out to our own account at a bank, and what came there without one."""
    FEES = "fees"
    """What providers keep for their work."""
    REFUNDS = "refunds"
    """What we gave back, without the VAT in it."""
    RETURNED = "returned"
    """What givers had their banks take back, without the VAT in it."""
    ADJUSTMENTS = "adjustments"
    """What a provider took or gave of its own, apart from any payment."""
    UNEXPLAINED = "unexplained"
    """What a provider's books say and nobody could explain yet."""
    VAT = "vat"
    """What is owed to the tax office of what was sold."""
    MEMBERSHIP = "income:membership"
    """Regular support, without the VAT in what is a sale."""
    GIFTS = "income:gifts"
    """Gifts, once."""
    SHOP = "income:shop"
    """Goods."""
    ADVERTS = "income:adverts"
    """Advertisers' bookings."""

    @staticmethod
    def owed_by(provider: str) -> str:
        """What a provider holds for us until it pays it out."""
        return f"owed_by:{provider}"

    @staticmethod
    def of_others(provider: str) -> str:
        """What somebody else has at a provider's account that we share, and got with our payouts."""
        return f"{OTHERS}{provider}"


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


def post(
    key: str, *, on: date, lines: Sequence[Side], income: str = "", provider: str = "", method: str = ""
) -> Transaction:
    """Write one entry, once: the same key again gives the entry that is there. Lines of nothing are left out.

    `income` is the account that the entry is about, where none of its lines says so: a refund's, a return's;
    `provider` is through whom it came, where no line says that somebody owes it to us; `method` is how it was paid.
    What happened in a month that is closed stands in the first open one, and says its own day in `happened_on`.
    Raises Misposted when the key is there with other lines, IntegrityError when the lines don't sum to zero.
    """
    sides = [side for side in lines if side.amount]
    with transaction.atomic():
        there = Transaction.objects.filter(key=key).first()
        if there is not None:
            if _sides(there) != sorted(side.columns for side in sides):
                raise Misposted(key)
            return there
        announce(BOOKS)  # first: it puts those who post, and who closes a month, in a queue on PostgreSQL
        day = open_day(on)
        Line.objects.bulk_create(
            Line(
                transaction_id=key,
                account=side.account,
                amount_minor=side.amount.minor,
                currency=side.amount.currency,
                on=day,
            )
            for side in sides
        )
        entry = Transaction.objects.create(
            key=key,
            on=day,
            provider=provider or _first(sides, OWED_BY).removeprefix(OWED_BY),
            income=income or _first(sides, INCOME),
            method=method,
            happened_on=on if on != day else None,
        )
        _sum_up(entry, sides)
    return entry


def open_day(on: date) -> date:
    """`on`, or the first day of the first open month where the month of `on` is closed."""
    closed = MonthClose.objects.filter(reopened_at=None, last_on__gte=on).aggregate(last=Max("last_on"))["last"]
    return closed + timedelta(days=1) if closed else on


def reverse(key: str, *, on: date) -> Transaction:
    """Take an entry back by its mirror image: mistakes are reversed, not edited."""
    entry = Transaction.objects.get(key=key)
    sides = [Side(line.account, -line.amount) for line in entry.lines.all()]
    about = {"income": entry.income, "provider": entry.provider, "method": entry.method}
    return post(f"{key}:reversed", on=on, lines=sides, **about)


def balance(account: str) -> dict[str, Money]:
    """What an account holds, by currency: debit above zero, credit below."""
    sums = Line.objects.filter(account=account).values("currency").annotate(minor=Sum("amount_minor"))
    return {row["currency"]: Money(row["minor"], row["currency"]) for row in sums.order_by("currency")}


def held(account: str) -> dict[str, Money]:
    """The same from the monthly sums, so that it costs no more the more lines there are."""
    sums = Turnover.objects.filter(account=account).values("currency").annotate(sum=Sum("minor"))
    return {row["currency"]: Money(row["sum"], row["currency"]) for row in sums.order_by("currency")}


def imbalances(month: date | None = None) -> dict[tuple[str, str], int]:
    """What does not sum to zero, by key and currency, and entries without lines. Counted anew, line by line.

    `month`, its first day: of that month alone, however many lines are older.
    """
    lines, entries = Line.objects.all(), Transaction.objects.all()
    if month:
        lines, entries = lines.filter(**within(month, "transaction__on")), entries.filter(**within(month, "on"))
    sums = lines.values("transaction_id", "currency").annotate(minor=Sum("amount_minor"))
    uneven = {(row["transaction_id"], row["currency"]): row["minor"] for row in sums.exclude(minor=0).order_by()}
    empty = entries.exclude(Exists(Line.objects.filter(transaction_id=OuterRef("key")))).values_list("key", flat=True)
    return uneven | {(key, ""): 0 for key in empty}


def miscounted(month: date | None = None) -> dict[Key, tuple[int, int]]:
    """Monthly sums that are not what the lines add up to: the key, what is kept, what was counted now, line by line."""
    counted = _counted(month)
    there = Turnover.objects.filter(month=month) if month else Turnover.objects.all()
    kept = {tuple(key): minor for *key, minor in there.values_list(*OF_A_SUM, "minor") if minor}
    keys = sorted(counted.keys() | kept.keys())
    return {key: (kept.get(key, 0), counted.get(key, 0)) for key in keys if kept.get(key) != counted.get(key)}


def within(month: date, day: str) -> dict[str, date]:
    """What keeps rows to a month, by the field that has their day."""
    return {f"{day}__gte": month, f"{day}__lt": clock.add_months(month, 1)}


def sum_again() -> None:
    """Keep what the lines add up to in place of the monthly sums: the cure where they differ."""
    with transaction.atomic():
        announce(BOOKS)
        Turnover.objects.all().delete()
        rows = (Turnover(**dict(zip(OF_A_SUM, key, strict=True)), minor=minor) for key, minor in _counted().items())
        Turnover.objects.bulk_create(rows, batch_size=AT_ONCE)


def _counted(month: date | None = None) -> dict[Key, int]:
    lines = Line.objects.filter(**within(month, "transaction__on")) if month else Line.objects.all()
    found = lines.values_list(
        TruncMonth("transaction__on"),
        "transaction__provider",
        "transaction__income",
        "transaction__method",
        "account",
        "currency",
    )
    return {tuple(key): minor for *key, minor in found.annotate(minor=Sum("amount_minor")).order_by() if minor}


def _sum_up(entry: Transaction, sides: Sequence[Side]) -> None:
    """Add an entry to its month."""
    changes: Counter[Key] = Counter()
    for side in sides:
        about = (entry.on.replace(day=1), entry.provider, entry.income, entry.method)
        changes[*about, side.account, side.amount.currency] += side.amount.minor
    sums.add(Turnover, changes, keys=OF_A_SUM, total="minor")


def _first(sides: Sequence[Side], kind: str) -> str:
    """The first account of a kind in these lines, in order of names."""
    return min((side.account for side in sides if side.account.startswith(kind)), default="")


def _sides(entry: Transaction) -> list[tuple[str, int, str]]:
    return sorted(entry.lines.values_list("account", "amount_minor", "currency"))
