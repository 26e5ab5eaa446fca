"""What takes letters to many: a mail server, a provider; where there is neither, a folder or the demonstration's page.

A carrier says of each message what became of it. When it fails as a whole it raises Broken, which says whether the
message in hand may have been taken all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from enum import Enum
from typing import Protocol
from urllib.parse import urlsplit

from masthead.core import clock, config
from masthead.core.config import LOOPBACK
from masthead.core.models import Message
from masthead.letters.sending.stencils import Mail

FIRST, FALLBACK = "first", "fallback"


class Outcome(Enum):
    """What became of a message."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """What a mail server or a provider said of one message; `status` is its code, `550 5.1.1`."""

    outcome: Outcome
    status: str = ""
    says: str = ""

    def __str__(self) -> str:
        return f"{self.status.partition(' ')[0]} {self.says}".strip()


TAKEN = Answer(Outcome.TAKEN)


class Broken(Exception):
    """The carrier takes nothing now. `doubtful`: the message in hand may have been taken. `says` is for people."""

    def __init__(self, says: str, *, doubtful: bool = False) -> None:
        super().__init__(says)
        self.says = says
        self.doubtful = doubtful


class Carrier(Protocol):
    """One way out; opened for one batch job, closed after it."""

    def hand_over(self, mail: Mail) -> Answer:
        """Give one message away. Raises Broken."""

    def close(self) -> None:
        """Let go of the connection."""


class Folder:
    """Where no mail server is set: each message a file in the folder `mail`."""

    def __init__(self) -> None:
        self.path = config.load().home / "mail"
        self.path.mkdir(parents=True, exist_ok=True)

    def hand_over(self, mail: Mail) -> Answer:
        (self.path / f"{mail.identity.partition('@')[0]}.eml").write_bytes(mail.data)
        return TAKEN

    def close(self) -> None:
        """Nothing is held."""


class DemoPage:
    """In a demonstration nothing leaves the machine: the page of its mails shows what would have gone."""

    def hand_over(self, mail: Mail) -> Answer:
        read = BytesParser(policy=policy.default).parsebytes(mail.data)
        now = clock.now()
        Message.objects.update_or_create(
            key=f"letter:{mail.identity}",
            defaults={
                "to": mail.to,
                "subject": str(read["Subject"])[:250],
                "text": mail.text,
                "html": mail.html,
                "queued_at": now,
                "sent_at": now,
            },
        )
        return TAKEN

    def close(self) -> None:
        """Nothing is held."""


def has_fallback() -> bool:
    """Whether the settings name a second way out."""
    return bool(config.load().letters_fallback) and not config.load().demo


@contextmanager
def opened(which: str = FIRST) -> Iterator[Carrier]:
    """The first way out of the settings, or the fallback; closed at the end. It connects at the first message."""
    carrier = _made(which)
    try:
        yield carrier
    finally:
        carrier.close()


def _made(which: str) -> Carrier:
    from masthead.letters.sending.providers import Provider
    from masthead.letters.sending.smtp import MailServer

    conf = config.load()
    if conf.demo and not _is_here(conf.letters_mail):
        return DemoPage()
    kind = conf.letters_fallback if which == FALLBACK else conf.letters_through
    if kind != "smtp":
        key, api, setting = conf.letters_key, conf.letters_api, "MASTHEAD_LETTERS_KEY"
        if which == FALLBACK:
            key, api, setting = conf.letters_fallback_key, conf.letters_fallback_api, "MASTHEAD_LETTERS_FALLBACK_KEY"
        return Provider(kind, key.get_secret_value(), api, conf.letters_patience, setting=setting)
    server, password = (
        conf.letters_mail or conf.mail,
        conf.letters_password if conf.letters_mail else conf.mail_password,
    )
    if not server:
        return Folder()
    return MailServer(server, password.get_secret_value(), conf.letters_patience)


def _is_here(server: str) -> bool:
    """Whether a mail server of this very machine is named: to it a demonstration may hand its letters."""
    return urlsplit(server).hostname in LOOPBACK
