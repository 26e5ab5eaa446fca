"""Pledges and gifts on the desk: lists to look at. What changes them are the verbs, not a form of all fields."""

import csv
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.models import Page

from masthead.core.refusals import Refusal
from masthead.money import papers
from masthead.money import receipts as numbered
from masthead.money.amounts import CURRENCIES, Money
from masthead.money.bookkeeping import sees_who_pays
from masthead.money.desk import RowsToLookAt
from masthead.money.models import Receipt
from masthead.newsroom.menu import paper
from masthead.readers.models import Reader

from . import incomes, receipts, views
from .models import Gift, GivingTerms, Pledge, Rhythm

FOLLOWING = (
    "Fill-in words follow the open books by themselves: {supporters}, {share to journalism}, {stories this year}."
)


class PledgeViewSet(RowsToLookAt):
    """Who promised what, and how it stands."""

    model = Pledge
    icon = "rotate"
    menu_label = "Pledges"
    search_fields = ["reference", "email", "reader__email", "reader__name"]
    list_display = ["reference", "email", "amount", "interval", "state", "started_on", "next_on"]
    list_filter = ["state", "interval", "started_on", "next_on", "origin_placement"]
    list_export = [
        "reference",
        "email",
        "amount_minor",
        "currency",
        "interval",
        "state",
        "created_at",
        "started_on",
        "next_on",
        "paid_until",
        "paused_until",
        "ended_at",
        "origin_address",
        "origin_placement",
        "origin_appeal",
    ]
    inspect_view_fields = list_export


class GiftViewSet(RowsToLookAt):
    """Who gave once."""

    model = Gift
    icon = "pick"
    menu_label = "Gifts"
    search_fields = ["reference", "email", "reader__email", "reader__name"]
    list_display = ["reference", "email", "amount", "state", "given_at"]
    list_filter = ["state", "given_at", "origin_placement"]
    list_export = [
        "reference",
        "email",
        "amount_minor",
        "currency",
        "state",
        "created_at",
        "given_at",
        "origin_address",
        "origin_placement",
        "origin_appeal",
    ]
    inspect_view_fields = list_export


class Giving(ModelViewSetGroup):
    """The menu entry."""

    menu_label = "Giving"
    menu_icon = "rotate"
    menu_order = 400
    items = (PledgeViewSet, GiftViewSet)


class TermsForm(WagtailAdminModelForm):
    """Amounts are typed as people write them; kept as minor units."""

    month = forms.CharField(label="Suggested each month", help_text="Such as 3, 6, 12, 25. The second is preselected.")
    year = forms.CharField(label="Suggested each year")
    once = forms.CharField(label="Suggested once")
    least = forms.CharField(label="Least that is taken")
    most = forms.CharField(label="Most that is taken")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rhythm in Rhythm.values:
            self.fields[rhythm].initial = ", ".join(str(amount.decimal) for amount in self.instance.suggested(rhythm))
        for name in ("least", "most"):
            self.fields[name].initial = str(getattr(self.instance, name).decimal)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if currency not in CURRENCIES:
            raise forms.ValidationError(f"‘{currency}’ is no currency. Write its three letters, such as GBP or EUR.")
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if currency := cleaned.get("currency"):
            for name in (*Rhythm.values, "least", "most"):
                self._clean_amounts(name, currency)
        bounds = (self.instance.least_minor, self.instance.most_minor)
        if not self.errors and bounds[0] > bounds[1]:
            self.add_error("most", "The most must not be less than the least.")
        outside = [rhythm for rhythm in Rhythm.values if not self.errors and self._is_outside(rhythm, bounds)]
        for rhythm in outside:
            self.add_error(rhythm, "Suggest only amounts that are taken: between the least and the most.")
        return cleaned

    def _clean_amounts(self, name: str, currency: str) -> None:
        """Read one amount, or several, into the row."""
        try:
            minor = [Money.parse(part, currency).minor for part in self.cleaned_data.get(name, "").split(", ")]
        except Refusal as refusal:
            self.add_error(name, refusal.for_people)
            return
        if name in Rhythm.values:
            setattr(self.instance, f"{name}_minor", sorted(set(minor)))
        elif len(minor) == 1 and minor[0] > 0:
            setattr(self.instance, f"{name}_minor", minor[0])
        else:
            self.add_error(name, "Write one amount, above nothing.")

    def _is_outside(self, rhythm: str, bounds: tuple[int, int]) -> bool:
        return any(not bounds[0] <= amount.minor <= bounds[1] for amount in self.instance.suggested(rhythm))


GivingTerms.edit_handler = ObjectList(
    [
        FieldPanel("currency"),
        MultiFieldPanel([FieldPanel("month"), FieldPanel("year"), FieldPanel("once")], heading="Suggested"),
        FieldRowPanel([FieldPanel("least"), FieldPanel("most")], heading="Taken"),
        FieldPanel("grace_days", heading="Days of grace"),
        MultiFieldPanel(
            [FieldPanel("standfirst"), FieldPanel("where_it_goes", help_text=FOLLOWING)],
            heading="Words on the support page",
        ),
    ],
    base_form_class=TermsForm,
)


LINES_A_PAGE = 50


MAY_SEE_INCOME = "giving.view_income"


@permission_required(MAY_SEE_INCOME, raise_exception=True)
def income(request: HttpRequest, pk: int) -> HttpResponse:
    """What one story brought in, as a page and as CSV; without names and addresses."""
    page = get_object_or_404(Page, pk=pk)
    found = incomes.of_story(page.pk)
    if request.GET.get("export") == "csv":
        return _as_csv(page, found)
    pages = WagtailPaginator(found.lines, LINES_A_PAGE)
    lines = pages.get_page(request.GET.get("p"))
    context = {"page": page, "income": found, "lines": lines, "elided": pages.get_elided_page_range(lines.number)}
    return render(request, "giving/income.html", context)


def _as_csv(page: Page, found: incomes.Income) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="income-{page.pk}.csv"'
    rows = csv.writer(response)
    rows.writerow(["day", "how often", "amount", "currency", "state", "placement", "appeal", "reference"])
    for line in found.lines:
        amount = (line.amount.decimal, line.amount.currency)
        rows.writerow([line.on, line.what, *amount, line.state, line.placement, line.appeal, line.reference])
    return response


@sees_who_pays
@require_safe
def receipt_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """One numbered receipt as PDF, as its giver has it."""
    found = get_object_or_404(Receipt.objects.select_related("payment", "corrects", "issuer"), pk=pk)
    return views.pdf(f"receipt-{found}", papers.of_receipt(found, paper=paper().name))


@sees_who_pays
@require_safe
def year_pdf(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """What a reader gave in a year as PDF, for who asks the newsroom for it."""
    reader = get_object_or_404(Reader, pk=pk)
    found, to = receipts.of_year(reader, year), views.whom(reader)
    made = papers.of_year(found, year, issuer=numbered.issuer(), paper=paper().name, to=to)
    return views.pdf(f"support-{year}", made)
