"""Mail to one person: rendered and written down in the transaction that causes it, sent by a job after the commit.

A template `giving/receipt` is the file `mail/receipt.txt` of the app `giving`: its first line is the subject.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from email.mime.text import MIMEText
from email.utils import formatdate
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Literal

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template import engines

from masthead.core import clock, faults
from masthead.core.jobs import every, job
from masthead.core.models import Message
from masthead.core.refusals import Trouble

KEPT = timedelta(days=30)
COMMON: list[Callable[[], dict[str, Any]]] = []


@dataclass(frozen=True)
class Attachment:
    """A text file that goes with a mail. `facts` are parameters of its type: `{"method": "REQUEST"}`."""

    name: str
    subtype: str  # of text/: 'calendar', 'csv', 'plain'
    text: str
    facts: dict[str, str] = field(default_factory=dict)

    def as_part(self) -> MIMEText:
        """As mail carries it."""
        part = MIMEText(self.text, self.subtype, "utf-8")
        for name, value in self.facts.items():
            part.set_param(name, value)
        part.add_header("Content-Disposition", "attachment", filename=self.name)
        return part


Stopped = Callable[[Collection[str]], set[str]]
_STOPPED: list[Stopped] = []


def stops_mail_to_many(function: Stopped) -> Stopped:
    """Register who knows of addresses that get no mail to many: gives those of some, normalised, that it stops."""
    _STOPPED.append(function)
    return function


def stopped(addresses: Collection[str]) -> set[str]:
    """Those of these addresses, normalised, that get no mail to many; mail to one person goes to them all the same."""
    return set().union(*(function(addresses) for function in _STOPPED))


def says_in_every_mail(function: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Register a function whose values every template can use: a higher floor tells the paper's name."""
    COMMON.append(function)
    return function


def said_in_every_mail() -> dict[str, Any]:
    """What all of them say: `site`, the address, and `paper`, its name."""
    values: dict[str, Any] = {"site": settings.SITE_ADDRESS}
    for common in COMMON:
        values |= common()
    return values


def _render(path: Path, context: dict[str, Any]) -> str:
    source = "{% autoescape off %}" + path.read_text() + "{% endautoescape %}"
    return engines["django"].from_string(source).render(context)


def queue(
    template: str,
    to: str,
    context: dict[str, Any],
    *,
    key: str,
    headers: dict[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
    worker: Literal["now", "later"] = "now",
) -> Message:
    """Write one mail down, to be sent after the commit. A second call with the same `key` changes nothing.

    `worker`: 'later' for what goes to many at once, so that sign-in codes and receipts need not stand behind it.
    """
    app, name = template.split("/")
    subject, _, text = _render(
        Path(apps.get_app_config(app).path) / "mail" / f"{name}.txt", said_in_every_mail() | context
    ).partition("\n")
    with transaction.atomic():
        message, is_new = Message.objects.get_or_create(
            key=key,
            defaults={
                "to": to,
                "subject": " ".join(subject.removeprefix("Subject:").split())[:250],
                "text": text.strip() + "\n",
                "headers": headers or {},
                "attachments": [asdict(attachment) for attachment in attachments],
                "queued_at": clock.now(),
            },
        )
        if is_new:
            (deliver if worker == "now" else deliver_in_turn).enqueue(message.pk)
    return message


@job(queue="now", tries=24)  # over four and a half days, as RFC 5321, 4.5.4.1, wants
def deliver(pk: int) -> None:
    """Hand one message to the mail server. A crash just after may repeat it, with the same Message-ID.

    Raises Trouble when the server cannot be reached or says no; it is tried again later, unless it knows no such
    receiver: then the reason stays with the message, for as long as that is kept.
    """
    message = Message.objects.filter(pk=pk, sent_at=None).first()
    if message is None:
        return
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
    identity = hashlib.sha256(f"{settings.SITE_ADDRESS}:{message.key}".encode()).hexdigest()[:32]
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        to=[message.to],
        headers={
            "Message-ID": f"<{identity}@{host}>",
            "Date": formatdate(message.queued_at.timestamp()),
            "Auto-Submitted": "auto-generated",
            **message.headers,
        },
        attachments=[Attachment(**kept).as_part() for kept in message.attachments],
    )
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        Message.objects.filter(pk=pk).update(error=f"{type(error).__name__}: {error}"[:500])
        if any(code < 500 for code, _ in error.recipients.values()):
            raise Trouble(f"the mail server does not take message {pk} yet") from None  # it would name the receiver
    except (SMTPException, OSError) as error:
        Message.objects.filter(pk=pk).update(error=f"{type(error).__name__}: {error}"[:500])
        raise Trouble(f"the mail server did not take message {pk}: {type(error).__name__}") from error
    else:
        faults.reach("mail.handed-over")
        Message.objects.filter(pk=pk).update(sent_at=clock.now(), error="")


@job(queue="later", tries=24)
def deliver_in_turn(pk: int) -> None:
    """As `deliver`, behind what the other worker does."""
    deliver(pk)


@every(days=1)
def forget_sent() -> None:
    """Erase mails thirty days after they were sent, or queued and never taken: they hold addresses."""
    latest = clock.now() - KEPT
    Message.objects.filter(Q(sent_at__lt=latest) | Q(sent_at=None, queued_at__lt=latest)).delete()
