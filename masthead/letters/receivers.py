"""What pages are told of: a change of a list, or of an issue that went out, reprints each page that shows it."""

from masthead.letters.models import Issue, LetterList
from masthead.press.watching import watch

LISTS = "letter-lists"
"""The part that a page is made of when it lists the lists, or their latest issues."""


def connect() -> None:
    """Begin to listen; called once, when the app is ready."""
    watch(LetterList, lambda letters: (part_of(letters), LISTS))
    watch(Issue, parts_of_issue, pull=lambda issue: issue.withdrawn_at is not None)


def part_of(letters: LetterList) -> str:
    """The part that a page is made of when it shows this list."""
    return f"letter-list:{letters.pk}"


def part_of_issue(issue: Issue) -> str:
    """The part that the page of an issue is made of."""
    return f"letter:{issue.pk}"


def parts_of_issue(issue: Issue) -> tuple[str, ...]:
    """What pages show of an issue; nothing of one that was never sent."""
    if issue.sent_at is None:
        return ()
    return f"letter-list:{issue.list_id}", part_of_issue(issue), LISTS
