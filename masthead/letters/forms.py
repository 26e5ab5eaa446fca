"""The shape of what somebody types to sign up for letters."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from masthead.letters import subscribing
from masthead.letters.models import LetterList
from masthead.readers.forms import AddressField


class SignUpForm(forms.Form):
    """An address, the lists, and what the form said of them; the same for a printed form and for the page."""

    use_required_attribute = False

    list = forms.ModelMultipleChoiceField(
        label=_("Letters"),
        queryset=LetterList.objects.none(),
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one letter."),
            "invalid_choice": _("One of these letters takes no sign-ups at present. Here are those that do."),
        },
    )
    email = AddressField(label=_("Your e-mail address"))
    page = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    words = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["list"].queryset = LetterList.objects.taking_sign_ups()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Proof of consent quotes what stood at the button, so a form that does not say it is shown anew, with ours."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("words") not in subscribing.WORDS:
            raise ValidationError(_("This form is not ours, or is very old. Please use this one."))
        return cleaned
