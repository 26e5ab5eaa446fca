"""Invitations: every supporter whose grant reaches to the call is invited once, also who comes later.

Nobody keeps a list: who is due and has no row of `Invitation` yet is asked of the ledger, again and again until the
call begins, and each row is written with its mail.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.jobs import every, job
from masthead.readers.models import Reader

from . import due, mails
from .models import Call, Invitation, Seat
from .refusals import CallIsOff

AT_ONCE = 100

audit.register("call.invited-now", "{by} had the invitations to {subject} sent at once")


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
    for reader in some:
        with transaction.atomic():
            _, is_new = Invitation.objects.get_or_create(call=call, reader=reader)
            if is_new and reader.pk not in have_seats:
                mails.invitation(call, reader)
    if len(some) == AT_ONCE:
        invite_some.enqueue(call_pk)


def to_invite(call: Call) -> QuerySet[Reader]:
    """Whose support reaches to the call, and who was not invited to it."""
    invited = Invitation.objects.filter(call=call, reader=OuterRef("pk"))
    grants = due.grants_for(call).filter(reader=OuterRef("pk"))
    return Reader.objects.living().filter(Exists(grants)).exclude(Exists(invited))


def invited_count(call: Call) -> int:
    """How many were invited, or had a seat before that."""
    return call.invitations.count()
