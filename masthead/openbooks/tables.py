"""Every table of the open books, once: the page shows it, a CSV holds it, the desk's page leads behind each figure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from masthead.core.spreadsheets import lines_of_csv
from masthead.money.amounts import Money
from masthead.newsroom import tallies
from masthead.newsroom.models import Counted

from . import figures
from .figures import Counts, Pound, Published, Share, YearOfIncome

COUNTS, SECTIONS, PEOPLE, AGENCIES = "counts", "sections", "people", "agencies"
INCOME, MONTHS, SPENDING, SUPPORTERS = "income", "months", "spending", "supporters"


@dataclass(frozen=True)
class Cell:
    """What people read, what a spreadsheet reads, and where on the desk the records behind it are."""

    text: str
    value: str | int | Decimal
    behind: str = ""

    @property
    def alone(self) -> "Cell":
        """The same, leading nowhere."""
        return replace(self, behind="")


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first cell of a row names it."""

    slug: str
    title: str
    columns: list[str]
    rows: list[list[Cell]]
    foot: list[Cell] = field(default_factory=list)
    words: int = 1
    """How many columns, from the first, are words; the others are figures."""

    @property
    def headings(self) -> list[tuple[str, bool]]:
        """Each column's heading, and whether it is of figures."""
        return [(title, index >= self.words) for index, title in enumerate(self.columns)]


def of_year(year: int) -> dict[str, Table]:
    """Every table of `year` and the year before, by its name in addresses."""
    own = figures.own_currency()
    found = of_published(figures.published(year))
    found += of_income(figures.income(year), figures.income(year - 1), own=own)
    found += of_spending(figures.of_a_pound(figures.year_of_spending(year)), own=own)
    return {table.slug: table for table in found}


def of_published(known: Published) -> list[Table]:
    """Counts of both years, by section, by person; agencies apart."""
    return [
        Table(
            COUNTS,
            _("What we published"),
            [_("Year"), _("Stories"), _("Films"), _("Letters"), _("Calls"), _("Corrections")],
            [_counts(counts) for counts in (known.now, known.before)],
        ),
        _by_part(SECTIONS, _("By section"), _("Section"), known, known.sections),
        _by_part(PEOPLE, _("By person"), _("Person"), known, known.people),
        Table(
            AGENCIES,
            _("From agencies, counted nowhere above"),
            [_("Year"), _("Stories"), _("Films"), _("Corrections")],
            [
                [Cell(str(counts.year), counts.year), *_tallied(counts, tallies.ALL, is_own=False)]
                for counts in known.agencies
            ],
        ),
    ]


def of_income(now: Sequence[YearOfIncome], before: Sequence[YearOfIncome], *, own: str) -> list[Table]:
    """For each currency: by kind, and by month."""
    found = []
    for currency in dict.fromkeys([own, *(year.currency for year in (*now, *before))]):
        years = [next((year for year in each if year.currency == currency), None) for each in (now, before)]
        both = [year for year in years if year]
        found += [_kinds(_Naming(currency, own), both), _months(_Naming(currency, own), both[::-1])]
    return found


def of_spending(pounds: Sequence[Pound], *, own: str) -> list[Table]:
    """For each currency: what was spent, on what; the newsroom's own is there, if empty, before anything was spent."""
    found = [
        Table(
            _Naming(pound.currency, own).slug(SPENDING),
            _("What was spent"),
            [*_headings(pound.currency), str(pound.year), str(pound.year - 1)],
            [_share(pound, share) for share in pound.shares],
            foot=[
                *(_words(text) for text in (_("Together"), "", "")),
                _pence(Money(100, pound.currency), **_entered(pound, pound.year)),
                _money(pound.together, **_entered(pound, pound.year)),
                _money(pound.before, **_entered(pound, pound.year - 1)),
            ],
            words=3,
        )
        for pound in pounds
    ]
    if any(pound.currency == own for pound in pounds):
        return found
    return [Table(SPENDING, _("What was spent"), _headings(own), [], words=3), *found]


def of_supporters(count: int) -> Table:
    """How many support the paper now: on the desk to the digit, for readers in words."""
    row = [Cell(_("Now"), "now"), _count(count, what="supporters")]
    return Table(SUPPORTERS, _("Supporters"), [_("When"), _("Supporters")], [row])


def as_csv(table: Table) -> str:
    """The table as a spreadsheet reads it: amounts in full, and no cell that it would take for a formula."""
    return lines_of_csv([table.columns, *([cell.value for cell in row] for row in (*table.rows, table.foot) if row)])


def penny(pence: int, currency: str) -> str:
    """'61p' where it is said so, else as an amount."""
    return f"{pence}p" if currency == "GBP" else str(Money(pence, currency))


def _by_part(slug: str, title: str, heading: str, known: Published, parts: Sequence[figures.Part]) -> Table:
    now, before = known.now.year, known.before.year
    columns = [_("Stories"), _("Films"), _("Corrections")]
    rows = [[_words(part.name), *_tallied(part.now, part.part), *_tallied(part.before, part.part)] for part in parts]
    return Table(slug, title, [heading, *(f"{column}, {year}" for year in (now, before) for column in columns)], rows)


def _counts(counts: Counts) -> list[Cell]:
    story, film, correction = _tallied(counts, tallies.ALL)
    letters, calls = (
        _count(number, what=what, year=counts.year)
        for number, what in ((counts.letters, "letters"), (counts.calls, "calls"))
    )
    return [Cell(str(counts.year), counts.year), story, film, letters, calls, correction]


def _tallied(counts: Counts, part: str, *, is_own: bool = True) -> list[Cell]:
    numbers = {Counted.STORY: counts.stories, Counted.FILM: counts.films, Counted.CORRECTION: counts.corrections}
    return [
        _count(number, what=kind.value, year=counts.year, part=part, own=int(is_own))
        for kind, number in numbers.items()
    ]


def _kinds(naming: "_Naming", years: Sequence[YearOfIncome]) -> Table:
    kinds = sorted({kind.account for year in years for kind in year.kinds}, key=lambda account: (not account, account))
    columns = [_("Kind"), _("Year"), _("Given"), _("Given back"), _("Fees"), _("After all")]
    rows = [
        [_words(kind.name), Cell(str(year.year), year.year), *_income(kind, year, {"income": kind.account})]
        for account in kinds
        for year in years
        for kind in year.kinds
        if kind.account == account
    ]
    rows += [
        [_words(_("Together")), Cell(str(year.year), year.year), *_income(year.together, year, {})] for year in years
    ]
    return Table(naming.slug(INCOME), _("Income by kind"), naming.say(columns), rows, words=2)


def _income(kind: figures.Income, year: YearOfIncome, asked: dict[str, str]) -> list[Cell]:
    amounts = {"given": kind.given, "back": kind.back, "fees": kind.fees, "left": kind.left}
    return [
        _money(amount, what="money", column=column, year=year.year, currency=year.currency, **asked)
        for column, amount in amounts.items()
    ]


def _months(naming: "_Naming", years: Sequence[YearOfIncome]) -> Table:
    currency = naming.currency
    accounts = sorted({kind.account for year in years for kind in year.kinds}, key=lambda name: (not name, name))
    rows = []
    for year in years:
        place = {kind.account: index for index, kind in enumerate(year.kinds)}
        for month in year.months:
            asked = {"what": "money", "column": "left", "month": f"{month.first:%Y-%m}", "currency": currency}
            left = [month.left[place[each]] if each in place else Money(0, currency) for each in accounts]
            cells = [_money(each, income=account, **asked) for account, each in zip(accounts, left, strict=True)]
            rows.append([_month(month.first), *cells, _money(month.together, **asked)])
    columns = [_("Month"), *(figures.name_of_income(account) for account in accounts), _("Together")]
    title = _("Income by month, after fees and refunds")
    return Table(naming.slug(MONTHS), title, naming.say(columns), rows)


def _headings(currency: str) -> list[str]:
    of_one = _("Of %(pound)s") % {"pound": Money(100, currency).short}
    return [_("Spent on"), _("What for"), _("Paid to"), of_one]


def _share(pound: Pound, share: Share) -> list[Cell]:
    def behind(year: int) -> dict[str, Any]:
        if share.category is None:
            return fees(pound.currency, year)
        return {**_entered(pound, year), "category": share.category}

    return [
        _words(share.name),
        _words(str(share.kind.label)),
        _words(", ".join(share.payees)),
        _pence(Money(share.pence, pound.currency), **behind(pound.year)),
        _money(share.amount, **behind(pound.year)),
        _money(share.before, **behind(pound.year - 1)),
    ]


def _entered(pound: Pound, year: int) -> dict[str, Any]:
    return {"what": "spending", "year": year, "currency": pound.currency}


def fees(currency: str, year: int) -> dict[str, Any]:
    """What asks for the lines of the books that say what providers kept."""
    return {"what": "money", "column": "fees", "year": year, "currency": currency}


@dataclass(frozen=True)
class _Naming:
    """What tables in a currency are called: the newsroom's own goes without saying."""

    currency: str
    own: str

    def slug(self, name: str) -> str:
        return name if self.currency == self.own else f"{name}-{self.currency.lower()}"

    def say(self, columns: list[str]) -> list[str]:
        return columns if self.currency == self.own else [f"{columns[0]} ({self.currency})", *columns[1:]]


def _words(text: str) -> Cell:
    return Cell(text, text)


def _month(first: date) -> Cell:
    return Cell(date_format(first, "F Y"), f"{first:%Y-%m}")


def _count(number: int, **behind: Any) -> Cell:
    return Cell(number_format(number, force_grouping=True), number, urlencode(behind) if number else "")


def _money(amount: Money, **behind: Any) -> Cell:
    return Cell(str(amount), amount.decimal, urlencode(behind) if amount and behind else "")


def _pence(part: Money, **behind: Any) -> Cell:
    """Of a hundred."""
    return Cell(penny(part.minor, part.currency), part.decimal, urlencode(behind) if part else "")
