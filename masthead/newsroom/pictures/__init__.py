"""Pictures: taken in by content, described by what stands in the file, credited in every size, shown while we may."""

from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from masthead.core import clock
from masthead.newsroom.models import Picture
from masthead.newsroom.pictures import intake, metadata, renditions
from masthead.newsroom.pictures.renditions import picture_sources, sources_for

FILLED = ("alt", "caption", "credit_who", "credit_agency", "copyright", "source", "rights_page")
"""The fields that are filled from the file."""


def take(file: File, *, title: str, **fields: Any) -> Picture:
    """Take a picture in: checked by content, its empty fields filled from the file. Raises PictureRefused."""
    intake.inspect(file)
    picture = Picture(file=file, title=title, **fields)
    fill(picture, metadata.read(file))
    picture._set_image_file_metadata()
    picture.save()
    return picture


def fill(picture: Picture, found: metadata.Found) -> None:
    """Fill what is empty from what was found in the file, and keep all that was found."""
    for name in FILLED:
        if not getattr(picture, name):
            longest: int | None = getattr(Picture._meta.get_field(name), "max_length", None)
            setattr(picture, name, getattr(found, name)[:longest])
    picture.found = found.raw


def is_showable(picture: Picture) -> bool:
    """Whether our rights to it last; its credit and description were asked for when it was published."""
    return picture.rights_end is None or clock.today() <= picture.rights_end


def is_withdrawn(picture: Picture) -> bool:
    """Whether saving it takes it out of every page at once."""
    return not is_showable(picture)


def lacks(picture: Picture) -> list[str]:
    """What is missing before a page with this picture can be published, in sentences."""
    found = []
    named = {"title": picture.title}
    if not picture.credit:
        found.append(_("The picture ‘%(title)s’ has no credit. Open it and say who made it, or which agency.") % named)
    if not picture.alt and not picture.is_decorative:
        found.append(_("The picture ‘%(title)s’ has no description for those who can't see it. Open it and write one, "
                       "or tick 'only decoration'.") % named)  # fmt: skip
    if not is_showable(picture):
        found.append(_("Our rights to the picture ‘%(title)s’ ended on %(day)s. Choose another.")
                     % {**named, "day": f"{picture.rights_end:%d %B %Y}"})  # fmt: skip
    if not found and not picture.confirmed:
        found.append(_("What was read from the file of ‘%(title)s’ has not been checked. Open the picture, look at its "
                       "caption, credit and rights, and save it.") % named)  # fmt: skip
    return found


__all__ = [
    "fill", "intake", "is_showable", "is_withdrawn", "lacks", "metadata", "picture_sources", "renditions",
    "sources_for", "take",
]  # fmt: skip
