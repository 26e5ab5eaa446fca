"""The shape of what somebody types to give a membership, to send it again and to claim it."""

from typing import Any

from django import forms

from masthead.core import clock
from masthead.core.refusals import Refusal
from masthead.money import providers
from masthead.readers import addresses
from masthead.readers.forms import AddressField

from . import presents
from .models import Months

BY_MAIL, BY_HAND = "mail", "hand"


class PresentForm(forms.Form):
    """How long, for whom, how it arrives, from whom."""

    use_required_attribute = False

    months = forms.TypedChoiceField(
        coerce=int,
        choices=Months.choices,
        error_messages={"required": "Choose for how long.", "invalid_choice": "Choose one of the lengths offered."},
    )
    currency = forms.CharField(required=False)
    receiver_name = forms.CharField(label="Who is it for?", max_length=80, required=False)
    message = forms.CharField(
        label="A few words of yours",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Up to 300 characters. They stand in the mail and on the page that opens the present.",
    )
    how = forms.ChoiceField(choices=[(BY_MAIL, "By mail, on a day"), (BY_HAND, "I’ll hand it over")], required=False)
    receiver_email = forms.CharField(
        label="Their e-mail address",
        widget=forms.EmailInput,
        error_messages={"required": addresses.NoAddress.for_people_text},
    )
    deliver_on = forms.DateField(
        label="On which day?",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It goes out at nine in the morning. Empty: as soon as it is paid.",
        error_messages={"invalid": "Write the day as in 2026-12-24."},
    )
    giver_name = forms.CharField(
        label="Your name", max_length=80, required=False, help_text="As it stands on the present."
    )
    email = AddressField(
        label="Your e-mail address", help_text="For the receipt, and to send the present again. There is no password."
    )
    way = forms.CharField(required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        self.chosen_currency = currency
        self.fields["receiver_email"].required = not self.by_hand

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("currency") not in ("", None, self.chosen_currency):
            self.add_error("months", f"We take {self.chosen_currency} here. Choose once more, please.")
        if cleaned.get("how") == BY_HAND:
            cleaned["receiver_email"], cleaned["deliver_on"] = "", None
        elif "receiver_email" in cleaned:
            self._clean_delivery(cleaned)
        return cleaned

    def _clean_delivery(self, cleaned: dict[str, Any]) -> None:
        try:
            cleaned["receiver_email"] = addresses.checked(cleaned["receiver_email"])
        except Refusal as refusal:
            self.add_error("receiver_email", refusal.for_people)
        if "deliver_on" in cleaned:
            cleaned["deliver_on"] = cleaned["deliver_on"] or clock.today()

    @property
    def by_hand(self) -> bool:
        """Whether the giver hands it over, as it stands in the form."""
        return bool(self.is_bound and self.data.get("how") == BY_HAND)

    @property
    def lengths(self) -> dict[str, Any]:
        """What parts/amount-set.html needs: so many months for so much."""
        said = str(self.data.get("months", "")) if self.is_bound else ""
        chosen = said if said.isdigit() and int(said) in Months.values else str(Months.TWELVE.value)
        choices = [
            {
                "value": offer.months.value,
                "label": offer.months.label,
                "note": offer.price.short,
                "checked": str(offer.months.value) == chosen,
            }
            for offer in presents.offers(self.chosen_currency)
        ]
        return {"legend": "For how long?", "name": "months", "choices": choices}

    @property
    def ways(self) -> list[dict[str, Any]]:
        """How one may pay: for parts/ways.html."""
        try:
            there = providers.for_checkouts(self.chosen_currency, keeps_mandate=False)
        except providers.NoProvider:
            return []
        said = self.data.get("way", "") if self.is_bound else ""
        chosen = next((one.name for one in there if one.name == said), there[0].name if there else "")
        return [
            {"value": one.name, "label": one.way, "taken": one.taken, "checked": one.name == chosen} for one in there
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """What presents.start takes of it."""
        names = ("months", "email", "giver_name", "receiver_name", "receiver_email", "message", "deliver_on")
        return {name: self.cleaned_data[name] for name in names} | {
            "currency": self.chosen_currency,
            "provider": self.cleaned_data["way"],
        }


class SendForm(forms.Form):
    """Where a present is sent once more."""

    use_required_attribute = False

    email = AddressField(label="Send it to")


class ClaimForm(forms.Form):
    """Whether what somebody gives themselves is paused meanwhile."""

    pause = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")], required=False)
