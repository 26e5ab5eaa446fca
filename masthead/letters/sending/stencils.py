"""One edition of an issue as bytes with gaps in it: what is the same for all is encoded once, an address takes no time.

The bytes are quoted-printable (so any mail server takes them) and already in the form that relaxed canonicalization
gives (RFC 6376, 3.4.4): no two spaces in a row, none at the end of a line.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings

from masthead.core import config
from masthead.letters import identities, links
from masthead.letters.models import LetterList, Mailing
from masthead.letters.rendering import ONLINE, PREFERENCES, UNSUBSCRIBE, Rendered
from masthead.letters.sending.signing import Signer
from masthead.newsroom import menu

WIDEST = 76  # RFC 2045, 6.7
SOFT_BREAK = b"=\r\n"
_MARKS = re.compile(f"({'|'.join((UNSUBSCRIBE, PREFERENCES, ONLINE))})")
_WRITTEN_OUT = re.compile(rb"[^ -<>-~]+|^ | $|(?<= ) +")


@dataclass(frozen=True)
class Post:
    """From whom a list's letters come, and what their headers say of the list."""

    letters: LetterList
    address: str
    name: str
    host: str
    returns_to: str
    unsubscribe_at: str
    signer: Signer | None

    @classmethod
    def of(cls, letters: LetterList) -> "Post":
        """By the settings and the list's own."""
        conf = config.load()
        name, address = parseaddr(conf.letters_from or conf.mail_from)
        domain = address.rpartition("@")[2]
        return cls(
            letters=letters,
            address=address,
            name=letters.sender_name or menu.paper().name or name,
            host=urlsplit(settings.SITE_ADDRESS).hostname or "localhost",
            returns_to=conf.returns_address or address,
            unsubscribe_at=conf.letters_unsubscribe if conf.returns_mailbox else "",  # else nobody reads it
            signer=Signer.of(conf, domain),
        )


class Stencil:
    """Makes the mails of one edition."""

    def __init__(self, post: Post, rendered: Rendered, *, online: str, key: str) -> None:
        self.post = post
        self.rendered = rendered
        self.online = online
        self.feedback = f"{key}:{post.letters.slug}:letters:{post.host}"
        boundary = f"=_{sha256(f'{settings.SITE_ADDRESS}:{key}'.encode()).hexdigest()[:32]}"
        self.boundary = boundary
        part = "--{}\r\nContent-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        self.body: list[bytes | tuple[str, bool]] = [
            part.format(boundary, "plain").encode(),
            *_pieces(rendered.text, in_html=False),
            b"\r\n" + part.format(boundary, "html").encode(),
            *_pieces(rendered.html, in_html=True),
            f"\r\n--{boundary}--\r\n".encode(),
        ]
        self.common = self._common()

    def _common(self) -> list[tuple[bytes, bytes]]:
        post, letters = self.post, self.post.letters
        who = Address(display_name=post.name, addr_spec=post.address)
        headers = [
            _header("From", str(who)),
            _header("Subject", self.rendered.subject),
            _header("List-Id", f"{letters.slug} <{letters.slug}.{post.host}>"),
            _header("Feedback-ID", self.feedback),
            (b"MIME-Version", b" 1.0"),
            (b"Content-Type", f' multipart/alternative;\r\n boundary="{self.boundary}"'.encode()),
        ]
        if letters.reply_to:
            headers.insert(1, _header("Reply-To", letters.reply_to))
        return headers

    def mail(self, to: str, *, identity: str, unsubscribe: str, preferences: str, at: datetime) -> "Mail":
        """The copy for `to`; the rest are its own addresses and its Message-ID, without brackets."""
        return Mail(self, to, identity, {UNSUBSCRIBE: unsubscribe, PREFERENCES: preferences, ONLINE: self.online}, at)


class Mail:
    """One message to one address: as bytes for a mail server, in parts for a provider."""

    def __init__(self, stencil: Stencil, to: str, identity: str, filled: dict[str, str], at: datetime) -> None:
        self.stencil = stencil
        self.to = to
        self.identity = identity
        self.filled = filled
        self.at = at

    @property
    def returns_to(self) -> str:
        """Where it goes back to when it can't be delivered."""
        return self.stencil.post.returns_to

    @property
    def sender(self) -> str:
        """The From line."""
        return str(Address(display_name=self.stencil.post.name, addr_spec=self.stencil.post.address))

    @property
    def data(self) -> bytes:
        """All of it, signed where we have a key."""
        stencil = self.stencil
        gaps: dict[tuple[str, bool], bytes] = {}
        for mark, said in self.filled.items():
            gaps[mark, False] = _quoted_address(said)
            gaps[mark, True] = _quoted_address(html.escape(said))
        body = b"".join([piece if isinstance(piece, bytes) else gaps[piece] for piece in stencil.body])
        headers = [*stencil.common, *((name.encode(), b" " + said.encode()) for name, said in self._own().items())]
        lines = [b"%s:%s\r\n" % line for line in headers]
        if stencil.post.signer is not None:
            lines.insert(0, stencil.post.signer.header(headers, body, at=int(self.at.timestamp())))
        return b"".join([*lines, b"\r\n", body])

    @property
    def html(self) -> str:
        filled = {mark: html.escape(said) for mark, said in self.filled.items()}
        return _MARKS.sub(lambda found: filled[found[0]], self.stencil.rendered.html)

    @property
    def text(self) -> str:
        return _MARKS.sub(lambda found: self.filled[found[0]], self.stencil.rendered.text)

    @property
    def headers(self) -> dict[str, str]:
        """What a provider is told beside sender, receiver and subject."""
        post, own = self.stencil.post, self._own()
        del own["To"]
        return {
            "List-Id": f"{post.letters.slug} <{post.letters.slug}.{post.host}>",
            "Feedback-ID": self.stencil.feedback,
            **{name: said.replace("\r\n", "") for name, said in own.items()},
        }

    def _own(self) -> dict[str, str]:
        leave = [f"<{self.filled[UNSUBSCRIBE]}>"]
        if at := self.stencil.post.unsubscribe_at:
            leave.append(f"<mailto:{at}?subject=unsubscribe%20{self.identity}>")
        return {
            "To": self.to,
            "Date": format_datetime(self.at),
            "Message-ID": f"<{self.identity}>",
            "List-Unsubscribe": ",\r\n ".join(leave),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }


def of_mailing(mailing: Mailing) -> dict[str, Stencil]:
    """The stencils of a mailing that has begun, by edition."""
    post = Post.of(mailing.issue.list)
    online = settings.SITE_ADDRESS + mailing.issue.path
    return {
        text.edition: Stencil(
            post, Rendered(text.subject, text.html, text.text), online=online, key=f"{mailing.pk}-{text.edition}"
        )
        for text in mailing.texts.all()
    }


def copy_for(stencil: Stencil, mailing: int, reader: int, to: str, *, at: datetime) -> Mail:
    """The copy of one reader."""
    return stencil.mail(
        to,
        identity=identities.message_id(mailing, reader),
        unsubscribe=links.unsubscribe(stencil.post.letters, reader, at),
        preferences=links.preferences(reader, at),
        at=at,
    )


def _header(name: str, said: str) -> tuple[bytes, bytes]:
    """A header that is the same in every copy: encoded and folded, without the CRLF at its end."""
    folded = SMTP.header_factory(name, " ".join(said.split())).fold(policy=SMTP)
    return name.encode(), folded.encode()[len(name) + 1 :].removesuffix(b"\r\n")


def _pieces(said: str, *, in_html: bool) -> Iterable[bytes | tuple[str, bool]]:
    """Words as quoted-printable, with each mark as a gap on a line of its own."""
    for part in _MARKS.split(said):
        if _MARKS.fullmatch(part):
            yield SOFT_BREAK
            yield part, in_html
            yield SOFT_BREAK
        elif part:
            yield quoted(part)


def quoted(said: str) -> bytes:
    """Quoted-printable with CRLF; of several spaces in a row all but the first are written out."""
    lines = []
    for line in said.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        encoded = _WRITTEN_OUT.sub(lambda found: b"".join([b"=%02X" % byte for byte in found[0]]), line.encode())
        while len(encoded) >= WIDEST:
            cut = WIDEST - 1
            if b"=" in encoded[cut - 2 : cut]:  # not within a byte that is written out
                cut = encoded.index(b"=", cut - 2)
            lines.append(encoded[:cut] + b"=")
            encoded = encoded[cut:]
        lines.append(encoded)
    return b"\r\n".join(lines)


def _quoted_address(address: str) -> bytes:
    """The same for an address, quickly: one that has neither spaces nor equals signs only needs its breaks."""
    if not address.isascii() or "=" in address or " " in address:
        return quoted(address)
    raw = address.encode()
    return SOFT_BREAK.join([raw[start : start + WIDEST - 1] for start in range(0, len(raw), WIDEST - 1)])
