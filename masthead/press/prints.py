"""Finished pages: what one is, and the memory that keeps the most asked for."""

import hashlib
import json
from collections.abc import Iterator
from email.utils import formatdate
from heapq import nlargest
from typing import Any, NamedTuple

from masthead.press.compressing import brotlied, gzipped, ungzipped
from masthead.press.parameters import Declared, Values
from masthead.press.passes import EDITIONS

FOREVER = float("inf")
_OVERHEAD, _PART = 10_000, 150  # bytes that a print takes beside its bodies, and for each of its parts, at most

Headers = list[tuple[bytes, bytes]]
Words = list[tuple[str, str]]


class Key(NamedTuple):
    """What makes two requests get the same bytes."""

    path: str
    values: Values
    edition: str

    @property
    def digest(self) -> str:
        """A name for files and locks."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()[:32]


class Answer(NamedTuple):
    """A print in one encoding, as it is sent: the messages of ASGI, and beside them the words of RSGI."""

    etag: bytes
    start: dict[str, Any]
    body: dict[str, Any]
    unchanged: dict[str, Any]
    bytes: bytes
    words: Words
    words_unchanged: Words


class Print:
    """A page rendered for an edition, when nothing that it is made of had changed after change `number`."""

    __slots__ = (
        "_answers",
        "br",
        "declared",
        "ends_at",
        "gzip",
        "headers",
        "judged",
        "key",
        "number",
        "parts",
        "printed_at",
        "reads",
    )

    def __init__(
        self,
        key: Key,
        *,
        gzip: bytes,
        br: bytes,
        headers: Headers,
        declared: Declared,
        number: int,
        parts: frozenset[str],
        printed_at: float,
        ends_at: float = FOREVER,
    ) -> None:
        self.key = key
        self.gzip = gzip
        self.br = br
        self.headers = headers
        self.declared = declared
        self.number = number
        self.parts = parts
        self.printed_at = printed_at
        self.ends_at = ends_at
        self.judged = -1  # the change number at which it was last found good
        self.reads = 0
        self._answers: dict[bytes, Answer] = {}

    @classmethod
    def of(cls, key: Key, body: bytes, **facts: Any) -> "Print":
        """Compress a rendered page."""
        return cls(key, gzip=gzipped(body), br=brotlied(body), **facts)

    @property
    def size(self) -> int:
        """Bytes of memory, asked for in every encoding; rather too many than too few (a test measures it)."""
        return len(self.gzip) + len(self.br) + _OVERHEAD + _PART * len(self.parts)

    def answer(self, encoding: bytes) -> Answer:
        """The messages that send this print; made once for each encoding that is asked for."""
        made = self._answers.get(encoding)
        if made is None:
            made = self._make(encoding)
            if encoding:  # the uncompressed page is asked for too rarely to be kept
                self._answers[encoding] = made
        return made

    def _make(self, encoding: bytes) -> Answer:
        body = {b"br": self.br, b"gzip": self.gzip}.get(encoding) if encoding else ungzipped(self.gzip)
        assert body is not None
        seed = hashlib.sha256(self.gzip + self.key.edition.encode()).hexdigest()[:20]
        etag = f'"{seed}-{encoding.decode() or "id"}"'.encode()
        public = self.key.edition == "public"
        about: Headers = [
            (b"etag", etag),
            (b"cache-control", b"no-cache" if public else b"private, no-cache"),
            (b"vary", b"Cookie, Accept-Encoding"),
        ]
        start = [*self.headers, *about, (b"last-modified", formatdate(self.printed_at, usegmt=True).encode())]
        if encoding:
            start.append((b"content-encoding", encoding))
        start.append((b"content-length", str(len(body)).encode()))
        return Answer(
            etag,
            {"type": "http.response.start", "status": 200, "headers": start},
            {"type": "http.response.body", "body": body},
            {"type": "http.response.start", "status": 304, "headers": about},
            body,
            _words(start),
            _words(about),
        )


def _words(headers: Headers) -> Words:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


class Memory:
    """Prints in memory, at most `limit` bytes of them; the least asked for go first."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.bytes = 0
        self.shelves: dict[str, dict[tuple[str, Values], Print]] = {edition: {} for edition in EDITIONS}
        self._order: dict[Key, int] = {}  # oldest first, with the reads that it had when it was put there

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Print]:
        return iter([printed for shelf in self.shelves.values() for printed in shelf.values()])

    def get(self, key: Key) -> Print | None:
        return self.shelves[key.edition].get((key.path, key.values))

    def put(self, printed: Print) -> None:
        """Keep a print in place of the one with the same key."""
        before = self.get(printed.key)
        if before is not None:
            printed.reads = before.reads
            self.drop(before)
        self.shelves[printed.key.edition][printed.key.path, printed.key.values] = printed
        self._order[printed.key] = printed.reads
        self.bytes += printed.size
        while self.bytes > self.limit and len(self._order) > 1:
            self._make_room()

    def drop(self, printed: Print) -> None:
        """Forget a print."""
        if self._order.pop(printed.key, None) is not None:
            del self.shelves[printed.key.edition][printed.key.path, printed.key.values]
            self.bytes -= printed.size

    def declared(self, path: str) -> Declared | None:
        """The parameters of `path`, when a print of it is here to tell."""
        for shelf in self.shelves.values():
            if printed := shelf.get((path, ())):
                return printed.declared
        return None

    def most_read(self, count: int) -> list[Print]:
        """Those asked for since they were last counted, most first."""
        return nlargest(count, (printed for printed in self if printed.reads), key=lambda printed: printed.reads)

    def fade(self) -> None:
        """Let what was read long ago count for less."""
        for printed in self:
            printed.reads //= 2

    def _make_room(self) -> None:
        # Second chance instead of an exact least-recently-used order: a hit only counts up a number, which saves the
        # hot path a move in a linked list.
        key = next(iter(self._order))
        printed = self.get(key)
        assert printed is not None
        if printed.reads > self._order[key] and len(self._order) > 1:
            del self._order[key]
            self._order[key] = printed.reads = printed.reads // 2
        else:
            self.drop(printed)


def packed(printed: Print) -> bytes:
    """A print as a file: one line of JSON, then the bodies."""
    about = {
        "key": printed.key,
        "headers": _words(printed.headers),
        "declared": printed.declared.as_json(),
        "number": printed.number,
        "parts": sorted(printed.parts),
        "printed_at": printed.printed_at,
        "ends_at": None if printed.ends_at == FOREVER else printed.ends_at,
        "gzip": len(printed.gzip),
        "sum": hashlib.sha256(printed.gzip + printed.br).hexdigest(),
    }
    return json.dumps(about).encode() + b"\n" + printed.gzip + printed.br


def unpacked(file: bytes) -> Print | None:
    """The print in a file; None when the file was cut off or garbled."""
    line, _, bodies = file.partition(b"\n")
    try:
        about = json.loads(line)
        if hashlib.sha256(bodies).hexdigest() != about["sum"]:
            return None
        path, values, edition = about["key"]
        return Print(
            Key(path, tuple((name, value) for name, value in values), edition),
            gzip=bodies[: about["gzip"]],
            br=bodies[about["gzip"] :],
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in about["headers"]],
            declared=Declared.of_json(about["declared"]),
            number=about["number"],
            parts=frozenset(about["parts"]),
            printed_at=about["printed_at"],
            ends_at=FOREVER if about["ends_at"] is None else about["ends_at"],
        )
    except (ValueError, KeyError, TypeError):
        return None
