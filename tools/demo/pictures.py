"""Make the pictures of the demo newsroom: photographs scaled, drawings cut, and in all of them the words about them.

    python tools/demo/pictures.py --photographs FOLDER [slug …]

FOLDER holds the eight originals that LICENSES/demo-pictures.json names. Without slugs, all pictures are made.
The words are those of pictures.toml; film posters are made by films.py, and only get their words here.
"""

from __future__ import annotations

import argparse
import io
import tomllib
from pathlib import Path
from typing import Any

from drawings import DRAWINGS
from metadata import Told, with_words
from PIL import Image, ImageFilter

CONTENT = Path(__file__).resolve().parents[2] / "masthead/web/demo/content"
LONGEST_SIDE = 1600
QUALITY = 80
QUALITY_OF_DRAWINGS = 57  # their grain is costly, and hides what is lost; so they are softened a little too

# Places in the open sea: enough to show that a place is taken out before a picture is published.
PLACES = {
    "storm-over-the-pier": (56.0214, 2.5033),
    "ferry-by-night": (56.1127, 2.6408),
    "lighthouse": (56.2042, 2.4171),
    "harbour-crane": (55.9876, 2.5559),
    "sheep-on-the-hill": (56.0551, 2.3302),
    "flood-gauge": (56.0803, 2.7214),
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--photographs", type=Path, help="folder of the originals")
    asked.add_argument("slugs", nargs="*")
    wanted = asked.parse_args()
    pictures = tomllib.loads((CONTENT / "pictures.toml").read_text())["pictures"]
    for picture in pictures:
        if not wanted.slugs or picture["slug"] in wanted.slugs:
            make(picture, wanted.photographs)


def make(picture: dict[str, Any], photographs: Path | None) -> None:
    slug, file = picture["slug"], CONTENT / picture["file"]
    if slug in DRAWINGS:
        jpeg = as_jpeg(DRAWINGS[slug]().filter(ImageFilter.GaussianBlur(0.55)), QUALITY_OF_DRAWINGS)
    elif photographs and (photographs / f"{slug}.jpg").exists():
        jpeg = as_jpeg(Image.open(photographs / f"{slug}.jpg"))
    elif file.exists():
        jpeg = file.read_bytes()
    else:
        raise SystemExit(f"{slug} is no drawing of ours and has no original: name their folder with --photographs")
    file.write_bytes(with_words(jpeg, told_of(picture)))
    print(f"{file.stat().st_size // 1024:5} KB  {slug}", flush=True)


def as_jpeg(picture: Image.Image, quality: int = QUALITY) -> bytes:
    picture = picture.convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    octets = io.BytesIO()
    picture.save(octets, "JPEG", quality=quality, optimize=True, progressive=True)
    return octets.getvalue()


def told_of(picture: dict[str, Any]) -> Told:
    chain = [picture["credit"], *filter(None, [picture.get("agency")])]
    instructions = [] if picture["may_be_passed_on"] else ["Not to be passed on"]
    if ends := picture.get("rights_end"):
        instructions.append(f"rights end on {ends}")
    return Told(
        headline=picture["caption"].removeprefix("Illustration: ").rstrip(".")[:1].upper()
        + picture["caption"].removeprefix("Illustration: ").rstrip(".")[1:],
        caption=picture["caption"],
        alt=picture["alt"],
        creator=picture["credit"],
        credit_line=" / ".join(chain),
        source=picture["source"],
        copyright=picture["copyright"],
        terms=picture["licence"],
        instructions="; ".join(instructions),
        place=PLACES.get(picture["slug"]),
    )


if __name__ == "__main__":
    main()
