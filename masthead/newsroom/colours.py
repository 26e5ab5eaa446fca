"""Accent colours that can be read: contrast as WCAG 2.2 defines it (relative luminance of sRGB)."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PAPER = {"accent_light": "#ffffff", "accent_dark": "#131516"}
"""The page in the light and in the dark; the style sheets' `--paper`."""
WASH = 0.18
"""How much of the dark scheme's accent is mixed into the page for the ground of an appeal; `--accent-wash`."""
ENOUGH = 4.5

_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


def contrast(one: str, other: str) -> float:
    """The contrast of two colours written as '#0c5460', from 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def check(paper: Any) -> None:
    """Raise ValidationError for an accent that can't be read on its grounds."""
    if not all(_COLOUR.match(getattr(paper, field)) for field in PAPER):
        return  # the field itself says how a colour is written
    wrong = {}
    for field, page in PAPER.items():
        wash = mixed(paper.accent_dark, page)
        least = min(contrast(getattr(paper, field), ground) for ground in (page, wash))
        if least < ENOUGH:
            cure = _("Choose a darker one.") if field == "accent_light" else _("Choose a lighter one.")
            sentence = _("Text in this colour can't be read well: its contrast is %.1f, it must be 4.5.") % least
            wrong[field] = f"{sentence} {cure}"
    if wrong:
        raise ValidationError(wrong)


def mixed(colour: str, ground: str) -> str:
    """WASH of `colour` on `ground`. Mixed in sRGB, which here is within a unit or two of the browser's Oklab."""
    parts = ((int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part * WASH + under * (1 - WASH)):02x}" for part, under in parts)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
