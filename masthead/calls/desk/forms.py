"""What the desk types about calls."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from masthead.calls import providers
from masthead.calls.models import Call

WHERE = {"link": ("url", "host_url"), "jitsi": ("domain", "room")}
"""What each provider is told of the place, by the fields below."""


class PlaceMixin(forms.Form):
    """Where a call happens: one provider, and what it needs to know. The others' fields are left as they are."""

    url = forms.CharField(
        label=_("Address of the room"),
        required=False,
        help_text=_("For an outside link: https://… It is shown to nobody before the way in opens."),
    )
    host_url = forms.CharField(label=_("Address for the host, if it is another"), required=False)
    domain = forms.CharField(
        label=_("Host name of the Jitsi server"), required=False, help_text=_("Such as meet.example.org.")
    )
    room = forms.CharField(
        label=_("Name of the room"), required=False, help_text=_("Empty: one that can’t be guessed is made.")
    )

    def set_out(self, place: dict[str, Any]) -> None:
        """Show the place as it is kept."""
        for name in ("url", "host_url", "domain", "room"):
            if name in self.fields:
                self.fields[name].initial = place.get(name, "")

    def placed(self, cleaned: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
        """The place as it is to be kept; adds what is wrong with it. Empty: set up later."""
        provider = cleaned.get("provider", "link")
        typed = {name: cleaned.get(name, "").strip() for name in WHERE.get(provider, ()) if name in self.fields}
        if any(typed.values()) and provider in providers.PROVIDERS:
            for wrong in providers.get(provider).validate({name: value for name, value in typed.items() if value}):
                self.add_error(next(iter(typed)), wrong)
        others = {name: value for name, value in before.items() if name not in typed}
        return others | {name: value for name, value in typed.items() if value}


class CallForm(PlaceMixin, WagtailAdminModelForm):
    """What a planned call is called and where it happens; when it begins is changed by moving it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_out(self.instance.place)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["place"] = self.placed(cleaned, self.instance.place)
        if cleaned.get("capacity", self.instance.reserved_count) < self.instance.reserved_count:
            reserved = {"reserved": self.instance.reserved_count}
            self.add_error(
                "capacity", _("%(reserved)s seats are reserved already: choose that many or more.") % reserved
            )
        return cleaned


class SeriesForm(PlaceMixin, WagtailAdminModelForm):
    """The rule of a series, and what each of its calls begins with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("room", None)  # each call has a room of its own
        self.set_out(self.instance.place)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["place"] = self.placed(cleaned, self.instance.place)
        return cleaned


class WhenForm(forms.Form):
    """A moment by the clock on the newsroom's wall, and a length."""

    starts_at = forms.DateTimeField(
        label=_("Begins"), widget=AdminDateTimeInput, help_text=_("In the newsroom’s time zone.")
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), initial=60, validators=[MinValueValidator(5), MaxValueValidator(600)]
    )


class PlanForm(WhenForm):
    """A call beside the series."""

    title = forms.CharField(label=_("Title"), max_length=120)
    standfirst = forms.CharField(label=_("Standfirst"), max_length=240, required=False)
    host_name = forms.CharField(label=_("Who answers"), max_length=80, required=False)
    capacity = forms.IntegerField(label=_("Seats"), initial=120, validators=[MinValueValidator(1)])
    invite_days = forms.IntegerField(
        label=_("Supporters are invited"),
        initial=21,
        help_text=_("Days before the call."),
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    field_order = ["title", "standfirst", "host_name", "starts_at", "minutes", "capacity", "invite_days"]


class MoveForm(WhenForm):
    """Another moment for a call."""

    @classmethod
    def of(cls, call: Call) -> "MoveForm":
        """With how it stands now."""
        return cls(initial={"starts_at": call.starts_at, "minutes": call.minutes})
