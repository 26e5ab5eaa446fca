"""Reads one mail that came back: a report that a letter was not delivered (RFC 3464, or older ways), a complaint, or
the mail that a mail program writes to unsubscribe (the `mailto:` of List-Unsubscribe).

What counts is a report that names one of our letters by its Message-ID: anybody can write to this mailbox, and mail to
one person (a sign-in code) comes back to it too. Who got a letter can report that letter and no other.
"""

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import chain

from flufl.bounce import all_failures

from masthead.letters import identities
from masthead.letters.models import Kind
from masthead.letters.suppression import Heard

from .answers import kind_of

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it would log each look, and mails that it can't read

SOURCE = "mailbox"
LONGEST_TEXT = 3_000  # characters in which a mail server says what is wrong

_OURS = re.compile(rb"letter\.\d+\.\d+\.[A-Za-z0-9_-]{22}(?=@)")
_UNSUBSCRIBE = re.compile(r"unsubscribe\s+<?(letter\.\S+@[^\s>]+)>?", re.IGNORECASE)
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery|double-bounce", re.IGNORECASE)
_COPY_BEGINS = re.compile(
    r"^(-+ ?(below this line|this is a copy|original message|the original|returned message|transcript of session)"
    r"|(original message|message) headers?:|return-path:|received: )",
    re.IGNORECASE | re.MULTILINE,
)
_COMPLAINTS = {"abuse": Kind.COMPLAINED, "fraud": Kind.COMPLAINED, "opt-out": Kind.LEFT}  # RFC 5965, 7.3
_ACTIONS = {"delayed": Kind.DELAYED, "delivered": Kind.DELIVERED, "relayed": Kind.DELIVERED, "expanded": Kind.DELIVERED}


class NotOurs(Exception):
    """It reports of a mail that is no letter of ours."""


@dataclass(frozen=True)
class Told:
    """What a report says of the letter that it is about."""

    kind: Kind
    address: str = ""
    status: str = ""
    detail: str = ""
    letter: str = ""  # the Message-ID of the letter, where it stands in one place alone


def read(raw: bytes) -> Heard | None:
    """What `raw` reports of a letter; None when it is no report. Raises NotOurs."""
    mail = message_from_bytes(raw)
    told = _complaint(mail) or _delivery_status(mail) or _unsubscribing(mail) or _old_bounce(mail)
    if told is None:
        return None
    letter = told.letter or _letter_named_in(mail, raw)
    if letter is None or identities.read(letter) is None:
        raise NotOurs
    return Heard(
        source=SOURCE,
        event_id=str(mail.get("Message-ID", "")).strip() or hashlib.sha256(raw).hexdigest(),
        kind=told.kind,
        address=told.address,
        message_id=letter,
        status=told.status,
        detail=told.detail,
        at=_date(mail),
    )


def _complaint(mail: Message) -> Told | None:
    """An abuse report (RFC 5965): a machine-readable part says of which kind; whom it concerns is often blotted out."""
    for part in mail.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = _inside(part)
            word = _word(fields, "Feedback-Type").lower()
            address = _word(fields, "Original-Rcpt-To").strip("<>")
            return Told(_COMPLAINTS.get(word, Kind.OTHER), address, detail=f"feedback report: {word}")
    return None


def _delivery_status(mail: Message) -> Told | None:
    """A delivery status (RFC 3464): one block for each recipient; a letter has one. A failure outweighs the rest."""
    found = [
        _of_block(block)
        for part in mail.walk()
        if part.get_content_type() == "message/delivery-status" and part.is_multipart()
        for block in _blocks(part)
        if block.get("Action")
    ]
    return next(iter(sorted(found, key=lambda told: told.kind in _ACTIONS.values())), None)


def _of_block(block: Message) -> Told:
    action = _word(block, "Action").lower()
    status, said = _word(block, "Status"), " ".join(str(block.get("Diagnostic-Code", "")).split())
    kind = _ACTIONS.get(action)
    if kind is None:
        vague = status.endswith(".0.0") and said  # some servers know more than they put into `Status`
        kind = kind_of("" if vague else status, said or status)
    recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "").rpartition(";")[2]
    return Told(kind, recipient.strip().strip("<>"), status, said)


def _unsubscribing(mail: Message) -> Told | None:
    """The subject that our letters' headers give to a mail program: whoever holds the letter may leave its list."""
    try:
        subject = str(make_header(decode_header(str(mail.get("Subject", "")))))
    except (HeaderParseError, LookupError, ValueError):  # an unknown alphabet, or none that holds
        return None
    found = _UNSUBSCRIBE.fullmatch(subject.strip())
    return Told(Kind.LEFT, detail="unsubscribed by mail", letter=found[1]) if found else None


def _old_bounce(mail: Message) -> Told | None:
    """A bounce in one of the ways from before the standard, which flufl.bounce knows; only from who sends such."""
    sent_by = f"{mail.get('From', '')} {mail.get('Return-Path', '')}"
    if not (_DAEMON.search(sent_by) or mail.get("X-Failed-Recipients") or str(mail.get("Return-Path")).strip() == "<>"):
        return None
    try:
        for_now, lasting = all_failures(mail)
    except Exception:  # its detectors trip over broken headers in many ways
        return None
    if not for_now and not lasting:
        return None
    address = sorted(lasting or for_now)[0].decode("ascii", "replace")
    said = _said(mail)
    return Told(kind_of("", said) if lasting else Kind.DELAYED, address, detail=said)


def _said(mail: Message) -> str:
    """What the server says in words, without the copy of our letter that may follow."""
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            text = _octets(part).decode("utf-8", "replace")
            begins = _COPY_BEGINS.search(text)
            return " ".join(text[: begins.start() if begins else None][:LONGEST_TEXT].split())
    return ""


def _letter_named_in(mail: Message, raw: bytes) -> str | None:
    """The Message-ID of the letter of ours that a report names, wherever it stands: in a header, a copy, in words."""
    decoded = (part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart())
    for text in chain([raw], decoded):
        for found in _OURS.findall(text if isinstance(text, bytes) else b""):
            if named := identities.read(found.decode()):
                return identities.message_id(*named)
    return None


def _blocks(part: Message) -> Iterator[Message]:
    for block in part.get_payload():
        if isinstance(block, Message):
            yield block


def _inside(part: Message) -> Message:
    """The fields of a part that holds fields: the standard library reads them as a message of their own."""
    if part.is_multipart():
        return next(_blocks(part))
    return message_from_bytes(_octets(part))  # some send it as base64, against the standard


def _octets(part: Message) -> bytes:
    """What a part holds, decoded; nothing where it is no single part."""
    held = part.get_payload(decode=True)
    return held if isinstance(held, bytes) else b""


def _word(fields: Message, name: str) -> str:
    """The first word of a field: some add a remark behind it."""
    return (str(fields.get(name, "")).split() or [""])[0].rstrip(";")


def _date(mail: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(mail.get("Date", "")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
