"""Pictures of adverts: taken by content, made anew, so that nothing of the sent file is ever served."""

import secrets
import warnings
from io import BytesIO
from typing import Any, BinaryIO

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from PIL import Image, ImageOps

from masthead.core.refusals import Refusal
from masthead.newsroom.pictures.intake import UNREADABLE

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_BYTES = 5_000_000
MOST_PIXELS = 25_000_000
LARGEST = (1940, 1000)  # twice the wide slot's room; more is never shown
QUALITY = 86


class NotAPicture(Refusal):
    for_people_text = (
        "This file is not a picture that an advert can be: choose a JPEG, PNG, WebP or GIF. Nothing has been changed."
    )


class TooLarge(Refusal):
    for_people_text = (
        "This picture is too large: at most 5 MB and 25 million pixels. Make it smaller, say 1,200 × 1,000, and choose "
        "it again. Nothing has been changed."
    )


def made_anew(sent: BinaryIO, size: int) -> ContentFile:
    """The picture in `sent` (of `size` bytes) as a fresh WebP without metadata, under a name of its own.

    Raises NotAPicture, whatever the file is called, and TooLarge before it is unpacked.
    """
    if size > MOST_BYTES:
        raise TooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(sent, formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise TooLarge
        upright = ImageOps.exif_transpose(picture).convert("RGBA" if _is_clear(picture) else "RGB")
    except Image.DecompressionBombError:
        raise TooLarge from None
    except UNREADABLE:
        raise NotAPicture from None
    upright.thumbnail(LARGEST)
    made = BytesIO()
    upright.save(made, "WEBP", quality=QUALITY, method=6)
    return ContentFile(made.getvalue(), name=f"{secrets.token_hex(8)}.webp")


def _is_clear(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


class Upload(forms.FileField):
    """A picture for an advert, made anew as it comes in."""

    widget = forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        if not data or sent is initial:
            return sent
        try:
            return made_anew(sent.file, sent.size)
        except Refusal as refusal:
            raise ValidationError(refusal.for_people) from None


class AdvertPicture(models.ImageField):
    """An image field whose form makes the picture anew."""

    def formfield(self, **options: Any) -> Any:
        return models.FileField.formfield(self, **{"form_class": Upload, **options})
