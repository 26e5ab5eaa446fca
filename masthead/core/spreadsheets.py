"""CSV as a spreadsheet reads it: no cell of words is taken for a formula, numbers stay numbers."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def lines_of_csv(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as they come, each cell of words guarded."""
    written = io.StringIO()
    csv.writer(written).writerows([guarded(cell) for cell in row] for row in rows)
    return written.getvalue()


def guarded(cell: Any) -> Any:
    """Words that a spreadsheet would run as a formula get an apostrophe in front; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell
