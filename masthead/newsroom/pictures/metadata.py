"""What a picture's file says about itself, and what we write into each size of it.

Read: IPTC-IIM 4.2 (records 1 and 2, in a JPEG's APP13 segment or a TIFF tag), XMP (ISO 16684-1; properties of the
IPTC Photo Metadata Standard 2021.1), and Exif's three texts where both are silent. Where XMP and IIM differ, XMP
is believed: it is what today's programs show and edit. Written: XMP with credit and rights, and nothing of where
the picture was taken.
"""

from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element  # only the type: parsing is defusedxml's
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import Image

from masthead.newsroom.pictures.intake import UNREADABLE

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"

XMP_NAMES = {
    (DC, "title"): "title",
    (DC, "creator"): "creator",
    (DC, "description"): "description",
    (DC, "rights"): "copyright",
    (PHOTOSHOP, "Headline"): "headline",
    (PHOTOSHOP, "Credit"): "credit",
    (PHOTOSHOP, "Source"): "source",
    (PHOTOSHOP, "Instructions"): "instructions",
    (RIGHTS, "WebStatement"): "web_statement",
    (RIGHTS, "UsageTerms"): "usage_terms",
    (IPTC_CORE, "AltTextAccessibility"): "alt",
    (IPTC_CORE, "ExtDescrAccessibility"): "long_description",
}
IIM_NAMES = {
    5: "title",
    40: "instructions",
    80: "creator",
    105: "headline",
    110: "credit",
    115: "source",
    116: "copyright",
    120: "description",
}  # datasets of record 2
EXIF_NAMES = {0x010E: "description", 0x013B: "creator", 0x8298: "copyright"}
IIM_IN_PHOTOSHOP = 0x0404
IIM_IN_TIFF = 33723
LARGEST_XMP = 1_000_000
LONGEST = 2_000  # characters kept of each value


@dataclass(frozen=True)
class Found:
    """What was found, as our fields have it, and as it stood in the file."""

    alt: str = ""
    caption: str = ""
    credit_who: str = ""
    credit_agency: str = ""
    copyright: str = ""
    source: str = ""
    rights_page: str = ""
    headline: str = ""
    raw: dict[str, dict[str, str]] = field(default_factory=dict)


def read(file: Any) -> Found:
    """What `file`, a picture, says about itself; empty where it says nothing or nothing that can be read."""
    file.seek(0)
    try:
        with Image.open(file) as picture:
            raw = {"xmp": _xmp(picture), "iptc": _iim(picture), "exif": _exif(picture)}
    except (*UNREADABLE, Image.DecompressionBombError):
        return Found()
    finally:
        file.seek(0)
    said = {**raw["exif"], **raw["iptc"], **raw["xmp"]}
    who, agency = _credit(said.get("creator", ""), said.get("credit", ""))
    page = said.get("web_statement", "")
    return Found(
        alt=said.get("alt", ""),
        caption=said.get("description", ""),
        credit_who=who,
        credit_agency=agency,
        copyright=said.get("copyright", ""),
        source=said.get("source", ""),
        rights_page=page if page.startswith(("http://", "https://")) else "",
        headline=said.get("headline") or said.get("title", ""),
        raw={kind: values for kind, values in raw.items() if values},
    )


def packet_for(picture: Any) -> bytes:
    """The XMP packet that goes into each size of `picture`: who made it, who sent it, whose it is, what it shows."""
    plain = {
        "photoshop:Credit": picture.credit,
        "photoshop:Source": picture.source,
        "xmpRights:WebStatement": picture.rights_page,
    }
    texts = {
        "dc:description": picture.caption,
        "dc:rights": picture.copyright,
        "Iptc4xmpCore:AltTextAccessibility": picture.alt,
    }
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in plain.items() if value)
    inside += "".join(
        f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(value)}</rdf:li></rdf:Alt></{name}>'
        for name, value in texts.items()
        if value
    )
    if picture.credit_who:
        inside += f"<dc:creator><rdf:Seq><rdf:li>{escape(picture.credit_who)}</rdf:li></rdf:Seq></dc:creator>"
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:dc="{DC}" xmlns:photoshop="{PHOTOSHOP}" '
        f'xmlns:xmpRights="{RIGHTS}" xmlns:Iptc4xmpCore="{IPTC_CORE}">{inside}</rdf:Description></rdf:RDF>'
        '</x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def _credit(creator: str, credit: str) -> tuple[str, str]:
    """Who made it, and the chain of who sent it: a credit line often names both, 'Ann Lee/Reuters'."""
    chain = [part.strip() for part in credit.replace(" via ", "/").split("/") if part.strip()]
    if chain and not creator and len(chain) > 1:
        creator = chain[0]
    if chain and chain[0].casefold() == creator.casefold():
        chain = chain[1:]
    return creator, " / ".join(chain)


def _xmp(picture: Image.Image) -> dict[str, str]:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else packet
    if not packet or len(packet) > LARGEST_XMP:
        return {}
    try:
        root = ElementTree.fromstring(packet.strip(b"\x00 \r\n\t"), forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        return {}
    found: dict[str, str] = {}
    for description in root.iter(f"{{{RDF}}}Description"):
        for (space, name), ours in XMP_NAMES.items():
            key = f"{{{space}}}{name}"
            value = description.get(key) or _text_of(description.find(key))
            if value and ours not in found:
                found[ours] = value[:LONGEST]
    return found


def _text_of(element: Element | None) -> str:
    """A property's text: plain, the default of its languages, or its list joined."""
    if element is None:
        return ""
    items = list(element.iter(f"{{{RDF}}}li"))
    if not items:
        return (element.text or "").strip()
    if element.find(f"{{{RDF}}}Alt") is not None:
        lang = "{http://www.w3.org/XML/1998/namespace}lang"
        chosen = next((item for item in items if item.get(lang) == "x-default"), items[0])
        return (chosen.text or "").strip()
    return ", ".join(text for item in items if (text := (item.text or "").strip()))


def _iim(picture: Image.Image) -> dict[str, str]:
    photoshop = picture.info.get("photoshop")
    blob = photoshop.get(IIM_IN_PHOTOSHOP) if isinstance(photoshop, dict) else None
    if blob is None and hasattr(picture, "tag_v2"):
        blob = picture.tag_v2.get(IIM_IN_TIFF)
    return _parse_iim(blob) if isinstance(blob, bytes) else {}


def _parse_iim(blob: bytes) -> dict[str, str]:
    """Datasets of record 2: marker 1C, record, number, two bytes of length, value (IIM 4.2, chapter 3)."""
    found: dict[str, list[str]] = {}
    charset, at = "", 0
    while at + 5 <= len(blob) and blob[at] == 0x1C:
        record, number, length = blob[at + 1], blob[at + 2], int.from_bytes(blob[at + 3 : at + 5], "big")
        if length & 0x8000:  # an extended dataset, longer than 32 KB: none of ours is
            break
        value = blob[at + 5 : at + 5 + length]
        at += 5 + length
        if (record, number) == (1, 90):
            charset = "utf-8" if value == b"\x1b%G" else ""
        elif record == 2 and number in IIM_NAMES:
            found.setdefault(IIM_NAMES[number], []).append(_decoded(value, charset))
    return {name: ", ".join(values)[:LONGEST] for name, values in found.items() if any(values)}


def _decoded(value: bytes, charset: str) -> str:
    """Most files that declare no character set are UTF-8 today; what is not valid UTF-8 is taken as Windows-1252."""
    try:
        text = value.decode(charset or "utf-8")
    except UnicodeDecodeError:
        text = value.decode("cp1252", "replace")
    return text.replace("\x00", "").strip()


def _exif(picture: Image.Image) -> dict[str, str]:
    exif = picture.getexif()
    texts = {ours: exif.get(tag) for tag, ours in EXIF_NAMES.items()}
    # Exif separates two holders of a copyright by a NUL, which neither forms nor PostgreSQL take.
    plain = {ours: text.replace("\x00", " ").strip() for ours, text in texts.items() if isinstance(text, str)}
    return {ours: text[:LONGEST] for ours, text in plain.items() if text}
