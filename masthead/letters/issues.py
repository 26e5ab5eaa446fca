"""What is done with issues of a letter: begun, checked, let out, withdrawn; and who may read one."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from masthead.core import audit, clock, fillins
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.letters import picking, receivers, rendering
from masthead.letters.beginnings import BEGINNINGS
from masthead.letters.models import Issue, LetterList, Mailing, MailingState
from masthead.letters.models.issues import WORDED, words_of
from masthead.membership import grants
from masthead.newsroom import pictures
from masthead.press.recording import made_of
from masthead.readers.models import Device, Reader

audit.register("letters.issue_begun", "{by} began {subject}")
audit.register("letters.issue_saved", "{by} changed {subject}")
audit.register("letters.issue_deleted", "{by} deleted the draft {subject}")
audit.register("letters.issue_withdrawn", "{by} took {subject} out of the archive")
audit.register("letters.issue_restored", "{by} put {subject} back into the archive")


class NotReady(Refusal):
    for_people_text = gettext_noop("This letter can’t be sent yet. %(lacks)s Nothing has been sent.")


class AlreadySent(Refusal):
    for_people_text = gettext_noop("This letter has been sent already. Nothing has been changed.")


class IsScheduled(Refusal):
    for_people_text = gettext_noop(
        "‘%(subject)s’ is scheduled. Take it off the schedule first, then delete it. Nothing has been deleted."
    )


class HasBegun(Refusal):
    for_people_text = gettext_noop(
        "The sending of ‘%(subject)s’ has begun, so it stays on record. Nothing has been deleted."
    )


class NotSent(Refusal):
    for_people_text = gettext_noop("This letter was never sent, so it is in no archive. Nothing has been changed.")


# --- Written -----------------------------------------------------------------------------------------------


def begin(letters: LetterList, by: Actor) -> Issue:
    """A draft for the next issue of a list, filled in as its rhythm wants it: a month, a week, or bare."""
    beginning = BEGINNINGS.get(letters.rhythm, BEGINNINGS[""])(letters)
    with transaction.atomic():
        issue = Issue.objects.create(
            list=letters,
            slug=_free_slug(letters, beginning.slug),
            subject=beginning.subject[:120],
            preheader=beginning.preheader,
            headline=beginning.headline[:160],
            written_by=beginning.written_by,
            body=json.dumps(beginning.body),
            made_at=clock.now(),
        )
        audit.record("letters.issue_begun", issue, by=by)
    return Issue.objects.select_related("list").get(pk=issue.pk)  # with its blocks as the database keeps them


def delete(issue: Issue, *, by: Actor) -> None:
    """Delete a draft, with a sending of it that was taken off the schedule.

    Raises AlreadySent, IsScheduled or HasBegun: what went out is withdrawn, and stays on record.
    """
    with transaction.atomic():
        mailing = (
            Mailing.objects.select_for_update().filter(issue=issue.pk).first()
        )  # before the issue, as sending does
        draft = Issue.objects.select_for_update().get(pk=issue.pk)
        if draft.sent_at:
            raise AlreadySent()
        if mailing is not None:
            if mailing.state == MailingState.SCHEDULED:
                raise IsScheduled(subject=draft.subject)
            if not mailing.is_off:
                raise HasBegun(subject=draft.subject)
            mailing.delete()
        audit.record("letters.issue_deleted", draft, by=by)
        draft.delete()


def _free_slug(letters: LetterList, wished: str) -> str:
    taken = set(letters.issues.filter(slug__startswith=wished).values_list("slug", flat=True))
    return next(name for name in _names(wished) if name not in taken)


def _names(wished: str) -> Iterator[str]:
    yield wished
    number = 2
    while True:
        yield f"{wished}-{number}"
        number += 1


# --- Checked -----------------------------------------------------------------------------------------------


def lacks(issue: Issue) -> list[str]:
    """What keeps `issue` from being sent, a sentence each: pictures without credit or description, words, size."""
    found = [*_lacks_in_pictures(issue), *_lacks_in_words(issue)]
    if not found:
        found += lacks_in_size(issue)
    return list(dict.fromkeys(found))


def check_ready(issue: Issue) -> None:
    """Raise NotReady with what is missing, or AlreadySent. Asked before a letter is scheduled and before it is sent."""
    if issue.sent_at:
        raise AlreadySent()
    if found := lacks(issue):
        raise NotReady(lacks=" ".join(found))


def lacks_in_size(issue: Issue) -> list[str]:
    """What is wrong when `issue` is larger than mail programs show; nothing when it is not."""
    try:
        for edition in rendering.EDITIONS:
            rendering.render(issue, edition)
    except rendering.TooLarge as refusal:
        return [refusal.for_people]
    return []


def _lacks_in_pictures(issue: Issue) -> list[str]:
    found = []
    for block in issue.body:
        if block.block_type == "picture":
            picture = block.value["picture"]
            found += pictures.lacks(picture) if picture else [_("A picture has been deleted. Choose another.")]
            if picture and pictures.is_showable(picture) and not pictures.picture_sources(picture):
                found.append(
                    _("The sizes of ‘%(title)s’ are still being made. Wait a minute.") % {"title": picture.title}
                )
    return found


def _lacks_in_words(issue: Issue) -> list[str]:
    """A fill-in that was known when the draft was saved may have lost its owner since."""
    if not len(issue.body):
        return [_("There is nothing in it yet. Write at least one paragraph.")]
    try:
        issue.clean()
    except ValidationError as error:
        return list(error.messages)
    return []


# --- Out, and back -----------------------------------------------------------------------------------------


def let_out(issue: Issue) -> Issue:
    """Say that a mailing of `issue` begins: sets `sent_at`, and settles which stories, figures and call it shows.

    Called by `sending`, in the transaction that freezes the recipients, before it renders the editions; the archive
    shows the issue from then on. A second call changes nothing.
    """
    with transaction.atomic():
        issue = Issue.objects.select_for_update(of=("self",)).select_related("list").get(pk=issue.pk)
        if issue.sent_at is None:
            issue.settled = _settled(issue)
            issue.sent_at = clock.now()
            issue.save()
    return issue


def _settled(issue: Issue) -> dict[str, Any]:
    """What the archive will show as it was sent, however the paper goes on."""
    picks = picking.picks_of(issue)
    written = " ".join([*(getattr(issue, field) for field in WORDED), *words_of(issue)])
    settled: dict[str, Any] = {
        "stories": {str(issue.body[place].id): keys for place, keys in picks.items()},
        "fills": {name: fillins.WORDS[name]() for name in fillins.names_in(written)},
    }
    for keep in rendering.KEPT:
        settled |= keep(issue)
    return settled


def withdraw(issue: Issue, *, by: Actor) -> Issue:
    """Take a sent issue out of the archive at once. Raises NotSent."""
    return _change(issue, withdrawn=True, action="letters.issue_withdrawn", by=by)


def restore(issue: Issue, *, by: Actor) -> Issue:
    """Put a withdrawn issue back into the archive. Raises NotSent."""
    return _change(issue, withdrawn=False, action="letters.issue_restored", by=by)


def _change(issue: Issue, *, withdrawn: bool, action: str, by: Actor) -> Issue:
    with transaction.atomic():
        issue = Issue.objects.select_for_update(of=("self",)).select_related("list").get(pk=issue.pk)
        if issue.sent_at is None:
            raise NotSent()
        if bool(issue.withdrawn_at) != withdrawn:
            issue.withdrawn_at = clock.now() if withdrawn else None
            issue.save()
            audit.record(action, issue, by=by)
    return issue


# --- Read --------------------------------------------------------------------------------------------------


def latest(letters: LetterList | None = None) -> Issue | None:
    """The issue sent last, of a list or of all, with its list."""
    made_of(receivers.part_of(letters) if letters else receivers.LISTS)
    sent = Issue.objects.sent().newest().select_related("list")
    return (sent.filter(list=letters) if letters else sent).defer("body").first()


def readable_by(reader: Reader | None, device: Device | None, issue: Issue) -> bool:
    """Whether the archive shows `issue` to them: it stands, and is free or their grant holds now."""
    if not issue.is_standing:
        return False
    return issue.list.is_free or grants.may(issue.list.benefit, reader=reader, device=device)
