"""Stripe's smallest units of a currency and ours: they differ where its list and CLDR's, which we go by, differ.

Source: docs.stripe.com/currencies, 'Zero-decimal currencies' and 'Three-decimal currencies'. Iceland's and Uganda's
have no decimals, but are written with two there.
"""

from babel.numbers import get_currency_precision

from masthead.money.amounts import Money

NO_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DECIMALS = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


def decimals(currency: str) -> int:
    """How many decimals Stripe writes for a currency, an ISO 4217 code in capitals."""
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def theirs(amount: Money) -> int:
    """An amount as Stripe writes it. Raises ValueError when it has no way to."""
    shift = decimals(amount.currency) - get_currency_precision(amount.currency)
    if shift >= 0:
        return int(amount.minor * 10**shift)
    whole, rest = divmod(amount.minor, 10**-shift)
    if rest:
        raise ValueError(f"Stripe has no smaller unit for {amount}")
    return int(whole)


def ours(minor: int, currency: str) -> Money:
    """What Stripe wrote, `currency` in small letters as it does. Raises ValueError when we have no unit so small."""
    code = currency.upper()
    shift = decimals(code) - get_currency_precision(code)
    if shift <= 0:
        return Money(int(minor * 10**-shift), code)
    whole, rest = divmod(minor, 10**shift)
    if rest:
        raise ValueError(f"{minor} of {code} is smaller than our smallest unit")
    return Money(int(whole), code)
