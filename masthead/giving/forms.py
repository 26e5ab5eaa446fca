"""The shape of what somebody types to give, to change and to pause. Rules that need a lock are the verbs' business."""

from typing import Any

from django import forms
from django.utils.functional import cached_property

from masthead.core.refusals import Refusal
from masthead.money import providers
from masthead.money.amounts import Money
from masthead.money.providers.base import Provider
from masthead.readers.forms import AddressField

from . import fees, previews, schedule, terms
from .models import LONGEST_WORDS, Amounts, Interval, Offer, Pledge, Reason, Rhythm, a_month_of
from .origins import Origin
from .remarks import Said

LEGENDS = {"month": "How much each month?", "year": "How much each year?", "once": "How much, once?"}
PRESELECTED = 1  # of the suggested amounts, the second
LONGEST_NUMBER = 18  # digits that a database's whole number can hold


class AmountForm(forms.Form):
    """How often, and how much: of the amounts suggested for that rhythm, or one's own, which counts first."""

    use_required_attribute = False
    rhythms: tuple[Rhythm, ...] = (Rhythm.MONTH, Rhythm.YEAR, Rhythm.ONCE)

    often = forms.CharField(required=False)
    own = forms.CharField(required=False, strip=True)
    currency = forms.CharField(required=False)

    def __init__(self, *args: Any, giving_terms: Amounts | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        self.terms = giving_terms or terms.in_force()
        self.rhythms = self._rhythms()
        for rhythm in self.rhythms:
            self.fields[rhythm.value] = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        currency = cleaned.get("currency") or self.terms.currency
        if cleaned.get("often") not in [rhythm.value for rhythm in self.rhythms]:
            self.add_error("own", "Choose how often you want to give.")
        elif currency != self.terms.currency:
            self.add_error(
                "own", f"We take {self.terms.currency}, not {currency[:8]}. Choose the amount once more, please."
            )
        else:
            self._clean_amount(cleaned)
        return cleaned

    def _clean_amount(self, cleaned: dict[str, Any]) -> None:
        typed, chosen = cleaned.get("own", ""), cleaned.get(cleaned["often"], "")
        try:
            if typed:
                cleaned["amount"] = self._checked(Money.parse(typed, self.terms.currency))
            elif chosen.isascii() and chosen.isdigit() and len(chosen) <= LONGEST_NUMBER:
                cleaned["amount"] = self._checked(Money(int(chosen), self.terms.currency))
            else:
                self.add_error("own", "Choose an amount, or type one of your own.")
        except Refusal as refusal:
            self.add_error("own", refusal.for_people.removesuffix(" Nothing has been changed."))

    def _checked(self, amount: Money) -> Money:
        return terms.check(amount)

    @cached_property
    def _least(self) -> Money:
        return self.terms.least

    @property
    def amounts(self) -> dict[str, Any]:
        """What parts/amounts.html needs: the rhythms, the suggested amounts of each, the field for one's own."""
        often = self._said("often") or self.rhythms[0].value
        return {
            "often": [
                {"value": rhythm.value, "label": rhythm.label.capitalize(), "checked": rhythm.value == often}
                for rhythm in self.rhythms
            ],
            "sets": [self._set(rhythm.value) for rhythm in self.rhythms],
            "own": self._own(),
        }

    def _set(self, often: str) -> dict[str, Any]:
        suggested = self._suggested(often)
        chosen = self._said(often)
        if chosen not in [str(amount.minor) for amount in suggested]:
            chosen = str(suggested[min(PRESELECTED, len(suggested) - 1)].minor) if suggested else ""
        choices = [
            {
                "value": amount.minor,
                "label": amount.short,
                "note": a_month_of(amount) if often == Rhythm.YEAR else "",
                "checked": str(amount.minor) == chosen,
            }
            for amount in suggested
        ]
        return {"often": often, "legend": LEGENDS[often], "name": often, "choices": choices}

    def _rhythms(self) -> tuple[Rhythm, ...]:
        return self.rhythms

    def _suggested(self, often: str) -> list[Money]:
        return self.terms.suggested(often)

    def _own(self) -> dict[str, Any]:
        wrong: Any = self.errors.get("own", []) if self.is_bound else []
        return {
            "name": "own",
            "label": "Or an amount of your own",
            "hint": f"Between {self._least.short} and {self.terms.most.short}. It counts before the choice above.",
            "sign": self.terms.sign,
            "value": self._said("own"),
            "error": " ".join(wrong),
        }

    def _said(self, name: str) -> str:
        said = self.data.get(name) if self.is_bound else self.initial.get(name)
        return str(said or "")


class SupportForm(AmountForm):
    """All that is needed to give: amount, rhythm, way, address; and where from, carried along unseen."""

    email = AddressField(
        label="Your e-mail address",
        help_text="For the receipt, and to sign in on your other devices. There is no password.",
    )
    way = forms.CharField(required=False)
    cover = forms.BooleanField(required=False)
    sum = forms.CharField(required=False)
    note = forms.CharField(
        label="A note to the newsroom",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Up to 500 characters. The newsroom reads it, nobody else.",
    )
    may_print = forms.BooleanField(
        label="You may print my name among those who support you",
        required=False,
        help_text="You can withdraw that on your account at any time.",
    )
    name = forms.CharField(label="The name to print", max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._offers: dict[str, list[Provider]] = {}
        super().__init__(*args, **kwargs)
        for name in ("from", "placement", "appeal"):
            self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        often, name = cleaned.get("often"), cleaned.get("way", "")
        offered = self._offered(often) if often in self.rhythms else []
        if offered and name not in ["", *(provider.name for provider in offered)]:
            how = "once" if often == Rhythm.ONCE else f"each {often}"
            ways = " or ".join(provider.way for provider in offered)
            self.add_error("way", f"That way to pay is not for what is given {how}. Choose: {ways}.")
        if cleaned.get("may_print") and not cleaned.get("name"):
            self.add_error("name", "Write the name that may be printed, or take the tick away.")
        return cleaned

    @property
    def said(self) -> Said:
        """What is said along with it; a name only where it may be printed."""
        name = self.cleaned_data["name"] if self.cleaned_data["may_print"] else ""
        return Said(note=self.cleaned_data["note"], name=name)

    @property
    def chosen_way(self) -> Provider | None:
        """By which it would be paid."""
        often, name = self.cleaned_data.get("often", ""), self.cleaned_data.get("way", "")
        return next((one for one in self._offered(often) if name in ("", one.name)), None)

    @property
    def together(self) -> Money | None:
        """What would be paid: with the fee, if the giver covers it; None while there is no good amount."""
        amount: Money | None = self.cleaned_data.get("amount")
        if amount is None or not self.cleaned_data.get("cover"):
            return amount
        way = self.chosen_way
        return fees.covering(amount, fees.rate_of(way, amount.currency)) if way else amount

    @property
    def was_shown(self) -> bool:
        """Whether the giver has seen what would be paid, to the penny: nobody pays a sum that wasn't shown."""
        together = self.together
        if not self.cleaned_data.get("cover") or together == self.cleaned_data.get("amount"):
            return True
        return together is not None and self.cleaned_data.get("sum") == str(together.minor)

    @property
    def rates(self) -> list[str]:
        """What each way to pay takes, in words; nothing where no fee is known, so that none can be covered."""
        there = {provider.name: provider for rhythm in self.rhythms for provider in self._offered(rhythm)}
        known = {name: fees.rate_of(there[name], self.terms.currency) for name in providers.FINDERS if name in there}
        return [f"{there[name].way}: {fees.in_words(rate)}" for name, rate in known.items() if rate]

    @property
    def covers(self) -> bool:
        """Whether the box is ticked: never beforehand."""
        return bool(self.is_bound and self.data.get("cover"))

    @property
    def ways(self) -> list[dict[str, Any]]:
        """How one may pay, with what is taken when: for parts/ways.html."""
        offered = {rhythm: self._offered(rhythm) for rhythm in self.rhythms}
        there = {provider.name: provider for rhythm in self.rhythms for provider in offered[rhythm]}
        for_once = {provider.name for provider in offered.get(Rhythm.ONCE, [])}
        names = [name for name in providers.FINDERS if name in there]
        chosen = [name for name in names if name == self._said("way")] or names[:1]
        return [
            {
                "value": name,
                "label": there[name].way,
                "taken": there[name].taken,
                "not_once": Rhythm.ONCE in self.rhythms and name not in for_once,
                "checked": name in chosen,
                "permission_first": there[name].permission_first,
            }
            for name in names
        ]

    def _rhythms(self) -> tuple[Rhythm, ...]:
        """Those that may be paid in some way; all, while no way is there at all: then that is what is said."""
        return tuple(rhythm for rhythm in self.rhythms if self._offered(rhythm)) or self.rhythms

    def _offered(self, often: str) -> list[Provider]:
        if often not in self._offers:
            try:
                found = providers.for_checkouts(self.terms.currency, keeps_mandate=often != Rhythm.ONCE)
            except providers.NoProvider:
                found = []
            self._offers[often] = found
        return self._offers[often]

    def _checked(self, amount: Money) -> Money:
        return terms.check_new(amount)

    @cached_property
    def _least(self) -> Money:
        return terms.least_of_new(self.terms)

    def _suggested(self, often: str) -> list[Money]:
        """Under an attack, those that are taken."""
        return [amount for amount in super()._suggested(often) if amount >= self._least] or [self._least]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Names and values of the unseen fields."""
        return [(name, self._said(name)) for name in ("from", "placement", "appeal") if self._said(name)]

    @property
    def origin(self) -> Origin:
        """Where from. What is garbled is left out: nobody is kept from giving by it."""
        return Origin(
            story=_number(self.cleaned_data.get("from")),
            placement=self.cleaned_data.get("placement", ""),
            appeal=_number(self.cleaned_data.get("appeal")),
        )


class SeenForm(forms.Form):
    """A page of one pledge: it carries the newest move that it showed, and whether who asks has seen what follows."""

    use_required_attribute = False

    seen = forms.IntegerField(required=False)
    sure = forms.BooleanField(required=False)

    def clean_seen(self) -> int | None:
        seen: int | None = self.cleaned_data["seen"]
        return seen


class ChangeForm(AmountForm, SeenForm):
    """Another amount, or another interval."""

    rhythms = (Rhythm.MONTH, Rhythm.YEAR)

    @classmethod
    def of(cls, pledge: Pledge, data: Any = None, *, instead: int | None = None) -> "ChangeForm":
        """With a tile for what is given now, suggested or not: in the field for one's own it would outdo any tile.

        `instead` is an amount in minor units that is chosen already, when it is one of the tiles.
        """
        giving_terms = terms.of(pledge.currency) or terms.in_force()
        initial = {
            "often": pledge.interval,
            "currency": giving_terms.currency,
            pledge.interval: str(pledge.amount_minor),
        }
        form = cls(data, giving_terms=giving_terms, initial=initial)
        form.instead = instead
        return form

    instead: int | None = None

    def _suggested(self, often: str) -> list[Money]:
        now = self.initial.get(often)
        return sorted({*super()._suggested(often), *([self.terms.money(int(now))] if now else [])})

    def _said(self, name: str) -> str:
        if self.instead and not self.is_bound and name == self.initial.get("often"):
            return str(self.instead)
        return super()._said(name)

    @property
    def interval(self) -> Interval:
        """The rhythm that was chosen."""
        return Interval(self.cleaned_data["often"])


class DayForm(SeenForm):
    """Another day of the month."""

    day = forms.TypedChoiceField(
        label="On which day of the month?",
        help_text="In months that have no such day, it is the last one.",
        coerce=int,
        choices=[(day, str(day)) for day in range(1, 32)],
        error_messages={"required": "Choose a day.", "invalid_choice": "Choose a day of the month from 1 to 31."},
    )

    def __init__(self, pledge: Pledge, data: Any = None) -> None:
        super().__init__(data, initial={"day": pledge.anchor_day})

    @property
    def days(self) -> list[tuple[int, bool]]:
        """The days to choose from, and which is chosen."""
        said = str(self["day"].value())
        return [(day, str(day) == said) for day in range(1, 32)]


class PauseForm(SeenForm):
    """Until when: the next collection put off by one, two or three months."""

    until = forms.DateField(
        label="Until when?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose until when.", "invalid": "Choose one of these days."},
    )

    def __init__(self, pledge: Pledge, data: Any = None) -> None:
        super().__init__(data)
        said = str(self["until"].value() or "")
        days = schedule.days_to_pause_until(pledge)
        chosen = said if said in [day.isoformat() for day in days] else str(days[0]) if days else ""
        self.days = [(day, previews.day(day), day.isoformat() == chosen) for day in days]


class EndForm(SeenForm):
    """When it ends; and why, for who likes to say."""

    at_once = forms.BooleanField(required=False)
    reason = forms.CharField(required=False)
    words = forms.CharField(required=False, strip=True)
    offer = forms.CharField(required=False)

    def __init__(self, reasons: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data)
        self._reasons = reasons

    def clean_reason(self) -> str:
        """Whatever is no reason of ours counts as none: nothing said here keeps anybody from ending."""
        said = self.cleaned_data["reason"]
        return said if said in Reason.values else ""

    def clean_words(self) -> str:
        """As much of it as is kept."""
        return str(self.cleaned_data["words"])[:LONGEST_WORDS]

    def clean_offer(self) -> str:
        """What the page had offered."""
        said = self.cleaned_data["offer"]
        return said if said in Offer.values else str(Offer.NONE)

    @property
    def reasons(self) -> list[tuple[str, str, bool]]:
        """What may be chosen, and what is."""
        said = str(self["reason"].value() or "")
        return [(value, label, value == said) for value, label in self._reasons]


class AddressForm(forms.Form):
    """The right address, where the first one was mistyped."""

    use_required_attribute = False

    email = AddressField(label="The right address")


def initial_amounts(minor: int | None, often: str, giving_terms: Amounts) -> dict[str, str]:
    """How the form stands before anything is typed."""
    initial = {"often": often, "currency": giving_terms.currency}
    if minor:
        is_suggested = minor in [amount.minor for amount in giving_terms.suggested(often)]
        initial[often if is_suggested else "own"] = (
            str(minor) if is_suggested else str(giving_terms.money(minor).decimal)
        )
    return initial


def _number(text: object) -> int | None:
    written = str(text or "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < LONGEST_NUMBER else None
