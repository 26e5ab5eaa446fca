"""The one way to the public: what a page must have, embargoes, schedules on our own clock, and the way back.

Wagtail's own 'go live at' is not used: it reads the machine's time, and prints, passes and demonstrations read ours.
"""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from wagtail.models import Revision

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.newsroom import addresses, pictures
from masthead.newsroom.models import FilmPage, Piece, PlainPage, PublicPage, Schedule, StoryPage

log = logging.getLogger(__name__)

TO_WRITE = re.compile(r"\[Write here: [^\]]*\]")
"""The mark in a founding draft where the newsroom has to write something of its own."""
LATE_FROM = 120
"""Seconds after which a scheduled publication counts as late, and says so."""

audit.register("story.scheduled", "{by} scheduled {subject} for {at}")
audit.register("story.unscheduled", "{by} withdrew the schedule of {subject}")
audit.register("story.published-by-clock", "The clock published {subject}, {late_by_seconds} seconds after its time")
audit.register("story.not-published", "The clock could not publish {subject}: something was missing")
audit.register("story.taken-down", "{by} took {subject} down")


@dataclass(frozen=True)
class Lack:
    """Something that is missing before a page can be published, and the field of the form where it belongs."""

    field: str
    sentence: str


class NotReady(Refusal):
    """A page can't be published as it is; `lacks` say why."""

    def __init__(self, lacks: list[Lack]) -> None:
        self.lacks = lacks
        super().__init__()

    @property
    def for_people(self) -> str:
        return " ".join(lack.sentence for lack in self.lacks)


class NotInThePast(Refusal):
    for_people_text = gettext_noop("Choose a time that is still to come. Nothing has been scheduled.")


# --- What must be there ------------------------------------------------------------------------------------


def lacks(page: PublicPage, *, scheduling: bool = False) -> list[Lack]:
    """What is missing before `page` can be published, or scheduled for its `publish_at`."""
    found: list[Lack] = []
    if isinstance(page, Piece):
        found += _lacks_in_time(page, scheduling)
    if isinstance(page, StoryPage):
        found += _lacks_of_story(page)
    if isinstance(page, FilmPage):
        found += _lacks_of_film(page)
    if isinstance(page, PlainPage):
        found += _lacks_in_body(page) + _lacks_of_plain(page)
    section_known = not isinstance(page, StoryPage) or page.section_id
    if section_known and (path := addresses.taken_by_another(page)):
        found.append(Lack("slug", addresses.AddressTaken(path=path).for_people))
    return found


def may_publish(page: PublicPage) -> None:
    """Raise NotReady, with every sentence of what is missing."""
    if found := lacks(page):
        raise NotReady(found)


def _lacks_in_time(piece: Piece, scheduling: bool) -> list[Lack]:
    found = []
    now = clock.now()
    when = piece.publish_at if scheduling and piece.publish_at else now
    if scheduling and piece.publish_at is None:
        found.append(Lack("publish_at", _("Choose the time at which it is to be published.")))
    if scheduling and piece.publish_at and piece.publish_at <= now:
        found.append(Lack("publish_at", _("This time is past. Choose one that is still to come, or publish at once.")))
    if piece.embargo_until and when < piece.embargo_until:
        until = _moment(piece.embargo_until)
        found.append(Lack("embargo_until", _("It is under embargo until %(until)s. It can be scheduled for then.")
                          % {"until": until}))  # fmt: skip
    if piece.published_at and piece.published_at > when:
        found.append(Lack("published_at", _("The publication time is still to come. Empty it, or use 'Schedule'.")))
    return found


def _lacks_of_story(story: StoryPage) -> list[Lack]:
    found = []
    if not len(story.body):
        found.append(Lack("body", _("The body is empty. Write at least one paragraph.")))
    if story.lead_picture:
        found += [Lack("lead_picture", sentence) for sentence in pictures.lacks(story.lead_picture)]
    return found + _lacks_in_body(story)


def _lacks_of_film(film: FilmPage) -> list[Lack]:
    found = []
    if not film.film:
        found.append(Lack("film", _("There is no film yet. Add an MP4 or WebM file.")))
    if not film.captions:
        found.append(Lack("captions", _("The captions are missing. Add a WebVTT file with every word that is spoken.")))
    if film.poster is None:
        found.append(Lack("poster", _("The poster is missing: the picture that stands before the film begins.")))
    else:
        found += [Lack("poster", sentence) for sentence in pictures.lacks(film.poster)]
    return found


def _lacks_of_plain(page: PlainPage) -> list[Lack]:
    text = strip_tags(json.dumps(page.body.get_prep_value(), ensure_ascii=False))
    return [
        Lack("body", _("There is still something to write: %(mark)s Write it, or take the mark out.") % {"mark": mark})
        for mark in TO_WRITE.findall(text)
    ]


def _lacks_in_body(page: StoryPage | PlainPage) -> list[Lack]:
    found = []
    for block in page.body:
        if block.block_type == "picture":
            picture = block.value["picture"]
            sentences = (
                pictures.lacks(picture) if picture else [_("A picture in the body has been deleted. Choose another.")]
            )
            found += [Lack("body", sentence) for sentence in sentences]
        if block.block_type == "read_on" and block.value is None:
            found.append(
                Lack("body", _("A Read on points to nothing: its story was deleted. Choose another, or remove it."))
            )
    return found


# --- Out, and back -----------------------------------------------------------------------------------------


def let_out(publish: Callable[..., Any], revision: Revision, **kwargs: Any) -> Any:
    """Publish a revision, in one transaction with its lists, its addresses and the note to the presses.

    Every button, bulk action and task comes through here. Raises NotReady. A waiting schedule of the page ends.
    """
    with transaction.atomic():
        page = revision.as_object()
        may_publish(page)
        outcome = publish(revision, **kwargs)
        Schedule.objects.filter(page=page.pk, state=Schedule.State.WAITING).update(
            state=Schedule.State.WITHDRAWN, ended_at=clock.now()
        )
    return outcome


def publish(page: PublicPage, *, by: Any = None) -> PublicPage:
    """Save `page` as it is and publish it at once. `by`: a member of staff, or None for a task."""
    revision = page.save_revision(user=by)
    revision.publish(user=by, skip_permission_checks=by is None)
    published: PublicPage = type(page).objects.get(pk=page.pk)
    return published


def take_down(page: PublicPage, *, by: Actor) -> None:
    """Unpublish: once this returns, nobody is served the page any more. Its address stays taken.

    What the clock would have published of it is withdrawn: it must not come back by itself.
    """
    if not page.live:
        return
    with transaction.atomic():
        page.unpublish()
        audit.record("story.taken-down", page, by=by)
        unschedule(page, by=by)


# --- On our clock ------------------------------------------------------------------------------------------


def schedule(piece: Piece, *, at: datetime, by: Actor, revision: Revision | None = None) -> Schedule:
    """Have the clock publish `revision` (default: the latest) at `at`. An earlier schedule of the piece is replaced.

    Raises NotInThePast, or NotReady with what would be missing at that time.
    """
    if at <= clock.now():
        raise NotInThePast()
    revision = revision or piece.get_latest_revision() or piece.save_revision()
    draft = revision.as_object()
    draft.publish_at = at
    if found := lacks(draft, scheduling=True):
        raise NotReady(found)
    with transaction.atomic():
        _end_waiting(piece, Schedule.State.WITHDRAWN)
        made = Schedule.objects.create(page_id=piece.pk, revision=revision, at=at, by=str(by))
        audit.record("story.scheduled", piece, by=by, at=at.isoformat())
    return made


def unschedule(page: PublicPage, *, by: Actor) -> bool:
    """Withdraw what waits; returns whether anything did. The draft stays a draft."""
    with transaction.atomic():
        withdrawn = bool(_end_waiting(page, Schedule.State.WITHDRAWN))
        if withdrawn:
            audit.record("story.unscheduled", page, by=by)
    return withdrawn


def waiting_for(page: PublicPage) -> Schedule | None:
    """The schedule of `page` that is still to come."""
    return Schedule.objects.filter(page=page.pk, state=Schedule.State.WAITING).first()


def publish_due() -> int:
    """Publish everything whose time has come; returns how many. What can't be published says why, on the desk."""
    count = 0
    for row in Schedule.objects.filter(state=Schedule.State.WAITING, at__lte=clock.now()).order_by("at", "pk"):
        count += _publish_scheduled(row)
    return count


def _publish_scheduled(row: Schedule) -> bool:
    """Publish the revision that was scheduled: a newer draft stays a draft."""
    by = Actor.system("clock")
    late = int((clock.now() - row.at).total_seconds())
    try:
        with transaction.atomic():
            claimed = Schedule.objects.filter(pk=row.pk, state=Schedule.State.WAITING).update(
                state=Schedule.State.DONE, ended_at=clock.now(), late_by_seconds=late if late >= LATE_FROM else 0
            )
            if not claimed:
                return False
            if row.revision is None:
                raise NotReady([Lack("", _("The draft that was scheduled has been deleted."))])
            row.revision.publish(skip_permission_checks=True)
            audit.record("story.published-by-clock", row.page, by=by, late_by_seconds=late)
    except Refusal as refusal:
        return _not_published(row, refusal.for_people, by)
    except ValidationError as error:
        return _not_published(row, " ".join(error.messages), by)
    except (OperationalError, InterfaceError):  # the database is away: what waits is late, not refused
        raise
    except Exception:  # the edge of a task: one draft that nobody can publish must not hold up those behind it
        log.exception("story.not-published", extra={"page": row.page_id})
        return _not_published(row, _("Something in this draft can't be saved. Open it and publish it by hand."), by)
    return True


def _not_published(row: Schedule, reason: str, by: Actor) -> bool:
    with transaction.atomic():
        Schedule.objects.filter(pk=row.pk).update(state=Schedule.State.REFUSED, ended_at=clock.now(), reason=reason)
        audit.record("story.not-published", row.page, by=by)
    return False


def _end_waiting(page: PublicPage, state: str) -> int:
    waiting = Schedule.objects.filter(page=page.pk, state=Schedule.State.WAITING)
    return waiting.update(state=state, ended_at=clock.now())


def _moment(moment: datetime) -> str:
    return moment.astimezone(clock.zone()).strftime("%d %B %Y, %H.%M")
