"""Many messages over one connection to a mail server (RFC 5321), commands sent together where it allows (RFC 2920)."""

import re
import smtplib
import ssl
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from masthead.letters.sending.carriers import TAKEN, Answer, Broken, Outcome
from masthead.letters.sending.stencils import Mail

A_CONNECTION = 500  # messages; then a new one, which many servers want sooner or later
GOING = 421  # the server closes the connection; nothing was taken
ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")


class Reply(NamedTuple):
    """A server's answer."""

    code: int
    text: str

    @property
    def status(self) -> str:
        """The code, with the enhanced one where there is one: `550 5.1.1`."""
        found = ENHANCED.match(self.text)
        return f"{self.code} {found[1]}" if found else str(self.code)

    def as_answer(self) -> Answer:
        """What it means for one message."""
        outcome = Outcome.LATER if self.code < 500 else Outcome.REFUSED
        return Answer(outcome, self.status, self.text)

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class MailServer:
    """The mail server of the settings, written `smtp://user@host:587` or `smtps://…`."""

    def __init__(self, address: str, password: str, patience: float) -> None:
        self.server = urlsplit(address)
        self.password = password
        self.patience = patience
        self.connection: smtplib.SMTP | None = None
        self.handed = 0

    def hand_over(self, mail: Mail) -> Answer:
        if self.connection is not None and self.handed >= A_CONNECTION:
            self.close()
        connection = self.connection or self._connect()
        data = mail.data.replace(b"\r\n.", b"\r\n..")
        if not mail.to.isascii() and "smtputf8" not in connection.esmtp_features:
            return Answer(Outcome.REFUSED, "550 5.6.7", "our mail server does not take addresses like this one")
        self.handed += 1
        try:
            refused = self._envelope(connection, mail)
        except (smtplib.SMTPException, OSError) as error:
            raise self._broken(error) from error
        if refused is not None:
            return refused
        try:
            connection.send(data + b".\r\n")
            reply = self._read(connection)
        except (smtplib.SMTPException, OSError) as error:
            raise self._broken(error, doubtful=True) from error
        if reply.code == GOING:
            raise self._gone(reply)
        return TAKEN if reply.code < 300 else reply.as_answer()

    def close(self) -> None:
        """Say goodbye, and wait for no answer."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.send(b"QUIT\r\n")
            with suppress(OSError):
                connection.close()

    def _connect(self) -> smtplib.SMTP:
        host = self.server.hostname or "localhost"
        verified = ssl.create_default_context()  # smtplib's own would take any certificate
        try:
            if self.server.scheme == "smtps":
                port = self.server.port or 465
                self.connection = smtplib.SMTP_SSL(host, port, timeout=self.patience, context=verified)
            else:
                self.connection = smtplib.SMTP(host, self.server.port or 587, timeout=self.patience)
            self.handed = 0
            self.connection.ehlo_or_helo_if_needed()
            if self.server.scheme == "smtp" and self.server.username:
                self.connection.starttls(context=verified)
                self.connection.ehlo()
            if self.server.username:
                self.connection.login(unquote(self.server.username), self.password)
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            raise Broken(f"The mail server does not take our password: {error.smtp_code}.") from error
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Broken(
                f"The mail server’s certificate is not to be trusted ({error.verify_message}), so it got nothing. Give "
                "the server’s own name in the settings, or the file of its authority in SSL_CERT_FILE."
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._broken(error, says="The mail server can’t be reached") from error
        return self.connection

    def _envelope(self, connection: smtplib.SMTP, mail: Mail) -> Answer | None:
        """Sender, receiver, and that a message comes. An answer when the message can't be given now."""
        extra = "" if mail.to.isascii() else " SMTPUTF8"
        commands = [f"MAIL FROM:<{mail.returns_to}>{extra}", f"RCPT TO:<{mail.to}>", "DATA"]
        if "pipelining" in connection.esmtp_features:
            connection.send("".join(f"{command}\r\n" for command in commands).encode())
            sender, receiver, data = (self._read(connection) for _ in commands)
        else:
            sender = self._ask(connection, commands[0])
            receiver = self._ask(connection, commands[1]) if sender.code < 300 else sender
            data = self._ask(connection, "DATA") if receiver.code < 300 else receiver
        wrong = next((reply for reply in (sender, receiver) if reply.code >= 300), None)
        if wrong is None and data.code != 354:
            wrong = data
        if wrong is None:
            return None
        if wrong.code == GOING:
            raise self._gone(wrong)
        if data.code == 354:  # it wants a message although nobody is to get it (RFC 2920, 3.1)
            connection.send(b".\r\n")
            self._read(connection)
        elif "pipelining" not in connection.esmtp_features:
            self._ask(connection, "RSET")
        if wrong is sender:
            raise Broken(f"The mail server takes nothing from us: {wrong}")
        return wrong.as_answer()

    def _ask(self, connection: smtplib.SMTP, command: str) -> Reply:
        connection.send(f"{command}\r\n".encode())
        return self._read(connection)

    def _read(self, connection: smtplib.SMTP) -> Reply:
        code, text = connection.getreply()
        if code == -1:
            raise smtplib.SMTPServerDisconnected("no answer")
        return Reply(code, " ".join(text.decode("utf-8", "replace").split())[:300])

    def _gone(self, reply: Reply) -> Broken:
        self.close()
        return Broken(f"The mail server closed the connection: {reply}")

    def _broken(self, error: Exception, *, doubtful: bool = False, says: str = "") -> Broken:
        connection, self.connection = self.connection, None
        if connection is not None:
            with suppress(OSError):
                connection.close()
        silent = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
        if not says:
            says = "The mail server fell silent" if silent else "The mail server went away"
        return Broken(f"{says} ({type(error).__name__}).", doubtful=doubtful)
