"""Make the films of the demo newsroom: MP4 with sound, captions (WebVTT) and a poster each. Needs ffmpeg.

    python tools/demo/films.py [slug …]

Two are pans over photographs, which pictures.py must have made first; two are drawn picture by picture.
All sound is worked out here, sample by sample. Words on the screen and in the captions come from one list.
"""

# A moving drawing is one long list of strokes too.
# ruff: noqa: PLR0912, PLR0915

from __future__ import annotations

import array
import math
import random
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lino import INK, MIST, OCHRE, PAPER, RUST, TEAL, Sheet, curve, face, hatch, ripples
from PIL import Image, ImageDraw, ImageEnhance

CONTENT = Path(__file__).resolve().parents[2] / "masthead/web/demo/content"
SIZE, POSTER = (854, 480), (1280, 720)
SAMPLES = 22050


@dataclass(frozen=True)
class Words:
    """What stands in the captions from one second to another; `shown` also puts it on the screen."""

    first: float
    last: float
    text: str
    shown: bool = True


@dataclass(frozen=True)
class Film:
    seconds: int
    rate: int  # pictures a second
    picture: Callable[[float], Image.Image]
    sound: Callable[[int], Iterator[float]]
    words: tuple[Words, ...]
    poster: Callable[[], Image.Image]


# --- pictures ---


def photograph(slug: str) -> Image.Image:
    return Image.open(CONTENT / f"pictures/{slug}.jpg").convert("RGB")


def pan(
    photo: Image.Image, *, start: tuple[float, float, float], end: tuple[float, float, float]
) -> Callable[[float], Image.Image]:
    """From one part of a photograph to another: each is left, top and width, as shares of the photograph's width."""

    def at(t: float) -> Image.Image:
        eased = t * t * (3 - 2 * t)
        left, top, width = (a + (b - a) * eased for a, b in zip(start, end, strict=True))
        w = photo.width
        box = (left * w, top * w, (left + width) * w, (top + width * SIZE[1] / SIZE[0]) * w)
        return photo.resize(SIZE, Image.Resampling.BICUBIC, box=box)

    return at


def cut(*shots: tuple[float, Callable[[float], Image.Image]], fade: float = 0.7) -> Callable[[float], Image.Image]:
    """Shots in a row, each with the second at which it ends; they melt into one another."""

    def at(second: float) -> Image.Image:
        first = 0.0
        for number, (last, shot) in enumerate(shots):
            if second < last or number == len(shots) - 1:
                frame = shot(min(1.0, (second - first) / (last - first)))
                if number and second - first < fade:
                    before_first = shots[number - 2][0] if number > 1 else 0.0
                    before = shots[number - 1][1](min(1.0, (second - before_first) / (first - before_first)))
                    frame = Image.blend(before, frame, (second - first) / fade)
                return frame
            first = last
        raise AssertionError

    return at


def write_on(frame: Image.Image, text: str, strength: float) -> Image.Image:
    """Words in the paper's type on a slip of its paper, in the upper left."""
    draw, font = ImageDraw.Draw(frame), face(17)
    left, top, right, bottom = draw.multiline_textbbox((50, 42), text, font=font, spacing=10)
    slip = (left - 20, top - 16, right + 22, bottom + 18)
    written = frame.copy()
    draw = ImageDraw.Draw(written)
    draw.rectangle(slip, fill=PAPER)
    draw.multiline_text((50, 42), text, font=font, fill=INK, spacing=10)
    return Image.blend(frame, written, strength)


def closing(t: float) -> Image.Image:
    """The name of the paper on paper."""
    card = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(card)
    draw.text((SIZE[0] / 2, 232), "The Haverness Courier", font=face(23), fill=INK, anchor="ms")
    draw.line([(290, 262), (290 + 274 * min(1, t * 2), 262)], fill=RUST, width=3)
    return card


def blown(shot: Callable[[float], Image.Image], grains: int) -> Callable[[float], Image.Image]:
    """The same shot with sand driven across it from the left."""
    r = random.Random(7)
    all_grains = [(r.random(), r.gauss(0.5, 0.16), r.uniform(0.8, 1.7), r.uniform(8, 34)) for _ in range(grains)]

    def at(t: float) -> Image.Image:
        frame = shot(t)
        layer = Image.new("L", SIZE, 0)
        draw = ImageDraw.Draw(layer)
        for x, y, speed, long in all_grains:
            px = ((x + t * speed * 3.2) % 1.15) * SIZE[0] - 40
            py = (y + 0.05 * math.sin(t * 9 + x * 20)) * SIZE[1] + px * 0.05
            draw.line(
                [(px, py), (px + long, py + long * 0.08)],
                fill=round(34 + 60 * (speed - 0.8)),
                width=1 if long < 22 else 2,
            )
        frame.paste(Image.new("RGB", SIZE, (255, 226, 190)), (0, 0), layer)
        return frame

    return at


def knocking(second: float) -> Sheet:
    """Two piles from the side, one whole and one eaten; a hammer on the one, then on the other."""
    sheet = Sheet(201, SIZE)
    gold, sea, ink = sheet.block(OCHRE), sheet.block(TEAL), sheet.block(INK)
    sea.rect(0, 372, 854, 110)
    ripples(sea, 376, 480, keep=0.7, width=5, near=14, far=6)
    ink.rect(0, 196, 854, 16)
    for x in range(0, 854, 31):
        ink.rect(x, 196, 2.5, 16, on=False)
    for number, x in enumerate((260, 600)):
        sea.rect(x - 46, 212, 92, 270, on=False)
        ink.rect(x - 46, 212, 92, 270, on=False)
        ink.rect(x - 42, 212, 84, 270)
        body = ink.inside(lambda b, x=x: b.rect(x - 40, 214, 80, 268))
        ink.through(
            body,
            lambda b, x=x: hatch(b, angle=90, gap=10, length=110, width=3.4, keep=0.7, box=(x - 42, 212, x + 42, 480)),
        )
        if number:
            hollow = curve(
                [
                    (x - 24, 250),
                    (x - 6, 232),
                    (x + 20, 262),
                    (x + 26, 340),
                    (x + 12, 430),
                    (x - 4, 470),
                    (x - 26, 400),
                    (x - 30, 310),
                    (x - 24, 250),
                ]
            )
            ink.poly(hollow, on=False)
            ink.line(hollow, 3)
            for k in range(14):
                ink.disc(x - 30 + (k * 37) % 62, 226 + (k * 53) % 250, 3 + k % 3, on=False)
        # rings of sound
        for knock in KNOCKS[number]:
            since = second - knock
            if 0 < since < 1.5:
                rings = 3 if number == 0 else 2
                for k in range(rings):
                    radius = 40 + since * 170 - k * 26
                    if radius > 34:
                        wide = (8 - since * 5) if number == 0 else (13 - since * 8)
                        if wide > 1:
                            points = [
                                (
                                    x + radius * math.cos(a / 20),
                                    190
                                    + radius * 0.8 * math.sin(a / 20) * (1 if number == 0 else 1 + 0.06 * math.sin(a)),
                                )
                                for a in range(-63, 1)
                            ]
                            (gold if number == 0 else ink).line(points, wide)
    # the hammer
    target = 260 if second < SWITCH else 600
    x = target if not SWITCH - 0.9 < second < SWITCH + 0.9 else 260 + 340 * _ease((second - SWITCH + 0.9) / 1.8)
    lift = 1.0
    for knock in (*KNOCKS[0], *KNOCKS[1]):
        away = second - knock
        if -0.35 < away < 0:
            lift = min(lift, (-away / 0.35) ** 2)
        elif 0 <= away < 0.5:
            lift = min(lift, away / 0.5)
    turn = math.radians(2 + 19 * lift)
    px, py = x + 150, 168

    def at(u: float, v: float) -> tuple[float, float]:
        return px + u * math.cos(turn) - v * math.sin(turn), py + u * math.sin(turn) + v * math.cos(turn)

    handle, head = (
        [at(0, -7), at(-150, -6), at(-150, 6), at(0, 7)],
        [at(-136, -30), at(-164, -30), at(-168, 26), at(-132, 26)],
    )
    for shape in (handle, head):
        ink.line([*shape, shape[0]], 9, on=False)
    gold.poly(handle)
    ink.poly(handle, on=False)
    ink.line([*handle, handle[0]], 3)
    gold.poly(head, on=False)
    ink.poly(head)
    return sheet


KNOCKS = ((2.6, 4.0, 5.4), (8.6, 10.0, 11.4))
SWITCH = 7.2


def _ease(t: float) -> float:
    t = max(0.0, min(1.0, t))
    return t * t * (3 - 2 * t)


def a_tide(second: float) -> Sheet:
    """Twelve and a half hours at the landing stage: the sun crosses, the water comes, goes and comes."""
    sheet = Sheet(202, SIZE)
    hours = second / 16 * 12.42
    sky, sun, sea, ink = sheet.block(MIST), sheet.block(OCHRE), sheet.block(TEAL), sheet.block(INK)
    level = 330 - 86 * math.cos(hours / 12.42 * math.tau)
    sky.rect(0, 0, 854, 480)
    sky.through(
        sky.inside(lambda b: b.rect(0, 0, 854, 300)),
        lambda b: hatch(b, angle=0, gap=17, length=150, width=7, keep=0.5, box=(0, 0, 854, 300)),
    )
    t = second / 16
    sx, sy = 60 + 740 * t, 210 - 170 * math.sin(math.pi * (0.08 + 0.84 * t))
    sky.disc(sx, sy, 42, on=False)
    sun.disc(sx, sy, 36)
    for k in range(24):
        a = k / 24 * math.tau + second * 0.12
        ray = [(sx + d * math.cos(a), sy + d * math.sin(a)) for d in (44, 54, 66)]
        sun.gouge(ray, 6, True)
        sky.gouge(ray, 8)
    hills = curve([(0, 226), (120, 196), (260, 222), (420, 190), (600, 216), (854, 186)])
    ink.poly([*hills, (854, 244), (0, 244)])
    sky.poly([*hills, (854, 244), (0, 244)], on=False)
    # stones of the sea bed show when the water is low
    bed = curve([(0, 438), (160, 420), (330, 446), (520, 424), (700, 448), (854, 430)])
    sky.rect(0, 244, 854, 240, on=False)
    water = [
        (x, level + 4 * math.sin(x / 38 + second * 2.2) + 2 * math.sin(x / 17 - second * 3))
        for x in range(-20, 880, 10)
    ]
    body = [*water, (880, 480), (-20, 480)]
    sky.rect(0, 244, 854, max(0, level - 244))
    sky.through(
        sky.inside(lambda b: b.rect(0, 246, 854, max(1, level - 246))),
        lambda b: ripples(b, 246, 420, on=True, keep=0.6, width=5, near=13, far=6),
    )
    sky.poly(body, on=False)
    sea.poly(body)
    sea.through(
        sea.inside(lambda b: b.poly(body)),
        lambda b: (
            [
                b.dash((k * 97 + second * 26) % 940 - 40, level + 18 + (k * 41) % 190, 60 + k % 5 * 16, 0, 6, True)
                for k in range(26)
            ]
        ),
    )
    ink.line(water, 5)
    ink.poly([*bed, (854, 480), (0, 480)])
    ink.through(
        ink.inside(lambda b: b.poly([*bed, (854, 480), (0, 480)])),
        lambda b: hatch(b, angle=3, gap=11, length=44, width=4, keep=0.5, box=(0, 420, 854, 480)),
    )
    # pier with its gauge
    ink.rect(500, 128, 354, 20)
    ink.line([(500, 92), (854, 92)], 5)
    for x in range(506, 854, 44):
        ink.line([(x, 92), (x, 130)], 5)
    for x in (530, 660, 790):
        for b in (sea, sky):
            b.rect(x - 17, 148, 34, 290, on=False)
        ink.rect(x - 15, 148, 30, 290)
        pile = ink.inside(lambda b, x=x: b.rect(x - 13, 150, 26, 286))
        ink.through(
            pile,
            lambda b, x=x: hatch(b, angle=90, gap=7, length=60, width=2.6, keep=0.6, box=(x - 15, 148, x + 15, 436)),
        )
        ink.through(
            ink.inside(lambda b, x=x: b.rect(x - 15, max(level, 244), 30, 436 - max(level, 244))),
            lambda b, x=x: hatch(b, angle=0, gap=8, length=26, width=3, keep=0.5, box=(x - 15, 240, x + 15, 436)),
        )
    for b in (sea, sky, ink):
        b.rect(580, 170, 44, 260, on=False)
    ink.line([(580, 170), (624, 170), (624, 430), (580, 430), (580, 170)], 4)
    for k in range(11):
        ink.rect(582, 176 + k * 23, 20 if k % 2 else 12, 11)
    shown = [(580, level), (624, level), (624, 430), (580, 430)]
    sea.poly(shown)
    ink.line([(576, level), (628, level)], 5)
    # a boat on its line
    bx, by, roll = 250, level, 3 * math.sin(second * 1.7)
    hull = [
        (bx - 92, by - 26 - roll),
        *curve([(bx - 80, by + 6), (bx, by + 22), (bx + 80, by + 4), (bx + 108, by - 40 + roll)], 8),
        (bx + 20, by - 22),
    ]
    for b in (sea, sky, ink):
        b.line([*hull, hull[0]], 8, on=False)
        b.poly(hull, on=False)
    ink.poly(hull)
    ink.gouge([(bx - 82, by - 12 - roll * 0.8), (bx, by - 4), (bx + 98, by - 26 + roll * 0.8)], 6)
    ink.rect(bx - 60, by - 62, 54, 40)
    ink.rect(bx - 52, by - 54, 16, 15, on=False)
    ink.rect(bx - 30, by - 54, 16, 15, on=False)
    ink.line([(bx + 22, by - 24), (bx + 22 + roll * 2, by - 150)], 6)
    ink.line([(bx + 22 + roll * 2, by - 148), (bx + 104, by - 40 + roll)], 2)
    ink.line([(bx + 104, by - 38 + roll), (380, (by + 150) / 2 + 60), (500, 140)], 2.5)
    # the hour
    for b in (sky, sea, ink):
        b.rect(30, 28, 154, 56, on=False)
    minutes = int(hours * 60 + 5 * 60 + 20) // 10 * 10
    ink.lettering(106, 70, f"{minutes // 60 % 24}.{minutes % 60:02}", 42, anchor="ms")
    return sheet


def drawn(scene: Callable[[float], Sheet], until: float) -> Callable[[float], Image.Image]:
    return lambda t: scene(t * until).print(wear=0.55)


# --- sound ---


def wind(count: int) -> Iterator[float]:
    r, low, band = random.Random(3), 0.0, 0.0
    for i in range(count):
        second = i / SAMPLES
        gust = 0.5 + 0.3 * math.sin(second * 0.9) + 0.2 * math.sin(second * 2.3 + 1)
        low += (r.uniform(-1, 1) - low) * (0.03 + 0.035 * gust)
        band += (low - band) * 0.006
        yield (low - band) * gust * 1.1


def murmur(count: int) -> Iterator[float]:
    """Many voices, none to be understood: noise through slowly moving vowels."""
    r, smooth = random.Random(4), 0.0
    voices = [(r.uniform(95, 240), r.uniform(0, 6), r.uniform(2.1, 4.4), r.uniform(0, 6)) for _ in range(15)]
    for i in range(count):
        second = i / SAMPLES
        value = 0.0
        for pitch, phase, pace, start in voices:
            speaks = max(0.0, math.sin(second * pace + start)) ** 2 * max(
                0.0, math.sin(second * 0.6 + start * 2) + 0.35
            )
            glide = pitch * second + 1.6 * math.sin(second * 3.1 + phase)
            value += speaks * (
                math.sin(math.tau * glide + phase)
                + 0.5 * math.sin(math.tau * 3 * glide)
                + 0.3 * math.sin(math.tau * 5 * glide)
            )
        smooth += (value + r.uniform(-1, 1) * 0.9 - smooth) * 0.12
        yield smooth * 0.045


def knocks(count: int) -> Iterator[float]:
    r, water, slow = random.Random(5), 0.0, 0.0
    for i in range(count):
        second = i / SAMPLES
        water += (r.uniform(-1, 1) - water) * 0.02
        slow += (water - slow) * 0.004
        value = (water - slow) * (0.18 + 0.08 * math.sin(second * 1.4))
        for number, times in enumerate(KNOCKS):
            for knock in times:
                since = second - knock
                if 0 <= since < 1.4:
                    if number == 0:  # clear and short: the G below middle C and what rings with it
                        value += 0.42 * sum(
                            s * math.exp(-since * d) * math.sin(math.tau * f * since)
                            for f, s, d in ((196, 1, 11), (541, 0.5, 17), (1060, 0.3, 30))
                        )
                    else:  # long, low and slack
                        value += 0.55 * sum(
                            s * math.exp(-since * d) * math.sin(math.tau * f * since * (1 - 0.05 * since))
                            for f, s, d in ((74, 1, 4.2), (118, 0.5, 5.5), (203, 0.12, 9))
                        )
                    value += 0.3 * r.uniform(-1, 1) * math.exp(-since * 160)
        yield value


def waves(count: int) -> Iterator[float]:
    r, low, slow = random.Random(6), 0.0, 0.0
    for i in range(count):
        second = i / SAMPLES
        swell = max(0.0, math.sin(second * 1.25)) ** 3 + 0.6 * max(0.0, math.sin(second * 0.83 + 2)) ** 3 + 0.14
        low += (r.uniform(-1, 1) - low) * (0.05 + 0.12 * swell)
        slow += (low - slow) * 0.01
        yield (low - slow) * swell * 0.42


# --- the four ---


def sand() -> Film:
    dune = photograph("dunes-walkers")
    ours = photograph("dunes")
    return Film(
        seconds=16,
        rate=25,
        picture=cut(
            (8.4, blown(pan(dune, start=(0.0, 0.06, 0.98), end=(0.24, 0.15, 0.58)), 150)),
            (14.0, pan(ours, start=(0.24, 0.16, 0.74), end=(0.02, 0.12, 0.92))),
            (16.0, closing),
        ),
        sound=wind,
        words=(
            Words(0.3, 1.6, "[Wind]", shown=False),
            Words(1.8, 4.6, "A dune is not a hill."),
            Words(4.8, 8.0, "It is something that\nhasn’t finished moving."),
            Words(9.0, 11.4, "Ours have moved four metres."),
            Words(11.6, 13.8, "What holds them is grass."),
        ),
        poster=lambda: still(dune, 0.02, 0.08, 0.96),
    )


def spices() -> Film:
    bowls = photograph("spice-market")
    stalls = photograph("market-stalls")
    return Film(
        seconds=15,
        rate=25,
        picture=cut(
            (4.6, pan(bowls, start=(0.02, 0.30, 0.42), end=(0.10, 0.24, 0.52))),
            (8.6, pan(bowls, start=(0.52, 0.02, 0.44), end=(0.40, 0.12, 0.50))),
            (13.0, pan(stalls, start=(0.28, 0.12, 0.5), end=(0.02, 0.04, 0.96))),
            (15.0, closing),
        ),
        sound=murmur,
        words=(
            Words(0.3, 1.2, "[A market: many voices]", shown=False),
            Words(1.4, 4.4, "Ten spices. One stall."),
            Words(5.0, 8.4, "The trestles were\nher great-grandmother’s."),
            Words(9.2, 12.6, "Three metres of arcade\ncost £61 a day."),
        ),
        poster=lambda: still(bowls, 0.0, 0.04, 1.0),
    )


def piles() -> Film:
    return Film(
        seconds=15,
        rate=12,
        picture=cut((13.2, drawn(knocking, 13.2)), (15.0, closing)),
        sound=knocks,
        words=(
            Words(0.4, 2.2, "A sound pile rings."),
            Words(2.5, 6.4, "[Three knocks, high and short]", shown=False),
            Words(6.6, 8.2, "A hollow one does not."),
            Words(8.5, 13.0, "[Three knocks, low and long]", shown=False),
        ),
        poster=lambda: knocking(4.35).print(wear=0.8, size=POSTER),
    )


def tide() -> Film:
    return Film(
        seconds=18,
        rate=12,
        picture=cut((16.0, drawn(a_tide, 16.0)), (18.0, closing)),
        sound=waves,
        words=(
            Words(0.3, 2.2, "[Waves]", shown=False),
            Words(2.4, 6.0, "[The water falls by three metres. Waves]", shown=False),
            Words(6.4, 9.6, "[Low water: stones, and weed on the piles]", shown=False),
            Words(10.0, 15.6, "[The water comes back. Waves]", shown=False),
        ),
        poster=lambda: a_tide(3.4).print(wear=0.8, size=POSTER),
    )


FILMS: dict[str, Callable[[], Film]] = {
    "what-sand-does": sand,
    "ten-spices-one-stall": spices,
    "how-a-pile-answers": piles,
    "a-tide-in-sixteen-seconds": tide,
}


def still(photo: Image.Image, left: float, top: float, width: float) -> Image.Image:
    w = photo.width
    box = (left * w, top * w, (left + width) * w, (top + width * 9 / 16) * w)
    return ImageEnhance.Contrast(photo.resize(POSTER, Image.Resampling.LANCZOS, box=box)).enhance(1.02)


def make(slug: str, film: Film) -> None:
    (CONTENT / f"films/{slug}.en.vtt").write_text(captions(film))
    poster = film.poster()
    poster.save(CONTENT / f"pictures/film-{slug}.jpg", quality=80, optimize=True, progressive=True)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        record(film, sound)
        target = CONTENT / f"films/{slug}.mp4"
        ffmpeg = subprocess.Popen(["ffmpeg", *arguments(film, sound), str(target)], stdin=subprocess.PIPE)
        assert ffmpeg.stdin
        for number in range(film.seconds * film.rate):
            ffmpeg.stdin.write(frame_at(film, number / film.rate).tobytes())
        ffmpeg.stdin.close()
        if ffmpeg.wait():
            raise SystemExit(f"ffmpeg could not make {slug}")
    print(f"{target.stat().st_size // 1024:5} KB  {slug}", flush=True)


def arguments(film: Film, sound: Path) -> list[str]:
    """For ffmpeg: raw pictures come in on its input; H.264 and AAC go out, ready to play before all of it is there."""
    shape = f"-f rawvideo -pix_fmt rgb24 -s {SIZE[0]}x{SIZE[1]} -r {film.rate}"
    bits = f"-b:v {780_000 * 8 // film.seconds} -maxrate 900k -bufsize 900k -g {film.rate * 4}"
    same = "-map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -threads 1"
    line = (
        f"-loglevel error -y {shape} -i - -i {sound} -c:v libx264 -preset slow -pix_fmt yuv420p {bits} "
        f"-c:a aac -b:a 48k -ac 1 -movflags +faststart {same} -shortest"
    )
    return line.split()


def frame_at(film: Film, second: float) -> Image.Image:
    frame = film.picture(second)
    for words in film.words:
        if words.shown and words.first <= second <= words.last:
            strength = min(1.0, (second - words.first) / 0.5, (words.last - second) / 0.4)
            frame = write_on(frame, words.text, strength)
    return frame


def captions(film: Film) -> str:
    def clock(second: float) -> str:
        return f"00:{int(second // 60):02}:{second % 60:06.3f}"

    cues = [f"{clock(words.first)} --> {clock(words.last)}\n{words.text}\n" for words in film.words]
    return "WEBVTT\n\n" + "\n".join(cues)


def record(film: Film, path: Path) -> None:
    count = film.seconds * SAMPLES
    samples = array.array("h")
    for i, value in enumerate(film.sound(count)):
        soft = min(1.0, i / SAMPLES / 0.6, (count - i) / SAMPLES / 1.2)
        samples.append(round(max(-1.0, min(1.0, value * soft)) * 26000))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLES)
        file.writeframes(samples.tobytes())


if __name__ == "__main__":
    for slug in sys.argv[1:] or FILMS:
        make(slug, FILMS[slug]())
