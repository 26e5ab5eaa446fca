"""After a call: its numbers, and its recording with the questions that were answered as chapters.

Who came and who asked is known for 90 days; then the rows go and the numbers stay. A recording is for supporters:
its file lies outside the folder that anyone may fetch from, and one view gives it out, after asking the grants ledger.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.jobs import every
from masthead.core.refusals import Refusal
from masthead.membership import grants
from masthead.newsroom import films
from masthead.newsroom.models import FilmPage
from masthead.press.changes import announce
from masthead.readers.models import Device, Reader

from .dates import PART
from .models import Call, Invitation, Question, QuestionState, Recording, Seat, Vote, kept_apart

KNOWN_FOR = timedelta(days=90)
FOLDER = "recordings"

audit.register("recording.kept", "{by} put a recording to {subject}")
audit.register("recording.notes", "{by} changed the notes of {subject}")
audit.register("recording.published", "{by} published the recording of {subject}")
audit.register("recording.withdrawn", "{by} took back the recording of {subject}")
audit.register("recording.deleted", "{by} deleted the recording of {subject}")
audit.register("recording.chapters", "{by} set {chapters} chapters in the recording of {subject}")


class NoRecording(Refusal):
    for_people_text = "There is no recording yet: add the film and its captions first. Nothing has been changed."


class NoFilm(Refusal):
    for_people_text = "%(why)s Nothing has been changed."


class BadMoment(Refusal):
    for_people_text = (
        "‘%(typed)s’ is no moment of the film. Write minutes and seconds, such as 12:30, not past its end. "
        "No chapter has been changed."
    )


@dataclass(frozen=True)
class Attendance:
    """How many had a seat, went in, and sent a question: numbers, of nobody."""

    reserved: int
    came: int
    asked: int


@dataclass(frozen=True)
class Chapter:
    """A question, and the second at which the film answers it."""

    second: int
    text: str

    @property
    def at(self) -> str:
        """12:30, or 1:02:30."""
        return clock_face(self.second)


def attendance(call: Call) -> Attendance:
    return Attendance(call.reserved_count, call.came_count, call.asked_count)


def may_watch(call: Call, reader: Reader | None, device: Device | None) -> bool:
    """Whether the film is for them: by a grant that holds now, also of a device whose address is not confirmed yet."""
    if reader is None and device is None:
        return False
    return grants.may(call.benefit, reader=reader, device=device)


def recording_of(call: Call) -> Recording | None:
    """The recording, when it is published."""
    return Recording.objects.filter(call=call, published_at__isnull=False).first()


def chapters(call: Call) -> list[Chapter]:
    """What was answered, in the order of the film."""
    answered = Question.objects.filter(call=call, state=QuestionState.ANSWERED, second__isnull=False)
    return [Chapter(row.second or 0, row.text) for row in answered.order_by("second", "pk")]


# --- The desk's verbs ---------------------------------------------------------------------------------------


def keep_recording(call: Call, *, film: Any, captions: Any, seconds: int, by: Actor) -> Recording:
    """Keep a film and its captions; what was kept before goes. Published as before, if it was.

    `film`: an uploaded file, or the name of one that lies in the folder of recordings already; either None: as it is.
    Raises NoRecording, NoFilm.
    """
    recording = Recording.objects.filter(call=call).first() or Recording(call=call)
    before = [recording.file.name, recording.captions.name]
    if not (film or recording.file) or not (captions or recording.captions):
        raise NoRecording
    _refuse_what_is_none(film, captions)
    with transaction.atomic():
        if isinstance(film, str):
            recording.file = f"{FOLDER}/{film}"
        elif film:
            recording.file = film
        if captions:
            recording.captions = ContentFile(captions.read(), name="captions.vtt")
        recording.seconds = seconds
        recording.save()
        audit.record("recording.kept", call, by=by, seconds=seconds)
        announce(PART)
        after = [recording.file.name, recording.captions.name]
        _delete_after_the_commit([name for name in before if name and name not in after])
    return recording


def keep_notes(call: Call, *, notes: str, film: FilmPage | None, by: Actor) -> None:
    """Keep what is written about the call for supporters, and which public film was made of it, if any."""
    with transaction.atomic():
        call = Call.objects.locked(call.pk)
        if (call.notes, call.film) != (notes, film):
            call.notes, call.film = notes, film
            call.save(update_fields=["notes", "film"])
            audit.record("recording.notes", call, by=by)


def publish(call: Call, *, by: Actor) -> None:
    """Show it to supporters. Twice changes nothing. Raises NoRecording."""
    recording = Recording.objects.filter(call=call).first()
    if recording is None:
        raise NoRecording
    if recording.published_at is None:
        with transaction.atomic():
            recording.published_at = clock.now()
            recording.save(update_fields=["published_at"])
            audit.record("recording.published", call, by=by)
            announce(PART)


def withdraw(call: Call, *, by: Actor) -> None:
    """Show it to nobody from this moment on. Twice changes nothing."""
    with transaction.atomic():
        if Recording.objects.filter(call=call, published_at__isnull=False).update(published_at=None):
            audit.record("recording.withdrawn", call, by=by)
            announce(PART, pull=True)


def delete_recording(call: Call, *, by: Actor) -> None:
    """Delete the film and its captions for good; the chapters stay with the questions."""
    recording = Recording.objects.filter(call=call).first()
    if recording is None:
        return
    with transaction.atomic():
        _delete_after_the_commit([recording.file.name or "", recording.captions.name or ""])
        recording.delete()
        audit.record("recording.deleted", call, by=by)
        announce(PART, pull=True)


def set_chapters(call: Call, moments: Mapping[int, str], *, by: Actor) -> None:
    """Say where in the film each answered question is answered, by its key, as 12:30; '' leaves it out.

    Raises BadMoment, and then changes none.
    """
    recording = Recording.objects.filter(call=call).first()
    last = recording.seconds if recording else None
    seconds = {key: _second(typed, last) for key, typed in moments.items()}
    with transaction.atomic():
        answered = Question.objects.filter(call=call, state=QuestionState.ANSWERED)
        for key, second in seconds.items():
            answered.filter(pk=key).update(second=second)
        audit.record("recording.chapters", call, by=by, chapters=sum(second is not None for second in seconds.values()))


def lying_there() -> list[str]:
    """Films that somebody has put into the folder of recordings by hand and that no call has: too large to upload."""
    storage = kept_apart()
    if not storage.exists(FOLDER):
        return []
    taken = {PurePosixPath(name).name for name in Recording.objects.values_list("file", flat=True)}
    names = storage.listdir(FOLDER)[1]
    return sorted(name for name in names if name.endswith((".mp4", ".webm")) and name not in taken)


def _refuse_what_is_none(film: Any, captions: Any) -> None:
    """Look into what came in: a film begins as a film does, captions as WebVTT."""
    try:
        if isinstance(film, str):
            if film not in lying_there():
                raise NoFilm(why=_("This film does not lie in the folder of recordings any more."))
            with kept_apart().open(f"{FOLDER}/{film}") as lying:
                films.is_a_film(lying)
        elif film:
            films.is_a_film(film)
        if captions:
            films.is_captions(captions)
    except ValidationError as error:
        raise NoFilm(why=" ".join(error.messages)) from error


def _delete_after_the_commit(names: list[str]) -> None:
    storage = kept_apart()

    def delete() -> None:
        for name in names:
            if name:
                storage.delete(name)

    transaction.on_commit(delete)


# --- Moments and chapters as text ------------------------------------------------------------------------------

_MOMENT = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)")


def clock_face(second: int) -> str:
    """750 as 12:30."""
    minutes, seconds = divmod(second, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"


def as_webvtt(found: list[Chapter], length: int) -> str:
    """Chapters as a WebVTT track (W3C WebVTT, 4.1): each lasts until the next one, the last until the end."""
    cues = []
    for number, chapter in enumerate(found):
        ends = found[number + 1].second if number + 1 < len(found) else length
        if ends > chapter.second:
            words = chapter.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            cues.append(f"{_stamp(chapter.second)} --> {_stamp(ends)}\n{words}\n")
    return "WEBVTT\n\n" + "\n".join(cues)


def _stamp(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000"


def _second(typed: str, last: int | None) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    form = _MOMENT.fullmatch(typed)
    second = int(form[1] or 0) * 3600 + int(form[2]) * 60 + int(form[3]) if form else -1
    if second < 0 or (last is not None and second >= last):
        raise BadMoment(typed=typed[:40])
    return second


# --- Forgetting ------------------------------------------------------------------------------------------------


@every(days=1)
def forget_who_came() -> None:
    """Ninety days after a call: who had a seat, came, voted and asked goes; the numbers and what was answered stay."""
    due = Call.objects.filter(ends_at__lt=clock.now() - KNOWN_FOR, forgotten_at__isnull=True)
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            call = Call.objects.locked(pk)
            Seat.objects.filter(call=call).delete()
            Invitation.objects.filter(call=call).delete()
            Vote.objects.filter(question__call=call).delete()
            asked = Question.objects.filter(call=call)
            asked.exclude(state=QuestionState.ANSWERED).delete()
            asked.update(reader=None, name_shown="", is_anonymous=True)
            Call.objects.filter(pk=pk).update(forgotten_at=clock.now())
