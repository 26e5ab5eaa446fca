"""What providers take, as the newsroom wrote it down at the desk, and what to pay so that a gift arrives whole."""

from bisect import bisect_left
from decimal import ROUND_CEILING

from masthead.money.amounts import Money
from masthead.money.providers.base import Provider

from .models import FeeRate


def rate_of(provider: Provider, currency: str) -> FeeRate | None:
    """What this provider takes for the method that its page offers first; None where nobody wrote it down."""
    return FeeRate.objects.filter(provider=provider.name, method=provider.pays_with, currency=currency).first()


def fee_of(paid: Money, rate: FeeRate) -> Money:
    """What is taken of `paid`. Rounded up: providers round as they like, and never above that."""
    share = (rate.percent * paid.minor / 100).to_integral_value(ROUND_CEILING)
    fee = Money(int(share) + rate.fixed_minor, paid.currency)
    return min(fee, rate.most) if rate.most is not None else fee


def covering(amount: Money, rate: FeeRate | None) -> Money:
    """The least to pay of which `amount` is left after the fee; `amount` itself where no fee is known.

    A penny more paid never leaves less, since less than half of it is taken: so halving finds it.
    """
    if rate is None:
        return amount
    enough = 2 * (amount.minor + rate.fixed_minor) + 2

    def left(minor: int) -> int:
        paid = Money(minor, amount.currency)
        return (paid - fee_of(paid, rate)).minor

    return Money(bisect_left(range(enough), amount.minor, key=left), amount.currency)


def in_words(rate: FeeRate) -> str:
    """Such as '1.5 % and £0.20 each time'."""
    words = f"{rate.percent.normalize():f} %"
    words += f" and {rate.fixed} each time" if rate.fixed_minor else ""
    return words + (f", {rate.most.short} at most" if rate.most is not None else "")
