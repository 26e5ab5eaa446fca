"""How staff sign in at the desk: by password, and not by trying many."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.admin.forms.auth import LoginForm

from masthead.core import limits
from masthead.core.networks import network_of

TRIES_OF_NETWORK = limits.define("desk.tries-of-network", times=10, per=900)
TRIES_OF_ADDRESS = limits.define("desk.tries-of-address", times=50, per=3600)


class SignInForm(LoginForm):
    """Wagtail's form, which looks at a password only while tries are left; a right one gives them back."""

    def clean(self) -> dict[str, Any]:
        address = str(self.cleaned_data.get("username", "")).lower()
        tries = {TRIES_OF_NETWORK: network_of(self.request), TRIES_OF_ADDRESS: address}
        try:
            for limit, key in tries.items():
                limits.hit(limit, key)
        except limits.TooMany as refusal:
            raise ValidationError(refusal.for_people) from None
        cleaned: dict[str, Any] = super().clean()
        for limit, key in tries.items():
            limits.forgive(limit, key)
        return cleaned
