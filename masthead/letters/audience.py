"""Who gets a list's letters, and who of those that one would expect does not, with the reason."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from masthead.core import clock
from masthead.letters import suppression
from masthead.letters.models import LetterList, Subscription
from masthead.letters.rendering import Edition
from masthead.membership.models import AD_FREE, THANKED, Grant
from masthead.readers.models import Reader

EXCLUSIONS = {
    "left": "Left this list, or opted out of it",
    "no-grant": "Were supporters once; their support has ended, or no longer includes this letter",
    "suppressed": "Cannot be written to: the address bounced, or its owner complained",
    "erased": "Erased their account",
}
"""Why somebody gets no copy, by code. Where several apply, the first of erased, left, no-grant, suppressed is given."""

NOT_ASKED = frozenset({AD_FREE, THANKED})
"""Whoever has one of these reads no appeals, on the web and in letters alike."""

EVERYBODY = Q()


@dataclass(frozen=True)
class Candidate:
    """Somebody who gets a copy, or whom one would expect to.

    `edition`: the supporter one has no appeals. Who is thanked for a gift gets it too: on the web the two differ by
    adverts alone, and letters have none.
    """

    reader_id: int
    email: str
    edition: Edition
    excluded: str = ""


@dataclass(frozen=True)
class _Expected:
    """A row of either kind of list, before grants and suppressions are asked."""

    reader_id: int
    email: str
    is_erased: bool
    has_left: bool


def candidates(letters: LetterList, *, after: int = 0, limit: int = 1000) -> list[Candidate]:
    """The next `limit` people by reader number, from the one past `after`; none left: an empty list.

    On a free list: whoever ever joined. On a supporters' list: whoever ever had its benefit. Four queries at most,
    however many people there are.
    """
    expected = _who_joined(letters, after, limit) if letters.is_free else _who_had(letters, after, limit)
    if not expected:
        return []
    return _asked(letters, expected, _granted(letters, Q(reader_id__gt=after, reader_id__lte=expected[-1].reader_id)))


def among(letters: LetterList, readers: Collection[int]) -> list[Candidate]:
    """The same, asked again for some hundred of these people: whoever is not named may have no copy at all."""
    these = Q(reader_id__in=readers)
    if letters.is_free:
        expected = _who_joined(letters, 0, len(readers), these)
    else:
        expected = _who_had(letters, 0, len(readers), Q(pk__in=readers))
    return _asked(letters, expected, _granted(letters, these))


def _asked(letters: LetterList, expected: "list[_Expected]", granted: defaultdict[int, set[str]]) -> list[Candidate]:
    out_of_reach = suppression.suppressed({row.email for row in expected if row.email})
    return [
        Candidate(
            reader_id=row.reader_id,
            email=row.email,
            edition="supporter" if granted[row.reader_id] & NOT_ASKED else "public",
            excluded=_why_not(row, letters, granted[row.reader_id], out_of_reach),
        )
        for row in expected
    ]


def of(letters: LetterList, *, at: datetime | None = None) -> QuerySet[Reader]:
    """The readers who are on a list: joined it, or have its benefit and did not opt out. Suppressed ones too."""
    rows = Subscription.objects.filter(list=letters, reader=OuterRef("pk"))
    readers = Reader.objects.living()
    if letters.is_free:
        return readers.filter(Exists(rows.standing()))
    live = Grant.objects.at(at or clock.now()).filter(benefit=letters.benefit, reader=OuterRef("pk"))
    return readers.filter(Exists(live), ~Exists(rows.left()))


def size(letters: LetterList) -> int:
    """How many are on a list now; those among them who cannot be written to are found when an issue is sent."""
    return of(letters).count()


def with_sizes(lists: QuerySet[LetterList]) -> QuerySet[LetterList]:
    """Lists with `people`, how many are on each now, in the one query that fetches them."""
    people = Reader.objects.living().order_by()
    rows = Subscription.objects.filter(list=OuterRef(OuterRef("pk")), reader=OuterRef("pk"))
    live = Grant.objects.at(clock.now()).filter(benefit=OuterRef(OuterRef("benefit")), reader=OuterRef("pk"))
    joined = Subscription.objects.standing().filter(list=OuterRef("pk"), reader__erased_at__isnull=True).order_by()
    granted = people.filter(Exists(live), ~Exists(rows.left()))
    return lists.annotate(
        people=Case(When(benefit="", then=_how_many(joined)), default=_how_many(granted), output_field=IntegerField())
    )


def _how_many(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.annotate(count=Func(F("pk"), function="COUNT")).values("count"))


def _who_joined(letters: LetterList, after: int, limit: int, these: Q = EVERYBODY) -> list[_Expected]:
    rows = Subscription.objects.filter(these, list=letters, reader_id__gt=after).order_by("reader_id")
    facts = rows.values_list("reader_id", "reader__email", "reader__erased_at", "left_at")[:limit]
    return [_Expected(pk, email or "", erased is not None, left is not None) for pk, email, erased, left in facts]


def _who_had(letters: LetterList, after: int, limit: int, these: Q = EVERYBODY) -> list[_Expected]:
    ever = Grant.objects.filter(benefit=letters.benefit, reader=OuterRef("pk"))
    left = Subscription.objects.left().filter(list=letters, reader=OuterRef("pk"))
    rows = Reader.objects.filter(Exists(ever), these, pk__gt=after).order_by("pk").annotate(has_left=Exists(left))
    facts = rows.values_list("pk", "email", "erased_at", "has_left")[:limit]
    return [_Expected(pk, email or "", erased is not None, has_left) for pk, email, erased, has_left in facts]


def _granted(letters: LetterList, these: Q) -> defaultdict[int, set[str]]:
    """Which of the benefits that matter here each of these readers has now."""
    live = Grant.objects.at(clock.now()).filter(these)
    found: defaultdict[int, set[str]] = defaultdict(set)
    asked = {*NOT_ASKED, letters.benefit}
    for reader_id, benefit in live.filter(benefit__in=asked).order_by().values_list("reader_id", "benefit"):
        found[reader_id].add(benefit)
    return found


def _why_not(row: _Expected, letters: LetterList, granted: Iterable[str], out_of_reach: set[str]) -> str:
    if row.is_erased or not row.email:
        return "erased"
    if row.has_left:
        return "left"
    if not letters.is_free and letters.benefit not in granted:
        return "no-grant"
    return "suppressed" if row.email in out_of_reach else ""
