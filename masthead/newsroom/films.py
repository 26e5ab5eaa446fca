"""What may come in as a film or as its captions: decided by what the file is."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LARGEST_CAPTIONS = 500_000


def is_a_film(file: Any) -> None:
    """Raise ValidationError unless `file` begins as an MP4 or a WebM file does."""
    head = _head(file)
    if head[4:8] != b"ftyp" and not head.startswith(b"\x1a\x45\xdf\xa3"):
        raise ValidationError(_("This file is no film that browsers play. Export it as MP4 (H.264) or WebM."))


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
