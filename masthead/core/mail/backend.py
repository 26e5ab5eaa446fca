"""Where mail goes: to the server in the settings, else into the folder `mail`; a demonstration shows it on a page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.filebased import EmailBackend as Folder
from django.core.mail.backends.smtp import EmailBackend as Server

from masthead.core import clock, config
from masthead.core.models import Message

SECONDS_TO_ANSWER = 20


class Backend(BaseEmailBackend):
    """Sends through what the settings name."""

    def __init__(self, fail_silently: bool = False, **ignored: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.carrier = self._carrier(config.load())

    def _carrier(self, conf: config.Config) -> BaseEmailBackend | None:
        if conf.demo:
            return None  # /demo/mail/ shows the rows themselves
        if not conf.mail:
            Path(conf.home / "mail").mkdir(parents=True, exist_ok=True)
            return Folder(file_path=str(conf.home / "mail"))
        server = urlsplit(conf.mail)
        return Server(
            host=server.hostname or "localhost",
            port=server.port or (465 if server.scheme == "smtps" else 587),
            username=unquote(server.username or ""),
            password=conf.mail_password.get_secret_value(),
            use_ssl=server.scheme == "smtps",
            use_tls=server.scheme == "smtp" and bool(server.username),
            timeout=SECONDS_TO_ANSWER,
        )

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send; returns how many went."""
        if self.carrier is None:
            return sum(_kept(mail) for mail in email_messages)
        return self.carrier.send_messages(list(email_messages)) or 0


def _kept(mail: EmailMessage) -> int:
    """Keep what a library sends (a link for a forgotten password) beside our own messages, which are rows already."""
    if "Message-ID" not in mail.extra_headers:
        now = clock.now()
        for to in mail.to:
            Message.objects.create(
                key=f"library:{uuid4()}",
                to=to,
                subject=mail.subject[:250],
                text=str(mail.body),
                queued_at=now,
                sent_at=now,
            )
    return 1
