"""The mailbox in which reports arrive: by IMAP over TLS, read and never changed, or a maildir on this machine."""

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog

from masthead.core import clock, config
from masthead.core.jobs import every, job
from masthead.letters import suppression
from masthead.letters.models import ReportsBox

from . import hooks, reading

log = structlog.get_logger("masthead.letters")

LARGEST = 500_000  # bytes read of one mail: a report is at its beginning
SECONDS_AT_ONCE = 3.0  # then the rest is left to the next job
SECONDS_TO_ANSWER = 4.0
OUTSIDE = (OSError, imaplib.IMAP4.error)  # what delays: the mailbox can't be reached, or says no


class Box(Protocol):
    """Mails that came since the last look, oldest first, each with what to do once it is taken in."""

    def mails(self) -> Iterator[tuple[bytes, Callable[[], object]]]: ...


@every(minutes=10)
def read_reports() -> None:
    """Read the mailbox to which undelivered letters come back, where there is one."""
    if config.load().returns_mailbox:
        look()


@job("later", tries=1)
def look() -> None:
    """Take in what has come; what is left after some seconds is for the next job. Trouble is noted, and it waits."""
    place = config.load().returns_mailbox
    if not place:
        return
    row, _ = ReportsBox.objects.get_or_create(name=name_of(place))
    until = time.monotonic() + SECONDS_AT_ONCE
    try:
        with _open(place, row) as box:
            for raw, taken_in in box.mails():
                _take_in(raw)
                taken_in()
                if time.monotonic() > until:
                    look.enqueue()
                    break
    except OUTSIDE as error:
        trouble = f"{type(error).__name__}: {error}"[:300]
        ReportsBox.objects.filter(pk=row.pk).update(trouble=trouble)
        log.warning("letters.reports_not_read", error=type(error).__name__)
    else:
        ReportsBox.objects.filter(pk=row.pk).update(trouble="", looked_at=clock.now())


def name_of(place: str) -> str:
    """A mailbox by the name that may be shown: without user."""
    parts = urlsplit(place)
    return place if parts.scheme == "maildir" else f"{parts.scheme}://{parts.hostname}{parts.path or '/INBOX'}"


def _take_in(raw: bytes) -> None:
    """Keep what a mail reports. What names no letter of ours is counted; what is no report is somebody's own mail."""
    try:
        heard = reading.read(raw)
    except reading.NotOurs:
        hooks.count_refused(reading.SOURCE)
        return
    if heard is not None:
        suppression.heard(heard)


@contextmanager
def _open(place: str, row: ReportsBox) -> Iterator[Box]:
    if place.startswith("maildir:"):
        yield Maildir(Path(place.removeprefix("maildir:")))
        return
    box = Imap(place, config.load().returns_password.get_secret_value(), row)
    try:
        yield box
    finally:
        box.close()


class Maildir:
    """What a mail server put into `new` goes to `cur` once it is taken in, marked as seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mails(self) -> Iterator[tuple[bytes, Callable[[], object]]]:
        for path in sorted((self.folder / "new").iterdir()):
            with path.open("rb") as file:
                raw = file.read(LARGEST)
            seen = self.folder / "cur" / f"{path.name.partition(':')[0]}:2,S"
            yield raw, partial(path.rename, seen)


class Imap:
    """Read only, from the number up to which it was read: no mail is marked, moved or deleted (RFC 3501, EXAMINE)."""

    def __init__(self, place: str, password: str, row: ReportsBox) -> None:
        parts = urlsplit(place)
        self.row = row
        self.server = self._connect(parts.scheme, parts.hostname or "", parts.port)
        try:
            self.server.login(unquote(parts.username or ""), password)
            folder = unquote(parts.path.strip("/")) or "INBOX"
            answer, said = self.server.select('"' + re.sub(r'(["\\])', r"\\\1", folder) + '"', readonly=True)
            if answer != "OK":
                raise imaplib.IMAP4.error(f"no mailbox {folder}: {said!r}")
        except BaseException:
            self.close()
            raise
        self._begin_anew_if_renumbered()

    @staticmethod
    def _connect(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
        if scheme == "imaps":
            context = ssl.create_default_context()
            return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=SECONDS_TO_ANSWER)
        return imaplib.IMAP4(host, port or 143, timeout=SECONDS_TO_ANSWER)

    def _begin_anew_if_renumbered(self) -> None:
        [validity] = self.server.response("UIDVALIDITY")[1]
        number = int(validity or 0)
        if number != self.row.validity:
            self.row.validity, self.row.read_up_to = number, 0
            self.row.save(update_fields=["validity", "read_up_to"])

    def mails(self) -> Iterator[tuple[bytes, Callable[[], object]]]:
        for number in self._new():
            _, found = self.server.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{LARGEST}>)")
            raw = b"".join(part[1] for part in found if isinstance(part, tuple))
            yield raw, partial(self._read_up_to, number)

    def _read_up_to(self, number: int) -> None:
        self.row.read_up_to = number
        self.row.save(update_fields=["read_up_to"])

    def _new(self) -> list[int]:
        after = self.row.read_up_to
        _, found = self.server.uid("SEARCH", f"UID {after + 1}:*")  # the last one is named even when it is older
        numbers = sorted(int(word) for word in (found[0] or b"").split())
        return [number for number in numbers if number > after]

    def close(self) -> None:
        """Say goodbye; a server that is gone already is no trouble."""
        try:
            self.server.logout()
        except OUTSIDE:
            self.server.shutdown()
