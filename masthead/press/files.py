"""Static files and media, without Django: types from an allow-list, ranges for films, compressed once.

Reading happens off the loop. Nothing outside the two folders can be named, and nothing whose type is not listed.
"""

import asyncio
import hashlib
import re
import stat
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any, NamedTuple

from masthead.press.compressing import best, brotlied, gzipped
from masthead.press.prints import Headers

STATIC, MEDIA = "/static/", "/media/"

TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
NOT_IN_MEDIA = {".css", ".ico", ".js", ".json", ".map", ".svg", ".txt", ".webmanifest", ".woff", ".woff2"}
"""What only our own static files may be: in media, where people upload, it could run or be taken for ours."""

_COMPRESSED = {".css", ".js", ".json", ".map", ".svg", ".txt", ".vtt", ".webmanifest"}
_NAMED_BY_CONTENT = re.compile(r"\.[0-9a-f]{8,}\.[a-z0-9]+$")
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
_PIECE = 256 * 1024
_KEPT_BYTES = 16 * 1024 * 1024
_KEPT_LARGEST = 512 * 1024

Send = Callable[[Any], Awaitable[None]]


class File(NamedTuple):
    """A file that may be sent."""

    path: Path
    size: int
    etag: bytes
    headers: Headers
    compresses: bool


class Files:
    """Answers /static/ and /media/ from two folders."""

    def __init__(self, static: Path, media: Path) -> None:
        self._folders = {STATIC: static, MEDIA: media}
        self._bodies: OrderedDict[tuple[str, bytes, bytes], bytes] = OrderedDict()
        self._bytes = 0

    async def answer(self, path: str, method: str, headers: dict[bytes, bytes], send: Send) -> None:
        """Send the file that `path` names; 404 when there is none, 405 for anything but GET and HEAD."""
        if method not in ("GET", "HEAD"):
            return await _plain(send, 405, b"Only GET and HEAD are answered here.\n", [(b"allow", b"GET, HEAD")])
        file = await asyncio.to_thread(self._find, path)
        if file is None:
            return await _plain(send, 404, b"There is no such file.\n")
        is_kept = file.size <= _KEPT_LARGEST  # what is larger is streamed as it lies on the disk
        encoding = best(headers.get(b"accept-encoding", b"")) if file.compresses and is_kept else b""
        etag = b'"%s-%s"' % (file.etag, encoding or b"id")
        about = [*file.headers, (b"etag", etag)]
        if etag in headers.get(b"if-none-match", b""):
            return await _whole(send, 304, about, b"")
        if encoding:
            about.append((b"content-encoding", encoding))
        elif b"range" in headers and headers.get(b"if-range", etag) == etag:
            return await _range(send, file, about, headers[b"range"], method)
        if not is_kept:
            return await _stream(send, file, about, method=method)
        body = await self._body(file, encoding)
        about.append((b"content-length", str(len(body)).encode()))
        return await _whole(send, 200, about, b"" if method == "HEAD" else body)

    def _find(self, path: str) -> File | None:
        prefix = STATIC if path.startswith(STATIC) else MEDIA
        name = path[len(prefix) :]
        if not name or "\0" in name or "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
            return None
        file = self._folders[prefix] / name
        kind = file.suffix.lower()
        if kind not in TYPES or (prefix == MEDIA and kind in NOT_IN_MEDIA):
            return None
        try:
            facts = file.stat()
            inside = file.resolve().is_relative_to(self._folders[prefix].resolve())
        except OSError:
            return None
        if not inside or not stat.S_ISREG(facts.st_mode):
            return None
        etag = hashlib.sha256(f"{name}:{facts.st_mtime_ns}:{facts.st_size}".encode()).hexdigest()[:20].encode()
        return File(file, facts.st_size, etag, _headers(prefix, name, kind, facts.st_mtime), kind in _COMPRESSED)

    async def _body(self, file: File, encoding: bytes) -> bytes:
        key = (str(file.path), file.etag, encoding)
        if key in self._bodies:
            self._bodies.move_to_end(key)
            return self._bodies[key]
        body = await asyncio.to_thread(_encoded, file.path, encoding)
        if key not in self._bodies:
            self._bodies[key] = body
            self._bytes += len(body)
        while self._bytes > _KEPT_BYTES:
            _, gone = self._bodies.popitem(last=False)
            self._bytes -= len(gone)
        return body


def _headers(prefix: str, name: str, kind: str, changed: float) -> Headers:
    ours = prefix == STATIC
    for_ever = ours and _NAMED_BY_CONTENT.search(name)
    cached = "public, max-age=31536000, immutable" if for_ever else "no-cache" if ours else "public, max-age=3600"
    said = {
        "content-type": TYPES[kind],
        "cache-control": cached,
        "last-modified": formatdate(changed, usegmt=True),
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin" if ours else "cross-origin",
    }
    if kind in _COMPRESSED:
        said["vary"] = "Accept-Encoding"
    else:
        said["accept-ranges"] = "bytes"
    if not ours or kind == ".svg":
        said["content-security-policy"] = "default-src 'none'; sandbox"
    return [(name.encode(), value.encode()) for name, value in said.items()]


def _encoded(path: Path, encoding: bytes) -> bytes:
    body = path.read_bytes()
    if encoding == b"br":
        return brotlied(body, quality=11)
    return gzipped(body) if encoding == b"gzip" else body


async def _range(send: Send, file: File, about: Headers, asked: bytes, method: str) -> None:
    """One range (RFC 9110, 14.2); of several ranges or a garbled one the whole file is the answer."""
    form = _RANGE.fullmatch(asked.strip())
    if not form or form.groups() == (b"", b""):
        return await _stream(send, file, about, method=method)
    first, last = form.groups()
    if first:
        start, end = int(first), min(int(last) + 1 if last else file.size, file.size)
    else:
        start, end = max(0, file.size - int(last)), file.size
    if start >= end:
        return await _plain(send, 416, b"No such range.\n", [(b"content-range", b"bytes */%d" % file.size)])
    about.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, file.size)))
    return await _stream(send, file, about, method=method, status=206, start=start, end=end)


async def _stream(
    send: Send, file: File, about: Headers, *, method: str, status: int = 200, start: int = 0, end: int | None = None
) -> None:
    end = file.size if end is None else end
    about.append((b"content-length", str(end - start).encode()))
    if method == "HEAD":
        return await _whole(send, status, about, b"")
    with await asyncio.to_thread(file.path.open, "rb") as source:
        source.seek(start)
        await send({"type": "http.response.start", "status": status, "headers": about})
        left = end - start
        while left > 0 and (piece := await asyncio.to_thread(source.read, min(_PIECE, left))):
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})


async def _whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _plain(send: Send, status: int, said: bytes, more: Headers | None = None) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(said)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await _whole(send, status, [*headers, *(more or [])], said)
