"""What is done with issues of a letter: begun, checked, let out, withdrawn; and who may read one."""

from masthead.core import audit
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.letters.models import Issue, LetterList
from masthead.membership import grants
from masthead.readers.models import Device, Reader

audit.register("letters.issue_begun", "{by} began {subject}")
audit.register("letters.issue_saved", "{by} changed {subject}")
audit.register("letters.issue_deleted", "{by} deleted the draft {subject}")
audit.register("letters.issue_withdrawn", "{by} took {subject} out of the archive")
audit.register("letters.issue_restored", "{by} put {subject} back into the archive")


class NotReady(Refusal):
    for_people_text = "This letter can’t be sent yet. %(lacks)s Nothing has been sent."


class AlreadySent(Refusal):
    for_people_text = "This letter has been sent already. Nothing has been changed."


class NotSent(Refusal):
    for_people_text = "This letter was never sent, so it is in no archive. Nothing has been changed."


def begin(list: LetterList, by: Actor) -> Issue:
    """A draft for the next issue of `list`, filled in as its rhythm wants it: a month, a week, or bare."""
    raise NotImplementedError


def lacks(issue: Issue) -> list[str]:
    """What keeps `issue` from being sent, a sentence each: pictures without credit or description, size, words."""
    raise NotImplementedError


def check_ready(issue: Issue) -> None:
    """Raise NotReady with what is missing, or AlreadySent. Asked before a letter is scheduled and before it is sent."""
    raise NotImplementedError


def let_out(issue: Issue) -> Issue:
    """Say that a mailing of `issue` begins: sets `sent_at`, and settles which stories, figures and call it shows.

    Called by `sending`, in the transaction that freezes the recipients, before it renders the editions; the archive
    shows the issue from then on. A second call changes nothing.
    """
    raise NotImplementedError


def withdraw(issue: Issue, *, by: Actor) -> Issue:
    """Take a sent issue out of the archive at once. Raises NotSent."""
    raise NotImplementedError


def restore(issue: Issue, *, by: Actor) -> Issue:
    """Put a withdrawn issue back into the archive. Raises NotSent."""
    raise NotImplementedError


def latest(list: LetterList | None = None) -> Issue | None:
    """The issue sent last, of `list` or of all."""
    raise NotImplementedError


def readable_by(reader: Reader | None, device: Device | None, issue: Issue) -> bool:
    """Whether the archive shows `issue` to them: it stands, and is free or their grant holds now."""
    if not issue.is_standing:
        return False
    return issue.list.is_free or grants.may(issue.list.benefit, reader=reader, device=device)
