"""The grants ledger: who may have what. Adverts, appeals and every benefit ask here, and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from masthead.core import clock
from masthead.readers.models import Device, Reader

from .models import AD_FREE, THANKED, Grant, Reason

Holder = Reader | Device


@dataclass(frozen=True)
class Span:
    """Until when a benefit is granted (None: as long as its reason lasts), within which grace, by which floor."""

    until_at: datetime | None = None
    grace_until: datetime | None = None
    floor_minor: int | None = None

    @property
    def over_at(self) -> datetime | None:
        """When it stops by itself."""
        return min((moment for moment in (self.until_at, self.grace_until) if moment), default=None)


def may(
    benefit: str, *, reader: Reader | None = None, device: Device | None = None, at: datetime | None = None
) -> bool:
    """Whether this reader, or this very device, may have `benefit` at a moment, by default now."""
    return Grant.objects.of(reader, device).at(at or clock.now()).filter(benefit=benefit).exists()


def edition_for(reader: Reader | None, device: Device | None) -> tuple[str, datetime | None]:
    """The edition that they get, and until when at most; None: nothing says when it ends."""
    held = list(standing_for(reader, device))
    for benefit, edition in ((AD_FREE, "supporter"), (THANKED, "thanked")):
        ends = [grant.over_at for grant in held if grant.benefit == benefit]
        if ends:
            return edition, None if None in ends else max(end for end in ends if end)
    return "public", None


def standing_for(reader: Reader | None, device: Device | None) -> Iterable[Grant]:
    """The grants that hold now."""
    if reader is None and device is None:
        return []
    return Grant.objects.of(reader, device).at(clock.now())


def lasts_longer(one: Grant, other: Grant) -> bool:
    """Whether `one` ends after `other`; what has no end lasts longest."""
    if other.over_at is None:
        return False
    return one.over_at is None or one.over_at > other.over_at


def agree(kind: Reason, reference: str, *, holders: Iterable[Holder | None], spans: dict[str, Span]) -> None:
    """Make the grants for one reason those of `spans`, for each holder; called in the transaction of the change.

    A row that runs is lengthened or shortened; one whose time is over is closed and followed by another; what is no
    longer granted ends now.
    """
    now = clock.now()
    wanted = {(_key(holder), code): span for holder in holders if holder for code, span in spans.items()}
    people = {_key(holder): holder for holder in holders if holder}
    for grant in Grant.objects.for_reason(kind, reference).standing():
        span = wanted.pop((_key_of(grant), grant.benefit), None)
        if grant.over_at is not None and grant.over_at <= now:
            grant.ended_at = max(grant.over_at, grant.from_at)
            if span is not None:
                wanted[_key_of(grant), grant.benefit] = span
        elif span is None or (span.over_at is not None and span.over_at <= now):
            grant.ended_at = now
        else:
            grant.until_at, grant.grace_until, grant.floor_minor = span.until_at, span.grace_until, span.floor_minor
        grant.save()
    for (who, code), span in wanted.items():
        if span.over_at is None or span.over_at > now:
            Grant.objects.create(
                **{who[0]: people[who]},
                benefit=code,
                reason_kind=kind,
                reason_ref=reference,
                from_at=now,
                until_at=span.until_at,
                grace_until=span.grace_until,
                floor_minor=span.floor_minor,
            )


def _key(holder: Holder) -> tuple[str, int]:
    return ("reader" if isinstance(holder, Reader) else "device"), holder.pk


def _key_of(grant: Grant) -> tuple[str, int]:
    return ("reader", grant.reader_id) if grant.reader_id else ("device", grant.device_id or 0)
