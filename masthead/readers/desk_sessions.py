"""Where staff are signed in: a row for each browser, which ends when it is told to, and what was proved in it."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.http import HttpRequest

from masthead.core import audit, clock, jobs
from masthead.core.actors import Actor
from masthead.readers.devices import label_of
from masthead.readers.models import DeskSession, StaffUser

KEPT = timedelta(days=30)  # a row after its end, or after the last use
RECENT = timedelta(minutes=15)  # how long a proof counts as fresh

WHICH = "desk-session"
PROVED = "desk-proved-at"
KNEW_PASSWORD = "desk-password-at"  # noqa: S105  (the name of a key)

audit.register("staff.session-ended", "{by} ended a session of {subject}")


def begin(sender: Any, request: HttpRequest, user: StaffUser, **_: Any) -> None:
    """Django has signed somebody in: this browser gets a row, and what was proved in it before is forgotten."""
    if before := request.session.get(WHICH):
        DeskSession.objects.live().filter(pk=before).update(ended_at=clock.now())
    session = DeskSession.objects.create(person=user, label=label_of(request.META.get("HTTP_USER_AGENT", "")))
    request.session[WHICH] = session.pk
    for proof in (PROVED, KNEW_PASSWORD):
        request.session.pop(proof, None)


user_logged_in.connect(begin, dispatch_uid="desk_sessions.begin")


def of(request: HttpRequest) -> DeskSession | None:
    """The live session of this request, if it is still that of the person who is signed in: one query."""
    found = DeskSession.objects.live().filter(pk=request.session.get(WHICH) or 0, person_id=request.user.pk)
    return found.first()


def seen(session: DeskSession) -> None:
    """It was used: noted once a day."""
    if session.last_seen_on < clock.today():
        DeskSession.objects.filter(pk=session.pk).update(last_seen_on=clock.today())


def end(session: DeskSession, *, by: Actor) -> None:
    """Its next request is nobody's. Ending twice changes nothing."""
    with transaction.atomic():
        if DeskSession.objects.live().filter(pk=session.pk).update(ended_at=clock.now()):
            audit.record("staff.session-ended", f"readers.staffuser:{session.person_id}", by=by)


def end_all(person: StaffUser, *, by: Actor, but: DeskSession | None = None) -> int:
    """End every session of `person` except `but`. Gives how many there were."""
    others = list(DeskSession.objects.live().filter(person=person).exclude(pk=but.pk if but else 0))
    for session in others:
        end(session, by=by)
    return len(others)


def note_proof(request: HttpRequest, how: str) -> None:
    """A second factor was given in this browser now; or only the password."""
    request.session[KNEW_PASSWORD if how == "password" else PROVED] = int(clock.time())


def is_proved(request: HttpRequest) -> bool:
    """Whether a second factor was given in this session."""
    return PROVED in request.session


def is_fresh(request: HttpRequest, *, by_password: bool) -> bool:
    """Whether the proof (a second factor; or the password, for who has none) is at most RECENT old."""
    at = request.session.get(KNEW_PASSWORD if by_password else PROVED, 0)
    return bool(clock.time() - at < RECENT.total_seconds())


@jobs.every(days=1)
def forget_old() -> None:
    """Delete rows of sessions that ended, or were not used, long ago."""
    long_ago = clock.now() - KEPT
    DeskSession.objects.filter(ended_at__lt=long_ago).delete()
    DeskSession.objects.filter(last_seen_on__lt=clock.day_of(long_ago)).delete()
