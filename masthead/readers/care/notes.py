"""What staff wrote about a person: notes, and the reason of each act. Free text lives here and nowhere else."""

from typing import Any

from django.db import transaction

from masthead.core import audit
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.readers.models import CareNote, Reader

from .people import Person

LONGEST = 1000

audit.register("care.noted", "{by} wrote note {note} about {subject}")
audit.register("care.acted", "{by} did ‘{act}’ for {subject}, to {to}; why is in note {note}")


class DoneAlready(Refusal):
    """The same form was sent again."""

    for_people_text = "That was done already, by the same form. Nothing has been done twice."


def keep(person: Person, text: str, *, by: Actor, once: str, act: str = "", to: str = "") -> CareNote:
    """Write a note down, or why something is done; in the transaction of the act, and before it.

    `once` is the number of the form. Raises DoneAlready when a form of this number was carried out before: two that
    arrive together wait for each other at the database.
    """
    with transaction.atomic():
        note, is_new = CareNote.objects.get_or_create(
            once=once,
            defaults={
                "reader": person.reader,
                "email": "" if person.reader else person.email,
                "act": act,
                "subject": to,
                "text": text[:LONGEST],
                "by": str(by),
            },
        )
        if not is_new:
            raise DoneAlready
        if act:
            audit.record("care.acted", person.subject, by=by, act=act, to=to or "the person", note=note.pk)
        else:
            audit.record("care.noted", person.subject, by=by, note=note.pk)
    return note


def join(reader: Reader) -> None:
    """What was noted under an address belongs to the account, once that is confirmed."""
    CareNote.objects.filter(reader=None, email=reader.email).update(reader=reader, email="")


def export(reader: Reader) -> list[dict[str, Any]]:
    """What staff wrote about a reader, for the reader."""
    mine = CareNote.objects.filter(reader=reader)
    return [{"at": note.at.isoformat(), "done": note.act, "text": note.text} for note in mine]


def erase(reader: Reader) -> None:
    """All of it goes."""
    CareNote.objects.filter(reader=reader).delete()
    CareNote.objects.filter(reader=None, email=reader.email).delete()
