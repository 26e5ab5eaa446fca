"""The shape of what somebody types to sign in."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from masthead.core.refusals import Refusal
from masthead.readers import addresses

CODE_DIGITS = 6


class AddressField(forms.CharField):
    """An e-mail address, normalised; what is wrong with it is said in a sentence and kept as typed."""

    widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def clean(self, value: object) -> str:
        try:
            return addresses.checked(str(value or ""))
        except Refusal as refusal:
            raise ValidationError(refusal.for_people) from None


class CodeField(forms.CharField):
    """Six digits, with or without spaces between them."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"})

    def clean(self, value: object) -> str:
        code = "".join(str(value or "").split())
        if not (len(code) == CODE_DIGITS and code.isascii() and code.isdigit()):
            raise ValidationError(_("The code has six digits. Type them as they stand in the message."))
        return code


class AskForm(forms.Form):
    """Step one: the address."""

    use_required_attribute = False

    email = AddressField(
        label=_("Your e-mail address"), help_text=_("There is no password. We send you a code and a link.")
    )


class CodeForm(forms.Form):
    """Step two: the code."""

    use_required_attribute = False

    code = CodeField(label=_("Six digits"), help_text=_("They work for ten minutes, in this browser only."))
