"""Addresses that get no letters, our standing as a sender, and letters that are owed, at the desk."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import InspectView
from wagtail.admin.widgets.button import HeaderButton

from masthead.core import audit, clock, config
from masthead.core.refusals import Refusal
from masthead.letters import promises, standing, suppression
from masthead.letters.models import Examination, Overrule, Reason, RefusedReport, Report, ReportsBox, Suppression
from masthead.letters.returns import mailbox
from masthead.money.desk import RowsToLookAt
from masthead.readers.desk_acts import actor_of
from masthead.readers.desk_seen import AddressesSeen
from masthead.readers.forms import AddressField

MENU = "register_letters_menu_item"
A_WEEK = clock.days(7)

audit.register("letters.suppressions_seen", "{by} looked at addresses that get no letters ({how})")


class SuppressionList(AddressesSeen):
    """The list, with the way to stop letters to another."""

    seen_as = "letters.suppressions_seen"

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("letters.add_suppression"):
            return []
        return [HeaderButton(_("Stop letters to an address"), url=reverse("letters_suppress"), icon_name="plus")]

    def get_list_more_buttons(self, instance: Suppression) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.stands and self.request.user.has_perm("letters.change_suppression"):
            url = reverse("letters_lift", args=[instance.pk])
            buttons.append(MenuItem(_("Write to it again"), url=url, icon_name="mail", priority=30))
        return buttons


class InspectSuppression(InspectView):
    """One address, with all that was heard of it."""

    def get_fields_context(self) -> list[dict[str, Any]]:
        by = self.request.user.actor
        audit.record("letters.suppressions_seen", self.object, by=by, how="one of them")
        heard = [
            {
                "label": f"{report.at.astimezone(clock.zone()):%d %B %Y, %H.%M}, {report.source}",
                "value": f"{report.get_kind_display()}. {report.status} {report.detail}".strip(),
            }
            for report in Report.objects.filter(address=self.object.address)[:20]
        ]
        return [*super().get_fields_context(), *heard]


class SuppressionViewSet(RowsToLookAt):
    """Addresses that get no letters, and why. Codes, receipts and notices go to them all the same."""

    model = Suppression
    icon = "warning"
    menu_label = _("Not written to")
    menu_hook = MENU
    menu_order = 60
    list_display = [
        "address",
        Column("reason", label=_("Why"), accessor=lambda row: row.get_reason_display(), sort_key="reason"),
        DateColumn("since", label=_("Since"), sort_key="since"),
        Column("source", label=_("Heard from"), sort_key="source"),
        "detail",
        DateColumn("lifted_at", label=_("Lifted"), sort_key="lifted_at"),
    ]
    list_filter = {
        "reason": ["exact"],
        "source": ["exact"],
        "since": ["date__gte", "date__lte"],
        "lifted_at": ["isnull"],
    }
    list_export = ["address", "reason", "since", "source", "detail", "lifted_at", "lifted_by", "lifted_why"]
    search_fields = ["address", "detail"]
    index_view_class = SuppressionList
    inspect_view_class = InspectSuppression
    inspect_view_fields = list_export


class LiftForm(forms.Form):
    """Why it is right to write to the address again."""

    why = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("Such as: she asked us to, on the telephone.")
    )


@permission_required("letters.change_suppression", raise_exception=True)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why, then lifts it."""
    row = get_object_or_404(Suppression.objects.standing(), pk=pk)
    form = LiftForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            suppression.lift(row, why=form.cleaned_data["why"], by=actor_of(request))
        except Refusal as refusal:
            form.add_error("why", refusal.for_people)
        else:
            messages.success(request, _("Letters go to %(address)s again.") % {"address": row.address})
            return redirect("suppression:index")
    return render(request, "letters/desk_lift.html", {"row": row, "form": form})


class SuppressForm(forms.Form):
    """The address that wants no letters, or can't get them."""

    address = AddressField(label=_("E-mail address"))
    detail = forms.CharField(label=_("Why"), max_length=300, help_text=_("Seen at the desk alone."))


@permission_required("letters.add_suppression", raise_exception=True)
def suppress(request: HttpRequest) -> HttpResponse:
    """A form, and what became of it in words."""
    form = SuppressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = suppression.suppress(
            form.cleaned_data["address"],
            reason=Reason.STAFF,
            by=actor_of(request),
            detail=form.cleaned_data["detail"],
        )
        messages.success(request, _("No more letters go to %(address)s.") % {"address": made.address})
        return redirect("suppression:index")
    return render(request, "letters/desk_suppress.html", {"form": form})


class OverruleForm(forms.Form):
    """Why large letters go out all the same."""

    reason = forms.CharField(
        label=_("Why is it right to send all the same?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("It is kept with your name. It covers what is missing now, and nothing that goes missing later."),
    )


@permission_required("letters.view_examination", raise_exception=True)
def show_standing(request: HttpRequest) -> HttpResponse:
    """What was found last, what to do about it, and the form that overrules it."""
    return _standing(request, OverruleForm())


@require_POST
@permission_required("letters.view_examination", raise_exception=True)
def look_again(request: HttpRequest) -> HttpResponse:
    """Asks the DNS, for some seconds at most."""
    standing.look_up()
    return redirect("letters_standing")


@require_POST
@permission_required("letters.add_overrule", raise_exception=True)
def overrule(request: HttpRequest) -> HttpResponse:
    """Writes down why, and lets large letters go."""
    form = OverruleForm(request.POST)
    if form.is_valid():
        try:
            standing.overrule(form.cleaned_data["reason"], actor_of(request))
        except Refusal as refusal:
            form.add_error("reason", refusal.for_people)
        else:
            messages.success(request, _("Written down. Letters to many go out now."))
            return redirect("letters_standing")
    return _standing(request, form)


def _standing(request: HttpRequest, form: OverruleForm) -> HttpResponse:
    newest = Examination.objects.first()
    found = standing.findings_of(newest) if newest else []
    missing = {finding.name for finding in found if not finding.passes}
    overrules = list(Overrule.objects.all()[:10])
    place = config.load().returns_mailbox
    context = {
        "newest": newest,
        "findings": found,
        "missing": missing,
        "is_overruled": bool(overrules and missing and missing <= set(overrules[0].missing)),
        "overrules": overrules,
        "form": form,
        "large": standing.LARGE,
        "sender": standing.address_of(config.load()),
        "box": ReportsBox.objects.filter(name=mailbox.name_of(place)).first() if place else None,
        "refused": RefusedReport.objects.filter(day__gt=clock.today() - A_WEEK)
        .values("source")
        .annotate(number=Sum("count"))
        .order_by("source"),
        "may_overrule": request.user.has_perm("letters.add_overrule"),
    }
    return render(request, "letters/desk_standing.html", context)


class LettersOwed(Component):
    """Letters that were promised and didn't come, with a button that begins each."""

    name = "letters-owed"
    template_name = "letters/desk_owed.html"
    order = 5

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"request": parent_context["request"], "owed": promises.broken()}
