"""The atoms of an MP4 file, as far as it takes to find where a film was shot, and to blank that.

A film is a row of atoms: four bytes of length, four of a name, and what is in it, often further atoms. The picture
data is named by its distance from the file's beginning, so nothing may move: an atom that tells a place is renamed to
`free`, which every player passes over, and filled with zeros.

Sources: ISO/IEC 14496-12 (boxes, `free`), 3GPP TS 26.244 (`loci`), Apple's QuickTime File Format (`©xyz`, `meta`).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

PLACES = (b"\xa9xyz", b"loci", b"XMP_")
"""Atoms of user data that tell a place; XMP may, and films need none."""
PLACE_KEYS = b"com.apple.quicktime.location."
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
TRACKED = (b"gpmd", b"camm", PLACE_KEYS)
"""What a track of its own says where a camera writes its way along with the picture."""
LONGEST_READ = 1_000_000
"""Bytes of an atom that is read whole: names of keys, and how samples are described."""
DEEPEST = 12
"""Atoms within atoms; a film has eight."""
PARENTS = {b"moov", b"trak", b"udta", b"mdia", b"minf", b"stbl", b"meta", b"ilst"}


class Broken(ValueError):
    """The atoms don't fit into each other: no player could play this."""


class TellsItsWay(ValueError):
    """A whole track says where the camera was, along with the picture."""


@dataclass(frozen=True)
class Atom:
    """One atom; `start` and `end` in bytes from the file's beginning, `inside` where its content begins."""

    name: bytes
    start: int
    inside: int
    end: int


def places_in(film: BinaryIO, size: int) -> list[Atom]:
    """The atoms of `film`, `size` bytes long, that tell where it was shot. Raises Broken, TellsItsWay."""
    found: list[Atom] = []
    for atom in _row(film, 0, size):
        if atom.name == b"uuid" and _read(film, atom.inside, 16) == XMP:
            found.append(atom)
        elif atom.name == b"moov":
            found += _in_description(film, atom)
    return found


def free_head(atom: Atom) -> bytes:
    """What begins an atom of the same length that every player passes over; zeros follow."""
    length = atom.end - atom.start
    if atom.inside - atom.start == 8:
        return struct.pack(">I4s", length, b"free")
    return struct.pack(">I4sQ", 1, b"free", length)


def _in_description(film: BinaryIO, parent: Atom, keys: list[bytes] | None = None, depth: int = 1) -> Iterator[Atom]:
    if depth > DEEPEST:
        raise Broken
    begin = parent.inside
    if parent.name == b"meta" and _read(film, begin + 4, 4) != b"hdlr":
        begin += 4  # MP4 puts version and flags before what is in it, QuickTime does not
    row = list(_row(film, begin, parent.end))
    if parent.name == b"meta":
        keys = next((_keys(film, atom) for atom in row if atom.name == b"keys"), [])
    for atom in row:
        if atom.name == b"stsd":
            _refuse_a_way(film, atom)
        elif _tells_a_place(film, atom, keys if parent.name == b"ilst" else None):
            yield atom
        elif atom.name in PARENTS:
            yield from _in_description(film, atom, keys, depth + 1)


def _tells_a_place(film: BinaryIO, atom: Atom, keys: list[bytes] | None) -> bool:
    """Whether by its name, as XMP, or as the value of a key; values are named by their key's number, from 1."""
    if atom.name in PLACES:
        return True
    if atom.name == b"uuid":
        return _read(film, atom.inside, 16) == XMP
    number = int.from_bytes(atom.name, "big")
    return bool(keys) and 1 <= number <= len(keys or ()) and (keys or ())[number - 1].startswith(PLACE_KEYS)


def _refuse_a_way(film: BinaryIO, atom: Atom) -> None:
    """Look into how a track's samples are described."""
    told = _read(film, atom.inside, atom.end - atom.inside)
    if any(name in told for name in TRACKED):
        raise TellsItsWay


def _keys(film: BinaryIO, atom: Atom) -> list[bytes]:
    """The names in a `keys` atom."""
    told = _read(film, atom.inside, atom.end - atom.inside)
    names, at = [], 8
    while at + 8 <= len(told):
        length = int.from_bytes(told[at : at + 4], "big")
        if length < 8:
            raise Broken
        names.append(told[at + 8 : at + length])
        at += length
    return names


def _row(film: BinaryIO, at: int, end: int) -> Iterator[Atom]:
    """The atoms that stand one after the other from `at` to `end`."""
    while at + 8 <= end:
        head = _read(film, at, 16)
        length, inside = int.from_bytes(head[:4], "big"), at + 8
        if length == 0:  # to the end
            length = end - at
        elif length == 1:
            length, inside = int.from_bytes(head[8:16], "big"), at + 16
        if at + length > end or inside > at + length:
            raise Broken
        yield Atom(head[4:8], at, inside, at + length)
        at += length


def _read(film: BinaryIO, at: int, count: int) -> bytes:
    if count > LONGEST_READ:
        raise Broken
    film.seek(at)
    return film.read(count)
