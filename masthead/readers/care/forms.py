"""The form of an act: what it needs, why it is done, and the number by which a second press does nothing."""

import secrets
from typing import Any

from django import forms

from .notes import LONGEST
from .people import Person


def new_number() -> str:
    """The number of a form that is shown anew."""
    return secrets.token_hex(16)


class ActForm(forms.Form):
    """Every act's. Knows whose page it stands on, and what it is done to."""

    use_required_attribute = False

    reason = forms.CharField(
        label="Why",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Seen at the desk alone. It goes with the account, and the reader can ask for it.",
        error_messages={"required": "Write why, in a few words."},
    )
    once = forms.RegexField(
        r"\A[0-9a-f]{32}\Z",
        widget=forms.HiddenInput,
        error_messages={
            "required": "This form had lost its number. Press the button again.",
            "invalid": "This form had lost its number. Press the button again.",
        },
    )

    def __init__(self, *args: Any, person: Person, to: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.to = person, to
        self.order_fields([name for name in self.fields if name not in ("reason", "once")])

    @property
    def act_fields(self) -> dict[str, Any]:
        """What the act needs, apart from its reason."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("reason", "once")}

    @property
    def said(self) -> str:
        """What was typed for the act, in one line: what is confirmed is what was shown, and nothing typed since."""
        return " ".join(str(value) for value in self.act_fields.values())

    @property
    def number(self) -> str:
        """What the form shown next bears: its own number as long as that is one, so that a correction isn't another."""
        typed = str(self.data.get("once", ""))
        return new_number() if not self.is_bound or "once" in self.errors else typed
