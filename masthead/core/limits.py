"""How often somebody may try something: one table of named limits, counted in the database by hashed key."""

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from masthead.core import clock
from masthead.core.jobs import every
from masthead.core.models import Hit
from masthead.core.refusals import Refusal


@dataclass(frozen=True)
class Limit:
    """At most `times` within each window of `per` seconds."""

    times: int
    per: int


LIMITS: dict[str, Limit] = {}


class TooMany(Refusal):
    for_people_text = (
        "That was tried too often. Please wait %(minutes)s minutes and try again. Nothing has been changed."
    )


def define(name: str, *, times: int, per: int) -> str:
    """Add a limit to the table, once, where the thing that it limits is written; `per` in seconds."""
    LIMITS[name] = Limit(times, per)
    return name


def _row(name: str, key: str) -> dict[str, object]:
    limit = LIMITS[name]
    hashed = hashlib.blake2b(key.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32).hexdigest()
    return {"limit": name, "key": hashed, "window": int(clock.time() // limit.per)}


def hit(name: str, key: str) -> int:
    """Count one try of `key` and return how many that makes in this window. Raises TooMany past the limit."""
    limit = LIMITS[name]
    row = _row(name, key)
    ends = (int(row["window"]) + 1) * limit.per  # type: ignore[call-overload]
    with transaction.atomic():
        Hit.objects.get_or_create(**row, defaults={"ends_at": datetime.fromtimestamp(ends, UTC)})
        Hit.objects.filter(**row).update(count=F("count") + 1)
        count = Hit.objects.values_list("count", flat=True).get(**row)
    if count > limit.times:
        raise TooMany(minutes=math.ceil((ends - clock.time()) / 60))
    return count


def count(name: str, key: str) -> int:
    """How many tries of `key` were counted in this window."""
    return Hit.objects.filter(**_row(name, key)).values_list("count", flat=True).first() or 0


def forgive(name: str, key: str) -> None:
    """Forget the tries of `key` in this window."""
    Hit.objects.filter(**_row(name, key)).delete()


@every(hours=6)
def forget_old() -> None:
    """Delete the counts of windows that have ended."""
    Hit.objects.filter(ends_at__lt=clock.now()).delete()
