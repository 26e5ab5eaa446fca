"""What the books say, from the kept monthly sums: a few rows, however many lines there are; and the lines behind them.

An income statement counts what was given without the VAT in it, less what was given back, what was claimed back through
banks and what providers kept. Currencies are never added.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from masthead.core import clock
from masthead.core.refusals import Refusal
from masthead.money import ledger
from masthead.money.amounts import CURRENCIES, Money
from masthead.money.ledger import Account
from masthead.money.models import Line, MonthClose, Turnover

COLUMNS = {
    "income": gettext_noop("Income"),
    "refunds": gettext_noop("Given back"),
    "returned": gettext_noop("Claimed back"),
    "fees": gettext_noop("Fees"),
    "left": gettext_noop("After all"),
    "vat": gettext_noop("VAT, besides"),
}
OF_ACCOUNT = {Account.REFUNDS: "refunds", Account.RETURNED: "returned", Account.FEES: "fees", Account.VAT: "vat"}
TAKEN_OFF = ("refunds", "returned", "fees")
INCOMES = {
    Account.MEMBERSHIP: gettext_noop("Memberships"),
    Account.GIFTS: gettext_noop("Gifts, once"),
    Account.SHOP: gettext_noop("Shop"),
    Account.ADVERTS: gettext_noop("Adverts"),
}
MEANINGS = {
    Account.BANK: gettext_noop("Our own account at the bank: what providers have paid out, and what came without one"),
    Account.FEES: gettext_noop("What providers keep for their work"),
    Account.REFUNDS: gettext_noop("What we gave back, without the VAT in it"),
    Account.RETURNED: gettext_noop("What givers claimed back through their banks, without the VAT in it"),
    Account.ADJUSTMENTS: gettext_noop("Other things of a provider's account"),
    Account.UNEXPLAINED: gettext_noop("What a provider's books say and nobody has explained yet"),
    Account.VAT: gettext_noop("Owed to the tax office of what was sold"),
}
WAYS = {
    "card": gettext_noop("Card"),
    "debit": gettext_noop("Direct debit"),
    "transfer": gettext_noop("Bank transfer"),
    "cheque": gettext_noop("Cheque"),
    "cash": gettext_noop("Cash"),
    "": gettext_noop("Not known"),
}
FIRST_YEAR, LAST_YEAR = 1900, 2999


class NoSuchLines(Refusal):
    """What was asked for is no figure of the books."""


@dataclass(frozen=True)
class Row:
    """One row of a statement: this year's sums and last year's by column, and what asks for the lines of this one."""

    name: str
    now: Mapping[str, Money]
    before: Mapping[str, Money]
    asks: Mapping[str, str]
    close: MonthClose | None = None

    @property
    def cells(self) -> list[tuple[str, Money, dict[str, str]]]:
        """Column, amount and the query of its lines, of this year."""
        return [(column, self.now[column], {**self.asks, "column": column}) for column in COLUMNS]


@dataclass(frozen=True)
class Statement:
    """A year in one currency: by kind of income, by month, by way of paying; and together."""

    year: int
    currency: str
    kinds: list[Row]
    months: list[Row]
    ways: list[Row]
    together: Row


@dataclass(frozen=True)
class Balance:
    """What an account holds in one currency, debit above zero."""

    account: str
    meaning: str
    amount: Money


@dataclass(frozen=True)
class Wanted:
    """Lines of the books that somebody asked for, as an address says it. See `lines`."""

    currency: str
    first: date
    end: date
    accounts: tuple[str, ...] | None
    about: Mapping[str, str] = field(default_factory=dict)
    search: str = ""

    @property
    def account(self) -> str:
        """The one account that was asked for; empty where there are several."""
        return self.accounts[0] if self.accounts and len(self.accounts) == 1 else ""


def currencies() -> list[str]:
    """Those in which the books have something, the most used first."""
    found = Turnover.objects.values_list("currency").annotate(rows=Count("pk")).order_by("-rows", "currency")
    return [currency for currency, _rows in found]


def statement(year: int, currency: str) -> Statement:
    """The income of a year, with the year before beside each sum."""
    rows = list(_of_years(year, currency))
    asks = {"year": str(year), "currency": currency}
    closes = {close.month.month: close for close in MonthClose.objects.filter(reopened_at=None, month__year=year)}
    sums = [_Sums(rows, each, currency) for each in (year, year - 1)]
    kinds = [
        _row(name_of_income(kind), sums, lambda row, kind=kind: row["income"] == kind, {**asks, "income": kind})
        for kind in sorted({row["income"] for row in rows}, key=_order_of_income)
    ]
    months = [
        _row(
            date_format(date(year, month, 1), "F"),
            sums,
            lambda row, month=month: row["month"].month == month,
            {"month": f"{year}-{month:02}", "currency": currency},
            closes.get(month),
        )
        for month in sorted({row["month"].month for row in rows})
    ]
    ways = [
        _row(
            name_of_way(method, provider),
            sums,
            lambda row, way=(method, provider): (row["method"], row["provider"]) == way,
            {**asks, "method": method, "provider": provider},
        )
        for method, provider in sorted({(row["method"], row["provider"]) for row in rows}, key=_order_of_way)
    ]
    return Statement(year, currency, kinds, months, ways, _row(_("Together"), sums, lambda row: True, asks))


def balances() -> list[Balance]:
    """Every account that was ever posted to, and what it holds."""
    found = Turnover.objects.values_list("account", "currency").annotate(minor=Sum("minor")).order_by()
    return [
        Balance(account, meaning_of(account), Money(minor, currency))
        for account, currency, minor in sorted(found, key=lambda row: (_order_of_account(row[0]), row[0], row[1]))
    ]


def opening(account: str, currency: str, day: date) -> Money:
    """What an account held when the month of `day` began."""
    before = Turnover.objects.filter(account=account, currency=currency, month__lt=day.replace(day=1))
    return Money(before.aggregate(minor=Sum("minor"))["minor"] or 0, currency)


def moved(wanted: Wanted) -> Money:
    """What the lines that were asked for add up to: from the kept sums, so it costs the same for many as for few."""
    rows = Turnover.objects.filter(currency=wanted.currency, month__gte=wanted.first, month__lt=wanted.end)
    if wanted.accounts is not None:
        rows = rows.filter(account__in=wanted.accounts)
    return Money(rows.filter(**wanted.about).aggregate(minor=Sum("minor"))["minor"] or 0, wanted.currency)


def asked(query: Mapping[str, str]) -> Wanted:
    """What an address asks for: `currency`; `month` (2026-03) or `year`; `account` or `column`; and where wanted
    `income`, `method`, `provider`, and in `q` a part of an entry's key. Raises NoSuchLines."""
    try:
        first, end = _span(query)
        currency = query["currency"]
        if currency not in CURRENCIES:
            raise ValueError(currency)
        accounts = (query["account"],) if query.get("account") else _accounts(query.get("column", ""))
    except (KeyError, ValueError):
        raise NoSuchLines from None
    about = {name: query[name] for name in ("income", "method", "provider") if name in query}
    return Wanted(currency, first, end, accounts, about, query.get("q", "").strip())


def lines(wanted: Wanted) -> Any:
    """The lines themselves, newest first. By account and day they stand in an index: older ones cost nothing."""
    found = Line.objects.filter(currency=wanted.currency, on__gte=wanted.first, on__lt=wanted.end)
    if wanted.accounts is not None:
        found = found.filter(account__in=wanted.accounts)
    found = found.filter(**{f"transaction__{name}": value for name, value in wanted.about.items()})
    if wanted.search:
        found = found.filter(transaction__key__icontains=wanted.search)
    return found.select_related("transaction").order_by("-on", "-pk")


def name_of_income(account: str) -> str:
    """As the desk reads it."""
    return _(INCOMES[account]) if account in INCOMES else _plain(account, ledger.INCOME) or _("Of no income")


def name_of_way(method: str, provider: str) -> str:
    """Card, stripe."""
    way = _(WAYS[method]) if method in WAYS else _plain(method, "")
    return f"{way}, {provider}" if provider else way


def meaning_of(account: str) -> str:
    """What an account is for, in a few words."""
    if account in MEANINGS:
        return _(MEANINGS[account])
    if account.startswith(ledger.OWED_BY):
        return _("What %(provider)s holds for us until it pays it out") % {
            "provider": account.removeprefix(ledger.OWED_BY)
        }
    if account.startswith(ledger.OTHERS):
        return _("What others have at the account with %(provider)s that we share, paid out to us") % {
            "provider": account.removeprefix(ledger.OTHERS)
        }
    return _("Income: %(kind)s") % {"kind": name_of_income(account)}


class _Sums:
    """The sums of one year, to be added up by whatever tells rows apart."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], year: int, currency: str) -> None:
        self.rows = [row for row in rows if row["month"].year == year]
        self.currency = currency

    def of(self, is_wanted: Any) -> dict[str, Money]:
        found: Counter[str] = Counter()
        for row in filter(is_wanted, self.rows):
            column = OF_ACCOUNT.get(row["account"], "income")
            found[column] += row["minor"] if column in TAKEN_OFF else -row["minor"]
        found["left"] = found["income"] - sum(found[column] for column in TAKEN_OFF)
        return {column: Money(found[column], self.currency) for column in COLUMNS}


def _row(name: str, sums: list[_Sums], is_wanted: Any, asks: dict[str, str], close: MonthClose | None = None) -> Row:
    return Row(name, sums[0].of(is_wanted), sums[1].of(is_wanted), asks, close)


def _of_years(year: int, currency: str) -> Any:
    both = Turnover.objects.filter(month__gte=date(year - 1, 1, 1), month__lt=date(year + 1, 1, 1), currency=currency)
    of_income = Q(account__startswith=ledger.INCOME) | Q(account__in=OF_ACCOUNT)
    return both.filter(of_income).exclude(minor=0).order_by().values(*ledger.OF_A_SUM, "minor")


def _accounts(column: str) -> tuple[str, ...]:
    """The accounts that a column adds up. Raises ValueError for a column that there isn't."""
    if column not in COLUMNS:
        raise ValueError(column)
    if column in ("income", "left"):
        incomes = Turnover.objects.filter(account__startswith=ledger.INCOME).values_list("account", flat=True)
        known = sorted({*INCOMES, *incomes.distinct().order_by()})
        return tuple(known if column == "income" else [*known, *(name for name in OF_ACCOUNT if name != Account.VAT)])
    return tuple(account for account, name in OF_ACCOUNT.items() if name == column)


def _span(query: Mapping[str, str]) -> tuple[date, date]:
    """The days that were asked for: the first, and the first after them. Raises KeyError or ValueError."""
    if query.get("month"):
        first = date.fromisoformat(f"{query['month']}-01")
        return first, clock.add_months(first, 1)
    year = int(query["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(year)
    return date(year, 1, 1), date(year + 1, 1, 1)


def _order_of_income(account: str) -> tuple[int, str]:
    known = list(INCOMES)
    return (known.index(account) if account in known else len(known) + (account == ""), account)


def _order_of_account(account: str) -> int:
    kinds = (ledger.OWED_BY, Account.BANK, ledger.INCOME, Account.REFUNDS, Account.RETURNED, Account.FEES, Account.VAT)
    return next((place for place, kind in enumerate(kinds) if account.startswith(kind)), len(kinds))


def _order_of_way(way: tuple[str, str]) -> tuple[int, str, str]:
    method, provider = way
    known = list(WAYS)
    return (known.index(method) if method in known else len(known), method, provider)


def _plain(account: str, prefix: str) -> str:
    return account.removeprefix(prefix).replace("-", " ").capitalize()
