"""Spending from a file: a CSV with a line of names on top. All of it is taken in, or nothing.

Columns: date (2026-03-14 or 14/03/2026), category, amount; and where wanted currency, payee, note.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.money.amounts import CURRENCIES, Money
from masthead.press.changes import announce

from . import said, spending
from .figures import SPENT
from .models import Category, Import, Payee, Spending

MOST_BYTES, MOST_LINES = 2_000_000, 20_000
SHOWN = 100
"""Bad lines that a report names; it says how many more there are."""

NEEDED, KNOWN = ("date", "category", "amount"), ("date", "category", "amount", "currency", "payee", "note")
DAYS = ("%Y-%m-%d", "%d/%m/%Y")

audit.register("spending.imported", "{by} took in {rows} lines of spending from a file")
audit.register("spending.import-taken-back", "{by} took {rows} lines of spending from a file out again")


@dataclass(frozen=True)
class BadLine:
    """A line that can't be taken in: its number in the file, and why."""

    number: int
    says: str


@dataclass
class Report:
    """What became of a file: taken in whole, or why nothing of it was."""

    good: list[Spending] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    taken: Import | None = None

    @property
    def shown(self) -> list[BadLine]:
        return self.bad[:SHOWN]

    @property
    def not_shown(self) -> int:
        return max(len(self.bad) - SHOWN, 0)

    def totals(self) -> list[Money]:
        """What the good lines add up to, each currency by itself."""
        minor: Counter[str] = Counter()
        for row in self.good:
            minor[row.currency] += row.amount_minor
        return [Money(sum_, currency) for currency, sum_ in sorted(minor.items())]


def read(content: bytes, *, currency: str) -> Report:
    """What is in a file, line by line, without taking it in. `currency` stands where a line names none."""
    if len(content) > MOST_BYTES:
        return Report(bad=[BadLine(1, _("The file is larger than 2 MB. Split it, by year for example."))])
    if there := Import.objects.filter(digest=_digest(content)).first():
        day = date_format(clock.day_of(there.at), "j F Y")
        return Report(bad=[BadLine(1, _("This very file was taken in on %(day)s already.") % {"day": day})])
    report = Report()
    try:
        _read_lines(_rows(content), report, currency)
    except csv.Error:
        report.bad.append(BadLine(1, _("This is no CSV file. Save it from the spreadsheet as CSV, with commas.")))
    if not report.good and not report.bad:
        report.bad.append(BadLine(1, _("There is no line of spending in it.")))
    return report


def take_in(content: bytes, *, currency: str, by: Actor) -> Report:
    """Take a file in, whole; with one bad line nothing is kept, and the report says which."""
    with transaction.atomic():
        announce(SPENT)  # it is a queue as well: the same file sent twice at once is read after the first
        report = read(content, currency=currency)
        if report.bad:
            return report
        report.taken, is_new = Import.objects.get_or_create(
            digest=_digest(content), defaults={"rows": len(report.good), "by": str(by), "at": clock.now()}
        )
        if not is_new:
            return read(content, currency=currency)
        for row in report.good:
            row.from_file = report.taken
        Spending.objects.bulk_create(report.good, batch_size=500)
        spending.add_up(report.good)
        audit.record("spending.imported", report.taken, by=by, rows=len(report.good))
        said.refresh()
    return report


def take_back(taken: Import, *, by: Actor) -> int:
    """Take out all that a file brought and is still there, so that a corrected one can be taken in; how many lines."""
    with transaction.atomic():
        announce(SPENT)
        rows = spending.of_file(taken)
        spending.add_up(rows, times=-1)
        audit.record("spending.import-taken-back", taken, by=by, rows=len(rows))
        Spending.objects.filter(from_file=taken).delete()
        taken.delete()
        said.refresh()
    return len(rows)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, with their numbers, as an editor counts them."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what older spreadsheets write
    top = text.partition("\n")[0]
    delimiter = max(",;\t", key=top.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield begins, [cell.strip() for cell in row]
        begins = reader.line_num + 1


def _read_lines(rows: Iterator[tuple[int, list[str]]], report: Report, currency: str) -> None:
    _number, head = next(rows, (1, []))
    names = [name.lower() for name in head]
    if missing := [name for name in NEEDED if name not in names]:
        report.bad.append(BadLine(1, _("The first line must name the columns; missing: %(names)s.")
                                  % {"names": ", ".join(missing)}))  # fmt: skip
        return
    if wrong := [name for name in names if name not in KNOWN or names.count(name) > 1]:
        says = _("The columns are %(known)s, each once; look at: %(names)s.")
        report.bad.append(BadLine(1, says % {"known": ", ".join(KNOWN), "names": ", ".join(map(_short, wrong))}))
        return
    categories = {category.name.casefold(): category for category in Category.objects.all()}
    for count, (number, cells) in enumerate(rows, start=1):
        if count > MOST_LINES:
            report.bad.append(BadLine(number, _("More than 20,000 lines. Split the file, by year for example.")))
            return
        if len(cells) > len(names):
            report.bad.append(BadLine(number, _("It has more cells than the first line has names.")))
            continue
        found = _read_line(dict(zip(names, cells, strict=False)), categories, currency)
        if isinstance(found, Spending):
            report.good.append(found)
        else:
            report.bad.append(BadLine(number, " ".join(found)))


def _read_line(cells: dict[str, str], categories: dict[str, Category], currency: str) -> Spending | list[str]:
    """A row, or all that is wrong with the line."""
    wrong: list[str] = []
    on = _day(cells.get("date", ""))
    if on is None:
        wrong.append(_("‘%(typed)s’ is no day: write it as 2026-03-14.") % {"typed": _short(cells.get("date", ""))})
    category = categories.get(cells.get("category", "").casefold())
    if category is None:
        wrong.append(_("There is no category ‘%(typed)s’.") % {"typed": _short(cells.get("category", ""))})
    code = (cells.get("currency") or currency).upper()
    amount = None
    if code not in CURRENCIES:
        wrong.append(_("‘%(typed)s’ is no currency: write GBP, EUR.") % {"typed": _short(code)})
    else:
        try:
            amount = Money.parse(cells.get("amount", ""), code)
        except Refusal as refusal:
            wrong.append(refusal.for_people)
    payee = _payee(cells.get("payee", ""))
    if payee is None:
        wrong.append(_("‘%(typed)s’ is no kind of payee: %(kinds)s.")
                     % {"typed": _short(cells["payee"]), "kinds": ", ".join(Payee.values)})  # fmt: skip
    note = cells.get("note", "")
    if len(note) > 200:
        wrong.append(_("The note is longer than 200 letters."))
    if on is not None and amount is not None:
        try:
            spending.check(on, amount)
        except Refusal as refusal:
            wrong.append(refusal.for_people)
    if wrong or on is None or category is None or amount is None or payee is None:
        return wrong
    return Spending(
        on=on,
        category=category,
        amount_minor=amount.minor,
        currency=amount.currency,
        payee=payee,
        note=note,
        entered_at=clock.now(),
    )


def _day(typed: str) -> date | None:
    for shape in DAYS:
        try:
            return datetime.strptime(typed, shape).date()
        except ValueError:
            continue
    return None


def _payee(typed: str) -> Payee | None:
    """By code or by the name that the desk shows; nothing typed is 'other'."""
    if not typed:
        return Payee.OTHER
    wanted = typed.casefold()
    return next((kind for kind in Payee if wanted in (kind.value, str(kind.label).casefold())), None)


def _short(typed: str) -> str:
    return typed if len(typed) <= 40 else typed[:39] + "…"
