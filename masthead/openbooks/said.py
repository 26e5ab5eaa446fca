"""The words that appeals and letters may say of the open books, and what is told when they change.

The words stand in rows: whoever fills them in reads the row, and a page is reprinted when the words change, not when
the figure behind them does. They are looked at whenever spending, letters or calls change, and every ten minutes.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.core import clock, fillins
from masthead.press import recording
from masthead.press.changes import announce

from . import figures
from .models import Said

STEP = 5
"""Of a hundred: shares are said in steps of this."""


def share_to_journalism(today: date) -> str:
    """'over 85%' of what was spent this year, or last year until something is entered for this one."""
    share = figures.share_to_journalism(figures.year_of_spending(today.year))
    return _("as much as we can") if share is None else honest_share(share)


def honest_share(share: Fraction) -> str:
    """A share in words that are true: 'over 85%', 'nearly 90%' within one of a hundred below it, '90%' on the dot."""
    percent = share * 100
    below = percent // STEP * STEP
    if percent == below:
        return f"{below}%"
    if below + STEP - percent <= 1:
        return _("nearly %(step)s") % {"step": f"{below + STEP}%"}
    return _("over %(step)s") % {"step": f"{below}%"} if below else _("under %(step)s") % {"step": f"{STEP}%"}


WORDS: dict[str, Callable[[date], str]] = {
    "share to journalism": share_to_journalism,
    "supporters": lambda _today: fillins.honest(figures.supporters()),
    "letters this year": lambda today: fillins.honest(figures.letters(today.year)),
    "calls this year": lambda today: fillins.honest(figures.calls(today.year)),
}
EXACT: dict[str, Callable[[date], str]] = {
    figures.LETTERS: lambda today: f"{figures.letters(today.year)}, {figures.letters(today.year - 1)}",
    figures.CALLS: lambda today: f"{figures.calls(today.year)}, {figures.calls(today.year - 1)}",
}
"""What the page itself shows to the digit, of rows on other floors: looked at in the same way."""


def register() -> None:
    """Own the fill-ins."""
    for name in WORDS:
        fillins.register(name, partial(words_for, name))


def words_for(name: str) -> str:
    """The words in force. They may change when the year ends."""
    today = clock.today()
    recording.changes_at(clock.start_of(date(today.year + 1, 1, 1)))
    row = Said.objects.filter(name=_row(name, today)).values_list("words", flat=True).first()
    return WORDS[name](today) if row is None else row


def refresh() -> None:
    """Look at every figure; where the words have changed, keep them and tell the presses."""
    today = clock.today()
    wanted = {name: find(today) for name, find in (WORDS | EXACT).items()}
    known = dict(Said.objects.filter(name__in=[_row(name, today) for name in wanted]).values_list("name", "words"))
    changed = {name: words for name, words in wanted.items() if known.get(_row(name, today)) != words}
    if not changed:
        return
    with transaction.atomic():
        announce(*(name if name in EXACT else f"fill:{name}" for name in changed))
        for name, words in changed.items():
            Said.objects.update_or_create(name=_row(name, today), defaults={"words": words})


def _row(name: str, today: date) -> str:
    """A row for each year: words of the old one are never said in the new."""
    return f"{name} {today.year}"
