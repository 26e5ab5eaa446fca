"""Providers that take mail over HTTP, through anymail: one request a message, over one connection.

Their batch requests take hundreds of messages at once; we don't use them, because a request whose answer is lost would
then put hundreds of people in doubt instead of one.
"""

import re
import ssl
from email.utils import parseaddr
from typing import Any

import requests
from anymail.backends.mailgun import EmailBackend as Mailgun
from anymail.backends.postmark import EmailBackend as Postmark
from anymail.exceptions import AnymailAPIError, AnymailError
from django.core.mail import EmailMultiAlternatives
from urllib3.exceptions import NewConnectionError

from masthead.letters.sending.carriers import TAKEN, Answer, Broken, Outcome
from masthead.letters.sending.stencils import Mail

TOO_MANY = 429
STREAM = "broadcast"  # Postmark keeps mail to many apart from mail to one person
OF_THIS_MESSAGE = {400, 406, 413, 422}  # what a provider says of one message; any other error is about all of them
POSTMARK_OF_THIS_MESSAGE = {300, 411}  # of its own codes behind 422; the others are about account, sender or credit
NO_SUCH_MAILBOX, NOT_AN_ADDRESS, NOT_THIS_MESSAGE = "550 5.1.1", "550 5.1.3", "550 5.6.0"  # RFC 3463
NEVER_LEFT = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)
NAMES_THE_RECEIVER = re.compile(r"['\"]?\bto\b['\"]? (parameter|address|field)|recipient", re.IGNORECASE)


class Provider:
    """One of the providers that the settings can name; `setting` is the one that holds its key."""

    def __init__(self, kind: str, key: str, api: str, patience: float, *, setting: str) -> None:
        self.kind = kind
        self.key = key
        self.setting = setting
        self.api = {"api_url": api} if api else {}
        self.patience = patience
        self.backend: Any = None

    @property
    def name(self) -> str:
        """As people write it."""
        return self.kind.title()

    def hand_over(self, mail: Mail) -> Answer:
        if not self.key:
            raise Broken(f"{self.name} needs a key: set {self.setting}.")
        if self.backend is None:
            self.backend = self._backend(mail)
            self.backend.open()
        message: Any = self._message(mail)
        try:
            self.backend._send(message)
        except AnymailAPIError as error:  # where no answer came, it is a RequestException as well
            if getattr(error, "response", None) is None:
                says = f"{self.name} can’t be reached or fell silent."
                raise Broken(says, doubtful=not _took_nothing(error.__cause__)) from error
            return self._weighed(error)
        except AnymailError as error:
            return Answer(Outcome.REFUSED, NOT_THIS_MESSAGE, f"{type(error).__name__}: {error}"[:300])
        status = message.anymail_status.recipients
        found = next(iter(status.values())).status if status else "unknown"
        if found in ("rejected", "invalid", "failed"):
            code = NO_SUCH_MAILBOX if found == "invalid" else "550"
            return Answer(Outcome.REFUSED, code, f"{self.kind} says: {found}")
        return TAKEN

    def close(self) -> None:
        if self.backend is not None:
            self.backend.close()
            self.backend = None

    def _backend(self, mail: Mail) -> Any:
        common = {"fail_silently": False, "timeout": self.patience, "ignore_recipient_status": True, **self.api}
        if self.kind == "postmark":
            return Postmark(server_token=self.key, message_stream=STREAM, **common)
        domain = parseaddr(mail.sender)[1].rpartition("@")[2]
        return Mailgun(api_key=self.key, sender_domain=domain, **common)

    def _message(self, mail: Mail) -> EmailMultiAlternatives:
        headers = dict(mail.headers)
        if self.kind == "postmark":
            headers["X-PM-KeepID"] = "true"  # else Postmark gives a Message-ID of its own
        reply_to = [mail.stencil.post.letters.reply_to] if mail.stencil.post.letters.reply_to else None
        message = EmailMultiAlternatives(
            mail.stencil.rendered.subject, mail.text, mail.sender, [mail.to], reply_to=reply_to, headers=headers
        )
        message.attach_alternative(mail.html, "text/html")
        message.metadata = {"letter": mail.identity}  # type: ignore[attr-defined]
        return message

    def _weighed(self, error: Any) -> Answer:
        """What an answer that is no yes means. Raises Broken when it is about more than this message."""
        code, (own, words) = error.status_code, _said(error.response)
        answered = f"{code} {words}".strip()
        if code in OF_THIS_MESSAGE and (own is None or own in POSTMARK_OF_THIS_MESSAGE):
            status = NOT_AN_ADDRESS if NAMES_THE_RECEIVER.search(words) else NOT_THIS_MESSAGE
            return Answer(Outcome.REFUSED, status, f"{self.kind} answered {answered}")
        if code < 300:
            raise Broken(f"{self.name} gave an answer that nobody understands.", doubtful=True) from error
        if code == TOO_MANY or code >= 500:
            # An error of theirs can come after they took the message, a refusal for haste can't.
            raise Broken(f"{self.name} answered {answered}", doubtful=code != TOO_MANY) from error
        raise Broken(f"{self.name} takes nothing from us: it answered {answered}") from error


def _took_nothing(error: BaseException | None) -> bool:
    """Whether it is certain that no message arrived: only a connection that never came about says so."""
    if isinstance(error, NEVER_LEFT):
        return True
    reason = getattr(error.args[0], "reason", None) if error is not None and error.args else None
    untrusted = bool(reason and reason.args and isinstance(reason.args[0], ssl.SSLCertVerificationError))
    return untrusted or isinstance(reason, NewConnectionError)


def _said(response: requests.Response) -> tuple[int | None, str]:
    """A provider's own code, which Postmark gives, and its words; nothing where they are no JSON."""
    try:
        told = response.json()
    except ValueError:
        return None, ""
    if not isinstance(told, dict):
        return None, ""
    own = told.get("ErrorCode")
    return own if isinstance(own, int) else None, " ".join(
        str(told.get("message") or told.get("Message") or "").split()
    )
