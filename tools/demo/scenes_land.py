"""Drawings of fields, hills and weather."""

# A drawing is one long list of strokes, and what `through` and `inside` are given is called at once.
# ruff: noqa: B023, PLR0912, PLR0915, PLR0917

from __future__ import annotations

import math
from itertools import pairwise

from lino import (
    INK,
    MIST,
    MOSS,
    OCHRE,
    RUST,
    TEAL,
    Sheet,
    cloud,
    curve,
    gull,
    hatch,
    house,
    panes,
    rays,
    ripples,
)
from PIL import Image

W, H = 1600, 1067


def sheep_on_the_hill() -> Image.Image:
    sheet = Sheet(51)
    sky, moss, ink = sheet.block(MIST), sheet.block(MOSS), sheet.block(INK)
    sky.rect(0, 0, W, 620)
    sky.through(
        sky.inside(lambda b: b.rect(0, 0, W, 620)),
        lambda b: hatch(b, angle=-5, gap=28, length=280, width=13, keep=0.5, box=(0, 0, W, 600)),
    )
    cloud(sky, 420, 250, 380)
    cloud(sky, 1230, 180, 300)
    far = curve([(0, 470), (260, 380), (520, 440), (800, 330), (1100, 410), (1350, 340), (1600, 400)])
    ink.poly([*far, (W, H), (0, H)])
    sky.poly([*far, (W, H), (0, H)], on=False)
    ink.through(
        ink.inside(lambda b: b.poly([*far, (W, H), (0, H)])),
        lambda b: hatch(b, angle=-32, gap=17, length=80, width=7, keep=0.8, box=(0, 320, W, 700)),
    )
    hill = curve([(0, 690), (300, 560), (640, 520), (980, 560), (1300, 640), (1600, 600)])
    body = [*hill, (W, H), (0, H)]
    moss.poly(body)
    ink.poly(body, on=False)
    within = moss.inside(lambda b: b.poly(body))
    moss.through(
        within, lambda b: hatch(b, angle=12, gap=30, length=110, width=9, keep=0.5, bend=-10, box=(0, 520, W, H))
    )
    ink.through(
        within, lambda b: hatch(b, angle=-72, gap=60, length=30, width=8, keep=0.35, box=(0, 540, W, H)), on=True
    )
    ink.line(hill, 7)
    # the path, with its three gates
    left = curve([(740, H), (660, 930), (790, 800), (960, 720), (860, 640), (790, 540)])
    right = curve([(1000, H), (830, 930), (900, 820), (1040, 726), (900, 636), (806, 530)])
    path = left + right[::-1]
    for b in (moss, ink):
        b.poly(path, on=False)
    ink.line(left, 5)
    ink.line(right, 5)
    ink.through(
        ink.inside(lambda b: b.poly(path)),
        lambda b: hatch(b, angle=8, gap=24, length=28, width=6, keep=0.4, box=(600, 540, 1060, H)),
        on=True,
    )

    def wall(points: list[tuple[float, float]], s: float) -> None:
        line = curve(points)
        top = [(x, y - 40 * s) for x, y in line]
        for b in (moss, ink):
            b.poly(top + line[::-1], on=False)
        ink.line(line, 5)
        ink.line(top, 6)
        for i in range(0, len(line) - 1, 2):
            x, y = line[i]
            ink.line([(x, y), (x, y - 20 * s)], 3.5)
            ink.line([(x + 8 * s, y - 20 * s), (x + 8 * s, y - 40 * s)], 3.5)
        ink.line([(x, y - 20 * s) for x, y in line], 3.5)

    wall([(0, 830), (300, 770), (560, 790), (700, 850)], 1.2)
    wall([(990, 850), (1200, 830), (1400, 850), (1620, 800)], 1.2)
    for x, y in ((716, 856), (960, 850)):
        ink.line([(x, y + 10), (x, y - 80)], 13)
    for k in range(4):
        ink.line([(716, 840 - k * 20), (960, 836 - k * 20)], 6)
    ink.line([(722, 838), (954, 778)], 6)
    r = ink.random

    def sheep(x: float, y: float, s: float, left_facing: bool) -> None:
        f = -1 if left_facing else 1
        for lx in (-34, -16, 18, 36):
            ink.line([(x + lx * s, y + 10 * s), (x + lx * s, y + 62 * s)], 9 * s)
        fleece = [
            (x + (74 + 8 * math.sin(a * 5)) * s * math.cos(a), y + (48 + 6 * math.sin(a * 5)) * s * math.sin(a))
            for a in [k / 60 * math.tau for k in range(60)]
        ]
        for b in (moss, sky, ink):
            b.poly(fleece, on=False)
        ink.line([*fleece, fleece[0]], 6 * s)
        for _ in range(9):
            a, d = r.uniform(0, 6.3), r.uniform(0.2, 0.7)
            ink.gouge(
                curve(
                    [
                        (x + 60 * s * d * math.cos(a) - 10 * s, y + 36 * s * d * math.sin(a)),
                        (x + 60 * s * d * math.cos(a), y + 36 * s * d * math.sin(a) - 8 * s),
                        (x + 60 * s * d * math.cos(a) + 10 * s, y + 36 * s * d * math.sin(a)),
                    ]
                ),
                5 * s,
                True,
            )
        hx, hy = x + f * 88 * s, y - 20 * s
        for b in (moss, sky, ink):
            b.disc(hx + f * 2 * s, hy + 4 * s, 42 * s, on=False)
        ink.poly(
            curve(
                [
                    (hx - f * 24 * s, hy - 16 * s),
                    (hx + f * 12 * s, hy - 18 * s),
                    (hx + f * 32 * s, hy + 18 * s),
                    (hx + f * 14 * s, hy + 30 * s),
                    (hx - f * 20 * s, hy + 14 * s),
                    (hx - f * 24 * s, hy - 16 * s),
                ]
            )
        )
        ink.poly([(hx - f * 10 * s, hy - 14 * s), (hx - f * 38 * s, hy - 4 * s), (hx - f * 14 * s, hy)])
        ink.disc(hx + f * 8 * s, hy - 2 * s, 3.4 * s, on=False)

    for x, y, s, left_facing in (
        (330, 620, 0.62, False),
        (520, 590, 0.5, True),
        (1180, 680, 0.66, True),
        (1400, 700, 0.74, False),
        (250, 940, 1.35, False),
        (1290, 960, 1.5, True),
        (1080, 610, 0.42, False),
        (560, 690, 0.6, False),
    ):
        sheep(x, y, s, left_facing)
    # a finger post
    ink.line([(610, 1010), (610, 690)], 20, on=False)
    ink.line([(610, 1010), (610, 690)], 14)
    sign = [(520, 716), (690, 704), (730, 732), (692, 764), (520, 768)]
    for b in (moss, sky):
        b.poly(sign, on=False)
    ink.poly(sign)
    ink.lettering(606, 754, "1832", 42, on=False, anchor="ms")
    return sheet.print()


def hedges() -> Image.Image:
    """Fields on a slope, some with new hedges: little trees in tubes, in rows."""
    sheet = Sheet(52)
    field, moss, ink = sheet.block(OCHRE), sheet.block(MOSS), sheet.block(INK)
    top = curve([(0, 250), (300, 170), (640, 210), (980, 130), (1300, 190), (1600, 140)])
    ink.rect(0, 0, W, 260)
    ink.poly([*top, (W, 400), (0, 400)], on=False)
    ink.through(
        ink.inside(lambda b: b.poly([(0, 0), (W, 0), *top[::-1]])),
        lambda b: hatch(b, angle=-62, gap=26, length=150, width=9, keep=0.7, box=(0, 0, W, 260)),
    )

    def line(k: float) -> list[tuple[float, float]]:
        """The kth contour: 0 is the sky line, 5 the foot."""
        return [(x, y + (H - 60) * (k / 5) ** 1.25 * (0.92 + 0.08 * math.sin(x / 300 + k))) for x, y in top]

    cuts = [
        [0, 380, 760, 1240, 1601],
        [0, 260, 690, 1130, 1601],
        [0, 470, 930, 1601],
        [0, 340, 1010, 1601],
        [0, 620, 1601],
    ]
    r = ink.random
    for k, cut in enumerate(cuts):
        upper, lower = line(k), line(k + 1)
        for j, (x0, x1) in enumerate(pairwise(cut)):
            lean = 60 + 34 * k
            shape = [p for p in upper if x0 <= p[0] <= x1] + [
                (p[0] - lean * 0.4, p[1]) for p in lower if x0 - 8 <= p[0] <= x1 + 8
            ][::-1]
            if len(shape) < 3:
                continue
            kind = (k * 2 + j * 3) % 4
            block = field if kind in (0, 3) else moss
            block.poly(shape)
            angle = (14, -30, 52, -12)[(k + j) % 4]
            within = ink.inside(lambda b, shape=shape: b.poly(shape))
            y_top, y_low = min(p[1] for p in shape), max(p[1] for p in shape)
            box = (x0 - 60, y_top, x1 + 20, y_low)
            if kind == 0:
                block.through(
                    within,
                    lambda b, angle=angle, box=box, k=k: hatch(
                        b, angle=angle, gap=13 + 5 * k, length=300, width=4 + 1.4 * k, keep=0.95, box=box
                    ),
                )
            elif kind == 1:
                ink.through(
                    within,
                    lambda b, box=box, k=k: hatch(
                        b, angle=-74, gap=22 + 7 * k, length=14 + 5 * k, width=3 + k, keep=0.5, box=box
                    ),
                    on=True,
                )
            elif kind == 2:
                block.through(
                    within,
                    lambda b, angle=angle, box=box, k=k: hatch(
                        b, angle=angle, gap=24 + 8 * k, length=90, width=5 + 2 * k, keep=0.6, box=box
                    ),
                )
            else:
                ink.through(
                    within,
                    lambda b, angle=angle, box=box, k=k: hatch(
                        b, angle=angle, gap=12 + 5 * k, length=260, width=2.4 + k, keep=0.9, box=box
                    ),
                    on=True,
                )

    def bush(x: float, y: float, s: float) -> None:
        for b in (field, moss):
            b.disc(x, y - 16 * s, 21 * s, on=False)
        ink.disc(x, y - 16 * s, 21 * s)
        ink.dash(x - 6 * s, y - 22 * s, 18 * s, -40, 5 * s)

    for k in range(1, 6):
        for x, y in line(k)[:: max(1, 3 + k // 2)]:
            if k not in (2, 4):
                bush(x + r.uniform(-4, 4), y, 0.5 + 0.28 * k)
    for k in (2, 4):  # newly planted
        for x, y in line(k)[:: 2 if k == 2 else 3]:
            s = 0.4 + 0.2 * k
            for b in (field, moss, ink):
                b.rect(x - 7 * s, y - 44 * s, 14 * s, 46 * s, on=False)
            ink.line(
                [(x - 7 * s, y), (x - 7 * s, y - 44 * s), (x + 7 * s, y - 44 * s), (x + 7 * s, y), (x - 7 * s, y)],
                3.4 * s,
            )
            ink.line([(x, y - 40 * s), (x - 3 * s, y - 72 * s)], 4 * s)
            ink.dash(x + 8 * s, y - 66 * s, 22 * s, -40, 9 * s, on=True)
            ink.dash(x - 12 * s, y - 60 * s, 20 * s, 30, 8 * s, on=True)
    for k, cut in enumerate(cuts):
        for x in cut[1:-1]:
            upper = min(line(k), key=lambda p, x=x: abs(p[0] - x))
            lower = min(line(k + 1), key=lambda p, x=x: abs(p[0] - x))
            lean = (60 + 34 * k) * 0.4
            for step in range(13):
                t = step / 12
                bush(upper[0] - lean * t, upper[1] + (lower[1] - upper[1]) * t, 0.45 + 0.22 * (k + t))
    house(ink, 1180, 330, 90, 60)
    panes(ink, 1200, 286, 22, 24, bar=3)
    return sheet.print()


def flood_gauge() -> Image.Image:
    sheet = Sheet(53, (1200, 1500))
    w, h = 1200, 1500
    water, rust, ink = sheet.block(TEAL), sheet.block(RUST), sheet.block(INK)
    level = 900
    # wet stone wall
    r = ink.random
    for row in range(11):
        for k in range(-1, 8):
            x, y = k * 190 + (row % 2) * 95, row * 90 - 40
            wide, tall = 180 + r.uniform(-8, 8), 80 + r.uniform(-6, 6)
            stone = curve(
                [
                    (x + 6, y + 10),
                    (x + wide / 2, y + r.uniform(0, 6)),
                    (x + wide, y + 8),
                    (x + wide + 2, y + tall / 2),
                    (x + wide - 6, y + tall),
                    (x + wide / 2, y + tall + 3),
                    (x + 8, y + tall - 3),
                    (x + 3, y + tall / 2),
                ],
                5,
            )
            if r.random() < 0.55:
                ink.poly(stone)
                ink.through(
                    ink.inside(lambda b, stone=stone: b.poly(stone)),
                    lambda b, x=x, y=y: hatch(
                        b,
                        angle=r.choice((-24, 18, 60)),
                        gap=16,
                        length=60,
                        width=6,
                        keep=0.6,
                        box=(x, y, x + 190, y + 90),
                    ),
                )
            else:
                ink.line([*stone, stone[0]], 6)
                ink.through(
                    ink.inside(lambda b, stone=stone: b.poly(stone)),
                    lambda b, x=x, y=y: hatch(
                        b, angle=r.choice((-24, 18)), gap=18, length=46, width=5, keep=0.45, box=(x, y, x + 190, y + 90)
                    ),
                    on=True,
                )
    wave = curve([(x, level + 10 * math.sin(x / 66)) for x in range(-40, w + 60, 20)], 3)
    body = [*wave, (w + 60, h), (-40, h)]
    ink.poly(body, on=False)
    water.poly(body)
    water.through(
        water.inside(lambda b: b.poly(body)),
        lambda b: ripples(b, level + 10, h, right=w, keep=0.75, width=14, near=34, on=True),
    )
    ink.through(
        ink.inside(lambda b: b.poly(body)),
        lambda b: ripples(b, level + 20, h, right=w, keep=0.45, width=12, near=42, on=True),
        on=True,
    )
    ink.line(wave, 9)
    # the board
    x0, x1 = 430, 770
    for b in (water, ink):
        b.rect(x0 - 26, 60, x1 - x0 + 52, 1180, on=False)
    ink.line([(x0 - 26, 60), (x1 + 26, 60), (x1 + 26, 1240), (x0 - 26, 1240), (x0 - 26, 60)], 12)
    for k, n in enumerate((5, 4, 3, 2, 1)):
        top = 84 + k * 226
        for i in range(10):
            y = top + i * 22.6
            wide = 170 if i % 5 == 0 else 96 if i % 2 == 0 else 60
            block = rust if k < 1 else ink
            if i % 2 == 0:
                block.rect(x0, y, wide, 22.6)
        (rust if k < 1 else ink).lettering(x1 - 8, top + 178, str(n), 210, anchor="rs")
    below = [(x0 - 20, level + 6), (x1 + 20, level + 6), (x1 + 20, 1234), (x0 - 20, 1234)]
    water.poly(below)
    water.through(
        water.inside(lambda b: b.poly(below)),
        lambda b: ripples(b, level + 10, 1234, left=x0 - 30, right=x1, keep=0.8, width=10, near=26, on=True),
    )
    ink.line([p for p in wave if x0 - 24 < p[0] < x1 + 24], 9)
    for x, y in ((x0 - 4, 84), (x1 + 4, 84), (x0 - 4, 640), (x1 + 4, 640)):
        ink.disc(x, y, 11)
        ink.disc(x, y, 4, on=False)
    # a leaf passes
    leaf = curve([(890, 990), (950, 950), (1040, 960), (1090, 1000), (1020, 1026), (940, 1022), (890, 990)])
    for b in (water, ink):
        b.poly(leaf, on=False)
    rust.poly(leaf)
    ink.line([*leaf, leaf[0]], 7)
    ink.line([(880, 988), (1090, 1000)], 5)
    return sheet.print()


def elm() -> Image.Image:
    sheet = Sheet(54)
    sky, moss, ink = sheet.block(OCHRE), sheet.block(MOSS), sheet.block(INK)
    sky.disc(800, 430, 390)
    rays(sky, 800, 430, start=410, reach=560, count=64, width=14, on=True)
    r = ink.random
    leaves: list[tuple[float, float, float]] = []

    def branch(x: float, y: float, angle: float, long: float, wide: float, depth: int) -> None:
        bend = r.uniform(-0.25, 0.25)
        mx, my = x + long * 0.5 * math.cos(angle + bend), y + long * 0.5 * math.sin(angle + bend)
        ex, ey = x + long * math.cos(angle), y + long * math.sin(angle)
        for t0, t1, w0 in ((0, 1, 1.0), (1, 2, 0.8)):
            a, b = [(x, y), (mx, my), (ex, ey)][t0 : t1 + 1]
            ink.line([a, b], wide * w0)
            ink.disc(b[0], b[1], wide * w0 * 0.48)
        if depth == 0:
            leaves.append((ex, ey, r.uniform(26, 52)))
            return
        if depth < 3:
            leaves.append((ex, ey, r.uniform(24, 44)))
        for spread in (-0.52, -0.05, 0.5) if depth > 2 else (-0.5, 0.45):
            branch(ex, ey, angle + spread * r.uniform(0.7, 1.25), long * r.uniform(0.66, 0.82), wide * 0.62, depth - 1)

    branch(800, 930, -math.pi / 2 - 0.04, 250, 74, 5)
    for x, y, s in leaves:
        moss.disc(x, y, s, flat=0.8)
        for _ in range(5):
            moss.dash(x + r.uniform(-s, s), y + r.uniform(-s, s) * 0.8, 30, r.uniform(-60, 60), 11, on=True)
    for x, y, s in leaves:
        for _ in range(4):
            ink.dash(x + r.uniform(-s, s), y + r.uniform(-s, s) * 0.8, 24, r.uniform(-70, 20), 8, on=True)
        moss.dash(x - s * 0.3, y - s * 0.3, s * 0.9, -36, 7)
    trunk = [(752, 940), (764, 700), (836, 700), (856, 940), (930, 985), (676, 985)]
    ink.poly(trunk)
    ink.through(
        ink.inside(lambda b: b.poly(trunk)),
        lambda b: hatch(
            b,
            angle=88,
            gap=15,
            length=90,
            width=6,
            keep=0.8,
            box=(680, 690, 930, 985),
            fade=lambda x, y: 1.4 if x < 790 else 0.5,
        ),
    )
    # the street: wall, pavement, two doors
    ink.rect(0, 980, W, 90)
    ink.through(
        ink.inside(lambda b: b.rect(0, 984, W, 86)),
        lambda b: hatch(b, angle=0, gap=20, length=130, width=6, keep=0.6, box=(0, 984, W, H)),
    )
    for x, wide, tall in ((-30, 240, 250), (210, 200, 220), (1200, 210, 230), (1410, 230, 260)):
        for b in (sky, moss):
            b.rect(x, 980 - tall, wide, tall, on=False)
        ink.rect(x, 980 - tall, wide, tall, on=False)
        ink.line([(x, 980), (x, 980 - tall), (x + wide, 980 - tall), (x + wide, 980)], 7)
        roof = [(x - 12, 980 - tall), (x + 30, 900 - tall), (x + wide - 30, 900 - tall), (x + wide + 12, 980 - tall)]
        for b in (sky, moss):
            b.poly(roof, on=False)
        ink.poly(roof)
        ink.through(
            ink.inside(lambda b, roof=roof: b.poly(roof)),
            lambda b, x=x, tall=tall, wide=wide: hatch(
                b, angle=0, gap=17, length=40, width=5, keep=0.8, box=(x, 900 - tall, x + wide, 980 - tall)
            ),
        )
        ink.rect(x + wide / 2 - 26, 870, 52, 110)
        for px in (x + 24, x + wide - 66):
            ink.rect(px, 990 - tall, 42, 60)
            panes(ink, px + 5, 995 - tall, 32, 50, bar=4)
    for x, y, s in ((260, 190, 70), (1380, 150, 90), (1300, 220, 50)):
        gull(ink, x, y, s)
    return sheet.print()


def allotments() -> Image.Image:
    """Forty plots from above."""
    sheet = Sheet(55)
    rust, moss, ink = sheet.block(RUST), sheet.block(MOSS), sheet.block(INK)
    r = ink.random
    ink.rect(0, 0, W, 60)
    ink.through(
        ink.inside(lambda b: b.rect(0, 0, W, 60)),
        lambda b: hatch(b, angle=-50, gap=20, length=30, width=8, keep=0.8, box=(0, 0, W, 60)),
    )
    cols, rows = 6, 4
    for row in range(rows):
        for col in range(cols):
            x, y = 26 + col * 262 + (14 if col > 2 else -14), 92 + row * 246
            wide, tall = 236, 214
            ink.line([(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall), (x, y)], 5)
            kind = (
                ("dots", "rows", "beans", "hut", "glass", "rows"),
                ("hut", "weeds", "dots", "rows", "beans", "dots"),
                ("rows", "glass", "hut", "beans", "weeds", "hut"),
                ("beans", "dots", "rows", "dots", "hut", "glass"),
            )[row][col]
            if kind == "rows":
                moss.rect(x + 8, y + 8, wide - 16, tall - 16)
                for k in range(7):
                    yy = y + 28 + k * 27
                    moss.gouge([(x + 12, yy), (x + wide / 2, yy + 2), (x + wide - 12, yy)], 10)
                    for j in range(12):
                        ink.dash(x + 22 + j * 17.5, yy + 13, 15, r.choice((-50, 50)), 6, on=True)
            elif kind == "dots":
                ink.rect(x + 8, y + 8, wide - 16, tall - 16)
                for k in range(5):
                    for j in range(6):
                        px, py = x + 34 + j * 34, y + 34 + k * 37
                        ink.disc(px, py, 15, on=False)
                        (moss if k % 2 else rust).disc(px, py, 13)
                        ink.ring(px, py, 7, 3)
            elif kind == "hut":
                moss.rect(x + 8, y + 100, wide - 16, tall - 108)
                moss.through(
                    moss.inside(lambda b: b.rect(x + 8, y + 100, wide - 16, tall - 108)),
                    lambda b: hatch(
                        b, angle=90, gap=26, length=100, width=9, keep=0.9, box=(x, y + 100, x + wide, y + tall)
                    ),
                )
                for side, c in ((0, rust), (1, ink)):
                    c.poly(
                        [
                            (x + 40, y + 20 + side * 34),
                            (x + 180, y + 20 + side * 34),
                            (x + 180, y + 54 + side * 34),
                            (x + 40, y + 54 + side * 34),
                        ]
                    )
                ink.line(
                    [(x + 40, y + 20), (x + 180, y + 20), (x + 180, y + 88), (x + 40, y + 88), (x + 40, y + 20)], 6
                )
                ink.through(
                    ink.inside(lambda b: b.rect(x + 40, y + 20, 140, 68)),
                    lambda b: hatch(
                        b, angle=90, gap=15, length=60, width=4, keep=0.9, box=(x + 40, y + 20, x + 180, y + 88)
                    ),
                    on=True,
                )
                ink.ring(x + 208, y + 60, 17, 5)
            elif kind == "glass":
                ink.rect(x + 30, y + 24, 112, 166, on=False)
                for k in range(5):
                    ink.line([(x + 30 + k * 28, y + 24), (x + 30 + k * 28, y + 190)], 5)
                for k in range(4):
                    ink.line([(x + 30, y + 24 + k * 55), (x + 142, y + 24 + k * 55)], 5)
                for k in range(9):
                    rust.disc(x + 46 + (k % 3) * 38, y + 50 + (k // 3) * 54, 11)
                moss.rect(x + 160, y + 16, 62, 180)
                for k in range(6):
                    ink.dash(x + 191, y + 34 + k * 28, 46, 0, 8, on=True)
            elif kind == "beans":
                for k in range(4):
                    px = x + 40 + k * 52
                    for j in range(5):
                        py = y + 24 + j * 38
                        ink.line([(px - 16, py + 30), (px, py), (px + 16, py + 30)], 5)
                        moss.disc(px, py + 18, 15)
                        rust.disc(px + 6, py + 22, 5)
            else:
                for _ in range(60):
                    moss.dash(
                        x + r.uniform(16, wide - 16),
                        y + r.uniform(16, tall - 16),
                        r.uniform(20, 44),
                        r.uniform(40, 140),
                        9,
                        on=True,
                    )
                for _ in range(26):
                    ink.dash(
                        x + r.uniform(16, wide - 16),
                        y + r.uniform(16, tall - 16),
                        r.uniform(20, 40),
                        r.uniform(50, 130),
                        5,
                        on=True,
                    )
    # the middle path with a barrow
    px = 26 + 3 * 262 - 13
    ink.line([(px, 70), (px, H)], 3)
    for k in range(40):
        ink.dash(px + r.uniform(-9, 9), 80 + k * 25, 11, r.uniform(-30, 30), 5, on=True)
    return sheet.print()


def dunes() -> Image.Image:
    sheet = Sheet(56)
    sand, sea, ink = sheet.block(OCHRE), sheet.block(TEAL), sheet.block(INK)
    sea.rect(0, 300, W, 180)
    ripples(sea, 304, 470, keep=0.7, width=7)
    ink.rect(0, 296, W, 6)
    cloud(ink, 1200, 180, 420, on=True)
    ink.through(
        ink.mask.copy(), lambda b: hatch(b, angle=0, gap=15, length=100, width=6, keep=0.7, box=(980, 40, 1420, 190))
    )
    r = ink.random
    for k, points in enumerate(
        (
            [(0, 470), (240, 380), (480, 440), (760, 360), (1050, 430), (1320, 350), (1600, 420)],
            [(0, 620), (300, 500), (560, 590), (880, 480), (1180, 600), (1400, 540), (1600, 600)],
            [(0, 700), (260, 760), (560, 640), (900, 820), (1240, 690), (1600, 800)],
        )
    ):
        crest = curve(points)
        body = [*crest, (W, H), (0, H)]
        for b in (sea, ink):
            b.poly(body, on=False)
        sand.poly(body)
        within = sand.inside(lambda b, body=body: b.poly(body))
        sand.through(
            within,
            lambda b, k=k: hatch(
                b,
                angle=16,
                gap=20 + 8 * k,
                length=150 + 40 * k,
                width=8 + 3 * k,
                bend=-16,
                keep=0.62,
                box=(0, 340 + 130 * k, W, H),
            ),
        )
        ink.through(
            within,
            lambda b, k=k: hatch(
                b, angle=20, gap=30 + 8 * k, length=90, width=5 + k, bend=-9, keep=0.3, box=(0, 340 + 130 * k, W, H)
            ),
            on=True,
        )
        ink.line(crest, 6)
        for i in range(0, len(crest), 5 - k):
            x, y = crest[i]
            if math.sin(x / 150 + k * 2) > -0.25:
                for _ in range(5 + k * 2):
                    lean = r.uniform(8, 34) * (1 + k * 0.35)
                    tall = r.uniform(20, 44) * (1 + k * 0.4)
                    bx = x + r.uniform(-16, 16)
                    ink.gouge(
                        curve([(bx, y + 6), (bx + lean * 0.25, y - tall * 0.6), (bx + lean, y - tall)], 5),
                        5 + k,
                        True,
                        blunt=0.9,
                    )
    # newly planted tufts in rows, and a fence of slats
    for row in range(5):
        for col in range(9 + row):
            x, y = 500 + col * (60 + row * 7) - row * 34, 850 + row * 44 + 8 * math.sin(col)
            for j in (-1, 0, 1):
                ink.gouge(
                    [(x, y), (x + j * 7, y - 15 - row * 2), (x + j * 15 + 6, y - 28 - row * 4)], 6, True, blunt=0.9
                )
    for k in range(30):
        x, y = 60 + k * 15, 800 + k * 7.5
        ink.line([(x, y), (x + r.uniform(-5, 5), y - 86 - k * 1.1)], 6)
    for t in (0.3, 0.72):
        ink.line([(60 + k * 15, 800 + k * 7.5 - (86 + k) * t) for k in range(30)], 3)
    for x, y, s in ((300, 150, 100), (480, 220, 60), (760, 110, 50)):
        gull(ink, x, y, s)
    return sheet.print()


def turbines() -> Image.Image:
    sheet = Sheet(57)
    sky, sea, ink = sheet.block(MIST), sheet.block(TEAL), sheet.block(INK)
    sky.rect(0, 0, W, 760)
    sky.through(
        sky.inside(lambda b: b.rect(0, 0, W, 760)),
        lambda b: hatch(b, angle=-9, gap=24, length=300, width=14, keep=0.62, bend=10, box=(0, 0, W, 760)),
    )
    sea.rect(0, 740, W, H)
    ripples(sea, 746, H, keep=0.8, width=13)
    ink.rect(0, 736, W, 6)
    ripples(ink, 744, H, on=True, keep=0.35, width=11)

    def turbine(x: float, foot: float, tall: float, turn: float) -> None:
        s = tall / 560
        top = foot - tall
        tower = [(x - 17 * s, foot), (x - 8 * s, top), (x + 8 * s, top), (x + 17 * s, foot)]
        for b in (sky, sea, ink):
            b.poly([(x - 24 * s, foot), (x - 14 * s, top), (x + 14 * s, top), (x + 24 * s, foot)], on=False)
        ink.line([*tower, tower[0]], 5 * s + 1)
        ink.poly([(x + 2 * s, foot), (x + 1 * s, top), (x + 8 * s, top), (x + 17 * s, foot)])
        for k in range(3):
            a = math.radians(turn + k * 120)
            c, d = math.cos(a), math.sin(a)

            def at(along: float, across: float, c: float = c, d: float = d) -> tuple[float, float]:
                return x + (along * c - across * d) * s, top + (along * d + across * c) * s

            blade = [at(18, -8), at(70, -24), at(180, -18), at(360, -3), at(360, 3), at(180, 8), at(60, 9), at(18, 8)]
            wide = [
                at(10, -16),
                at(70, -34),
                at(180, -28),
                at(374, -8),
                at(374, 8),
                at(180, 18),
                at(60, 19),
                at(10, 16),
            ]
            for b in (sky, sea, ink):
                b.poly(wide, on=False)
            ink.poly(blade)
            ink.gouge([at(40, -8), at(180, -8), at(330, -1)], 6 * s)
        ink.disc(x, top, 27 * s)
        ink.disc(x, top, 11 * s, on=False)

    turbine(1470, 744, 250, 20)
    turbine(1240, 748, 300, 75)
    turbine(980, 754, 360, 48)
    turbine(190, 750, 320, 100)
    turbine(560, 800, 560, 14)
    # a service boat
    ink.poly([(830, 880), (1130, 872), (1100, 936), (880, 938)])
    for b in (sky, sea):
        b.poly([(830, 880), (1130, 872), (1100, 936), (880, 938)], on=False)
    sea.rect(880, 810, 110, 70, on=False)
    ink.rect(880, 806, 110, 76)
    panes(ink, 892, 820, 84, 26, across=3, down=1)
    ink.line([(930, 806), (930, 730)], 6)
    ink.line([(1000, 874), (1110, 820), (1110, 872)], 5)
    for k in range(5):
        for b in (sea, ink):
            b.dash(760 - k * 50, 922 + k * 14, 130, 4, 13, on=False)
    for x, y, s in ((330, 170, 80), (1130, 130, 60)):
        gull(ink, x, y, s)
    return sheet.print()


DRAWINGS = {
    "sheep-on-the-hill": sheep_on_the_hill,
    "hedges": hedges,
    "flood-gauge": flood_gauge,
    "elm": elm,
    "allotments": allotments,
    "dunes": dunes,
    "turbines": turbines,
}
