"""Who may be at a call: the grants ledger decides, for the day of the call.

A grant without an end reaches to every day. In the grace after a failed payment the answer is uncertain, so it is
yes for as long as the grace lasts; once it is over the seat goes. From the call's first minute on, only now counts.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from masthead.core import clock
from masthead.membership.models import Grant
from masthead.readers.models import Reader

from .models import Call


def may_come(call: Call, reader: Reader) -> bool:
    """Whether this reader's support reaches to the day of the call."""
    return _reaching(call).filter(reader=reader).exists()


def who_may_come(call: Call, readers: Iterable[int]) -> set[int]:
    """Which of these readers' support does; one query, so hand in hundreds and not thousands."""
    return set(_reaching(call).filter(reader__in=list(readers)).values_list("reader_id", flat=True))


def grants_for(call: Call) -> QuerySet[Grant]:
    """The grants of readers (not of devices without an account) that reach to the call."""
    return _reaching(call).filter(reader__isnull=False)


def _reaching(call: Call) -> QuerySet[Grant]:
    now = clock.now()
    on_the_day = Grant.objects.at(max(now, call.starts_at))
    in_grace = Grant.objects.at(now).filter(grace_until__isnull=False)
    return Grant.objects.filter(
        Q(pk__in=on_the_day.values("pk")) | Q(pk__in=in_grace.values("pk")), benefit=call.benefit
    )
