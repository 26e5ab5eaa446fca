"""What the newsroom takes: the one place where amounts are judged."""

from dataclasses import dataclass

from masthead.money import defences
from masthead.money.amounts import Money

from .models import Amounts, CurrencyTerms, GivingTerms
from .refusals import AmountOutside, OtherCurrency, TooLittleNow

MAY_BE_OFFERED = tuple(
    """AUD BGN CAD CHF CZK DKK EUR GBP HKD HUF ILS INR ISK JPY KRW MXN NOK NZD PLN RON SEK SGD TRY UAH USD ZAR
    BRL KES NGN""".split()  # noqa: SIM905  (a list of words)
)
"""The currencies that givers may be offered; a short list, since each has prints of its own."""


@dataclass(frozen=True)
class Choice:
    """A currency that a giver may choose."""

    code: str
    sign: str
    chosen: bool


def in_force() -> GivingTerms:
    """The terms as they stand on the desk; those we suggest, until somebody saves there."""
    return GivingTerms.objects.first() or GivingTerms()


def currencies() -> list[str]:
    """Those that a giver may choose, the house's first."""
    house = in_force().currency
    others = CurrencyTerms.objects.filter(offered=True).exclude(currency=house)
    return [house, *others.values_list("currency", flat=True)]


def choices(chosen: str) -> list[Choice]:
    """The currencies to choose from, for a page in `chosen`; none where there is one alone."""
    there = currencies()
    return [Choice(code, offered(code).sign, code == chosen) for code in there] if len(there) > 1 else []


def offered(currency: str) -> Amounts:
    """What is suggested and taken in a currency that a giver chose; the house's terms for one that isn't offered."""
    house = in_force()
    if not currency or currency == house.currency:
        return house
    return CurrencyTerms.objects.filter(currency=currency, offered=True).first() or house


def of(currency: str) -> Amounts | None:
    """The terms of a currency, also of one that is offered no more; None where there were never any."""
    house = in_force()
    return house if currency == house.currency else CurrencyTerms.objects.filter(currency=currency).first()


def taken(currency: str) -> str:
    """`currency`, if givers may choose it. Raises OtherCurrency."""
    if currency not in (there := currencies()):
        raise OtherCurrency(currency=" or ".join(there))
    return currency


def check(amount: Money) -> Money:
    """`amount`, if the newsroom takes it. Raises OtherCurrency or AmountOutside."""
    terms = of(amount.currency)
    if terms is None:
        raise OtherCurrency(currency=" or ".join(currencies()))
    if not terms.least <= amount <= terms.most:
        raise AmountOutside(least=terms.least.short, most=terms.most.short)
    return amount


def check_new(amount: Money) -> Money:
    """The same for what is given from now on, where under an attack the least is more. Raises TooLittleNow too."""
    check(amount)
    if amount < (least := least_of_new(of(amount.currency) or in_force())):
        raise TooLittleNow(least=least.short)
    return amount


def least_of_new(amounts: Amounts) -> Money:
    """The least that is taken from who begins to give now; in other currencies it rises as many times."""
    if not defences.is_raised():
        return amounts.least
    house = in_force()
    if amounts.currency == house.currency:
        return house.least_under_attack
    raised = amounts.least_minor * house.least_under_attack.minor // house.least_minor
    return Money(min(raised, amounts.most_minor), amounts.currency)
