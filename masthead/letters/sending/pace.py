"""How fast one receiving domain is written to: at most so many letters a minute, and none while it asks for a pause."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from masthead.core import clock, config
from masthead.letters.models import Mailing, Pace

AT_ONCE = timedelta(seconds=10)  # what a domain's share of so long may be used in one go
IN_A_ROW = 5  # so many 'later' one after the other, and the domain gets a pause
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))  # the last repeats


def watch(mailing: Mailing) -> None:
    """Begin to count for the domains that get more of this mailing than they take in one go; the others need no row."""
    per_minute = config.load().letters_a_minute
    if not per_minute:
        return
    at_once = int(per_minute * AT_ONCE / timedelta(minutes=1))
    many = mailing.deliveries.open().order_by().values("domain").annotate(count=Count("pk")).filter(count__gt=at_once)
    now = clock.now()
    Pace.objects.bulk_create(
        [Pace(domain=row["domain"], free_at=now) for row in many if row["domain"]], ignore_conflicts=True
    )


class Shares:
    """What each watched domain may have now. Made and used inside the transaction that takes a batch."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        per_minute = config.load().letters_a_minute
        self.apart = timedelta(minutes=1) / per_minute if per_minute else timedelta()
        self.rows = {row.domain: row for row in Pace.objects.select_for_update().order_by("domain")}

    def left(self, domain: str) -> bool:
        """Whether one more may go to `domain` now."""
        row = self.rows.get(domain)
        if row is None:
            return True
        if row.paused_until is not None and row.paused_until > self.now:
            return False
        return row.free_at + self.apart <= self.now + AT_ONCE

    def take(self, domain: str) -> None:
        """Use one of its share."""
        if row := self.rows.get(domain):
            row.free_at = max(row.free_at, self.now) + self.apart

    def used_up(self) -> list[str]:
        """The domains that get nothing now."""
        return [domain for domain in self.rows if not self.left(domain)]

    def free_again(self, domains: Iterable[str]) -> datetime | None:
        """When the first of these may have something again: half its share, so that not each letter is a batch."""
        moments = []
        for row in (self.rows[domain] for domain in domains):
            paused = row.paused_until if row.paused_until and row.paused_until > self.now else self.now
            moments.append(max(paused, row.free_at - AT_ONCE / 2))
        return min(moments, default=None)

    def save(self) -> None:
        """Keep what was taken."""
        Pace.objects.bulk_update(self.rows.values(), ["free_at"])


def ask_later(domain: str) -> None:
    """Give `domain` a pause, longer each time: it asked us to come later, again and again."""
    now = clock.now()
    row, _ = Pace.objects.get_or_create(domain=domain, defaults={"free_at": now})
    if row.paused_until is None or row.paused_until <= now:
        pause = PAUSES[min(row.pauses, len(PAUSES) - 1)]
        Pace.objects.filter(pk=row.pk).update(paused_until=now + pause, pauses=F("pauses") + 1)


def takes_again(domains: Iterable[str]) -> None:
    """Forget the pauses of domains that took something."""
    Pace.objects.filter(domain__in=domains, pauses__gt=0).update(pauses=0, paused_until=None)


def slowest(mailing: Mailing) -> timedelta:
    """How long the watched domain with the longest queue needs at least, for what waits now."""
    per_minute = config.load().letters_a_minute
    watched = Pace.objects.values("domain")
    waiting = mailing.deliveries.open().filter(Q(next_try_at=None), domain__in=watched)
    counts = waiting.order_by().values("domain").annotate(count=Count("pk")).values_list("count", flat=True)
    return max(counts, default=0) * timedelta(minutes=1) / per_minute if per_minute else timedelta()


def forget() -> None:
    """Delete the rows that count nothing any more, while no mailing is under way."""
    if not Mailing.objects.under_way().exists():
        now = clock.now()
        Pace.objects.filter(Q(paused_until=None) | Q(paused_until__lt=now), free_at__lt=now).delete()
