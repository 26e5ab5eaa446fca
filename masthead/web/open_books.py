"""Draws the open books: discs for a pound, bars for a year; numbers that a template places, without style or script."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from masthead.money.amounts import Money
from masthead.openbooks.figures import Pound, YearOfIncome
from masthead.openbooks.models import Kind
from masthead.openbooks.tables import penny

CLASSES = {Kind.PEOPLE: "c1", Kind.JOURNALISM: "c3", Kind.RUNNING: "c2", Kind.FEES: "c4"}
IN_A_ROW, APART = 20, 24

WIDTH, LEFT, TOP, BOTTOM, HEIGHT = 760, 72, 20, 200, 240
STEPS = (1, 2, 3, 5, 6, 10)
LINES = 3


@dataclass(frozen=True)
class Disc:
    """A penny."""

    css: str
    x: int
    y: int


@dataclass(frozen=True)
class Legend:
    """What one kind of disc stands for."""

    css: str
    pence: str
    name: str


@dataclass(frozen=True)
class Discs:
    """A hundred pence."""

    title: str
    says: str
    year: int
    discs: list[Disc]
    legend: list[Legend]


@dataclass(frozen=True)
class Bar:
    """A month: a rectangle, its name below, its amount above where it is said."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    name: str
    amount: str = ""
    above: float = 0


@dataclass(frozen=True)
class Line:
    """A line across, at an amount, which is said just above it."""

    y: float
    label_y: float
    says: str


@dataclass(frozen=True)
class Bars:
    """A year of income."""

    title: str
    says: str
    year: int
    base: float
    lines: list[Line]
    bars: list[Bar]


def discs(pound: Pound) -> Discs:
    """A disc for each of a hundred pence, kind by kind."""
    kinds = pound.of_kinds()
    legend = [Legend(CLASSES[kind], penny(pence, pound.currency), str(kind.label)) for kind, pence in kinds]
    css = chain.from_iterable(repeat(CLASSES[kind], pence) for kind, pence in kinds)
    return Discs(
        title=_("What became of %(pound)s") % {"pound": Money(100, pound.currency).short},
        says=_("A hundred parts: %(parts)s.") % {"parts": ", ".join(f"{each.pence} {each.name}" for each in legend)},
        year=pound.year,
        discs=[
            Disc(each, APART // 2 + index % IN_A_ROW * APART, APART // 2 + index // IN_A_ROW * APART)
            for index, each in enumerate(css)
        ],
        legend=legend,
    )


def bars(year: YearOfIncome) -> Bars | None:
    """A bar for each month of a year; None where there is none."""
    if not year.months:
        return None
    amounts = [month.together for month in year.months]
    most, least = max(0, *(each.minor for each in amounts)), min(0, *(each.minor for each in amounts))
    step = _step(max(most, -least, 1))
    room = max(most - least, 1)
    base = TOP + (BOTTOM - TOP) * most / room
    scale = (BOTTOM - TOP) / room
    wide = (WIDTH - LEFT) / 12
    drawn = []
    for month, amount in zip(year.months, amounts, strict=True):
        x, high = LEFT + wide * (month.first.month - 1), abs(amount.minor) * scale
        top = base - high if amount.minor >= 0 else base
        said = _whole(amount) if month in (year.months[0], year.months[-1]) else ""
        name = date_format(month.first, "M")
        drawn.append(Bar(_r(x), _r(top), _r(wide * 0.7), _r(high), _r(x + wide * 0.35), name, said, _r(top - 7)))
    first, last = year.months[0], year.months[-1]
    return Bars(
        title=_("Income by month, %(year)s") % {"year": year.year},
        says=_("%(first)s in %(month)s, %(last)s in %(until)s. The table below has every figure.")
        % {
            "first": first.together, "month": date_format(first.first, "F"),
            "last": last.together, "until": date_format(last.first, "F"),
        },
        year=year.year,
        base=_r(base),
        lines=_lines(step, most, base, scale, year.currency),
        bars=drawn,
    )  # fmt: skip


def _lines(step: int, most: int, base: float, scale: float, currency: str) -> list[Line]:
    return [
        Line(
            _r(base - step * number * scale), _r(base - step * number * scale - 5), Money(step * number, currency).short
        )
        for number in range(1, LINES + 1)
        if step * number <= most
    ]


def _step(most: int) -> int:
    """Where lines across stand: a round amount of which about three fit."""
    size: int = 10 ** max(len(str(most // LINES)) - 1, 0)
    return max(each * size for each in STEPS if each * size <= max(most // LINES, 1))


def _whole(amount: Money) -> str:
    """Above a bar, without pence: the table has them."""
    in_one = Money.of("1", amount.currency).minor
    return Money(amount.minor // in_one * in_one, amount.currency).short


def _r(number: float) -> float:
    return round(number, 1)


def of_years(found: Sequence[YearOfIncome]) -> list[Bars]:
    """A drawing for each currency that has something."""
    return [drawn for drawn in map(bars, found) if drawn]
