"""What a story brought in: pledges and gifts keep where they came from, nobody is followed for it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from masthead.core import clock
from masthead.money.amounts import Money

from . import terms
from .models import Gift, Instalment, InstalmentState, Pledge


@dataclass(frozen=True)
class Line:
    """One pledge or gift that came from the story: no name, no address."""

    on: date
    what: str
    amount: Money
    state: str
    placement: str
    appeal: int | None
    reference: str


@dataclass(frozen=True)
class Income:
    """All of it; sums in the house currency, and those of others apart, since currencies are never added."""

    lines: tuple[Line, ...]
    collected: Money
    a_year: Money
    by_placement: tuple[tuple[str, int], ...]
    others: "tuple[tuple[Money, Money], ...]" = ()  # of other currencies: collected, and a year

    @property
    def pledges(self) -> int:
        """How many promised to give again and again."""
        return sum(1 for line in self.lines if line.what != ONCE)

    @property
    def gifts(self) -> int:
        """How many gave once."""
        return len(self.lines) - self.pledges


ONCE = "once"


def of_story(page_id: int) -> Income:
    """What came from the story with this page id: paid at least once, or promised by a bank."""
    pledges = list(Pledge.objects.from_story(page_id).begun())
    gifts = list(Gift.objects.from_story(page_id).filter(given_at__isnull=False))
    lines = [_of_pledge(pledge) for pledge in pledges] + [_of_gift(gift) for gift in gifts]
    house = terms.in_force().currency
    others = sorted({line.amount.currency for line in lines} - {house})
    return Income(
        lines=tuple(sorted(lines, key=lambda line: line.on, reverse=True)),
        collected=_collected(page_id, house),
        a_year=_a_year(pledges, house),
        others=tuple((_collected(page_id, one), _a_year(pledges, one)) for one in others),
        by_placement=tuple(Counter(line.placement or "elsewhere" for line in lines).most_common()),
    )


def _collected(page_id: int, currency: str) -> Money:
    paid = Instalment.objects.filter(
        pledge__origin_story=page_id, pledge__currency=currency, state=InstalmentState.COLLECTED
    )
    given = Gift.objects.from_story(page_id).given().filter(currency=currency)
    sums = [rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0 for rows in (paid, given)]
    return Money(sum(sums), currency)


def _a_year(pledges: list[Pledge], currency: str) -> Money:
    """What the pledges that live bring in a year, if nobody changes anything."""
    times = {"month": 12, "year": 1}
    live = [pledge for pledge in pledges if pledge.live and pledge.currency == currency]
    return Money(sum(pledge.amount_minor * times[pledge.interval] for pledge in live), currency)


def _of_pledge(row: Pledge) -> Line:
    on = row.started_on or clock.day_of(row.created_at)
    what, state = row.get_interval_display(), row.get_state_display()
    return Line(on, what, row.amount, state, row.origin_placement, row.origin_appeal, row.reference)


def _of_gift(row: Gift) -> Line:
    on = clock.day_of(row.given_at or row.created_at)
    return Line(on, ONCE, row.amount, row.get_state_display(), row.origin_placement, row.origin_appeal, row.reference)
