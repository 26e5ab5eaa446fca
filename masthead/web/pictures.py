"""Pictures as the templates show them: sizes and formats to choose from, words, credit."""

from collections.abc import Mapping
from dataclasses import dataclass

from masthead.newsroom.models import Picture
from masthead.newsroom.pictures.renditions import Sources

# How wide a picture stands, by where it stands: what the browser chooses a size by.
SIZES = {
    "lead": "(min-width: 62rem) 38rem, 100vw",
    "wide": "(min-width: 62rem) 57rem, 100vw",
    "side": "(min-width: 62rem) 38rem, 100vw",
    "first": "(min-width: 62rem) 44rem, 100vw",
    "band": "(min-width: 62rem) 36rem, 100vw",
    "card": "(min-width: 62rem) 17rem, (min-width: 40rem) 50vw, 100vw",
    "film": "(min-width: 62rem) 24rem, (min-width: 40rem) 50vw, 100vw",
    "portrait": "(min-width: 62rem) 24rem, 100vw",
}

Files = Mapping[int, Sources]
"""What the newsroom gives: the files of each picture that may be shown, by its key."""


@dataclass(frozen=True)
class Source:
    """One format, in several sizes."""

    type: str
    srcset: str


@dataclass(frozen=True)
class Shown:
    """A picture in its place on a page."""

    src: str
    srcset: str
    sources: tuple[Source, ...]
    sizes: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str
    upright: bool
    picture: Picture


def shown(picture: Picture | None, files: Files, place: str, *, caption: str = "") -> Shown | None:
    """`picture` in its place; None while no size of it is made, and when our rights to it have ended."""
    its = files.get(picture.pk) if picture else None
    if picture is None or its is None:
        return None
    return Shown(
        src=its["src"],
        srcset=its["srcset"].get("image/jpeg", ""),
        sources=tuple(Source(kind, srcset) for kind, srcset in its["srcset"].items() if kind != "image/jpeg"),
        sizes=SIZES[place],
        width=its["width"],
        height=its["height"],
        alt=picture.default_alt_text,
        caption=caption or picture.caption,
        credit=picture.credit,
        upright=its["height"] > its["width"],
        picture=picture,
    )
