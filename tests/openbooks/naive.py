"""The second count: everything counted anew from the rows themselves, as simply as can be, without any kept sum."""

from collections import Counter
from datetime import date

from masthead.core import clock
from masthead.money.models import Payment, Refund
from masthead.newsroom.models import FilmPage, StoryPage
from masthead.openbooks.models import Spending

Amounts = dict[tuple[int, str, str], int]


def counts(year: int) -> dict[str, int]:
    """Stories, films and corrections of our own that stand."""
    found = Counter({"stories": 0, "films": 0, "corrections": 0})
    for name, model in (("stories", StoryPage), ("films", FilmPage)):
        for piece in model.objects.all():
            if piece.live and not piece.source:
                found[name] += clock.day_of(piece.published_at).year == year
                found["corrections"] += sum(
                    clock.day_of(each.corrected_at).year == year for each in piece.corrections.all()
                )
    return dict(found)


def stories_of(year: int, *, person: int | None = None, section: int | None = None) -> int:
    """Our own stories of one person or section."""
    return sum(
        piece.live
        and not piece.source
        and clock.day_of(piece.published_at).year == year
        and (section is None or piece.section_id == section)
        and (person is None or any(byline.person_id == person for byline in piece.bylines.all()))
        for piece in StoryPage.objects.all()
    )


def income() -> Amounts:
    """What is left of each kind, by year and currency, from payments and refunds; without practice."""
    left: Counter[tuple[int, str, str]] = Counter()
    for payment in Payment.objects.exclude(provider="practice"):
        kind, currency = payment.income_account, payment.currency
        if payment.collected_on:
            left[payment.collected_on.year, currency, kind] += payment.amount_minor - payment.fee_minor
        if payment.returned_at:
            taken = payment.returned_minor + payment.return_fee_minor
            left[clock.day_of(payment.returned_at).year, currency, kind] -= taken
    for refund in Refund.objects.exclude(payment__provider="practice").filter(made_at__isnull=False):
        key = clock.day_of(refund.made_at).year, refund.currency, refund.payment.income_account
        left[key] -= refund.amount_minor
    return {key: minor for key, minor in left.items() if minor}


def spent() -> Amounts:
    """What was spent, by year, currency and category."""
    found: Counter[tuple[int, str, str]] = Counter()
    for row in Spending.objects.all():
        found[row.on.year, row.currency, row.category.name] += row.amount_minor
    return dict(found)


def a_day(year: int, number: int) -> date:
    """A day of a year, by any number."""
    return date(year, number % 12 + 1, number % 28 + 1)
