"""Supporters taken over from other software, on the desk: a file, what each line would do, and the word to do it."""

import csv
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import HeaderButton

from masthead.core.refusals import Refusal
from masthead.money import providers
from masthead.money.desk import RowsToLookAt
from masthead.money.desk_defences import MOVES, ForWhoSeesMoney
from masthead.readers.desk_guard import recently_confirmed

from . import takeovers
from .models import LineState, Takeover, TakeoverState

LINES_A_PAGE = 50
SEARCHED = ("email", "name", "customer", "method")


class ListOfTakeovers(IndexView):
    """Files, with the way to read another one."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm(MOVES):
            return []
        return [HeaderButton("Take supporters over", url=reverse("begin_takeover"), icon_name="upload")]

    def get_list_more_buttons(self, instance: Takeover) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        url = reverse("takeover", args=[instance.pk])
        return [*buttons, MenuItem("See its lines", url, icon_name="list-ul", priority=5)]


class TakeoverViewSet(RowsToLookAt):
    """Files of supporters who gave through other software."""

    model = Takeover
    icon = "upload"
    menu_label = "Taken over"
    index_view_class = ListOfTakeovers
    search_fields = ["provider", "by"]
    list_display = ["at", "provider", "state", "lines_count", "taken_count", "by"]
    list_filter = ["state", "provider", "at"]
    list_export = ["at", "provider", "state", "lines_count", "taken_count", "by", "digest"]
    inspect_view_fields = list_export

    @property
    def permission_policy(self) -> ForWhoSeesMoney:
        return ForWhoSeesMoney(self.model)


class FileForm(forms.Form):
    """A file, and where its cards and mandates are."""

    provider = forms.ChoiceField(label="Provider")
    file = forms.FileField(label="CSV file", widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = [found for name in providers.FINDERS if (found := providers.find(name))]
        self.fields["provider"].choices = [(found.name, f"{found.way} ({found.name})") for found in there]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MOVES, raise_exception=True)
def begin_takeover(request: HttpRequest) -> HttpResponse:
    """A form; then the file is looked at by a worker, line by line."""
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        content = form.cleaned_data["file"].read(takeovers.MOST_BYTES + 1)
        by = request.user.actor  # type: ignore[union-attr]
        try:
            takeover = takeovers.begin(content, provider=form.cleaned_data["provider"], by=by)
        except Refusal as refusal:
            form.add_error("file", refusal.for_people)
        else:
            takeovers.start_looking(takeover, by=by)
            return redirect("takeover", takeover.pk)
    context = {"form": form, "columns": takeovers.NEEDED}
    return render(request, "giving/desk_begin_takeover.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD"])
@permission_required(MOVES, raise_exception=True)
def takeover(request: HttpRequest, pk: int) -> HttpResponse:
    """What becomes of each line, as a page and as CSV; by state, and searched by the provider's names and address."""
    found = get_object_or_404(Takeover, pk=pk)
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    lines = found.lines.select_related("pledge")
    counts = dict(lines.order_by().values_list("state").annotate(Count("pk")))
    if state in LineState.values:
        lines = lines.filter(state=state)
    if words:
        where = (Q(**{f"written__{name}__icontains": words}) for name in SEARCHED)
        lines = lines.filter(reduce(or_, where))
    if request.GET.get("export") == "csv":
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="takeover-{found.pk}.csv"'
        csv.writer(response).writerows(takeovers.as_csv(lines.iterator()))
        return response
    pages = WagtailPaginator(lines, LINES_A_PAGE)
    shown = pages.get_page(request.GET.get("p"))
    asked = request.GET.copy()
    asked.pop("p", None)
    context = {
        "takeover": found,
        "counts": [(value, label, counts.get(value, 0)) for value, label in LineState.choices],
        "good": counts.get(LineState.GOOD, 0),
        "lines": shown,
        "elided": pages.get_elided_page_range(shown.number),
        "state": state,
        "words": words,
        "query": asked.urlencode(),
        "is_busy": found.state in (TakeoverState.CHECKING, TakeoverState.APPLYING),
        "may_apply": found.state in (TakeoverState.CHECKED, TakeoverState.STOPPED),
    }
    return render(request, "giving/desk_takeover.html", context)


@require_POST
@permission_required(MOVES, raise_exception=True)
@recently_confirmed
def apply_takeover(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the good lines taken over."""
    return _told(request, pk, takeovers.start_applying, "They are being taken over. This page shows how far it is.")


@require_POST
@permission_required(MOVES, raise_exception=True)
def stop_takeover(request: HttpRequest, pk: int) -> HttpResponse:
    """Take nobody over any more."""
    return _told(request, pk, takeovers.stop, "Stopped. Who was taken over stays; the rest can go on later.")


def _told(request: HttpRequest, pk: int, verb: Any, says: str) -> HttpResponse:
    try:
        verb(get_object_or_404(Takeover, pk=pk), by=request.user.actor)  # type: ignore[union-attr]
        messages.success(request, says)
    except Refusal as refusal:
        messages.error(request, refusal.for_people)
    return redirect("takeover", pk)
