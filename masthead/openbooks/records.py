"""The records behind a figure of the open books: what its cell asks for, as rows to look at and as CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from masthead.calls.models import Call
from masthead.core import clock
from masthead.core.refusals import Refusal
from masthead.letters.models import Issue
from masthead.money import ledger
from masthead.money.ledger import Account
from masthead.money.models import Line
from masthead.newsroom import tallies
from masthead.newsroom.models import Correction, Counted

from . import figures, tables
from .models import Spending

FIGURES = "openbooks.view_figures"
AT_ONCE = 1_000  # rows of a file that are read and written together


class NoSuchFigure(Refusal):
    """What was asked for is no figure of the open books."""


@dataclass(frozen=True)
class Records:
    """Rows in order, how each is shown, and where each leads to on the desk."""

    title: str
    columns: list[str]
    rows: Any
    cells: Callable[[Any], Sequence[Any]]
    url: Callable[[Any], str]
    besides: str = ""
    """The query of records of another sort that the figure holds as well."""

    def after(self, last: int) -> tuple[list[Sequence[Any]], int]:
        """The cells of the next AT_ONCE rows, in the order of their keys, and the last one's; none when it was all."""
        rows = list(self.rows.order_by("pk").filter(pk__gt=last)[:AT_ONCE])
        return [self.cells(row) for row in rows], rows[-1].pk if rows else last


def needed_for(query: str) -> str:
    """The permission that the records behind a cell ask for, beside the one for the figures."""
    return NEEDS.get(dict(parse_qsl(query)).get("what", ""), FIGURES)


def behind(asked: Mapping[str, str]) -> Records:
    """What the query of a cell (see `tables`) asks for. Raises NoSuchFigure."""
    try:
        return KINDS[asked["what"]](asked)
    except (KeyError, ValueError):
        raise NoSuchFigure() from None


def _year(asked: Mapping[str, str]) -> int:
    year = int(asked["year"])
    if not 1900 <= year <= 2999:
        raise ValueError(year)
    return year


def _pieces(asked: Mapping[str, str]) -> Records:
    """Stories or films that count for a tally."""
    return Records(
        title=str(Counted(asked["what"]).label),
        columns=[_("Headline"), _("Published")],
        rows=tallies.pieces(_key(asked)),
        cells=lambda row: (row.piece.title, _day(row.piece.first_published_at)),
        url=lambda row: reverse("wagtailadmin_pages:edit", args=[row.piece_id]),
    )


def _corrections(asked: Mapping[str, str]) -> Records:
    start, end = figures.within(_year(asked))
    under = tallies.pieces(_key(asked)).order_by().values("piece")
    rows = Correction.objects.filter(page__in=under, corrected_at__gte=start, corrected_at__lt=end)
    return Records(
        title=str(Counted.CORRECTION.label),
        columns=[_("What was wrong, and what is right"), _("Under"), _("Corrected")],
        rows=rows.select_related("page"),
        cells=lambda row: (row.text, row.page.title, _day(row.corrected_at)),
        url=lambda row: reverse("wagtailadmin_pages:edit", args=[row.page_id]),
    )


def _key(asked: Mapping[str, str]) -> tallies.Key:
    return tallies.Key(_year(asked), Counted(asked["what"]).value, asked["own"] == "1", asked.get("part", ""))


def _letters(asked: Mapping[str, str]) -> Records:
    start, end = figures.within(_year(asked))
    rows = Issue.objects.sent().filter(sent_at__gte=start, sent_at__lt=end).order_by("-sent_at", "-pk")
    return Records(
        title=_("Letters that were sent"),
        columns=[_("Subject"), _("Letter"), _("Sent")],
        rows=rows.select_related("list").defer("body"),
        cells=lambda issue: (issue.subject, str(issue.list), _day(issue.sent_at)),
        url=lambda issue: issue.path,
    )


def _calls(asked: Mapping[str, str]) -> Records:
    start, end = figures.within(_year(asked))
    return Records(
        title=_("Calls that were held"),
        columns=[_("Call"), _("Held"), _("Came")],
        rows=Call.objects.held().filter(starts_at__gte=start, starts_at__lt=end).order_by("-starts_at", "-pk"),
        cells=lambda call: (call.title, _day(call.starts_at), call.came_count),
        url=lambda call: call.path,
    )


COLUMNS = {
    "given": Q(account__startswith=ledger.INCOME),
    "back": Q(account__in=figures.GIVEN_BACK),
    "fees": Q(account=Account.FEES),
    "left": Q(),
}


def _money(asked: Mapping[str, str]) -> Records:
    """Lines of the books: of a year or a month, of one kind of income or of all."""
    if "month" in asked:
        first = date.fromisoformat(f"{asked['month']}-01")
        end = clock.add_months(first, 1)
    else:
        first, end = date(_year(asked), 1, 1), date(_year(asked) + 1, 1, 1)
    rows = figures.of_income(figures.counts_here(Line.objects.all(), "transaction__provider"))
    rows = rows.filter(COLUMNS[asked["column"]], on__gte=first, on__lt=end)
    rows = rows.filter(currency=asked["currency"])
    if "income" in asked:
        rows = rows.filter(transaction__income=asked["income"])
    return Records(
        title=_("Lines of the books: debit above zero, credit below"),
        columns=[_("Entry"), _("Day"), _("Account"), _("Amount"), _("Currency")],
        rows=rows.select_related("transaction").order_by("-on", "-pk"),
        cells=lambda line: (
            line.transaction_id, date_format(line.on, "j M Y"), line.account, line.amount.decimal, line.currency
        ),
        url=lambda line: reverse("line:inspect", args=[line.pk]),
    )  # fmt: skip


def _spending(asked: Mapping[str, str]) -> Records:
    """What was entered under one category; without one under all, beside which providers kept their fees."""
    year, currency = _year(asked), asked["currency"]
    rows = Spending.objects.of_year(year).filter(currency=currency)
    if "category" in asked:
        rows = rows.filter(category=int(asked["category"]))
    return Records(
        title=_("What was spent"),
        columns=[_("Day"), _("Category"), _("Paid to"), _("Amount"), _("Currency"), _("Note")],
        rows=rows.select_related("category"),
        cells=lambda row: (
            date_format(row.on, "j M Y"), row.category.name, row.get_payee_display(), row.amount.decimal,
            row.currency, row.note,
        ),
        url=lambda row: reverse("spending:inspect", args=[row.pk]),
        besides=_fees(currency, year) if "category" not in asked else "",
    )  # fmt: skip


def _fees(currency: str, year: int) -> str:
    """The query of what providers kept in a year, if they kept anything."""
    asked = {name: str(value) for name, value in tables.fees(currency, year).items()}
    return urlencode(asked) if _money(asked).rows.exists() else ""


def _supporters(asked: Mapping[str, str]) -> Records:
    """A grant of each supporter: references, without names and addresses."""
    return Records(
        title=_("Supporters now: one grant of each"),
        columns=[_("Why"), _("Which"), _("Since"), _("Until")],
        rows=figures.one_grant_each().order_by("-pk"),
        cells=lambda grant: (
            grant.get_reason_kind_display(), grant.reason_ref, _day(grant.from_at), _day(grant.over_at)
        ),
        url=lambda grant: reverse("grant:inspect", args=[grant.pk]),
    )  # fmt: skip


def _day(moment: Any) -> str:
    return date_format(clock.day_of(moment), "j M Y") if moment else ""


KINDS: dict[str, Callable[[Mapping[str, str]], Records]] = {
    Counted.STORY.value: _pieces,
    Counted.FILM.value: _pieces,
    Counted.CORRECTION.value: _corrections,
    "letters": _letters,
    "calls": _calls,
    "money": _money,
    "spending": _spending,
    "supporters": _supporters,
}
NEEDS = {
    "money": "money.view_line",
    "spending": "openbooks.view_spending",
    "supporters": "membership.view_grant",
}
