"""The figures of the open books, read from sums that are kept where things change: a few rows, however much there was.

Years and months are the newsroom's. Money is never added across currencies, and nothing is counted that the practice
provider brought, but in a demonstration.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import Case, IntegerField, Min, Q, Sum, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from masthead.calls.models import Call
from masthead.core import clock
from masthead.giving import terms
from masthead.letters.models import Issue
from masthead.membership.models import AD_FREE, Grant
from masthead.money import ledger
from masthead.money.amounts import Money
from masthead.money.ledger import Account
from masthead.money.models import Turnover
from masthead.newsroom import tallies
from masthead.newsroom.models import Counted, Person, SectionPage
from masthead.press.recording import made_of

from .models import JOURNALISM, Category, Kind, Payee, Spent

LETTERS, CALLS, SPENT = "counted:letters", "counted:calls", "spending"
"""What a page that shows these figures is made of."""

PRACTICE = "practice"
GIVEN_BACK = (Account.REFUNDS, Account.RETURNED)
INCOMES = {Account.MEMBERSHIP: gettext_noop("Regular support"), Account.GIFTS: gettext_noop("Gifts, once")}


# --- What was published ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """What one year holds of our own work, or of a section, a person, the agencies."""

    year: int
    stories: int
    films: int
    corrections: int
    letters: int = 0
    calls: int = 0


@dataclass(frozen=True)
class Part:
    """A section or a person, this year and last year."""

    part: str
    name: str
    now: Counts
    before: Counts


@dataclass(frozen=True)
class Published:
    """All that is counted of two years."""

    now: Counts
    before: Counts
    sections: list[Part]
    people: list[Part]
    agencies: tuple[Counts, Counts]


def counted(year: int) -> Counts:
    """Our own work of one year that stands; letters that were sent, calls that were held."""
    return _of(tallies.of_years([year]), year, letters=letters(year), calls=calls(year))


def published(year: int) -> Published:
    """This year and the one before, by section and by person."""
    kept = tallies.of_years([year, year - 1])
    sent, held = _letters([year, year - 1]), _calls([year, year - 1])
    now, before = (_of(kept, each, letters=sent[each], calls=held[each]) for each in (year, year - 1))
    return Published(
        now=now,
        before=before,
        sections=_parts(kept, year, "section", _sections),
        people=_parts(kept, year, "person", _people),
        agencies=(_of(kept, year, is_own=False), _of(kept, year - 1, is_own=False)),
    )


def letters(year: int) -> int:
    """Issues of letters that went out in `year` and were not withdrawn."""
    return _letters([year])[year]


def calls(year: int) -> int:
    """Calls of `year` that were held."""
    return _calls([year])[year]


def _letters(years: list[int]) -> dict[int, int]:
    made_of(LETTERS)
    return _in_years(Issue.objects.sent(), "sent_at", years)


def _calls(years: list[int]) -> dict[int, int]:
    made_of(CALLS)
    return _in_years(Call.objects.held(), "starts_at", years)


def within(year: int) -> tuple[datetime, datetime]:
    """The first moment of a year, and that of the next."""
    return clock.start_of(date(year, 1, 1)), clock.start_of(date(year + 1, 1, 1))


def _in_years(rows: Any, moment: str, years: list[int]) -> dict[int, int]:
    """How many rows fall into each year, in one query."""
    spans = {f"y{year}": within(year) for year in years}
    ones = {
        name: Sum(
            Case(When(Q(**{f"{moment}__gte": start, f"{moment}__lt": end}), then=Value(1)), default=Value(0)),
            output_field=IntegerField(),
        )
        for name, (start, end) in spans.items()
    }
    first, last = min(start for start, _end in spans.values()), max(end for _start, end in spans.values())
    found = rows.filter(**{f"{moment}__gte": first, f"{moment}__lt": last}).order_by().aggregate(**ones)
    return {year: found[f"y{year}"] or 0 for year in years}


def _of(
    kept: dict[tallies.Key, int],
    year: int,
    part: str = tallies.ALL,
    *,
    is_own: bool = True,
    letters: int = 0,
    calls: int = 0,
) -> Counts:
    story, film, correction = (
        kept.get(tallies.Key(year, kind.value, is_own, part), 0)
        for kind in (Counted.STORY, Counted.FILM, Counted.CORRECTION)
    )
    return Counts(year, story, film, correction, letters, calls)


def _parts(kept: dict[tallies.Key, int], year: int, kind: str, named: Any) -> list[Part]:
    """Each section or person that has something in either year, by name; guests last."""
    found = {key.part for key in kept if key.is_own and key.part.startswith(kind)}
    names = named({int(part.partition(":")[2]) for part in found})
    parts = sorted(((name, f"{kind}:{pk}") for pk, name in names.items()), key=lambda each: each[0].casefold())
    if kind == "person" and any(key.part == tallies.GUESTS and key.is_own for key in kept):
        parts.append((_("Guests"), tallies.GUESTS))
    return [Part(part, name, _of(kept, year, part), _of(kept, year - 1, part)) for name, part in parts]


def _sections(keys: set[int]) -> dict[int, str]:
    made_of(*(f"section:{pk}" for pk in keys))
    return dict(SectionPage.objects.filter(pk__in=keys).values_list("pk", "title"))


def _people(keys: set[int]) -> dict[int, str]:
    made_of(*(f"person:{pk}" for pk in keys))
    return dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))


def supporters() -> int:
    """Readers, and devices of nobody yet, that may read without adverts now: by pledge, present or courtesy."""
    return int(one_grant_each().count())


def one_grant_each() -> Any:
    """Of each supporter the first of the grants that hold now; several devices of one pledge are one supporter."""
    held = Grant.objects.at(clock.now()).filter(benefit=AD_FREE).order_by()
    readers = held.filter(reader__isnull=False).values("reader")
    nobodys = held.filter(reader__isnull=True, device__reader__isnull=True).values("reason_kind", "reason_ref")
    firsts = [each.annotate(first=Min("pk")).values("first") for each in (readers, nobodys)]
    return Grant.objects.filter(Q(pk__in=firsts[0]) | Q(pk__in=firsts[1]))


# --- What came in ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Income:
    """Of one kind of income: what was given, what went back, what the providers took; what is left."""

    account: str
    name: str
    given: Money
    back: Money
    fees: Money

    @property
    def left(self) -> Money:
        return self.given - self.back - self.fees


@dataclass(frozen=True)
class Month:
    """What is left of each kind in one month, in the order of the year's kinds, and together."""

    first: date
    left: list[Money]
    together: Money


@dataclass(frozen=True)
class YearOfIncome:
    """A year in one currency."""

    year: int
    currency: str
    kinds: list[Income]
    together: Income
    months: list[Month]


def income(year: int) -> list[YearOfIncome]:
    """What came in during a year after fees and refunds, from the ledger: the newsroom's own currency first."""
    made_of(ledger.BOOKS)
    sums: defaultdict[str, Counter[tuple[str, str, date]]] = defaultdict(Counter)
    for month, about, account, currency, minor in _turnover(year).values_list(
        "month", "income", "account", "currency", "minor"
    ):
        sums[currency][about, _column(account), month] += minor
    return [_year_of_income(year, currency, sums[currency]) for currency in own_first(sums)]


def _year_of_income(year: int, currency: str, sums: Counter[tuple[str, str, date]]) -> YearOfIncome:
    abouts = sorted({about for about, _column, _month in sums}, key=lambda about: (about == "", about))
    months = sorted({month for _about, _column, month in sums})

    def total(column: str, about: str | None = None) -> Money:
        return Money(sum(minor for (of, col, _m), minor in sums.items() if col == column and about in (None, of)),
                     currency)  # fmt: skip

    def left(month: date, about: str | None = None) -> Money:
        return Money(-sum(minor for (of, _c, at), minor in sums.items() if at == month and about in (None, of)),
                     currency)  # fmt: skip

    kinds = [
        Income(about, name_of_income(about), -total("given", about), total("back", about), total("fees", about))
        for about in abouts
    ]
    together = Income("", _("Together"), -total("given"), total("back"), total("fees"))
    return YearOfIncome(
        year, currency, kinds, together,
        [Month(month, [left(month, about) for about in abouts], left(month)) for month in months],
    )  # fmt: skip


def counts_here(rows: Any, provider: str = "provider") -> Any:
    """Without what the practice provider brought, but in a demonstration."""
    return rows if settings.CONFIG.demo else rows.exclude(**{provider: PRACTICE})


def of_income(rows: Any) -> Any:
    """Those of the accounts that say what came in: income, and what was taken off it."""
    return rows.filter(Q(account__startswith=ledger.INCOME) | Q(account__in=(Account.FEES, *GIVEN_BACK)))


def _turnover(year: int) -> Any:
    in_year = Turnover.objects.filter(month__gte=date(year, 1, 1), month__lt=date(year + 1, 1, 1)).exclude(minor=0)
    return of_income(counts_here(in_year)).order_by()


def _column(account: str) -> str:
    if account == Account.FEES:
        return "fees"
    return "back" if account in GIVEN_BACK else "given"


def name_of_income(account: str) -> str:
    """As readers see it: a kind of its own where the books say which, 'Other' where they don't."""
    if account in INCOMES:
        return _(INCOMES[account])
    return account.removeprefix(ledger.INCOME).replace("-", " ").capitalize() or _("Other")


def own_first(currencies: Iterable[str]) -> list[str]:
    own = own_currency()
    return sorted(currencies, key=lambda currency: (currency != own, currency))


def own_currency() -> str:
    """The currency in which the newsroom asks."""
    made_of("giving")
    return terms.in_force().currency


# --- Where it went -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """What was spent on one thing, this year and last; how much of a hundred pence it is."""

    category: int | None
    """None: the fees that payment providers kept, which the ledger says."""
    name: str
    kind: Kind
    payees: list[str]
    amount: Money
    before: Money
    pence: int


@dataclass(frozen=True)
class Pound:
    """What became of a hundred pence of what was spent in a year, in one currency."""

    year: int
    currency: str
    shares: list[Share]
    together: Money
    before: Money

    def of_kinds(self) -> list[tuple[Kind, int]]:
        """The pence by kind: what the drawing shows."""
        pence = Counter[Kind]()
        for share in self.shares:
            pence[share.kind] += share.pence
        return [(kind, pence[kind]) for kind in Kind if pence[kind]]


def year_of_spending(year: int) -> int:
    """`year`, or the one before until something is entered for it."""
    first = date(year, 1, 1)
    made_of(SPENT)
    started = Spent.objects.filter(month__gte=first, month__lt=date(year + 1, 1, 1), minor__gt=0)
    return year if started.exists() else year - 1


def of_a_pound(year: int) -> list[Pound]:
    """What was spent in a year, by category, with the fees from the ledger; the newsroom's own currency first."""
    made_of(SPENT, ledger.BOOKS)
    categories = list(Category.objects.all())
    sums, payees = _spent(year)
    fees = _fees(year)
    pounds = []
    for currency in own_first({currency for _category, currency, of in sums if of == year} | fees[year].keys()):
        rows: list[tuple[int | None, str, Kind, int, int]] = [
            (category.pk, category.name, Kind(category.kind), sums[category.pk, currency, year],
             sums[category.pk, currency, year - 1])
            for category in categories
        ]  # fmt: skip
        rows.append((None, _("Fees of payment providers"), Kind.FEES, fees[year][currency], fees[year - 1][currency]))
        found = _pound(year, currency, [row for row in rows if row[3] or row[4]], payees)
        if found.together:
            pounds.append(found)
    return pounds


def share_to_journalism(year: int) -> Fraction | None:
    """How much of what was spent in a year in the newsroom's currency went to journalism; None: nothing was entered."""
    own = own_currency()
    pound = next((pound for pound in of_a_pound(year) if pound.currency == own), None)
    if pound is None or not any(share.category for share in pound.shares if share.amount):
        return None
    journalism = sum(share.amount.minor for share in pound.shares if share.kind in JOURNALISM)
    return Fraction(journalism, pound.together.minor)


def _pound(year: int, currency: str, rows: list[Any], payees: dict[int, list[str]]) -> Pound:
    spent = [max(amount, 0) for _pk, _name, _kind, amount, _before in rows]
    pence = [part.minor for part in Money(100, currency).split(spent)] if sum(spent) else [0] * len(rows)
    shares = [
        Share(pk, name, kind, payees.get(pk, []), Money(amount, currency), Money(before, currency), part)
        for (pk, name, kind, amount, before), part in zip(rows, pence, strict=True)
    ]
    together, before = (Money(sum(row[column] for row in rows), currency) for column in (3, 4))
    return Pound(year, currency, shares, together, before)


def _spent(year: int) -> tuple[Counter[tuple[int, str, int]], dict[int, list[str]]]:
    """Minor units by category, currency and year; and to which kinds of payees, this year."""
    sums: Counter[tuple[int, str, int]] = Counter()
    paid: defaultdict[int, set[str]] = defaultdict(set)
    both = Spent.objects.filter(month__gte=date(year - 1, 1, 1), month__lt=date(year + 1, 1, 1)).exclude(minor=0)
    for category, payee, currency, month, minor in both.values_list(
        "category_id", "payee", "currency", "month", "minor"
    ):
        sums[category, currency, month.year] += minor
        if month.year == year:
            paid[category].add(payee)
    return sums, {pk: [str(kind.label) for kind in Payee if kind in found] for pk, found in paid.items()}


def _fees(year: int) -> defaultdict[int, Counter[str]]:
    """What payment providers kept, by year and currency."""
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for each in (year, year - 1):
        fees = _turnover(each).filter(account=Account.FEES).values_list("currency").annotate(sum=Sum("minor"))
        found[each] = Counter(dict(fees.order_by()))
    return found
