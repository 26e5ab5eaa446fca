"""Another address for an account, asked for at the desk.

The new address gets a link, and the change holds once it was opened and confirmed there; the address before is told at
once, with a link that stops it, and both are told when it is done.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from masthead.core import audit, clock, jobs, mail
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.readers import addresses, devices
from masthead.readers.models import AddressChange, Reader, SignInCode
from masthead.readers.refusals import LinkOver

LINKS_LIVE = timedelta(days=3)
KEPT = timedelta(days=30)

audit.register("reader.address_asked", "{by} asked for another address of {subject}")
audit.register("reader.address_changed", "the address of {subject} was changed, as confirmed from the new one")
audit.register("reader.address_stopped", "a change of the address of {subject} was stopped")

Follow = Callable[[Reader, str, str], None]
_FOLLOWERS: list[Follow] = []


class SameAddress(Refusal):
    """It is the account's already."""

    for_people_text = "That is the address of this account already. Nothing has been changed."


class AddressTaken(Refusal):
    """Another account has it."""

    for_people_text = (
        "Another account has this address. If both are the same person’s, merge the two instead. "
        "Nothing has been changed."
    )


def follow(function: Follow) -> Follow:
    """Register what a floor above does with the addresses that it keeps: gets the reader, the old and the new one.

    It runs in the transaction of the change.
    """
    _FOLLOWERS.append(function)
    return function


def ask(reader: Reader, typed: str, *, by: Actor) -> AddressChange:
    """Send both addresses a link; a change asked for before is void. Raises BadAddress, SameAddress, AddressTaken."""
    email = addresses.checked(typed)
    if email == reader.email:
        raise SameAddress
    if Reader.objects.filter(email=email).exists():
        raise AddressTaken
    confirm, stop = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    with transaction.atomic():
        now = clock.now()
        reader.address_changes.filter(done_at=None, stopped_at=None).update(stopped_at=now)
        change = AddressChange.objects.create(
            reader=reader,
            email=email,
            confirm_hash=devices.hash_of(confirm),
            stop_hash=devices.hash_of(stop),
            asked_by=str(by),
            asked_at=now,
            ends_at=now + LINKS_LIVE,
        )
        audit.record("reader.address_asked", reader, by=by)
        words = {"new": email, "masked": addresses.masked(email), "old": addresses.masked(reader.email or "")}
        _mail("new_address", email, change, words | {"link": _address_of(confirm)})
        _mail("other_address", reader.email or "", change, words | {"link": _address_of(stop)})
    return change


def behind(token: str) -> tuple[AddressChange, bool]:
    """The change whose link this is, and whether it is the one that confirms. Looking changes nothing. LinkOver."""
    hashed = devices.hash_of(token)
    rows = AddressChange.objects.select_related("reader")
    change = rows.filter(confirm_hash=hashed).first() or rows.filter(stop_hash=hashed).first()
    if change is None or not change.open_at(clock.now()):
        raise LinkOver
    return change, change.confirm_hash == hashed


def answer(token: str) -> AddressChange:
    """Confirm or stop, whichever the link is for. Raises LinkOver, AddressTaken when somebody took it meanwhile."""
    with transaction.atomic():
        change, confirms = behind(token)
        reader = Reader.objects.select_for_update().get(pk=change.reader_id)
        change = AddressChange.objects.select_for_update().get(pk=change.pk)
        if not change.open_at(clock.now()) or reader.erased_at is not None:
            raise LinkOver
        if confirms:
            _change(reader, change)
        else:
            change.stopped_at = clock.now()
            audit.record("reader.address_stopped", reader, by=reader.actor)
        change.save(update_fields=["done_at", "stopped_at"])
    return change


def _change(reader: Reader, change: AddressChange) -> None:
    was, change.done_at = reader.email or "", clock.now()
    try:
        with transaction.atomic():
            Reader.objects.filter(pk=reader.pk).update(email=change.email)
    except IntegrityError:
        raise AddressTaken from None
    SignInCode.objects.filter(email=was).delete()
    for function in _FOLLOWERS:
        function(reader, was, change.email)
    audit.record("reader.address_changed", reader, by=reader.actor)
    for to in (was, change.email):
        _mail("address_changed", to, change, {"new": addresses.masked(change.email), "old": addresses.masked(was)})


def _address_of(token: str) -> str:
    return settings.SITE_ADDRESS + reverse("address-change", args=[token])


def _mail(template: str, to: str, change: AddressChange, words: dict[str, str]) -> None:
    side = "new" if to == change.email else "old"
    mail.queue(f"readers/{template}", to, words, key=f"address:{change.pk}:{template}:{side}")


@jobs.every(days=1)
def forget_old() -> None:
    """Forget changes of addresses after a month: they hold one."""
    AddressChange.objects.filter(asked_at__lt=clock.now() - KEPT).delete()
