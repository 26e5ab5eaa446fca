"""Linocuts by program: blocks that are inked, cut with a gouge, and printed one colour over the other.

A drawing is a sheet with a few blocks. A block starts empty; shapes put ink on it or cut it away again. Printing
roughens the edges, leaves bare specks and shifts each colour a little, as a hand press does. Everything comes from
seeds, so that the same drawing is made twice.
"""

# Points, widths and angles come in an order that is the same everywhere.
# ruff: noqa: PLR0917

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

Point = tuple[float, float]
Colour = tuple[int, int, int]

PAPER: Colour = (246, 240, 226)
INK: Colour = (24, 33, 39)
TEAL: Colour = (46, 118, 128)
MIST: Colour = (176, 205, 202)
RUST: Colour = (199, 83, 52)
OCHRE: Colour = (231, 177, 82)
MOSS: Colour = (124, 141, 84)
NIGHT: Colour = (38, 62, 84)

SCALE = 2  # drawn twice as large, printed down
ROOT = Path(__file__).resolve().parents[2]


def face(size: float, *, text: bool = False) -> ImageFont.FreeTypeFont:
    """The paper's own type, from wherever the product keeps it."""
    name = f"newsreader-{'text' if text else 'head'}-latin.woff2"
    return ImageFont.truetype(str(next((ROOT / "masthead").rglob(name))), round(size * SCALE))


def curve(points: Sequence[Point], steps: int = 14) -> list[Point]:
    """A smooth line through all the points (Catmull-Rom)."""
    p = [points[0], *points, points[-1]]
    line: list[Point] = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        for step in range(steps):
            t = step / steps
            line.append(
                tuple(  # type: ignore[arg-type]
                    0.5
                    * (
                        2 * b[i]
                        + (c[i] - a[i]) * t
                        + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t**2
                        + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3
                    )
                    for i in (0, 1)
                )
            )
    return [*line, points[-1]]


class Block:
    """One colour's block. `on=True` leaves ink, `on=False` cuts it away."""

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        self.size = size
        self.random = random.Random(seed)
        self.mask = Image.new("L", (size[0] * SCALE, size[1] * SCALE), 0)
        self.draw = ImageDraw.Draw(self.mask)

    def all(self) -> None:
        self.mask.paste(255, (0, 0, *self.mask.size))

    def poly(self, points: Iterable[Point], on: bool = True) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=255 * on)

    def rect(self, x: float, y: float, width: float, height: float, on: bool = True) -> None:
        self.poly([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], on)

    def disc(self, x: float, y: float, radius: float, on: bool = True, flat: float = 1.0) -> None:
        box = (x - radius, y - radius * flat, x + radius, y + radius * flat)
        self.draw.ellipse([v * SCALE for v in box], fill=255 * on)

    def ring(self, x: float, y: float, radius: float, width: float, on: bool = True, flat: float = 1.0) -> None:
        self.disc(x, y, radius, on, flat)
        self.disc(x, y, radius - width, not on, flat)

    def line(self, points: Sequence[Point], width: float, on: bool = True) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, fill=255 * on, width=max(1, round(width * SCALE)), joint="curve")

    def gouge(self, points: Sequence[Point], width: float, on: bool = False, blunt: float = 0.0) -> None:
        """A stroke that swells in its middle and runs out at both ends (at the first not, if `blunt` is 1)."""
        above, below = [], []
        last = len(points) - 1
        for i, (x, y) in enumerate(points):
            (x0, y0), (x1, y1) = points[max(i - 1, 0)], points[min(i + 1, last)]
            length = math.hypot(x1 - x0, y1 - y0) or 1
            t = i / last
            swell = math.sin(math.pi * (blunt * 0.5 + t * (1 - blunt * 0.5))) ** 0.7
            half = max(width * swell / 2, 0.15)
            nx, ny = -(y1 - y0) / length * half, (x1 - x0) / length * half
            above.append((x + nx, y + ny))
            below.append((x - nx, y - ny))
        self.poly(above + below[::-1], on)

    def dash(
        self, x: float, y: float, length: float, angle: float, width: float, on: bool = False, bend: float = 0.0
    ) -> None:
        """A short gouge with its middle at x, y; `angle` in degrees, 0 is level; `bend` bows it."""
        a = math.radians(angle)
        line = []
        for step in range(9):
            t = step / 8 - 0.5
            off = bend * (0.25 - t * t) * 4
            line.append(
                (x + t * length * math.cos(a) - off * math.sin(a), y + t * length * math.sin(a) + off * math.cos(a))
            )
        self.gouge(line, width, on)

    def inside(self, shape: Callable[[Block], object]) -> Image.Image:
        """A mask of what `shape` inks on an empty block."""
        other = Block(self.size, self.random.randrange(10**6))
        shape(other)
        return other.mask

    def through(self, mask: Image.Image, work: Callable[[Block], object], on: bool = False) -> None:
        """Do the work only where the mask is; `work` draws with ink, and what it draws is left on or cut."""
        other = Block(self.size, self.random.randrange(10**6))
        work(other)
        self.mask.paste(255 * on, (0, 0), ImageChops.multiply(other.mask, mask))
        self.draw = ImageDraw.Draw(self.mask)

    def lettering(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        on: bool = True,
        anchor: str = "ls",
        text_face: bool = False,
        turn: float = 0,
    ) -> None:
        font = face(size, text=text_face)
        if not turn:
            self.draw.text((x * SCALE, y * SCALE), text, font=font, fill=255 * on, anchor=anchor)
            return
        side = round(font.getlength(text)) * 2 + 40
        word = Image.new("L", (side, side), 0)
        ImageDraw.Draw(word).text((side / 2, side / 2), text, font=font, fill=255, anchor="mm")
        word = word.rotate(turn, Image.Resampling.BICUBIC)
        self.mask.paste(255 * on, (round(x * SCALE - side / 2), round(y * SCALE - side / 2)), word)


def hatch(
    block: Block,
    *,
    angle: float,
    gap: float,
    length: float,
    width: float,
    box: tuple[float, float, float, float] | None = None,
    bend: float = 0.0,
    loose: float = 0.35,
    keep: float = 1.0,
    fade: Callable[[float, float], float] | None = None,
) -> None:
    """Rows of gouge marks (as ink: use it inside `through`). `fade(x, y)` scales a mark's width, 0 leaves it out."""
    x0, y0, x1, y1 = box or (0, 0, *block.size)
    a = math.radians(angle)
    cx, cy, reach = (x0 + x1) / 2, (y0 + y1) / 2, math.hypot(x1 - x0, y1 - y0) / 2
    row = -reach
    r = block.random
    while row < reach:
        along = -reach + r.uniform(0, length)
        while along < reach:
            x = cx + along * math.cos(a) - row * math.sin(a)
            y = cy + along * math.sin(a) + row * math.cos(a)
            long = length * r.uniform(1 - loose, 1 + loose)
            if r.random() < keep and x0 - long < x < x1 + long and y0 - gap < y < y1 + gap:
                thick = width * r.uniform(0.7, 1.2) * (fade(x, y) if fade else 1)
                if thick > 0.4:
                    block.dash(
                        x,
                        y + r.uniform(-1, 1) * gap * 0.18,
                        long * 0.86,
                        angle + r.uniform(-1, 1) * 2,
                        thick,
                        True,
                        bend,
                    )
            along += long
        row += gap


def ripples(
    block: Block,
    top: float,
    bottom: float,
    *,
    left: float = 0,
    right: float | None = None,
    near: float = 26,
    far: float = 7,
    width: float = 7,
    keep: float = 0.8,
    on: bool = False,
    chop: float = 3,
) -> None:
    """Marks on water, small at the horizon, long in front."""
    right = block.size[0] if right is None else right
    r, y = block.random, top + far * 0.6
    while y < bottom:
        near_us = (y - top) / (bottom - top)
        x = left + r.uniform(-60, 20)
        while x < right:
            long = (30 + 130 * near_us) * r.uniform(0.5, 1.4)
            if r.random() < keep:
                block.dash(
                    x + long / 2,
                    y + r.uniform(-1, 1) * (1 + 4 * near_us),
                    long,
                    r.uniform(-1.5, 1.5),
                    (1.6 + (width - 1.6) * near_us) * r.uniform(0.6, 1.2),
                    on,
                    bend=r.choice((-1, 1)) * chop * near_us,
                )
            x += long * r.uniform(1.1, 1.7)
        y += far + (near - far) * near_us


def rays(
    block: Block,
    x: float,
    y: float,
    *,
    start: float,
    reach: float,
    count: int,
    width: float,
    on: bool = False,
    first: float = 0,
    last: float = 360,
) -> None:
    r = block.random
    for i in range(count):
        a = math.radians(first + (last - first) * (i + r.uniform(-0.2, 0.2)) / count)
        near, far = start * r.uniform(1, 1.15), start + reach * r.uniform(0.55, 1)
        steps = [
            (x + (near + (far - near) * t / 8) * math.cos(a), y + (near + (far - near) * t / 8) * math.sin(a))
            for t in range(9)
        ]
        block.gouge(steps, width * r.uniform(0.7, 1.3), on)


def cloud(block: Block, x: float, y: float, width: float, on: bool = False, height: float = 0.3) -> None:
    r = block.random
    for i in range(7):
        t = i / 6
        radius = width * height * (0.35 + 0.65 * math.sin(math.pi * (0.12 + 0.76 * t))) * r.uniform(0.8, 1.1) * 0.6
        block.disc(x + (t - 0.5) * width * 0.8, y - radius * 0.75, radius, on, 0.9)
    block.poly(
        [
            (x - width / 2, y),
            (x - width * 0.4, y - width * height * 0.3),
            (x + width * 0.4, y - width * height * 0.3),
            (x + width / 2, y),
        ],
        on,
    )


def gull(block: Block, x: float, y: float, span: float, on: bool = True, tilt: float = 0) -> None:
    for side in (-1, 1):
        wing = [
            (x, y),
            (x + side * span * 0.18, y - span * 0.14 + side * tilt),
            (x + side * span * 0.33, y - span * 0.12 + side * tilt * 2),
            (x + side * span * 0.5, y + span * 0.02 + side * tilt * 3),
        ]
        block.gouge(curve(wing), span * 0.085, on, blunt=0.8)


def house(
    block: Block, x: float, ground: float, width: float, height: float, *, roof: float = 0.5, on: bool = True
) -> None:
    """A gable end with its roof; windows are cut by `panes`."""
    block.rect(x, ground - height, width, height, on)
    block.poly(
        [
            (x - width * 0.06, ground - height),
            (x + width / 2, ground - height - width * roof),
            (x + width * 1.06, ground - height),
        ],
        on,
    )


def panes(
    block: Block,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    across: int = 2,
    down: int = 2,
    bar: float = 3,
    on: bool = False,
) -> None:
    block.rect(x, y, width, height, on)
    for i in range(1, across):
        block.rect(x + width * i / across - bar / 2, y, bar, height, not on)
    for i in range(1, down):
        block.rect(x, y + height * i / down - bar / 2, width, bar, not on)


class Sheet:
    """The paper with its blocks, printed in the order in which they were asked for."""

    def __init__(self, seed: int, size: tuple[int, int] = (1600, 1067), paper: Colour = PAPER) -> None:
        self.seed, self.size, self.paper = seed, size, paper
        self.blocks: list[tuple[Colour, Block]] = []

    def block(self, colour: Colour) -> Block:
        block = Block(self.size, self.seed * 31 + len(self.blocks))
        self.blocks.append((colour, block))
        return block

    def print(self, *, wear: float = 1.0, size: tuple[int, int] | None = None) -> Image.Image:
        """The finished sheet, in another size if one is given. Less `wear` keeps fine lines and lettering whole."""
        r = random.Random(self.seed)
        sheet = Image.new("RGB", (self.size[0] * SCALE, self.size[1] * SCALE), self.paper)
        for number, (colour, block) in enumerate(self.blocks):
            mask = _roughened(block.mask, r, wear)
            if number < len(self.blocks) - 1:
                shifted = mask.copy()
                shifted.paste(mask, (r.choice((-3, -2, 2, 3)), r.choice((-2, 2))))
                mask = shifted
            inked = (
                ImageChops.multiply(sheet, Image.new("RGB", sheet.size, colour))
                if sum(colour) > 250
                else Image.new("RGB", sheet.size, colour)
            )
            sheet.paste(inked, (0, 0), mask)
        return sheet.resize(size, Image.Resampling.LANCZOS) if size else sheet.reduce(SCALE)


def _roughened(mask: Image.Image, r: random.Random, wear: float) -> Image.Image:
    grain = _noise(mask.size, 5, r, 0.62 * wear)
    edge = ImageChops.add(mask.filter(ImageFilter.GaussianBlur(2.6 * wear)), grain, 1, -128)
    edge = edge.point(lambda v: max(0, min(255, (v - 112) * 8)))
    fine, coarse = _noise(mask.size, 3, r, 1), _noise(mask.size, 90, r, 1)
    whole = 213 + 20 * (1 - wear)
    bare = ImageChops.add(fine, coarse, 2).point(lambda v: 255 if v < whole else max(0, 255 - round((v - whole) * 14)))
    tone = _noise(mask.size, 9, r, 0.13).point(lambda v: min(255, v + 122))
    return ImageChops.multiply(ImageChops.multiply(edge, bare), tone)


def _noise(size: tuple[int, int], grain: int, r: random.Random, strength: float) -> Image.Image:
    small = (size[0] // grain + 2, size[1] // grain + 2)
    noise = Image.frombytes("L", small, r.randbytes(small[0] * small[1])).resize(size, Image.Resampling.BICUBIC)
    return noise.point(lambda v: int(128 + (v - 128) * strength))
