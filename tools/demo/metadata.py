"""What a picture file says about itself: IPTC (IIM in a Photoshop block), XMP, and a place in EXIF.

Formats: IPTC-NAA Information Interchange Model 4.2, chapter 5 and 6; Adobe XMP Specification part 3, 'JPEG';
IPTC Photo Metadata Standard 2024.1 (which field goes where). All text is UTF-8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from PIL import Image

GPS = 0x8825
APP1, APP13, START_OF_SCAN = 0xE1, 0xED, 0xDA

# Datasets of IIM record 2 and how many octets each may hold.
OBJECT_NAME, INSTRUCTIONS, BYLINE, HEADLINE = (5, 64), (40, 256), (80, 32), (105, 256)
CREDIT, SOURCE, COPYRIGHT, CAPTION = (110, 32), (115, 32), (116, 128), (120, 2000)


@dataclass(frozen=True)
class Told:
    """All that a picture's file says in words."""

    headline: str
    caption: str
    alt: str
    creator: str
    credit_line: str
    source: str
    copyright: str
    terms: str
    instructions: str = ""
    place: tuple[float, float] | None = None  # degrees north and east


def with_words(jpeg: bytes, told: Told) -> bytes:
    """The same JPEG with the words put in front of its other segments; words that it had are dropped."""
    kept = b"".join(whole for marker, whole in _segments(jpeg) if marker not in (APP1, APP13))
    words = _segment(APP13, b"Photoshop 3.0\0" + _photoshop_block(0x0404, _iim(told)))
    words = _segment(APP1, b"http://ns.adobe.com/xap/1.0/\0" + _xmp(told)) + words
    if told.place:
        words = _segment(APP1, _exif(*told.place)) + words
    return jpeg[:2] + words + kept


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while jpeg[at + 1] != START_OF_SCAN:
        length = struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        yield jpeg[at + 1], jpeg[at : at + 2 + length]
        at += 2 + length
    yield START_OF_SCAN, jpeg[at:]


def _segment(marker: int, body: bytes) -> bytes:
    if len(body) > 0xFFFD:
        raise ValueError(f"{len(body)} octets are too many for one segment of a JPEG")
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def _photoshop_block(number: int, body: bytes) -> bytes:
    padded = body + b"\0" * (len(body) % 2)
    return b"8BIM" + struct.pack(">H", number) + b"\0\0" + struct.pack(">I", len(body)) + padded


def _iim(told: Told) -> bytes:
    parts = [
        b"\x1c\x01\x5a\x00\x03\x1b%G",  # 1:90, the text that follows is UTF-8
        b"\x1c\x02\x00\x00\x02\x00\x04",  # 2:00, version 4
    ]
    for dataset, text in (
        (OBJECT_NAME, told.headline),
        (INSTRUCTIONS, told.instructions),
        (BYLINE, told.creator),
        (HEADLINE, told.headline),
        (CREDIT, told.credit_line),
        (SOURCE, told.source),
        (COPYRIGHT, told.copyright),
        (CAPTION, told.caption),
    ):
        if text:
            number, longest = dataset
            octets = _cut(text, longest)
            parts.append(b"\x1c\x02" + bytes((number,)) + struct.pack(">H", len(octets)) + octets)
    return b"".join(parts)


def _cut(text: str, longest: int) -> bytes:
    """The text if it fits; else as many whole links of a chain, or whole words, as do. XMP has all of it."""
    for separator in (" / ", " "):
        shorter = text
        while len(shorter.encode()) > longest and separator in shorter:
            shorter = shorter.rpartition(separator)[0]
        if len(shorter.encode()) <= longest:
            return shorter.encode()
    raise ValueError(f"one word of {text!r} is longer than {longest} octets")


def _xmp(told: Told) -> bytes:
    def words(name: str, text: str) -> str:
        return f"<{name}>{escape(text)}</{name}>" if text else ""

    def in_english(name: str, text: str) -> str:
        inside = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'
        return f"<{name}>{inside}</{name}>" if text else ""

    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
 xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">
{in_english("dc:title", told.headline)}
{in_english("dc:description", told.caption)}
<dc:creator><rdf:Seq><rdf:li>{escape(told.creator)}</rdf:li></rdf:Seq></dc:creator>
{in_english("dc:rights", told.copyright)}
{words("photoshop:Headline", told.headline)}
{words("photoshop:Credit", told.credit_line)}
{words("photoshop:Source", told.source)}
{words("photoshop:Instructions", told.instructions)}
{in_english("xmpRights:UsageTerms", told.terms)}
{in_english("Iptc4xmpCore:AltTextAccessibility", told.alt)}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()


def _exif(north: float, east: float) -> bytes:
    def degrees(value: float) -> tuple[float, float, float]:
        minutes, seconds = divmod(round(abs(value) * 3600), 60)
        return (*divmod(minutes, 60), seconds)

    exif = Image.Exif()
    exif[GPS] = {
        1: "N" if north >= 0 else "S",
        2: degrees(north),
        3: "E" if east >= 0 else "W",
        4: degrees(east),
    }
    block = exif.tobytes()
    return block if block.startswith(b"Exif\0\0") else b"Exif\0\0" + block
