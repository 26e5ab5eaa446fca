"""Telling the presses that something has changed: a row in the transaction of the change, then a ring."""

import os
import weakref
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from masthead.core import clock
from masthead.press.epoch import Epoch
from masthead.press.models import Change

KEPT_ROWS = 20_000
"""A press that has missed more changes than this trusts none of its prints."""

_ONE_AFTER_ANOTHER = 0x6D617374  # The advisory lock on PostgreSQL under which change numbers are given.


def announce(*parts: str, pull: bool = False) -> None:
    """Say, inside the transaction that changes them, that these parts of pages have changed.

    After a `pull` nobody gets the old page, not for a moment: for what is unpublished, taken down or corrected.
    Raises TransactionManagementError outside a transaction, since the change could then be lost by a crash.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            f"{', '.join(parts)} changed outside a transaction: wrap the change in transaction.atomic()"
        )
    if not parts:
        return
    if connection.vendor == "postgresql":
        # Numbers are given at INSERT but seen at COMMIT: without a queue a lower one could appear later.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AFTER_ANOTHER])
    Change.objects.create(at=clock.now(), parts=sorted(set(parts)), pull=pull)
    under_way = _UnderWay(epoch())
    transaction.on_commit(under_way.end)


def prune() -> int:
    """Forget all but the newest KEPT_ROWS changes; returns how many went."""
    newest = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    gone, _ = Change.objects.filter(pk__lte=newest - KEPT_ROWS).delete()
    return gone


@lru_cache(maxsize=1)
def epoch() -> Epoch:
    """The epoch of this newsroom."""
    return Epoch(settings.CONFIG.state)


# Processes that share an open file share its locks: a forked child opens the epoch anew.
os.register_at_fork(after_in_child=epoch.cache_clear)


class _UnderWay:
    """A change between its row and its commit. Django drops it on rollback without a call, so dropping ends it too."""

    def __init__(self, shared: Epoch) -> None:
        shared.begin()
        self._finalizer: Any = weakref.finalize(self, shared.finish)

    def end(self) -> None:
        self._finalizer()
