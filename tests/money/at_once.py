"""A process of its own in which many collect at the same moment, one is killed half-way, and a month is closed.

Threads with connections of their own meet at a barrier, on a database that is really committed to. Prints what the
books and the receipts say afterwards.
"""

import json
import os
import signal
from datetime import date

import django

AT_ONCE, EACH = 6, 3


def main() -> None:
    """Collections at once; a kill before the commit; then collections of last month while it is being closed."""
    django.setup()
    from django.db import connection

    from masthead.core import clock
    from masthead.money import checks, months
    from masthead.money.models import MonthClose, Receipt, Transaction
    from tests.letters.at_once import together
    from tests.worlds.money import GBP
    from tests.worlds.openbooks import STAFF, gave

    today = clock.today()
    last_month = clock.add_months(today.replace(day=1), -1)

    def collects(day: date) -> str:
        for number in range(EACH):
            gave(GBP(f"{number + 1}.00"), on=day, method="card", sale_minor=50, vat_hundredths=2000, vat_minor=8)
        return "collected"

    answers = together(*(lambda: collects(today) for _ in range(AT_ONCE)))
    connection.close()
    _killed(lambda: gave(GBP("9.00"), on=today))
    gave(GBP("8.00"), on=last_month)
    closing = together(
        *(lambda: collects(last_month) for _ in range(3)), lambda: bool(months.close(last_month, by=STAFF))
    )
    numbers = sorted(Receipt.objects.values_list("number", flat=True))
    late = Transaction.objects.filter(happened_on=last_month)
    in_it = Transaction.objects.filter(on=last_month).count()
    story = {
        "answers": sorted({*answers, *closing}),
        "numbers": numbers == list(range(1, AT_ONCE * EACH + 1 + 1 + 3 * EACH)),
        "closed with": MonthClose.objects.get().entries == in_it,
        "in it or late": in_it + late.count(),
        "late stand in": all(day == today.replace(day=1) for day in late.values_list("on", flat=True)),
        "wrong": checks.books(),
    }
    print(json.dumps(story))  # noqa: T201


def _killed(deed: object) -> None:
    """A process that is killed after it drew a number and before it could commit."""
    from django.db import transaction

    child = os.fork()
    if not child:
        with transaction.atomic():
            deed()  # type: ignore[operator]
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
