"""`masthead manage recount`: compares every kept sum of the open books with the records, and mends it where asked."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from masthead.money import ledger
from masthead.newsroom import tallies
from masthead.openbooks import spending

SUMS: dict[str, tuple[Callable[[], Mapping[Any, tuple[int, int]]], Callable[[], None]]] = {
    "tallies of what was published": (tallies.miscounted, tallies.rebuild),
    "monthly sums of the books": (ledger.miscounted, ledger.sum_again),
    "sums of spending": (spending.miscounted, spending.sum_again),
}


class Command(BaseCommand):
    help = "Count the open books anew, record by record, and say where the kept sums differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="Keep what was counted now.")

    def handle(self, *_args: Any, **options: Any) -> None:
        for name, (miscounted, mend) in SUMS.items():
            wrong = miscounted()
            for key, (kept, counted) in wrong.items():
                self.stdout.write(f"{name}: {' '.join(map(str, key))}: kept {kept}, counted {counted}")
            if wrong and options["mend"]:
                mend()
            self.stdout.write(f"{name}: {'mended' if wrong and options['mend'] else len(wrong) or 'right'}")
