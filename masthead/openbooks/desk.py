"""The open books on the desk: spending, its categories, files to take in; each figure, and the records behind it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import menu, messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.core.spreadsheets import lines_of_csv
from masthead.giving import terms
from masthead.money.amounts import CURRENCIES, Money
from masthead.money.desk import RowsToLookAt

from . import figures, importing, records, spending, tables
from .models import Category, Import, Kind, Payee, Spending

RECORDS_A_PAGE = 50


# --- Spending ----------------------------------------------------------------------------------------------


class SpendingForm(WagtailAdminModelForm):
    """An amount is typed as people write it; what is saved goes through the verbs."""

    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=20)
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3)
    by: Actor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["amount"].initial = str(self.instance.amount.decimal)
            self.fields["currency"].initial = self.instance.currency
        else:
            self.fields["on"].initial = clock.today()
            self.fields["currency"].initial = terms.in_force().currency

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if currency not in CURRENCIES:
            raise forms.ValidationError(
                _("‘%(typed)s’ is no currency. Write its three letters, such as GBP or EUR.") % {"typed": currency}
            )
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not {"amount", "currency"} <= cleaned.keys():
            return cleaned
        try:
            cleaned["amount"] = Money.parse(cleaned["amount"], cleaned["currency"])
        except Refusal as refusal:
            self.add_error("amount", refusal.for_people)
            return cleaned
        if "on" in cleaned:
            try:
                spending.check(cleaned["on"], cleaned["amount"])
            except Refusal as refusal:
                self.add_error("on" if cleaned["on"] > clock.today() else "amount", refusal.for_people)
        return cleaned

    def save(self, commit: bool = True) -> Spending:
        """Through the verbs, so that the sums follow. Wagtail's views save once, with commit."""
        given = {name: self.cleaned_data[name] for name in ("on", "category", "amount", "note")}
        payee = Payee(self.cleaned_data["payee"])
        if self.instance.pk:
            return spending.change(self.instance, payee=payee, by=self.by, **given)
        return spending.enter(payee=payee, by=self.by, **given)


class CategoryForm(WagtailAdminModelForm):
    """A name, a kind and a position; what is saved goes through the verbs."""

    by: Actor

    def save(self, commit: bool = True) -> Category:
        """Through the verbs, so that the log knows who. Wagtail's views save once, with commit."""
        typed = {name: self.cleaned_data[name] for name in spending.CATEGORY_IS}
        if self.instance.pk:
            return spending.change_category(self.instance, by=self.by, **typed)
        return spending.add_category(typed["name"], kind=Kind(typed["kind"]), position=typed["position"], by=self.by)


class _ByWhom:
    """Tells the form who fills it in."""

    request: HttpRequest

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        form.by = self.request.user.actor  # type: ignore[union-attr]
        return form


class EnterSpending(_ByWhom, CreateView):
    """A form for one payment."""


class ChangeSpending(_ByWhom, EditView):
    """The same form, filled in."""


class RemoveSpending(DeleteView):
    """Asks, then takes it out of the sums as well."""

    def delete_action(self) -> None:
        spending.remove(self.object, by=self.request.user.actor)


class SpendingList(IndexView):
    """The list, with the way to take in a file."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = super().header_buttons
        if self.request.user.has_perm("openbooks.add_import"):
            buttons.append(HeaderButton(_("Take in a file"), url=reverse("import_spending"), icon_name="upload"))
        return buttons


class SpendingViewSet(ModelViewSet):
    """What was spent: no names of payees, only their kind."""

    model = Spending
    icon = "tag"
    menu_label = gettext_lazy("Spending")
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    index_view_class = SpendingList
    add_view_class = EnterSpending
    edit_view_class = ChangeSpending
    delete_view_class = RemoveSpending
    inspect_view_enabled = True
    inspect_view_fields = ["on", "category", "amount", "payee", "note", "from_file", "entered_at"]
    search_fields = ["note", "category__name"]
    list_display = ["on", "category", Column("amount", label=gettext_lazy("Amount")), "get_payee_display", "note"]
    list_filter = ["on", "category", "payee", "currency", "from_file"]
    list_export = ["on", "category.name", "amount_minor", "currency", "payee", "note", "entered_at"]
    edit_handler = ObjectList(
        [
            FieldPanel("on", widget=AdminDateInput),
            FieldRowPanel([FieldPanel("amount"), FieldPanel("currency")]),
            FieldPanel("category"),
            FieldPanel("payee"),
            FieldPanel("note"),
        ],
        base_form_class=SpendingForm,
    )

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        rows = Spending.objects.select_related("category")
        found: dict[str, Any] = super().get_index_view_kwargs(**{"queryset": rows, **kwargs})
        return found


class AddCategory(_ByWhom, CreateView):
    """A form for one more."""


class ChangeCategory(_ByWhom, EditView):
    """The same form, filled in."""


class RemoveCategory(DeleteView):
    """Asks; one that something stands under stays."""

    def delete_action(self) -> None:
        spending.remove_category(self.object, by=self.request.user.actor)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except Refusal as refusal:
            messages.error(self.request, refusal.for_people)
            return redirect("category:index")
        return answer


class CategoryViewSet(ModelViewSet):
    """What money is spent on, as readers see it."""

    model = Category
    icon = "list-ul"
    menu_label = gettext_lazy("Categories")
    copy_view_enabled = False
    add_to_reference_index = False
    add_view_class = AddCategory
    edit_view_class = ChangeCategory
    delete_view_class = RemoveCategory
    search_fields = ["name"]
    list_display = ["name", "get_kind_display", "position"]
    list_filter = ["kind"]
    list_export = ["name", "kind", "position"]
    edit_handler = ObjectList(
        [FieldPanel("name"), FieldPanel("kind"), FieldPanel("position")], base_form_class=CategoryForm
    )


class FileList(IndexView):
    """Files, with the way to take in another one, and to take one out again."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("openbooks.add_import"):
            return []
        return [HeaderButton(_("Take in a file"), url=reverse("import_spending"), icon_name="upload")]

    def get_list_more_buttons(self, instance: Import) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if self.request.user.has_perm("openbooks.delete_import"):
            url = reverse("take_back_spending", args=[instance.pk])
            buttons.append(MenuItem(_("Take it out again"), url=url, icon_name="bin", priority=30))
        return buttons


class ImportViewSet(RowsToLookAt):
    """Files of spending that were taken in."""

    model = Import
    icon = "upload"
    menu_label = gettext_lazy("Files taken in")
    index_view_class = FileList
    search_fields = ["digest", "by"]
    list_display = ["at", "rows", "by"]
    list_filter = ["at"]
    list_export = ["at", "rows", "by", "digest"]
    inspect_view_fields = list_export


class AllFigures(menu.MenuItem):
    """The page of all figures, for who may look at them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(records.FIGURES))


class OpenBooks(ModelViewSetGroup):
    """The menu entry; the page of all figures is added to it."""

    menu_label = gettext_lazy("Open books")
    menu_icon = "clipboard-list"
    menu_order = 420
    items = (SpendingViewSet, CategoryViewSet, ImportViewSet)

    def get_submenu_items(self) -> list[Any]:
        return [
            AllFigures(_("All figures"), reverse("open_books"), icon_name="table", order=0),
            *super().get_submenu_items(),
        ]


class FileForm(forms.Form):
    """One CSV file."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "The first line names the columns: date, category, amount, and where wanted currency, payee, note."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )


@permission_required("openbooks.add_import", raise_exception=True)
def import_spending(request: HttpRequest) -> HttpResponse:
    """A form; then what was taken in, or why nothing was, line by line."""
    form = FileForm(request.POST or None, request.FILES or None)
    report = None
    currency = terms.in_force().currency
    if form.is_valid():
        content = form.cleaned_data["file"].read(importing.MOST_BYTES + 1)
        report = importing.take_in(content, currency=currency, by=request.user.actor)  # type: ignore[union-attr]
        if report.taken:
            totals = ", ".join(str(amount) for amount in report.totals())
            messages.success(
                request, _("%(rows)s lines taken in, %(totals)s.") % {"rows": len(report.good), "totals": totals}
            )
            return redirect("spending:index")
    context = {
        "form": form,
        "report": report,
        "categories": Category.objects.all(),
        "payees": Payee.choices,
        "currency": currency,
    }
    return render(request, "openbooks/import.html", context, status=422 if report else 200)


@permission_required("openbooks.delete_import", raise_exception=True)
def take_back_spending(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then takes out all that a file brought."""
    taken = get_object_or_404(Import, pk=pk)
    if request.method == "POST":
        count = importing.take_back(taken, by=request.user.actor)  # type: ignore[union-attr]
        messages.success(request, _("%(count)s lines taken out again.") % {"count": count})
        return redirect("import:index")
    rows = Spending.objects.filter(from_file=taken)
    sums = rows.values_list("currency").annotate(sum=Sum("amount_minor")).order_by("currency")
    context = {"taken": taken, "count": rows.count(), "sums": [Money(minor, currency) for currency, minor in sums]}
    return render(request, "openbooks/take_back.html", context)


# --- Each figure, and what is behind it --------------------------------------------------------------------


@permission_required(records.FIGURES, raise_exception=True)
def open_books(request: HttpRequest) -> HttpResponse:
    """Every table of the page that readers see, for any year; each figure leads to records that one may look at."""
    this_year = clock.today().year
    year = _number(request.GET.get("year"), this_year, 2000, this_year)
    found = list(tables.of_year(year).values())
    if year == this_year:
        found.append(tables.of_supporters(figures.supporters()))
    context = {"tables": [_for(request, table) for table in found], "year": year, "this_year": this_year}
    return render(request, "openbooks/desk.html", context)


def _for(request: HttpRequest, table: tables.Table) -> tables.Table:
    """The table without the ways that would be refused."""

    def shown(cells: list[tables.Cell]) -> list[tables.Cell]:
        return [cell if request.user.has_perm(records.needed_for(cell.behind)) else cell.alone for cell in cells]

    return replace(table, rows=[shown(row) for row in table.rows], foot=shown(table.foot))


@permission_required(records.FIGURES, raise_exception=True)
def behind(request: HttpRequest) -> HttpResponseBase:
    """The records behind one figure, as a page and as CSV."""
    try:
        found = records.behind(request.GET.dict())
    except records.NoSuchFigure:
        raise Http404 from None
    if not request.user.has_perm(records.needed_for(request.GET.urlencode())):
        raise PermissionDenied
    if request.GET.get("export") == "csv":
        response = StreamingHttpResponse(_written(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{slugify(found.title)}.csv"'
        return response
    pages = WagtailPaginator(found.rows, RECORDS_A_PAGE)
    rows = pages.get_page(request.GET.get("p"))
    asked = request.GET.copy()
    asked.pop("p", None)
    context = {
        "found": found,
        "besides": found.besides if request.user.has_perm(records.needed_for(found.besides)) else "",
        "lines": [(found.url(row), found.cells(row)) for row in rows],
        "rows": rows,
        "query": asked.urlencode(),
    }
    return render(request, "openbooks/behind.html", context)


async def _written(found: records.Records) -> AsyncIterator[str]:
    """All records as CSV, piece by piece: none is held longer than until it is sent, and no query stays open meanwhile.

    An iterator that is not asynchronous would be read whole before sending.
    """
    yield lines_of_csv([found.columns])
    last = 0
    while True:
        lines, last = await sync_to_async(found.after)(last)
        if not lines:
            return
        yield lines_of_csv(lines)


def _number(typed: str | None, default: int, least: int, most: int) -> int:
    return int(typed) if typed and typed.isdecimal() and len(typed) < 5 and least <= int(typed) <= most else default
