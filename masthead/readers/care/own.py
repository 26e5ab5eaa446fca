"""What the accounts themselves put on a person's page: mails, notes, sign-in, and finding by address or name."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from masthead.core.models import AuditRecord, Message
from masthead.core.prefixes import begins_with
from masthead.readers import addresses
from masthead.readers.models import CareNote, Reader

from . import finding, log, register
from .finding import Hit, Wanted
from .log import Entry, Line
from .people import of_reader
from .register import File

SHOWN = {
    "reader.joined": "The account was made",
    "reader.exported": "They took their data with them",
    "reader.erased": "The account was erased",
    "reader.address_asked": "Another address was asked for",
    "reader.address_changed": "The address was changed, confirmed from the new one",
    "reader.address_stopped": "The change of the address was stopped",
}


# --- the log ---------------------------------------------------------------------------------------------


def _mails(file: File) -> QuerySet[Any] | None:
    """What was sent to their address, as long as mails are kept."""
    if not file.person.email:
        return None
    mine = Message.objects.filter(to=file.person.email)
    return log.columns("mail", mine, file, at="queued_at", ref="key", a="subject", b="sent_at", c="error")


def _mail(entry: Entry, _file: File) -> Line:
    if entry.b:
        more, is_bad = "mail, taken by their mail server", False
    elif entry.c:
        more, is_bad = "mail, not taken by their mail server yet: it is tried again", True
    else:
        more, is_bad = "mail, on its way", False
    says = "A link or code to sign in" if entry.ref.startswith("sign-in:") else entry.a
    return Line(entry.at, log.TOLD, says, more, key=entry.ref, is_bad=is_bad)


def _written(file: File) -> QuerySet[Any]:
    return log.columns("note", notes_of(file), file, at="at", ref="id", a="act", b="text", c="by", d="subject")


def _note(entry: Entry, _file: File) -> Line:
    return Line(entry.at, log.NOTE, register.DONE.get(entry.a, entry.a), entry.b, by=entry.c)


def _done(file: File) -> QuerySet[Any] | None:
    """What the audit log has of the account."""
    if file.person.reader is None:
        return None
    subject = f"readers.reader:{file.person.reader.pk}"
    rows = AuditRecord.objects.filter(subject=subject, action__in=SHOWN)
    return log.columns("account", rows, file, at="at", a="action", b="by")


def _account(entry: Entry, _file: File) -> Line:
    return Line(entry.at, log.CHANGE, SHOWN[entry.a], by=entry.b)


def notes_of(file: File) -> QuerySet[CareNote]:
    """What staff wrote about them."""
    return CareNote.objects.filter(file.person.owns())


log.register("mail", _mails, _mail)
log.register("note", _written, _note)
log.register("account", _done, _account)


# --- sections --------------------------------------------------------------------------------------------


def _who(file: File) -> dict[str, Any]:
    return {"person": file.person, "buttons": file.standing("who")}


register.section("who", "The account", "readers/care_who.html", _who, order=10, is_aside=True)


# --- finding ---------------------------------------------------------------------------------------------


def _by_address_or_name(wanted: Wanted, most: int) -> Iterable[Hit]:
    """By the beginning of an address, or of a name; by the account's own reference."""
    if len(wanted.text) < finding.LEAST:
        return
    rows = Reader.objects.living().annotate(name_key=Lower("name"))
    typed = wanted.text.lower()
    found = rows.filter(reference=typed) if len(typed) == len(Reader().reference) else rows.none()
    yield from (_hit(reader, "reference of the account") for reader in found)
    if wanted.is_reference:
        beginning = addresses.normalise(wanted.text)
        by_address = rows.filter(begins_with("email", beginning)).order_by("email")[:most]
        yield from (_hit(reader, "address") for reader in by_address)
    if not wanted.is_address and not wanted.digits:
        by_name = rows.filter(begins_with("name_key", typed)).order_by("name_key", "pk")[:most]
        yield from (_hit(reader, "name") for reader in by_name)
        by_last_name = rows.filter(Q(name__icontains=f" {typed}")).order_by("name_key", "pk")[:most]
        yield from (_hit(reader, "name") for reader in by_last_name)


def _hit(reader: Reader, because: str) -> Hit:
    person = of_reader(reader)
    return Hit(person.key, reader.name, person.email, because)


finding.register(_by_address_or_name, order=10)
