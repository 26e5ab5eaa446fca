"""What may come in as a picture: decided by what the file is, not by what it is called."""

import struct
import warnings
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_noop as _
from PIL import Image

from masthead.core.refusals import Refusal

TAKEN = {"JPEG": ("jpg", "jpeg"), "PNG": ("png",), "WEBP": ("webp",), "AVIF": ("avif",), "GIF": ("gif",)}
UNREADABLE = (OSError, ValueError, SyntaxError, IndexError, TypeError, AttributeError, RuntimeError, struct.error)
"""What Pillow raises of a damaged file: which of them depends on the format and on the damaged byte."""
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


class PictureRefused(Refusal):
    """A file that can't be taken as a picture."""


class TooHeavy(PictureRefused):
    for_people_text = _("This file has %(size)s; at most %(limit)s can be taken. Save it smaller and add it again.")


class TooManyPixels(PictureRefused):
    for_people_text = _(
        "This picture has %(pixels)s million pixels; at most %(limit)s million can be taken. "
        "Make it smaller and add it again."
    )


class IsHeic(PictureRefused):
    for_people_text = _(
        "This is a HEIC file, as telephones make them, and browsers can't show it. On an iPhone: share the photograph "
        "by ‘Options: Most compatible’; on a Mac: open it in Preview, File, Export, JPEG. Then add the JPEG."
    )


class IsSvg(PictureRefused):
    for_people_text = _("This is an SVG drawing. It can contain programs, so it isn't taken: export it as PNG.")


class NoPicture(PictureRefused):
    for_people_text = _("This file is no picture that can be shown. JPEG, PNG, WebP, AVIF and GIF are taken.")


class OtherName(PictureRefused):
    for_people_text = _("This file is called .%(suffix)s, but it is a %(format)s picture. Rename it and add it again.")


class IsDamaged(PictureRefused):
    for_people_text = _("This picture is damaged: it can't be read to its end. Export it anew and add it again.")


def inspect(file: Any) -> None:
    """Raise PictureRefused, with the sentence, unless `file` is a picture that we take. Leaves it at its beginning."""
    if file.size > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
        limit = filesizeformat(settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
        raise TooHeavy(size=filesizeformat(file.size), limit=limit)
    file.seek(0)
    _check_head(file.read(512))
    file.seek(0)
    try:
        _check_whole(file)
    finally:
        file.seek(0)


def _check_head(head: bytes) -> None:
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        raise IsHeic()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")):
        raise IsSvg()


def _check_whole(file: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # pixels are counted below, by our own limit
        try:
            picture = Image.open(file, formats=list(TAKEN))
        except Image.DecompressionBombError:
            raise TooManyPixels(pixels=_("far too many"), limit=_limit()) from None
        except UNREADABLE:
            raise NoPicture() from None
        pixels = picture.width * picture.height * _frames_of(picture)
        if pixels > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
            raise TooManyPixels(pixels=pixels // 1_000_000, limit=_limit())
        suffix = PurePath(file.name or "").suffix.lower().lstrip(".")
        if suffix not in TAKEN[picture.format or ""]:
            raise OtherName(suffix=suffix, format=picture.format)
        try:
            picture.draft("RGB", (1, 1))  # a JPEG is read to its end, but at an eighth of its size
            picture.load()
        except UNREADABLE:
            raise IsDamaged() from None


def _frames_of(picture: Any) -> int:
    try:
        return int(getattr(picture, "n_frames", 1))
    except UNREADABLE:
        raise IsDamaged() from None


def _limit() -> int:
    return int(settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS) // 1_000_000
