"""An amount is one value with its currency: whole minor units, never floats; currencies are never added."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_precision, get_currency_symbol, list_currencies
from django.utils import translation

from masthead.core.refusals import Refusal

CURRENCIES = frozenset(list_currencies())
LONGEST_TYPED = 20

_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,3})?")
_PLAIN = re.compile(r"[0-9]+([.,][0-9]{1,3})?")


class NotAnAmount(Refusal):
    """What was typed is no amount of this currency."""

    for_people_text = "This is not an amount: write it in figures, such as %(example)s."


@dataclass(frozen=True)
class Money:
    """`minor` minor units (pence, cents) of `currency`, an ISO 4217 code."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {self.minor!r}")
        if self.currency not in CURRENCIES:
            raise ValueError(f"{self.currency!r} is no ISO 4217 currency")

    @classmethod
    def of(cls, amount: str | Decimal, currency: str) -> "Money":
        """From major units written exactly: `Money.of("5.00", "GBP")`. Raises ValueError when it is not whole pence."""
        minor = Decimal(amount).scaleb(get_currency_precision(currency))
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} {currency} is not a whole number of minor units")
        return cls(int(minor), currency)

    @classmethod
    def parse(cls, typed: str, currency: str) -> "Money":
        """From what a person typed: '5', '5.00', '£5', '5,50', '1,000', '12 GBP'. Raises NotAnAmount."""
        places = get_currency_precision(currency)
        refusal = NotAnAmount(example=str(cls(5 * 10**places, currency)))
        if len(typed) > LONGEST_TYPED:
            raise refusal
        bare = "".join(typed.split()).upper().replace(currency, "")
        for symbol in {get_currency_symbol(currency, locale) for locale in ("en", _locale())}:
            bare = bare.replace(symbol.upper(), "")
        if _GROUPED.fullmatch(bare):
            bare = bare.replace(",", "")
        elif _PLAIN.fullmatch(bare):
            bare = bare.replace(",", ".")
        else:
            raise refusal
        if "." in bare and len(bare.partition(".")[2]) > places:
            raise refusal
        return cls.of(bare, currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        """As it is written in the language in force: £5.00."""
        return format_currency(self.decimal, self.currency, locale=_locale())

    @property
    def decimal(self) -> Decimal:
        """In major units, exactly, with the currency's own number of places."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    @property
    def short(self) -> str:
        """Without '.00' where it is whole: £5, £5.50."""
        if self.minor % 10 ** get_currency_precision(self.currency):
            return str(self)
        return format_currency(
            self.decimal, self.currency, locale=_locale(), currency_digits=False, format=_whole(_locale())
        )

    def part(self, share: int, whole: int) -> "Money":
        """`share` parts of `whole`, to the nearest minor unit, halves up. Amounts and parts are not below zero."""
        return Money((2 * self.minor * share + whole) // (2 * whole), self.currency)

    def split(self, shares: Sequence[int]) -> list["Money"]:
        """In proportion to `shares`, to the penny: what rounding leaves over goes where most was cut off, one each.

        The method of largest remainders (Hamilton); of equal remainders the first share is served first.
        """
        total = sum(shares)
        if total <= 0 or min(shares) < 0:
            raise ValueError("shares are whole numbers, not negative and not all zero")
        sign = -1 if self.minor < 0 else 1
        parts = [abs(self.minor) * share // total for share in shares]
        left = abs(self.minor) - sum(parts)
        most_cut_off = sorted(range(len(shares)), key=lambda index: -(abs(self.minor) * shares[index] % total))
        for index in most_cut_off[:left]:
            parts[index] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} are never added or compared")
        return other


def _locale() -> Locale:
    return Locale.parse(translation.to_locale(translation.get_language() or "en-gb"))


def _whole(locale: Locale) -> str:
    return re.sub(r"0[.]00", "0", locale.currency_formats["standard"].pattern)
