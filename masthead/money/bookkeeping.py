"""The books on the desk: the income statement, accounts with their lines, months to close, who gives receipts."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import menu, messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.viewsets.model import ModelViewSetGroup

from masthead.core import clock
from masthead.core.refusals import Refusal
from masthead.core.spreadsheets import lines_of_csv
from masthead.money import months, receipts, reports
from masthead.money.amounts import Money
from masthead.money.models import Issuer, Line, MonthClose
from masthead.money.reports import COLUMNS, NoSuchLines, Row, Statement, Wanted
from masthead.readers.desk_guard import recently_confirmed

SEE, CLOSE, SEE_WHO = "money.view_line", "money.close_month", "money.see_money"
LINES_A_PAGE = 50
AT_ONCE = 1_000  # lines of a file that are read and written together

FILES = {
    "income statement": ("part", "name", "year", "currency", *COLUMNS, "digest of the close"),
    "accounts": ("account", "meaning", "balance", "currency"),
    "lines": (
        "line", "entry", "on", "happened_on", "account", "amount", "currency", "provider", "method", "income",
        "posted_at",
    ),
}  # fmt: skip
"""The columns of each CSV. Amounts are in major units, debit above zero; days and moments as ISO 8601 writes them."""

sees_the_books = permission_required(SEE, raise_exception=True)
closes_months = permission_required(CLOSE, raise_exception=True)
sees_who_pays = permission_required(SEE_WHO, raise_exception=True)


class OnlyFor(menu.MenuItem):
    """A menu entry for who has a right."""

    def __init__(self, right: str, label: str, url: str, **more: Any) -> None:
        super().__init__(label, url, **more)
        self.right = right

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.right))


class TheBooks(ModelViewSetGroup):
    """The menu entry: pages of ours, then the lists."""

    menu_label = gettext_lazy("Books")
    menu_icon = "table"
    menu_order = 415

    def get_submenu_items(self) -> list[Any]:
        return [
            OnlyFor(SEE, _("Income statement"), reverse("books"), icon_name="table", order=0),
            OnlyFor(SEE, _("Accounts"), reverse("accounts"), icon_name="list-ul", order=0),
            OnlyFor(SEE, _("Months"), reverse("months"), icon_name="calendar-check", order=0),
            *super().get_submenu_items(),
            OnlyFor(CLOSE, _("Who gives receipts"), reverse("issuer"), icon_name="edit", order=900),
        ]


# --- The statement -----------------------------------------------------------------------------------------


@sees_the_books
@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """The income of a year in one currency, the year before beside it; each figure leads to its lines. Also as CSV."""
    this_year = clock.today().year
    year = _number(request.GET.get("year"), this_year, 2000, this_year)
    known = reports.currencies()
    currency = request.GET.get("currency", "")
    if currency not in known:
        currency = known[0] if known else ""
    found = reports.statement(year, currency) if currency else None
    if found and request.GET.get("export") == "csv":
        return _as_csv(f"income-{year}-{currency}", _statement_rows(found))
    context = {
        "year": year, "this_year": this_year, "currency": currency, "currencies": known, "found": found,
        "summary": _summary(found) if found else [],
        "tables": _tables(found) if found else [],
        "headings": [_(name) for name in COLUMNS.values()],
    }  # fmt: skip
    return render(request, "money/books.html", context)


def _summary(found: Statement) -> list[dict[str, Any]]:
    """From what was given to what is left, this year and last."""
    rows: list[dict[str, Any]] = [
        _line(row.name, row.now["income"], row.before["income"], {**row.asks, "column": "income"})
        for row in found.kinds
        if row.now["income"] or row.before["income"]
    ]
    together = found.together
    signs = {"income": 1, "refunds": -1, "returned": -1, "fees": -1, "left": 1, "vat": 1}
    for column, name in COLUMNS.items():
        now, before = together.now[column] * signs[column], together.before[column] * signs[column]
        asks = {**together.asks, "column": column}
        rows.append({**_line(_(name), now, before, asks), "is_sum": column in ("income", "left")})
    return rows


def _line(name: str, now: Money, before: Money, asks: Mapping[str, str]) -> dict[str, Any]:
    last_year = {**asks, "year": str(int(asks["year"]) - 1)}
    return {
        "name": name, "now": now, "before": before, "now_query": urlencode(asks), "before_query": urlencode(last_year)
    }  # fmt: skip


def _tables(found: Statement) -> list[dict[str, Any]]:
    """By month and by way of paying."""
    return [
        {"title": _("By month"), "first": _("Month"), "rows": [_cells(row) for row in found.months], "months": True},
        {"title": _("By way of paying"), "first": _("Way"), "rows": [_cells(row) for row in found.ways]},
        {"title": _("By kind of income"), "first": _("Kind"), "rows": [_cells(row) for row in found.kinds]},
    ]


def _cells(row: Row) -> dict[str, Any]:
    cells = [(amount, urlencode(asks)) for _column, amount, asks in row.cells]
    return {
        "name": row.name,
        "cells": cells,
        "before": row.before["left"],
        "close": row.close,
        "month": row.asks.get("month"),
    }


def _statement_rows(found: Statement) -> Iterator[Sequence[Any]]:
    """The whole statement, a row for each part and year."""
    yield FILES["income statement"]
    parts = {"kind": found.kinds, "month": found.months, "way": found.ways, "together": [found.together]}
    for part, rows in parts.items():
        for row in rows:
            for year, sums in ((found.year, row.now), (found.year - 1, row.before)):
                amounts = [sums[column].decimal for column in COLUMNS]
                closed = row.close.digest if row.close and year == found.year else ""
                yield [part, row.name, year, found.currency, *amounts, closed]


# --- Accounts and their lines ------------------------------------------------------------------------------


@sees_the_books
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The chart of accounts, with what each holds. Also as CSV."""
    found = reports.balances()
    if request.GET.get("export") == "csv":
        rows: list[Sequence[Any]] = [FILES["accounts"]]
        rows += [[each.account, each.meaning, each.amount.decimal, each.amount.currency] for each in found]
        return _as_csv("accounts", rows)
    year = str(clock.today().year)
    listed = [
        (each, urlencode({"account": each.account, "currency": each.amount.currency, "year": year})) for each in found
    ]
    return render(request, "money/accounts.html", {"listed": listed})


@sees_the_books
@require_safe
def lines(request: HttpRequest) -> HttpResponseBase:
    """The lines behind a figure, or an account's in a month or a year: searched, in pages, and as CSV."""
    try:
        wanted = reports.asked(request.GET.dict())
    except NoSuchLines:
        raise Http404 from None
    found = reports.lines(wanted)
    if request.GET.get("export") == "csv":
        answer = StreamingHttpResponse(_written(found), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{_file_name(wanted)}.csv"'
        return answer
    rows = WagtailPaginator(found, LINES_A_PAGE).get_page(request.GET.get("p"))
    query = request.GET.copy()
    query.pop("p", None)
    kept = [(name, value) for name, value in query.items() if name != "q"]
    opened = reports.opening(wanted.account, wanted.currency, wanted.first) if wanted.account else None
    moved = reports.moved(wanted)
    context = {
        "wanted": wanted, "rows": rows, "query": query.urlencode(), "kept": kept, "moved": moved,
        "title": wanted.account or _(COLUMNS[request.GET["column"]]),
        "meaning": reports.meaning_of(wanted.account) if wanted.account else "",
        "span": _in_words(wanted), "about": _about(wanted), "neighbours": _neighbours(wanted, request.GET.dict()),
        "opened": opened if not wanted.about else None,
        "closed": opened + moved if opened is not None and not wanted.about else None,
    }  # fmt: skip
    return render(request, "money/lines.html", context)


def _cells_of_line(line: Line) -> list[Any]:
    entry = line.transaction
    return [
        line.pk, entry.key, line.on, entry.happened_on or line.on, line.account, line.amount.decimal, line.currency,
        entry.provider, entry.method, entry.income, entry.posted_at.isoformat(),
    ]  # fmt: skip


async def _written(found: Any) -> AsyncIterator[str]:
    """All lines as CSV, piece by piece, oldest first: no query stays open while a piece is sent."""
    yield lines_of_csv([FILES["lines"]])
    last: tuple[date, int] | None = None
    while rows := await sync_to_async(_after)(found, last):
        yield lines_of_csv(_cells_of_line(line) for line in rows)
        last = rows[-1].on, rows[-1].pk


def _after(found: Any, last: tuple[date, int] | None) -> list[Line]:
    ahead = found.order_by("on", "pk")
    if last:
        ahead = ahead.filter(on__gte=last[0]).exclude(on=last[0], pk__lte=last[1])
    return list(ahead[:AT_ONCE])


def _about(wanted: Wanted) -> str:
    """What keeps the lines apart from others, in words."""
    said = []
    if "income" in wanted.about:
        said.append(reports.name_of_income(wanted.about["income"]))
    if {"method", "provider"} & wanted.about.keys():
        said.append(reports.name_of_way(wanted.about.get("method", ""), wanted.about.get("provider", "")))
    return ", ".join(said)


def _in_words(wanted: Wanted) -> str:
    is_year = (wanted.end - wanted.first).days > 31
    return str(wanted.first.year) if is_year else months.in_words(wanted.first)


def _neighbours(wanted: Wanted, query: Mapping[str, str]) -> list[tuple[str, str]]:
    """The same of the month or year before and after, as words and query."""
    rest = {name: value for name, value in query.items() if name not in ("month", "year", "q", "p")}
    if (wanted.end - wanted.first).days > 31:
        years = [wanted.first.year - 1, wanted.first.year + 1]
        found = [(str(year), {**rest, "year": str(year)}) for year in years if year <= clock.today().year]
    else:
        near = [clock.add_months(wanted.first, -1), wanted.end]
        found = [(months.in_words(day), {**rest, "month": f"{day:%Y-%m}"}) for day in near if day <= clock.today()]
        found.append((str(wanted.first.year), {**rest, "year": str(wanted.first.year)}))
    return [(words, urlencode(asks)) for words, asks in found]


def _file_name(wanted: Wanted) -> str:
    return slugify(f"{wanted.account.replace(':', ' ') or 'lines'} {wanted.first:%Y-%m} {wanted.currency}")


# --- Months ------------------------------------------------------------------------------------------------


class ReasonForm(forms.Form):
    """Why a month is opened again."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": months.NoReason.for_people_text},
        help_text=gettext_lazy("Kept with the close, for whoever reads the books later. Leave names of people out."),
    )


@sees_the_books
@require_safe
def all_months(request: HttpRequest) -> HttpResponse:
    """Every month that has something in the books, and whether it is closed."""
    context = {
        "listed": months.listed(),
        "next": months.next_to_close(),
        "reopened": MonthClose.objects.filter(reopened_at__isnull=False)[:20],
        "may_close": request.user.has_perm(CLOSE),
    }
    return render(request, "money/months.html", context)


@sees_the_books
@require_safe
def month(request: HttpRequest, month: str) -> HttpResponse:
    """A month's figures, frozen where it is closed; what keeps it from being closed; the button for the next step."""
    return _month_page(request, _first_of(month))


@closes_months
@recently_confirmed
@require_POST
def close_month(request: HttpRequest, month: str) -> HttpResponse:
    """Close it."""
    first = _first_of(month)
    try:
        months.close(first, by=request.user.actor)  # type: ignore[union-attr]
    except Refusal as refusal:
        return _month_page(request, first, refused=refusal.for_people)
    messages.success(request, _("%(month)s is closed.") % {"month": months.in_words(first)})
    return redirect("month", month=f"{first:%Y-%m}")


@closes_months
@recently_confirmed
@require_POST
def reopen_month(request: HttpRequest, month: str) -> HttpResponse:
    """Open it again, with a reason."""
    first, form = _first_of(month), ReasonForm(request.POST)
    if not form.is_valid():
        return _month_page(request, first, form=form)
    try:
        months.reopen(first, reason=form.cleaned_data["reason"], by=request.user.actor)  # type: ignore[union-attr]
    except Refusal as refusal:
        return _month_page(request, first, form=form, refused=refusal.for_people)
    messages.success(request, _("%(month)s is open again.") % {"month": months.in_words(first)})
    return redirect("month", month=f"{first:%Y-%m}")


def _month_page(
    request: HttpRequest, first: date, *, refused: str = "", form: ReasonForm | None = None
) -> HttpResponse:
    found = next((each for each in months.listed() if each.first == first), None)
    if found is None:
        raise Http404
    close = found.close
    context = {
        "found": found, "close": close, "refused": refused, "form": form or ReasonForm(),
        "name": months.in_words(first), "month": f"{first:%Y-%m}",
        "figures": [_figure(first, row) for row in (close.figures if close else months.figures_of(first))],
        "wrong": [] if close else months.wrong(first),
        "is_next": months.next_to_close() == first, "next": months.next_to_close(),
        "is_last_closed": close and not MonthClose.objects.filter(reopened_at=None, month__gt=first).exists(),
        "from_day": date_format(clock.add_months(first, 1), "j F Y"),
        "before": MonthClose.objects.filter(month=first, reopened_at__isnull=False),
        "may_close": request.user.has_perm(CLOSE),
    }  # fmt: skip
    return render(request, "money/month.html", context, status=422 if refused or (form and form.errors) else 200)


def _figure(first: date, row: Sequence[Any]) -> dict[str, Any]:
    provider, income, method, account, currency, minor = row
    asks = {"account": account, "currency": currency, "month": f"{first:%Y-%m}", "provider": provider}
    asks |= {"income": income, "method": method}
    return {
        "account": account, "amount": Money(minor, currency), "way": reports.name_of_way(method, provider),
        "income": reports.name_of_income(income), "query": urlencode(asks),
    }  # fmt: skip


def _first_of(month: str) -> date:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None


# --- Receipts ----------------------------------------------------------------------------------------------


class IssuerForm(forms.ModelForm[Issuer]):
    """Who gives receipts."""

    class Meta:
        model = Issuer
        fields = ["name", "address", "tax_number", "note"]
        widgets = {"address": forms.Textarea(attrs={"rows": 4}), "note": forms.Textarea(attrs={"rows": 3})}


@closes_months
def issuer(request: HttpRequest) -> HttpResponse:
    """The newsroom's name in law, address and tax number: from now on, on every receipt that is made."""
    form = IssuerForm(request.POST or None, instance=None if request.method == "POST" else receipts.issuer())
    if form.is_valid():
        typed = form.cleaned_data
        receipts.name(
            legal_name=typed["name"],
            address=typed["address"],
            tax_number=typed["tax_number"],
            note=typed["note"],
            by=request.user.actor,  # type: ignore[union-attr]
        )
        messages.success(request, _("Saved. Receipts that were given before stay as they are."))
        return redirect("issuer")
    return render(request, "money/issuer.html", {"form": form}, status=422 if form.errors else 200)


# --- What all of them need ---------------------------------------------------------------------------------


def _as_csv(name: str, rows: Any) -> HttpResponse:
    answer = HttpResponse(lines_of_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(name)}.csv"'
    return answer


def _number(typed: str | None, default: int, least: int, most: int) -> int:
    return int(typed) if typed and typed.isdecimal() and len(typed) < 5 and least <= int(typed) <= most else default
