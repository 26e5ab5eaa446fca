"""What may come in as a film or as its captions, decided by what the file is; and how it is kept.

A film lies among what is served from the moment at which it is sent, for the desk to play it. So its name can't be
guessed, and nobody learns it before the film's page is published. What an MP4 says of where it was shot is blanked.
"""

import secrets
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from masthead.newsroom import atoms

LARGEST_CAPTIONS = 500_000
LONGEST_STEM = 40


def is_a_film(file: Any) -> None:
    """Raise ValidationError unless `file` is built as an MP4 is, or begins as a WebM file does."""
    head = _head(file)
    if head[4:8] != b"ftyp" and not head.startswith(b"\x1a\x45\xdf\xa3"):
        raise ValidationError(_("This file is no film that browsers play. Export it as MP4 (H.264) or WebM."))
    places_in(file)


def places_in(file: Any) -> list[atoms.Atom]:
    """What an MP4 says of where it was shot. Raises ValidationError where that can't be told, or is said all along."""
    if _head(file)[4:8] != b"ftyp":
        return []
    try:
        return atoms.places_in(file, file.size)
    except atoms.Broken:
        raise ValidationError(_("This film is damaged: its parts don't fit into each other. Export it anew.")) from None
    except atoms.TellsItsWay:
        raise ValidationError(
            _("This film says all along where the camera was. Export it anew without the camera's own data (GPS).")
        ) from None
    finally:
        file.seek(0)


def is_captions(file: Any) -> None:
    """Raise ValidationError unless `file` is a WebVTT file."""
    head = _head(file)
    if not head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        raise ValidationError(_("These are no WebVTT captions: the file must begin with the word WEBVTT."))
    if file.size > LARGEST_CAPTIONS:
        raise ValidationError(_("This caption file is too large: at most 500 KB can be taken."))


def _head(file: Any) -> bytes:
    file.seek(0)
    head: bytes = file.read(64)
    file.seek(0)
    return head


class WithoutPlaces(File):
    """A film that is read with its places blanked; nothing in it moves."""

    def __init__(self, sent: File, places: list[atoms.Atom]) -> None:
        super().__init__(sent.file, sent.name)
        self.places = places

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The film's bytes, a part at a time."""
        at = 0
        for part in super().chunks(chunk_size):
            yield self._blanked(part, at)
            at += len(part)

    def _blanked(self, part: bytes, at: int) -> bytes:
        held = bytearray(part)
        for atom in self.places:
            begin, end = max(atom.start, at), min(atom.end, at + len(part))
            if begin >= end:
                continue
            head = atoms.free_head(atom)[begin - atom.start :]
            held[begin - at : end - at] = head[: end - begin].ljust(end - begin, b"\0")
        return bytes(held)


class HiddenFile(FieldFile):
    """A file among what is served, under a name that nobody guesses."""

    def save(self, name: str, content: File, save: bool = True) -> None:
        """Keep `content` under a name that begins as `name` does."""
        path = PurePath(name)
        super().save(f"{path.stem[:LONGEST_STEM]}-{secrets.token_hex(16)}{path.suffix.lower()}", content, save)


class FilmFile(HiddenFile):
    """A film, which tells no place."""

    def save(self, name: str, content: File, save: bool = True) -> None:
        """Keep `content` without what it says of where it was shot. Raises ValidationError as `places_in` does."""
        places = places_in(content)
        super().save(name, WithoutPlaces(content, places) if places else content, save)


class HiddenFileField(models.FileField):
    """A column for such a file."""

    attr_class = HiddenFile


class FilmField(HiddenFileField):
    """A column for a film."""

    attr_class = FilmFile
