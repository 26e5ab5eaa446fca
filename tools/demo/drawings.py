"""The drawings of the demo newsroom, by the slug of their picture: each function cuts one and prints it."""

from __future__ import annotations

from collections.abc import Callable

import scenes_culture
import scenes_figures
import scenes_harbour
import scenes_land
import scenes_town
from PIL import Image

DRAWINGS: dict[str, Callable[[], Image.Image]] = {
    **scenes_harbour.DRAWINGS,
    **scenes_town.DRAWINGS,
    **scenes_land.DRAWINGS,
    **scenes_culture.DRAWINGS,
    **scenes_figures.DRAWINGS,
}
