"""What came by bank transfer, as a cheque or in cash, on the desk: entered, listed, reversed."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from masthead.core import clock
from masthead.core.refusals import Refusal
from masthead.money.amounts import Money
from masthead.money.desk import ForWhoSeesMoney, RowsToLookAt
from masthead.money.models import OfflineReceipt
from masthead.money.offline import EnteredBefore, NeedsReference, NotThatDay
from masthead.money.states import OfflineMethod
from masthead.readers import addresses
from masthead.readers.desk_guard import recently_confirmed

from . import offline, terms
from .models import Months
from .refusals import NeedsAddress, TooLittleForMonths

MAY_MOVE = "money.move_money"
FIELD_OF = {  # which field a refusal is about
    EnteredBefore: "bank_reference",
    NeedsReference: "bank_reference",
    NotThatDay: "received_on",
    NeedsAddress: "email",
    TooLittleForMonths: "kind",
    addresses.BadAddress: "email",
}


class OfflineList(IndexView):
    """The list, with a button to enter one, and to reverse each that stands."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm(MAY_MOVE):
            return []
        return [HeaderButton("Enter what was received", url=reverse("enter_offline"), icon_name="plus")]

    def get_list_more_buttons(self, instance: OfflineReceipt) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.reversed_at is None and self.request.user.has_perm(MAY_MOVE):
            url = reverse("reverse_offline", args=[instance.pk])
            buttons.append(MenuItem("Reverse it", url=url, icon_name="undo", priority=30))
        return buttons


class OfflineViewSet(RowsToLookAt):
    """What came without a provider, the reversed too."""

    model = OfflineReceipt
    name = "offline_receipt"
    url_prefix = "offline"
    icon = "form"
    menu_label = "Offline gifts"
    joined = ("payment",)
    index_view_class = OfflineList
    search_fields = ["bank_reference", "payment__reference", "payment__order_key"]
    list_display = [
        "received_on",
        Column("amount", label="Amount", accessor="payment.amount"),
        "method",
        "bank_reference",
        Column("what", label="For", accessor="payment.description"),
        "entered_by",
        "reversed_at",
        "reason",
    ]
    list_filter = ["method", "received_on", "entered_at", "reversed_at"]
    list_export = [
        "received_on",
        "payment.amount_minor",
        "payment.currency",
        "method",
        "bank_reference",
        "payment.reference",
        "payment.order_key",
        "entered_by",
        "entered_at",
        "reversed_at",
        "reversed_by",
        "reason",
    ]
    inspect_view_fields = [
        "payment",
        "method",
        "bank_reference",
        "received_on",
        "entered_by",
        "entered_at",
        "reversed_at",
        "reversed_by",
        "reason",
    ]

    @property
    def permission_policy(self) -> ForWhoSeesMoney:
        return ForWhoSeesMoney(self.model)


class EntryForm(forms.Form):
    """As it stands on the bank's statement, and for whom."""

    email = forms.CharField(
        label="E-mail address of who gave it",
        required=False,
        max_length=254,
        widget=forms.EmailInput,
        help_text="An account is made where there is none; the receipt goes there. Empty: nobody’s, without a receipt.",
    )
    amount = forms.CharField(label="Amount", max_length=20, help_text="Such as 25 or 25.50.")
    currency = forms.ChoiceField(label="Currency")
    received_on = forms.DateField(label="Received on", widget=AdminDateInput)
    kind = forms.TypedChoiceField(
        label="What it is",
        coerce=int,
        choices=[(0, "Given once"), *((value, f"Membership for {label}") for value, label in Months.choices)],
        help_text="A membership begins today, or when what they have is over.",
    )
    method = forms.ChoiceField(label="How it came", choices=OfflineMethod.choices)
    bank_reference = forms.CharField(
        label="The bank’s reference",
        required=False,
        max_length=80,
        help_text="What the bank’s statement calls it, or the cheque’s number. The same one is taken once. "
        "Only cash can do without.",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"received_on": clock.today()})
        self.fields["currency"].choices = [(code, code) for code in terms.currencies()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "amount" in cleaned and "currency" in cleaned:
            try:
                cleaned["money"] = Money.parse(cleaned["amount"], cleaned["currency"])
            except Refusal as refusal:
                self.add_error("amount", refusal.for_people)
            else:
                if cleaned["money"].minor <= 0:
                    self.add_error("amount", "Write an amount above nothing.")
        cleaned["bank_reference"] = " ".join(cleaned.get("bank_reference", "").split())
        return cleaned


class ReasonForm(forms.Form):
    """Why it is reversed."""

    reason = forms.CharField(label="Why", max_length=200, help_text="Such as: typed twice; the cheque came back.")


@permission_required(MAY_MOVE, raise_exception=True)
@recently_confirmed
def enter(request: HttpRequest) -> HttpResponse:
    """A form, and what became of it in words."""
    form = EntryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            gift = offline.enter(
                amount=form.cleaned_data["money"],
                method=OfflineMethod(form.cleaned_data["method"]),
                bank_reference=form.cleaned_data["bank_reference"],
                received_on=form.cleaned_data["received_on"],
                email=form.cleaned_data["email"],
                months=form.cleaned_data["kind"],
                by=request.user.actor,  # type: ignore[union-attr]
            )
        except Refusal as refusal:
            field = next((name for kind, name in FIELD_OF.items() if isinstance(refusal, kind)), None)
            form.add_error(field, refusal.for_people)
        else:
            whose = f"{gift.email}: the receipt is on its way" if gift.email else "nobody’s account, without a receipt"
            messages.success(request, f"{gift.amount} entered for {whose}.")
            return redirect("offline_receipt:index")
    return render(request, "giving/enter_offline.html", {"form": form, "media": form.media})


@permission_required(MAY_MOVE, raise_exception=True)
@recently_confirmed
def reverse_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why, then reverses it."""
    entry = get_object_or_404(OfflineReceipt.objects.select_related("payment"), pk=pk, reversed_at=None)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            offline.reverse(entry, reason=form.cleaned_data["reason"], by=request.user.actor)  # type: ignore[union-attr]
        except Refusal as refusal:
            form.add_error("reason", refusal.for_people)
        else:
            messages.success(request, "Reversed. The bank’s reference can be entered again.")
            return redirect("offline_receipt:index")
    return render(request, "giving/reverse_offline.html", {"entry": entry, "form": form})
