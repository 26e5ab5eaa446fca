"""Export and erasure: each floor says what it holds of a reader, gives it out, and lets go of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.models import Message
from masthead.readers.care import notes
from masthead.readers.models import AddressChange, Device, Reader, SignInCode

audit.register("reader.exported", "the data of an account was exported")
audit.register("reader.erased", "an account was erased")

Export = Callable[[Reader], Any]
Erase = Callable[[Reader], None]
Says = Callable[[Reader], list[str]]


@dataclass(frozen=True)
class Holding:
    """What one floor holds of readers: how it is exported, how erased, and what to say before."""

    export: Export
    erase: Erase
    before_erasing: Says


HOLDINGS: dict[str, Holding] = {}


def register(name: str, *, export: Export, erase: Erase, before_erasing: Says = lambda reader: []) -> None:
    """Take part under `name`, the heading of the export.

    `export` returns what JSON can hold; `erase` runs in the transaction of the erasure, before the account itself goes,
    and keeps only what the law wants; `before_erasing` gives sentences that the reader sees first.
    """
    HOLDINGS[name] = Holding(export, erase, before_erasing)


def export(reader: Reader, *, by: Actor) -> dict[str, Any]:
    """All that the newsroom holds of a reader, by heading."""
    audit.record("reader.exported", reader, by=by)
    everything = {name: holding.export(reader) for name, holding in sorted(HOLDINGS.items())}
    return {"newsroom": settings.SITE_ADDRESS, "exported_at": clock.now().isoformat(), **everything}


def before_erasing(reader: Reader) -> list[str]:
    """What the reader should know before erasing, a sentence each."""
    return [sentence for holding in HOLDINGS.values() for sentence in holding.before_erasing(reader)]


def erase(reader: Reader, *, by: Actor) -> None:
    """Erase an account: what the law wants stays under a bare reference, all else goes. Twice changes nothing."""
    with transaction.atomic():
        reader = Reader.objects.select_for_update().get(pk=reader.pk)
        if reader.erased_at is not None:
            return
        for holding in HOLDINGS.values():
            holding.erase(reader)
        SignInCode.objects.filter(email=reader.email).delete()
        Message.objects.filter(to__iexact=reader.email).delete()
        Device.objects.filter(reader=reader).delete()
        Reader.objects.filter(pk=reader.pk).update(email=None, name="", erased_at=clock.now())
        audit.record("reader.erased", reader, by=by)


def _account(reader: Reader) -> dict[str, Any]:
    return {
        "reference": reader.reference,
        "email": reader.email,
        "name": reader.name,
        "since": reader.created_at.isoformat(),
        "devices": [
            {"browser": device.label, "since": device.created_at.isoformat(), "used": device.last_seen_on.isoformat()}
            for device in Device.objects.of(reader)
        ],
        "messages": [
            {"subject": message.subject, "at": message.queued_at.isoformat()}
            for message in Message.objects.filter(to__iexact=reader.email)
        ],
        "written by staff": notes.export(reader),
    }


def _let_go(reader: Reader) -> None:
    notes.erase(reader)
    AddressChange.objects.filter(reader=reader).delete()


register("account", export=_account, erase=_let_go)
