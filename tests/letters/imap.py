"""A real little IMAP server on the loopback address: one mailbox over TLS, as much of RFC 3501 as a reader needs."""

import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "returns@haverness.example", "salt and rope"


def certificate(folder: Path) -> Path:
    """A certificate for the loopback address with its key, in one file that also says whom to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "imap.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Session(socketserver.StreamRequestHandler):
    """One conversation."""

    server: "MailServer"

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.server.asked.append(rest)
            command, _, words = rest.partition(" ")
            if not self.server.answers:
                return
            if command.upper() == "LOGOUT":
                self.say("* BYE", f"{tag} OK bye")
                return
            self.say(*getattr(self, f"on_{command.lower()}")(words), f"{tag} {self.verdict}")

    def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self.wfile.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    verdict = "OK done"

    def on_capability(self, _: str) -> list[str]:
        return ["* CAPABILITY IMAP4rev1"]

    def on_login(self, words: str) -> list[str]:
        good = words.replace('"', "") == f"{USER} {PASSWORD}"
        self.verdict = "OK in" if good else "NO [AUTHENTICATIONFAILED] wrong password"
        return []

    def on_examine(self, _: str) -> list[str]:
        self.verdict = "OK [READ-ONLY] looked"
        return [f"* {len(self.server.mails)} EXISTS", f"* OK [UIDVALIDITY {self.server.validity}] numbers"]

    def on_uid(self, words: str) -> list[str | bytes]:
        self.verdict = "OK done"
        if search := re.fullmatch(r"SEARCH UID (\d+):\*", words):
            begin = int(search[1])
            newest = max(self.server.mails, default=0)  # `n:*` names the last one, whatever n is
            found = [uid for uid in sorted(self.server.mails) if uid >= min(begin, newest)]
            return [f"* SEARCH {' '.join(map(str, found))}"]
        fetch = re.fullmatch(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", words)
        assert fetch, f"this reader asks for what it should not: {words}"
        raw = self.server.mails[int(fetch[1])][: int(fetch[2])]
        return [f"* 1 FETCH (UID {fetch[1]} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")"]


class MailServer(socketserver.ThreadingTCPServer):
    """The mailbox, and what it was asked."""

    allow_reuse_address = daemon_threads = True
    address_family = socket.AF_INET

    def __init__(self, certificate: Path) -> None:
        self.mails: dict[int, bytes] = {}
        self.validity = 7
        self.answers = True
        self.asked: list[str] = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        super().__init__(("127.0.0.1", 0), Session)

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=True), address

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""

    def comes(self, *mails: bytes) -> None:
        """Mails arrive."""
        for raw in mails:
            self.mails[max(self.mails, default=0) + 1] = raw

    @property
    def place(self) -> str:
        """The setting that names it."""
        return f"imaps://{USER.replace('@', '%40')}@127.0.0.1:{self.server_address[1]}/INBOX"


@contextmanager
def running(folder: Path) -> Iterator[MailServer]:
    """The server, for the length of a block."""
    with MailServer(certificate(folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
