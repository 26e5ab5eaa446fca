"""Two accounts of one person become one: each floor says what moves, and moves it. Both histories are kept."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.readers.models import AddressChange, CareNote, Confirmation, Device, Reader, SignInCode

audit.register("reader.merged", "{by} merged {subject} into account {into}")

Says = Callable[[Reader, Reader], list[str]]
Moves = Callable[[Reader, Reader], None]


class SameAccount(Refusal):
    """One account can't be merged into itself."""

    for_people_text = "This is the account itself. Type the address of the other one. Nothing has been changed."


class NoSuchAccount(Refusal):
    """There is none at the address."""

    for_people_text = (
        "There is no account at this address. Check it for a slip of the finger. Nothing has been changed."
    )


@dataclass(frozen=True)
class Part:
    """What one floor holds: what to say before, what changes hands, and what its own verbs do afterwards."""

    says: Says
    move: Moves
    afterwards: Moves


PARTS: dict[str, Part] = {}


def register(name: str, *, says: Says, move: Moves, afterwards: Moves = lambda gone, kept: None) -> None:
    """Take part. All three get the account that goes and the one that stays.

    `move` runs in the transaction of the merge, and `afterwards` in the same, once every floor has moved its rows.
    """
    PARTS[name] = Part(says, move, afterwards)


def preview(gone: Reader, kept: Reader) -> list[str]:
    """What moves, a sentence each."""
    moves = [sentence for part in PARTS.values() for sentence in part.says(gone, kept)]
    return moves or ["There is nothing else at it."]


def merge(gone: Reader, kept: Reader, *, by: Actor) -> None:
    """Move all of `gone` to `kept`; a bare reference of it stays, which leads to `kept`. Raises SameAccount."""
    if gone.pk == kept.pk:
        raise SameAccount
    with transaction.atomic():
        both = {row.pk: row for row in Reader.objects.select_for_update().filter(pk__in=(gone.pk, kept.pk))}
        gone, kept = both[gone.pk], both[kept.pk]
        if gone.erased_at is not None or kept.erased_at is not None:
            raise NoSuchAccount
        for part in PARTS.values():
            part.move(gone, kept)
        for part in PARTS.values():
            part.afterwards(gone, kept)
        SignInCode.objects.filter(email=gone.email).delete()
        name = kept.name or gone.name
        Reader.objects.filter(pk=gone.pk).update(email=None, name="", erased_at=clock.now(), merged_into=kept)
        Reader.objects.filter(merged_into=gone).update(merged_into=kept)
        Reader.objects.filter(pk=kept.pk).update(name=name)
        audit.record("reader.merged", gone, by=by, into=kept.reference)


def _says(gone: Reader, kept: Reader) -> list[str]:
    devices, notes = Device.objects.of(gone).count(), CareNote.objects.filter(reader=gone).count()
    says = [f"Signed-in browsers, which stay signed in, to the account that stays: {devices}."] if devices else []
    return [*says, f"Notes and reasons of the desk: {notes}."] if notes else says


def _move(gone: Reader, kept: Reader) -> None:
    for model in (Device, Confirmation, CareNote):
        model._default_manager.filter(reader=gone).update(reader=kept)
    AddressChange.objects.filter(reader=gone).delete()


register("account", says=_says, move=_move)
