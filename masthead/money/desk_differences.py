"""Differences on the desk: what does not agree with a provider's own books, and one recorded act to resolve each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.permissions import ModelPermissionPolicy

from masthead.core import audit
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord
from masthead.core.refusals import Refusal, Trouble
from masthead.money import differences, reconciling, standing
from masthead.money.desk import RowsToLookAt
from masthead.money.models import Comparison, Difference, ProviderLine
from masthead.money.states import DifferenceState
from masthead.readers.desk_guard import recently_confirmed

MAY_SEE, MAY_MOVE = "money.see_money", "money.move_money"


class ForWhoSeesMoney(ModelPermissionPolicy):
    """Looked at by who may see who pays what; changed by verbs alone."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(user.has_perm(MAY_SEE))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return "view" in actions and self.user_has_permission(user, "view")


class DifferenceViewSet(RowsToLookAt):
    """What does not agree, or did not."""

    model = Difference
    icon = "warning"
    menu_label = _("Differences")
    joined = ("payment",)
    inspect_view_enabled = False
    search_fields = ["subject", "detail", "payment__reference", "payment__provider_ref", "payment__order_key"]
    list_display = [
        TitleColumn("day", label=_("Day"), get_url=lambda row: reverse("money_difference", args=[row.pk])),
        "provider",
        "kind",
        Column("theirs", label=_("Theirs")),
        Column("ours", label=_("Ours")),
        "subject",
        "state",
        "found_at",
    ]
    list_filter = ["state", "kind", "provider", "day", "found_at", "currency"]
    list_export = [
        "provider",
        "kind",
        "subject",
        "day",
        "theirs_minor",
        "ours_minor",
        "currency",
        "detail",
        "state",
        "found_at",
        "closed_at",
        "closed_by",
        "entry",
    ]

    @property
    def permission_policy(self) -> ForWhoSeesMoney:
        return ForWhoSeesMoney(self.model)


class ComparisonViewSet(RowsToLookAt):
    """When the books were compared, and what came of it."""

    model = Comparison
    icon = "history"
    menu_label = _("Comparisons")
    search_fields = ["provider", "trouble"]
    list_display = ["provider", "first", "last", "stage", "lines", "waiting", "found", "trouble", "ended_at"]
    list_filter = ["provider", "stage", "begun_at"]
    list_export = [
        "provider",
        "first",
        "last",
        "stage",
        "lines",
        "of_others",
        "asked",
        "waiting",
        "found",
        "trouble",
        "begun_at",
        "ended_at",
        "by",
    ]
    inspect_view_fields = list_export

    @property
    def permission_policy(self) -> ForWhoSeesMoney:
        return ForWhoSeesMoney(self.model)


class PostForm(forms.Form):
    """Against which account, and why."""

    account = forms.ChoiceField(label=_("Against"), choices=list(differences.ACCOUNTS.items()))
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ExplainForm(forms.Form):
    """Why it may stand as it is."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Read by whoever looks at this in a year. No names of people."),
    )


@permission_required(MAY_SEE, raise_exception=True)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One difference, with what can be done about it."""
    return _page(request, get_object_or_404(Difference, pk=pk))


@require_POST
@permission_required(MAY_MOVE, raise_exception=True)
def fetch(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the provider once more."""
    difference = get_object_or_404(Difference, pk=pk)
    try:
        agrees = reconciling.fetch_again(difference, by=_actor(request))
    except Trouble as trouble:
        messages.error(request, _("%(trouble)s. Nothing has been changed: try again later.") % {"trouble": trouble})
    except Refusal as refusal:
        messages.error(request, refusal.for_people)
    else:
        if agrees:
            messages.success(request, _("Fetched again: both agree now, and the difference is closed."))
        else:
            messages.warning(request, _("Fetched again, and they still differ."))
    return redirect("money_difference", pk)


@permission_required(MAY_MOVE, raise_exception=True)
@recently_confirmed
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Posts what is missing, or takes out what is too much."""
    difference, form = get_object_or_404(Difference, pk=pk), PostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            differences.post(difference, by=_actor(request), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
        else:
            messages.success(request, _("Posted. It can be opened again, which reverses the entry."))
            return redirect("money_difference", pk)
    return _page(request, difference, posting=form)


@permission_required(MAY_MOVE, raise_exception=True)
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets it stand, with the reason."""
    difference, form = get_object_or_404(Difference, pk=pk), ExplainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            differences.explain(difference, by=_actor(request), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("reason", refusal.for_people)
        else:
            messages.success(request, _("Explained, and closed."))
            return redirect("money_difference", pk)
    return _page(request, difference, explaining=form)


@require_POST
@permission_required(MAY_MOVE, raise_exception=True)
def open_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Undoes what resolved it."""
    try:
        differences.open_again(get_object_or_404(Difference, pk=pk), by=_actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.for_people)
    else:
        messages.success(request, _("It is open again, and an entry that was posted for it is reversed."))
    return redirect("money_difference", pk)


class BooksNotCompared(Component):
    """On the desk's first page, for who may see money: that the books differ, or were not compared lately."""

    name = "books-compared"
    template_name = "money/desk_compared.html"
    order = 6

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        wrong = [sentence for good, sentence in standing.comparisons() if not good]
        return {"request": parent_context["request"], "wrong": wrong}


def _page(
    request: HttpRequest, difference: Difference, *, posting: forms.Form | None = None, explaining: Any = None
) -> HttpResponse:
    records = AuditRecord.objects.filter(subject=audit.subject_of(difference)).order_by("pk")
    line = ProviderLine.objects.filter(provider=difference.provider, provider_ref=difference.subject).first()
    context = {
        "difference": difference,
        "line": line,
        "told": [(record.at, audit.sentence_for(record)) for record in records],
        "may_move": request.user.has_perm(MAY_MOVE),
        "can_post": difference.kind in differences.POSTABLE and bool(difference.gap),
        "can_open": difference.state in (DifferenceState.POSTED, DifferenceState.EXPLAINED),
        "posting": posting or PostForm(),
        "explaining": explaining or ExplainForm(),
    }
    return render(request, "money/desk_difference.html", context)


def _actor(request: HttpRequest) -> Actor:
    assert request.user.pk is not None, "the desk is behind sign-in"
    return Actor.staff(request.user.pk)
