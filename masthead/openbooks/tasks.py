"""What the clock does for the open books."""

import structlog

from masthead.core.jobs import every

from . import said, spending

log = structlog.get_logger("masthead.openbooks")


@every(minutes=10)
def look_again() -> None:
    """Say supporters, shares, letters and calls in the words of today."""
    said.refresh()


@every(days=1)
def recount() -> None:
    """Every night the sums are counted anew, row by row; what is wrong is an error in the log."""
    for (month, category, payee, currency), (kept, counted) in spending.miscounted().items():
        where = {"month": f"{month:%Y-%m}", "category": category, "payee": payee, "currency": currency}
        log.error("openbooks.sum_wrong", **where, kept=kept, counted=counted)
