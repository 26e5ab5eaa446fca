"""Tiers, courtesies and the grants ledger on the desk."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from masthead.core.refusals import Refusal
from masthead.giving import terms
from masthead.money.amounts import Money
from masthead.money.desk import RowsToLookAt
from masthead.readers.desk_rows import WithPeople
from masthead.readers.forms import AddressField

from . import reasons, tasks
from .models import Courtesy, Grant, Tier


class TierForm(WagtailAdminModelForm):
    """A tier's floor is typed as people write amounts."""

    in_currency = forms.ChoiceField(
        label=_("Currency"), required=False, help_text=_("Who gives in another currency needs a tier in that one.")
    )
    floor_typed = forms.CharField(label=_("From, each month"), max_length=20)
    sale_typed = forms.CharField(
        label=_("Part of the price that is a sale, each month"),
        max_length=20,
        required=False,
        help_text=_("With its VAT in it. Empty: all of it is support. Your adviser decides; Masthead records."),
    )
    rate_typed = forms.DecimalField(
        label=_("Rate of VAT on that part, in percent"), min_value=0, max_value=100, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        house = terms.in_force().currency
        own = self.instance.currency if self.instance.pk else house
        codes = list(dict.fromkeys([house, own, *terms.MAY_BE_OFFERED]))
        self.fields["in_currency"].choices = [(code, code) for code in codes]
        self.fields["in_currency"].initial = own
        if self.instance.pk:
            self.fields["floor_typed"].initial = str(self.instance.floor.decimal)
        if self.instance.sale_minor:
            self.fields["sale_typed"].initial = str(self.instance.sale.decimal)
            self.fields["rate_typed"].initial = Decimal(self.instance.vat_hundredths) / 100

    def clean_floor_typed(self) -> Money:
        try:
            currency = self.cleaned_data.get("in_currency") or self.fields["in_currency"].initial
            floor = Money.parse(self.cleaned_data["floor_typed"], currency)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.for_people) from None
        if floor.minor <= 0:
            raise forms.ValidationError(_("A tier begins above nothing."))
        if Tier.objects.filter(currency=floor.currency, floor_minor=floor.minor).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another tier begins at this amount."))
        self.instance.floor_minor, self.instance.currency = floor.minor, floor.currency
        return floor

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        floor, typed = cleaned.get("floor_typed"), cleaned.get("sale_typed") or "0"
        if floor is None or "rate_typed" not in cleaned:
            return cleaned
        try:
            sale = Money.parse(typed, floor.currency)
        except Refusal as refusal:
            self.add_error("sale_typed", refusal.for_people)
            return cleaned
        if sale.minor > floor.minor:
            self.add_error("sale_typed", _("The part that is a sale can’t be more than the tier begins at."))
        self.instance.sale_minor = sale.minor
        self.instance.vat_hundredths = int((cleaned["rate_typed"] or 0) * 100) if sale else 0
        return cleaned

    def save(self, commit: bool = True) -> Tier:
        """Who gives already gets what it newly grants."""
        tier: Tier = super().save(commit=commit)
        if commit:
            tasks.follow_tiers.enqueue()
        return tier


class TierViewSet(ModelViewSet):
    """What is promised from which amount on. Who gives as before keeps what they have, also when a floor rises."""

    model = Tier
    icon = "list-ol"
    menu_label = "Tiers"
    copy_view_enabled = False
    add_to_reference_index = False
    list_display = ["name", "floor"]
    list_export = ["name", "floor_minor", "currency", "sale_minor", "vat_hundredths"]
    search_fields = ["name"]
    list_filter = ["currency"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("in_currency"),
            FieldPanel("floor_typed"),
            FieldPanel("benefits", widget=forms.CheckboxSelectMultiple),
            FieldPanel("sale_typed"),
            FieldPanel("rate_typed"),
        ],
        base_form_class=TierForm,
    )


class ListOfGrants(WithPeople, IndexView):
    """Each leads to whoever may have it."""

    def key_of(self, row: Grant | Courtesy) -> str:
        return f"reader-{row.reader.reference}" if row.reader else ""


class GrantViewSet(RowsToLookAt):
    """Who may have what, why, from when and until when."""

    model = Grant
    index_view_class = ListOfGrants
    icon = "key"
    menu_label = "Grants"
    joined = ("reader", "device")
    list_display = ["benefit", "reader", "device", "reason_kind", "reason_ref", "from_at", "over_at"]
    list_export = [
        "benefit",
        "reader_id",
        "device_id",
        "reason_kind",
        "reason_ref",
        "from_at",
        "until_at",
        "grace_until",
        "ended_at",
    ]
    list_filter = ["benefit", "reason_kind", "from_at", "until_at", "ended_at"]
    search_fields = ["reason_ref", "reader__email", "reader__name"]


class CourtesyList(ListOfGrants):
    """The list, with a button to give one, and to end each that runs."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("membership.add_courtesy"):
            return []
        return [HeaderButton(_("Give a membership"), url=reverse("give_courtesy"), icon_name="plus")]

    def get_list_more_buttons(self, instance: Courtesy) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.ended_at is None and self.request.user.has_perm("membership.delete_courtesy"):
            url = reverse("end_courtesy", args=[instance.pk])
            buttons.append(MenuItem(_("End it"), url=url, icon_name="cross", priority=30))
        return buttons


class CourtesyViewSet(RowsToLookAt):
    """Memberships that the newsroom gave."""

    model = Courtesy
    icon = "success"
    menu_label = "Courtesies"
    joined = ("reader",)
    list_display = ["reader", "reason", "until", "created_at", "ended_at"]
    list_export = ["pk", "reader_id", "reason", "until", "by", "created_at", "ended_at"]
    list_filter = ["until", "created_at", "ended_at"]
    search_fields = ["reason", "reader__email", "reader__name"]
    index_view_class = CourtesyList


class Membership(ModelViewSetGroup):
    """The menu entry."""

    menu_label = "Membership"
    menu_icon = "group"
    menu_order = 410
    items = (TierViewSet, CourtesyViewSet, GrantViewSet)


class CourtesyForm(forms.Form):
    """To whom, why, until when: all three are needed."""

    email = AddressField(label=_("E-mail address"), help_text=_("An account is made where there is none."))
    reason = forms.CharField(label=_("Why"), max_length=200, help_text=_("Seen at the desk alone."))
    until = forms.DateField(label=_("Until, that day included"), widget=AdminDateInput)


@permission_required("membership.add_courtesy", raise_exception=True)
def give_courtesy(request: HttpRequest) -> HttpResponse:
    """A form, and what became of it in words."""
    form = CourtesyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            given = reasons.give_courtesy(
                email=form.cleaned_data["email"],
                until=form.cleaned_data["until"],
                why=form.cleaned_data["reason"],
                by=request.user.actor,  # type: ignore[union-attr]
            )
        except Refusal as refusal:
            form.add_error("until", refusal.for_people)
        else:
            messages.success(request, _("%(reader)s has a courtesy membership now.") % {"reader": given.reader})
            return redirect("courtesy:index")
    return render(request, "membership/give_courtesy.html", {"form": form, "media": form.media})


@permission_required("membership.delete_courtesy", raise_exception=True)
def end_courtesy(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then ends it."""
    courtesy = get_object_or_404(Courtesy, pk=pk, ended_at__isnull=True)
    if request.method == "POST":
        reasons.end_courtesy(courtesy, by=request.user.actor)  # type: ignore[union-attr]
        messages.success(request, _("The courtesy membership has ended."))
        return redirect("courtesy:index")
    return render(request, "membership/end_courtesy.html", {"courtesy": courtesy})
