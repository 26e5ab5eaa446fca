"""What the newsroom takes: the one place where amounts are judged."""

from masthead.money import defences
from masthead.money.amounts import Money

from .models import GivingTerms
from .refusals import AmountOutside, OtherCurrency, TooLittleNow


def in_force() -> GivingTerms:
    """The terms as they stand on the desk; those we suggest, until somebody saves there."""
    return GivingTerms.objects.first() or GivingTerms()


def check(amount: Money) -> Money:
    """`amount`, if the newsroom takes it. Raises OtherCurrency or AmountOutside."""
    terms = in_force()
    if amount.currency != terms.currency:
        raise OtherCurrency(currency=terms.currency)
    if not terms.least <= amount <= terms.most:
        raise AmountOutside(least=terms.least.short, most=terms.most.short)
    return amount


def check_new(amount: Money) -> Money:
    """The same for what is given from now on, where under an attack the least is more. Raises TooLittleNow too."""
    check(amount)
    if amount < (least := least_of_new(in_force())):
        raise TooLittleNow(least=least.short)
    return amount


def least_of_new(terms: GivingTerms) -> Money:
    """The least that is taken from who begins to give now."""
    return terms.least_under_attack if defences.is_raised() else terms.least
