"""Pledges and gifts on the desk: lists to look at. What changes them are the verbs, not a form of all fields."""

import csv
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.models import Page

from masthead.money import papers
from masthead.money import receipts as numbered
from masthead.money.bookkeeping import sees_who_pays
from masthead.money.desk import ForWhoSeesMoney, RowsToLookAt
from masthead.money.models import Receipt
from masthead.newsroom.menu import paper
from masthead.readers.desk_rows import WithPeople
from masthead.readers.models import Reader

from . import incomes, receipts, views
from .desk_offline import OfflineViewSet
from .desk_takeovers import TakeoverViewSet
from .desk_terms import CurrencyViewSet, FeeRateViewSet, HouseForm
from .models import Gift, GivingTerms, Leaving, Pledge, Present, Remark

FOLLOWING = (
    "Fill-in words follow the open books by themselves: {supporters}, {share to journalism}, {stories this year}."
)


class ListOfOrders(WithPeople, IndexView):
    """Each leads to whoever gives it."""

    def key_of(self, row: Pledge | Gift) -> str:
        return f"{row._meta.model_name}-{row.reference}"


class PledgeViewSet(RowsToLookAt):
    """Who promised what, and how it stands."""

    model = Pledge
    index_view_class = ListOfOrders
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
    index_view_class = ListOfOrders
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


class LeavingViewSet(RowsToLookAt):
    """Why supporters ended, without who they were."""

    model = Leaving
    icon = "info-circle"
    menu_label = "Why they end"
    search_fields = ["words"]
    list_display = ["month", "reason", "words", "offer", "interval", "with_refund"]
    list_filter = ["month", "reason", "offer", "interval", "with_refund"]
    list_export = list_display
    inspect_view_fields = list_export


class PresentViewSet(RowsToLookAt):
    """Memberships that were bought for others, and whether they have arrived."""

    model = Present
    icon = "success"
    menu_label = "Presents"
    joined = ("receiver",)
    search_fields = ["reference", "email", "receiver_email", "receiver__email"]
    list_display = [
        "reference",
        "email",
        "get_months_display",
        "amount",
        "state",
        "deliver_on",
        "claim_until",
        "ends_on",
    ]
    list_filter = ["state", "months", "deliver_on", "claimed_at", "currency"]
    list_export = [
        "reference",
        "email",
        "months",
        "amount_minor",
        "currency",
        "state",
        "created_at",
        "bought_at",
        "deliver_on",
        "delivered_at",
        "claim_until",
        "claimed_at",
        "ends_on",
    ]
    inspect_view_fields = list_export

    @property
    def permission_policy(self) -> ForWhoSeesMoney:
        return ForWhoSeesMoney(self.model)


class RemarkViewSet(RowsToLookAt):
    """What givers wrote, and the names that may be printed; of what was paid or promised."""

    model = Remark
    icon = "comment"
    menu_label = "Notes and names"
    search_fields = ["note", "name"]
    list_display = [
        "at",
        "name",
        "note",
        Column("order", label="With", accessor="order"),
        Column("amount", label="Amount", accessor="order.amount"),
    ]
    list_filter = ["at"]
    list_export = ["at", "name", "note", "order.reference"]
    inspect_view_fields = ["at", "name", "note", "pledge", "gift"]

    @property
    def permission_policy(self) -> ForWhoSeesMoney:
        return ForWhoSeesMoney(self.model)

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        given = Q(pledge__started_on__isnull=False) | Q(gift__given_at__isnull=False)
        rows = Remark.objects.filter(given).select_related("pledge", "gift")
        return super().get_index_view_kwargs(**{"queryset": rows, **kwargs})


class Giving(ModelViewSetGroup):
    """The menu entry."""

    menu_label = "Giving"
    menu_icon = "rotate"
    menu_order = 400
    items = (
        PledgeViewSet,
        GiftViewSet,
        TakeoverViewSet,
        LeavingViewSet,
        PresentViewSet,
        OfflineViewSet,
        RemarkViewSet,
        CurrencyViewSet,
        FeeRateViewSet,
    )


GivingTerms.edit_handler = ObjectList(
    [
        FieldPanel("currency"),
        MultiFieldPanel([FieldPanel("month"), FieldPanel("year"), FieldPanel("once")], heading="Suggested"),
        FieldRowPanel([FieldPanel("least"), FieldPanel("least_under_attack"), FieldPanel("most")], heading="Taken"),
        FieldPanel("grace_days", heading="Days of grace"),
        MultiFieldPanel([FieldPanel("keeps_while_paused"), FieldPanel("refunds_unused")], heading="Pausing and ending"),
        MultiFieldPanel(
            [FieldPanel("standfirst"), FieldPanel("where_it_goes", help_text=FOLLOWING)],
            heading="Words on the support page",
        ),
    ],
    base_form_class=HouseForm,
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
