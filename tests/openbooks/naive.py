"""The second count: everything counted anew from the rows themselves, as simply as can be, without any kept sum."""

from collections import Counter
from datetime import date

from masthead.calls.models import Call
from masthead.core import clock
from masthead.letters.models import Issue
from masthead.membership.models import Grant
from masthead.money.models import Payment, Refund
from masthead.newsroom.models import FilmPage, StoryPage
from masthead.openbooks.models import Spending

Amounts = dict[tuple[int, str, str], int]


def counts(year: int) -> dict[str, int]:
    """Stories, films and corrections of our own that stand; letters that went out, calls that were held."""
    found = Counter({"stories": 0, "films": 0, "corrections": 0})
    for name, model in (("stories", StoryPage), ("films", FilmPage)):
        for piece in model.objects.all():
            if piece.live and not piece.source:
                found[name] += clock.day_of(piece.published_at).year == year
                found["corrections"] += sum(
                    clock.day_of(each.corrected_at).year == year for each in piece.corrections.all()
                )
    found["letters"] = sum(
        bool(issue.sent_at) and not issue.withdrawn_at and clock.day_of(issue.sent_at).year == year
        for issue in Issue.objects.all()
    )
    found["calls"] = sum(
        call.state == "held" and clock.day_of(call.starts_at).year == year for call in Call.objects.all()
    )
    return dict(found)


def supporters() -> int:
    """Who may read without adverts now, each once: readers, and pledges of whom nobody knows yet who they are."""
    now, found = clock.now(), set()
    for grant in Grant.objects.all():
        holds = grant.benefit == "ad-free" and grant.from_at <= now and (grant.over_at is None or grant.over_at > now)
        if holds and grant.reader_id:
            found.add(("reader", str(grant.reader_id)))
        elif holds and grant.device.reader_id is None:
            found.add((grant.reason_kind, grant.reason_ref))
    return len(found)


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
