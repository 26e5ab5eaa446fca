"""Encodings of a body, and which of them a browser takes."""

import zlib
from functools import lru_cache

import brotli

ENCODINGS = (b"br", b"gzip", b"")
"""What we can answer with, best first; empty is the body as it is."""

_BROTLI_QUALITY = 6  # 3 ms for a story; 11 would save 6 % of the bytes and cost 100 ms of each print


def brotlied(body: bytes, quality: int = _BROTLI_QUALITY) -> bytes:
    return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=quality))


def gzipped(body: bytes) -> bytes:
    """Without name and time, so that the same body gives the same bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


def ungzipped(body: bytes) -> bytes:
    return zlib.decompress(body, 31)


_LONGEST_REMEMBERED = 100  # bytes of a header: browsers send 30, and a stranger may send a hundred thousand


def best(accepted: bytes | str) -> bytes:
    """The best of our encodings for an Accept-Encoding header (RFC 9110, 12.5.3); identity when none is named."""
    return _best_remembered(accepted) if len(accepted) <= _LONGEST_REMEMBERED else _best(accepted)


@lru_cache(maxsize=1024)
def _best_remembered(accepted: bytes | str) -> bytes:
    return _best(accepted)


def _best(accepted: bytes | str) -> bytes:
    header = accepted.encode("latin-1", "replace") if isinstance(accepted, str) else accepted
    weights: dict[bytes, float] = {}
    for item in header.lower().split(b","):
        name, _, parameters = item.partition(b";")
        weights[name.strip()] = _weight(parameters)
    for encoding in (b"br", b"gzip"):
        if weights.get(encoding, weights.get(b"*", 0.0)) > 0:
            return encoding
    return b""


def _weight(parameters: bytes) -> float:
    for parameter in parameters.split(b";"):
        name, _, value = parameter.strip().partition(b"=")
        if name.strip() == b"q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
