"""Providers that take mail over HTTP, through anymail: one request a message, over one connection.

Their batch requests take hundreds of messages at once; we don't use them, because a request whose answer is lost would
then put hundreds of people in doubt instead of one.
"""

from email.utils import parseaddr
from typing import Any

import requests
from anymail.backends.mailgun import EmailBackend as Mailgun
from anymail.backends.postmark import EmailBackend as Postmark
from anymail.exceptions import AnymailAPIError, AnymailError
from django.core.mail import EmailMultiAlternatives

from masthead.letters.sending.carriers import TAKEN, Answer, Broken, Outcome
from masthead.letters.sending.stencils import Mail

TOO_MANY = 429
STREAM = "broadcast"  # Postmark keeps mail to many apart from mail to one person
OF_THIS_MESSAGE = {400, 406, 413, 422}  # what a provider says of one message; any other error is about all of them


class Provider:
    """One of the providers that the settings can name."""

    def __init__(self, kind: str, key: str, api: str, patience: float) -> None:
        self.kind = kind
        self.key = key
        self.api = {"api_url": api} if api else {}
        self.patience = patience
        self.backend: Any = None

    def hand_over(self, mail: Mail) -> Answer:
        if not self.key:
            raise Broken(f"{self.kind.title()} needs a key: set MASTHEAD_LETTERS_KEY.")
        if self.backend is None:
            self.backend = self._backend(mail)
            self.backend.open()
        message: Any = self._message(mail)
        try:
            self.backend._send(message)
        except requests.RequestException as error:
            # Only a connection that never came about is certain to have taken nothing.
            certain = isinstance(error, requests.ConnectTimeout) or "NewConnectionError" in repr(error.__cause__)
            raise Broken(f"{self.kind.title()} can’t be reached or fell silent.", doubtful=not certain) from error
        except AnymailAPIError as error:
            return self._weighed(error)
        except AnymailError as error:
            return Answer(Outcome.REFUSED, "", f"{type(error).__name__}: {error}"[:300])
        status = message.anymail_status.recipients
        found = next(iter(status.values())).status if status else "unknown"
        if found in ("rejected", "invalid", "failed"):
            return Answer(Outcome.REFUSED, "550 5.1.1" if found == "invalid" else "550", f"{self.kind} says: {found}")
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

    def _weighed(self, error: AnymailAPIError) -> Answer:
        code = error.status_code or 0
        if code in OF_THIS_MESSAGE:
            return Answer(Outcome.REFUSED, str(code), f"{self.kind} answered {code}")
        if code == TOO_MANY or code >= 500:
            # An error of theirs can come after they took the message, a refusal for haste can't.
            raise Broken(f"{self.kind.title()} answered {code}.", doubtful=code != TOO_MANY) from error
        if code:
            raise Broken(f"{self.kind.title()} takes nothing from us: it answered {code}.") from error
        raise Broken(f"{self.kind.title()} gave an answer that nobody understands.", doubtful=True) from error
