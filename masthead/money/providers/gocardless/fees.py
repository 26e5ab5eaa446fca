"""What each item of a payout comes to in whole pennies.

GoCardless keeps fees in tenths of a penny, and rounds once, over the whole payout. What that rounding leaves goes, a
penny each, to the fees of which most was cut off: so the items add up to what was paid out, to the penny.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from masthead.money.providers.gocardless import states


class DoesNotAddUp(ValueError):
    """The items of a payout are not the payout."""


def in_pennies(items: Iterable[Mapping[str, Any]], paid_out: int) -> list[tuple[Mapping[str, Any], int]]:
    """Each item with its whole minor units, of a payout of `paid_out` minor units. Raises DoesNotAddUp."""
    rows = [(item, Decimal(str(item["amount"]))) for item in items]
    floors = [int(amount.to_integral_value(ROUND_FLOOR)) for _, amount in rows]
    cut_off = [amount - floor for (_, amount), floor in zip(rows, floors, strict=True)]
    rounded_away = sum(cut_off, Decimal(0))
    may_be_rounded = [index for index, rest in enumerate(cut_off) if rest]
    left = paid_out - sum(floors)
    if not 0 <= left <= len(may_be_rounded) or abs(left - rounded_away) >= 1:
        raise DoesNotAddUp(f"{sum(amount for _, amount in rows)} is not {paid_out}")
    if any(rows[index][0]["type"] not in states.FRACTIONS for index in may_be_rounded):
        raise DoesNotAddUp("something else than a fee has fractions of a penny")
    for index in sorted(may_be_rounded, key=lambda index: (-cut_off[index], str(rows[index][0])))[:left]:
        floors[index] += 1
    return [(item, floor) for (item, _), floor in zip(rows, floors, strict=True)]
