"""Until when a reader has what was paid for: what is bought at once, for oneself or another, begins where that ends."""

from datetime import date

from masthead.core import clock
from masthead.readers.models import Reader

from . import promises
from .models import Pledge


def held_until(reader: Reader) -> date | None:
    """The first day on which they would have nothing any more; None when they have nothing now.

    What is given every month or year counts for as long as it is paid.
    """
    days = list(Pledge.objects.filter(reader=reader, paid_until__gt=clock.today()).values_list("paid_until", flat=True))
    days += [clock.day_of(kept.until) for kept in promises.kept_for(reader, None) if kept.until and kept.promise.code]
    return max((day for day in days if day), default=None)
