"""Invitations: every supporter whose grant reaches to the call is invited once, also who comes later.

Nobody keeps a list: who is due and has no row of `Invitation` yet is asked of the ledger, again and again until the
call begins, and each row is written with its mail. Invitations go to many, so whoever declines them by the link in one
gets no more, and addresses that get no mail to many get none.
"""

import secrets

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from masthead.core import audit, clock, mail
from masthead.core.actors import Actor
from masthead.core.jobs import every, job
from masthead.readers import addresses, devices
from masthead.readers.models import Reader

from . import due, mails
from .models import Call, Invitation, NoInvitations, Seat
from .refusals import CallIsOff, NoSuchInvitation

AT_ONCE = 100

audit.register("call.invited-now", "{by} had the invitations to {subject} sent at once")
audit.register("call.invitations-declined", "{by} wants no more invitations to calls")
audit.register("call.invitations-wanted", "{by} wants invitations to calls again")


def invite_now(call: Call, *, by: Actor) -> None:
    """Begin now instead of on the day that stands there. Raises CallIsOff."""
    with transaction.atomic():
        call = Call.objects.locked(call.pk)
        if not call.is_planned or call.is_over:
            raise CallIsOff
        call.invite_at = clock.now()
        call.save(update_fields=["invite_at"])
        audit.record("call.invited-now", call, by=by)
        invite_some.enqueue(call.pk)


@every(minutes=30)
def invite() -> None:
    """Begin where the day of the invitations has come and somebody is not invited yet."""
    now = clock.now()
    for call in Call.objects.coming(now).filter(invite_at__lte=now, starts_at__gt=now):
        if to_invite(call).exists():
            invite_some.enqueue(call.pk)


@job(queue="later")
def invite_some(call_pk: int) -> None:
    """Invite AT_ONCE of them; who has a seat already is noted and not mailed."""
    call = Call.objects.get(pk=call_pk)
    now = clock.now()
    if not call.is_planned or call.invite_at is None or not call.invite_at <= now < call.starts_at:
        return
    some = list(to_invite(call).order_by("pk")[:AT_ONCE])
    have_seats = set(Seat.objects.filter(call=call, reader__in=some).values_list("reader_id", flat=True))
    stopped = mail.stopped({addresses.normalise(reader.email or "") for reader in some})
    for reader in some:
        key = secrets.token_urlsafe(24)
        wants_mail = reader.pk not in have_seats and addresses.normalise(reader.email or "") not in stopped
        with transaction.atomic():
            facts = {"key_hash": devices.hash_of(key) if wants_mail else ""}
            _, is_new = Invitation.objects.get_or_create(call=call, reader=reader, defaults=facts)
            if is_new and wants_mail:
                mails.invitation(call, reader, key=key)
    if len(some) == AT_ONCE:
        invite_some.enqueue(call_pk)


def to_invite(call: Call) -> QuerySet[Reader]:
    """Whose support reaches to the call, who was not invited to it, and who wants invitations."""
    invited = Invitation.objects.filter(call=call, reader=OuterRef("pk"))
    grants = due.grants_for(call).filter(reader=OuterRef("pk"))
    declined = NoInvitations.objects.filter(reader=OuterRef("pk"))
    return Reader.objects.living().filter(Exists(grants)).exclude(Exists(invited)).exclude(Exists(declined))


# --- Wanting none -----------------------------------------------------------------------------------------------


def behind(key: str) -> Reader:
    """Whose invitation bears this link; looking changes nothing. Raises NoSuchInvitation."""
    found = Invitation.objects.filter(key_hash=devices.hash_of(key), reader__erased_at=None).select_related("reader")
    invitation = found.first()
    if invitation is None:
        raise NoSuchInvitation
    return invitation.reader


def are_declined(reader: Reader) -> bool:
    """Whether they want none."""
    return NoInvitations.objects.filter(reader=reader).exists()


def decline(reader: Reader) -> None:
    """Invite them to no call any more. Twice changes nothing; their seats, and mails about those, stay."""
    with transaction.atomic():
        _, is_new = NoInvitations.objects.get_or_create(reader=reader)
        if is_new:
            audit.record("call.invitations-declined", reader, by=reader.actor)


def want(reader: Reader) -> None:
    """Invite them again. Twice changes nothing."""
    with transaction.atomic():
        if NoInvitations.objects.filter(reader=reader).delete()[0]:
            audit.record("call.invitations-wanted", reader, by=reader.actor)
