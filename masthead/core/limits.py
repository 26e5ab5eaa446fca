"""How often somebody may try something: one table of named limits, counted in the database by hashed key.

The table stands in the code, each limit where the thing is that it limits; the settings may say other figures (see
`limits` there). Keys are addresses, networks, e-mail addresses: none of them is kept or logged as it is.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import structlog
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import transaction
from django.db.models import F

from masthead.core import clock, config
from masthead.core.jobs import every
from masthead.core.models import Hit
from masthead.core.refusals import Refusal
from masthead.core.starting import BEFORE_START

log = structlog.get_logger("masthead.limits")


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


def in_force(name: str) -> Limit:
    """A limit as it is in force: as the settings say, else as it was defined."""
    said = config.load().limit(name)
    return Limit(*said) if said else LIMITS[name]


def hashed(key: str) -> str:
    """A key as it is kept: who knows the key and our secret can make it again, nobody can undo it."""
    return hashlib.blake2b(key.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32).hexdigest()


def hit(name: str, key: str) -> int:
    """Count one try of `key` and return how many that makes in this window. Raises TooMany past the limit."""
    if (tries := _counted(name, hashed(key))) > in_force(name).times:
        raise TooMany(minutes=math.ceil((_ends(name, clock.time()) - clock.time()) / 60))
    return tries


def is_past(name: str, key: str) -> bool:
    """Count one try of `key` and return whether that is past the limit."""
    return _counted(name, hashed(key)) > in_force(name).times


def was_past(name: str, hashed_key: str) -> bool:
    """Whether a key, given as it is kept, went past the limit in this window; counts nothing."""
    kept = Hit.objects.filter(**_row(name, hashed_key, clock.time())).values_list("count", flat=True).first()
    return (kept or 0) > in_force(name).times


def count(name: str, key: str) -> int:
    """How many tries of `key` were counted in this window."""
    row = _row(name, hashed(key), clock.time())
    return Hit.objects.filter(**row).values_list("count", flat=True).first() or 0


def forgive(name: str, key: str) -> None:
    """Forget the tries of `key` in this window."""
    Hit.objects.filter(**_row(name, hashed(key), clock.time())).delete()


def give_back(name: str, hashed_key: str, *, at: datetime) -> None:
    """Take one try back that was counted at `at`, of a key given as it is kept: it was an honest one."""
    Hit.objects.filter(**_row(name, hashed_key, at.timestamp()), count__gt=0).update(count=F("count") - 1)


def past_now(name: str) -> int:
    """How many keys are past the limit in this window."""
    limit = in_force(name)
    return Hit.objects.filter(limit=name, window=int(clock.time() // limit.per), count__gt=limit.times).count()


def _ends(name: str, at: float) -> float:
    per = in_force(name).per
    return (int(at // per) + 1) * per


def _row(name: str, hashed_key: str, at: float) -> dict[str, Any]:
    return {"limit": name, "key": hashed_key, "window": int(at // in_force(name).per)}


def _counted(name: str, hashed_key: str) -> int:
    now = clock.time()
    row = _row(name, hashed_key, now)
    with transaction.atomic():
        Hit.objects.get_or_create(**row, defaults={"ends_at": datetime.fromtimestamp(_ends(name, now), UTC)})
        Hit.objects.filter(**row).update(count=F("count") + 1)
        tries = Hit.objects.values_list("count", flat=True).get(**row)
    if tries == in_force(name).times + 1:  # once a window, so that a flood doesn't fill the log
        log.warning("limits.reached", limit=name, key=hashed_key[:12])
    return tries


@register(BEFORE_START)
def limits_are_known(app_configs: Sequence[AppConfig] | None = None, **_: Any) -> list[CheckMessage]:
    """A limit in the settings that nothing is limited by is a slip of the pen."""
    said = config.load().limits
    if said:
        import_module(settings.ROOT_URLCONF)  # whatever is limited is reached from there
    cure = "the reference, under Rules, lists all names"
    return [
        Error(f"limits: {name!r} is the name of no limit", hint=cure, id="core.E001") for name in said.keys() - LIMITS
    ]


@every(hours=6)
def forget_old() -> None:
    """Delete the counts of windows that have ended."""
    Hit.objects.filter(ends_at__lt=clock.now()).delete()
