"""What the newsroom takes: the one place where amounts are judged."""

from masthead.money.amounts import Money

from .models import GivingTerms
from .refusals import AmountOutside, OtherCurrency


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
