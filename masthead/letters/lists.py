"""The verbs of a list at the desk: start, change, delete."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from masthead.core import audit
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.letters.models import Issue, LetterList, Subscription

audit.register("letters.list_started", "{by} started a list, {subject}")
audit.register("letters.list_changed", "{by} changed {subject}")
audit.register("letters.list_deleted", "{by} deleted {subject}, which nobody was on and nothing was written for")


class HasPeopleOrIssues(Refusal):
    for_people_text = (
        "‘%(list)s’ has readers or issues, and the proof that its readers asked for it goes with the list. "
        "End its sign-ups instead. Nothing has been deleted."
    )


class HasReaders(Refusal):
    for_people_text = (
        "People are on ‘%(list)s’ under the terms that they were told. Start another list for other people. "
        "Nothing has been changed."
    )


class AddressInUse(Refusal):
    for_people_text = (
        "Issues of ‘%(list)s’ can be read at this address and stand in people’s mailboxes. It stays as it is. "
        "Nothing has been changed."
    )


def start(letters: LetterList, *, by: Actor) -> LetterList:
    """Store a new list."""
    with transaction.atomic():
        letters.save()
        audit.record("letters.list_started", letters, by=by)
    return letters


def change(letters: LetterList, *, by: Actor) -> LetterList:
    """Store what was changed of a list.

    Raises HasReaders where it would go to other people than those on it were told, AddressInUse where a published
    address would die.
    """
    with transaction.atomic():
        stored = LetterList.objects.select_for_update().get(pk=letters.pk)
        if stored.benefit != letters.benefit and has_readers(stored):
            raise HasReaders(list=stored.name)
        if stored.slug != letters.slug and has_sent(stored):
            raise AddressInUse(list=stored.name)
        letters.save()
        audit.record("letters.list_changed", letters, by=by)
    return letters


def delete(letters: LetterList, *, by: Actor) -> None:
    """Delete a list that was never used. Raises HasPeopleOrIssues."""
    with transaction.atomic():
        if not is_unused(letters):
            raise HasPeopleOrIssues(list=letters.name)
        audit.record("letters.list_deleted", letters, by=by)
        letters.delete()


def has_readers(letters: LetterList) -> bool:
    """Whether anybody decided anything about this list."""
    return Subscription.objects.filter(list=letters).exists()


def has_sent(letters: LetterList) -> bool:
    """Whether an issue of it went out."""
    return Issue.objects.filter(list=letters, sent_at__isnull=False).exists()


def is_unused(letters: LetterList) -> bool:
    """Whether nobody ever decided anything about it and no issue was begun."""
    used = LetterList.objects.filter(
        Exists(Subscription.objects.filter(list=OuterRef("pk"))) | Exists(Issue.objects.filter(list=OuterRef("pk")))
    )
    return not used.filter(pk=letters.pk).exists()
