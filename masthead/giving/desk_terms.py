"""What is suggested and taken in each currency, and what providers take, on the desk: amounts as people write them."""

from typing import Any

from django import forms
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from masthead.core.refusals import Refusal
from masthead.money import providers
from masthead.money.amounts import CURRENCIES, Money

from . import fees, presents, terms
from .models import CurrencyTerms, FeeRate, Rhythm

METHODS = [("card", "card"), ("debit", "direct debit"), ("wallet", "wallet"), ("other", "other")]


class TermsForm(WagtailAdminModelForm):
    """Amounts are typed as people write them; kept as minor units."""

    month = forms.CharField(label="Suggested each month", help_text="Such as 3, 6, 12, 25. The second is preselected.")
    year = forms.CharField(label="Suggested each year")
    once = forms.CharField(label="Suggested once")
    least = forms.CharField(label="Least that is taken")
    most = forms.CharField(label="Most that is taken")
    of_one_amount: tuple[str, ...] = ("least", "most")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rhythm in Rhythm.values:
            self.fields[rhythm].initial = ", ".join(str(amount.decimal) for amount in self.instance.suggested(rhythm))
        for name in self.of_one_amount:
            self.fields[name].initial = str(getattr(self.instance, name).decimal)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if currency not in CURRENCIES:
            raise forms.ValidationError(f"‘{currency}’ is no currency. Write its three letters, such as GBP or EUR.")
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if currency := cleaned.get("currency"):
            for name in (*Rhythm.values, *self.of_one_amount):
                self._clean_amounts(name, currency)
        bounds = (self.instance.least_minor, self.instance.most_minor)
        if not self.errors and bounds[0] > bounds[1]:
            self.add_error("most", "The most must not be less than the least.")
        outside = [rhythm for rhythm in Rhythm.values if not self.errors and self._is_outside(rhythm, bounds)]
        for rhythm in outside:
            self.add_error(rhythm, "Suggest only amounts that are taken: between the least and the most.")
        return cleaned

    def _clean_amounts(self, name: str, currency: str) -> None:
        """Read one amount, or several, into the row."""
        try:
            minor = [Money.parse(part, currency).minor for part in self.cleaned_data.get(name, "").split(", ")]
        except Refusal as refusal:
            self.add_error(name, refusal.for_people)
            return
        if name in Rhythm.values:
            setattr(self.instance, f"{name}_minor", sorted(set(minor)))
        elif len(minor) == 1 and minor[0] > 0:
            setattr(self.instance, f"{name}_minor", minor[0])
        else:
            self.add_error(name, "Write one amount, above nothing.")

    def _is_outside(self, rhythm: str, bounds: tuple[int, int]) -> bool:
        return any(not bounds[0] <= amount.minor <= bounds[1] for amount in self.instance.suggested(rhythm))


class HouseForm(TermsForm):
    """The same for the house's own currency."""

    least_under_attack = forms.CharField(
        label="Least under attack",
        help_text="While somebody tries out stolen cards here: see Defences under Money. "
        "In other currencies the least rises as many times.",
    )
    of_one_amount = ("least", "least_under_attack", "most")


class CurrencyForm(TermsForm):
    """The same for another currency than the house's."""

    currency = forms.ChoiceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        house = terms.in_force().currency
        codes = [code for code in terms.MAY_BE_OFFERED if code != house]
        if self.instance.pk:
            codes = [self.instance.currency]  # what is given in it already stays in it
        self.fields["currency"].choices = [(code, code) for code in codes]

    def clean_currency(self) -> str:
        currency = super().clean_currency()
        if CurrencyTerms.objects.filter(currency=currency).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("This currency is there already: change that one.")
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        currency = cleaned.get("currency", "")
        if cleaned.get("offered") and currency and presents.level(currency) is None:
            self.add_error(
                "offered",
                f"Nobody who gives in {currency} would get anything yet: add a tier without adverts in it first, "
                "under Membership.",
            )
        return cleaned


class CurrencyViewSet(ModelViewSet):
    """Other currencies; one that is offered no more is kept, for what is given in it already."""

    model = CurrencyTerms
    icon = "globe"
    menu_label = "Other currencies"
    copy_view_enabled = False
    delete_view_enabled = False
    add_to_reference_index = False
    list_display = ["currency", Column("least", label="Least"), Column("most", label="Most"), "offered"]
    list_export = ["currency", "month_minor", "year_minor", "once_minor", "least_minor", "most_minor", "offered"]
    search_fields = ["currency"]
    list_filter = ["offered"]
    edit_handler = ObjectList(
        [
            FieldPanel("currency"),
            MultiFieldPanel([FieldPanel("month"), FieldPanel("year"), FieldPanel("once")], heading="Suggested"),
            FieldRowPanel([FieldPanel("least"), FieldPanel("most")], heading="Taken"),
            FieldPanel("offered"),
        ],
        base_form_class=CurrencyForm,
    )


class FeeRateForm(WagtailAdminModelForm):
    """What a provider takes, as its price list says it."""

    provider = forms.ChoiceField(choices=[(name, name) for name in providers.FINDERS])
    method = forms.ChoiceField(choices=METHODS)
    currency = forms.ChoiceField()
    fixed_typed = forms.CharField(label="And for each payment", max_length=20, help_text="Such as 0.20 for 20p.")
    most_typed = forms.CharField(label="At most", max_length=20, required=False, help_text="Empty: as much as it is.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = list(dict.fromkeys([*terms.currencies(), *terms.MAY_BE_OFFERED]))
        self.fields["currency"].choices = [(code, code) for code in codes]
        if self.instance.pk:
            self.fields["fixed_typed"].initial = str(self.instance.fixed.decimal)
            self.fields["most_typed"].initial = str(self.instance.most.decimal) if self.instance.most else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        for name, typed in (("fixed_minor", "fixed_typed"), ("most_minor", "most_typed")):
            if not cleaned.get(typed) or "currency" not in cleaned:
                setattr(self.instance, name, None if name == "most_minor" else 0)
                continue
            try:
                setattr(self.instance, name, Money.parse(cleaned[typed], cleaned["currency"]).minor)
            except Refusal as refusal:
                self.add_error(typed, refusal.for_people)
        return cleaned


class FeeRateViewSet(ModelViewSet):
    """By which a giver may cover the fee: for each provider, the method of most payments on its page, and currency."""

    model = FeeRate
    icon = "cog"
    menu_label = "Fees"
    copy_view_enabled = False
    add_to_reference_index = False
    list_display = ["provider", "method", "currency", Column("words", label="Takes", accessor=fees.in_words)]
    list_export = ["provider", "method", "currency", "percent", "fixed_minor", "most_minor"]
    search_fields = ["provider", "currency"]
    list_filter = ["provider", "method", "currency"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("provider"), FieldPanel("method"), FieldPanel("currency")]),
            FieldRowPanel([FieldPanel("percent"), FieldPanel("fixed_typed"), FieldPanel("most_typed")]),
        ],
        base_form_class=FeeRateForm,
    )
