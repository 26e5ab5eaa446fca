"""Drawings of stages, shelves and games."""

# A drawing is one long list of strokes, and what `through` and `inside` are given is called at once.
# ruff: noqa: PLR0912, PLR0915

from __future__ import annotations

import math

from lino import INK, MOSS, NIGHT, OCHRE, RUST, TEAL, Sheet, curve, hatch, rays, ripples
from PIL import Image

W, H = 1600, 1067


def theatre_curtain() -> Image.Image:
    sheet = Sheet(71)
    light, red, ink = sheet.block(OCHRE), sheet.block(RUST), sheet.block(INK)
    red.rect(150, 90, 1300, 760)
    folds = 17
    for k in range(folds + 1):
        x = 150 + 1300 * k / folds
        sway = 20 * math.sin(k * 1.7)
        line = curve([(x, 90), (x + sway * 0.4, 360), (x + sway, 600), (x + sway * 0.6, 850)])
        ink.gouge(line, 26, True, blunt=0.3)
        ink.line(line, 7)
        for j, off in enumerate((22, 40, 54)):
            red.gouge([(px + off, py) for px, py in line[4 + j * 5 : -4 - j * 4]], 9 - 2 * j)
    ink.through(
        ink.inside(lambda b: b.rect(150, 90, 1300, 760)),
        lambda b: hatch(
            b,
            angle=90,
            gap=13,
            length=130,
            width=5,
            keep=0.42,
            box=(150, 90, 1450, 850),
            fade=lambda x, y: 0.2 + abs(y - 560) / 380,
        ),
        on=True,
    )
    # the gap, with light and the toe of one shoe
    gap = curve([(790, 850), (778, 720), (800, 560), (806, 440)]) + curve(
        [(812, 440), (822, 580), (858, 730), (868, 850)]
    )
    for b in (red, ink):
        b.poly(gap, on=False)
    light.poly(gap)
    ink.line(gap[: len(gap) // 2], 7)
    ink.line(gap[len(gap) // 2 :], 7)
    # pelmet
    for k in range(8):
        x0 = 150 + k * 162.5
        swag = [
            (x0, 80),
            (x0 + 162.5, 80),
            *[(x0 + 162.5 - 162.5 * t / 12, 130 + 90 * math.sin(math.pi * t / 12)) for t in range(13)],
        ]
        for b in (red, ink):
            b.poly(swag, on=False)
        red.poly(swag)
        ink.line([*swag[2:]], 7)
        for t in range(13):
            fx, fy = swag[2 + t]
            light.line([(fx, fy), (fx, fy + 26)], 8)
            ink.line([(fx + 5, fy), (fx + 5, fy + 28)], 3)
        for j in range(1, 4):
            ink.gouge([(x0 + 30 + j * 26, 90), (x0 + 50 + j * 16, 130 + 14 * j), (x0 + 81, 150 + 16 * j)], 7, True)
    # proscenium
    for b in (red, light):
        b.rect(0, 0, 150, H, on=False)
        b.rect(1450, 0, 150, H, on=False)
        b.rect(0, 0, W, 84, on=False)
    for x in (0, 1450):
        ink.rect(x, 0, 150, 900)
        for k in range(4):
            ink.line([(x + 30 + k * 30, 130), (x + 30 + k * 30, 840)], 8, on=False)
        ink.rect(x, 96, 150, 12, on=False)
        ink.rect(x, 856, 150, 12, on=False)
    ink.rect(0, 0, W, 84)
    for k in range(33):
        ink.disc(25 + k * 50, 42, 15, on=False)
        light.disc(25 + k * 50, 42, 12)
    ink.line([(0, 84), (W, 84)], 6)
    # stage and footlights
    ink.rect(0, 850, W, H)
    stage = [(150, 850), (1450, 850), (1560, 930), (40, 930)]
    ink.poly(stage, on=False)
    ink.line([*stage, stage[0]], 7)
    for k in range(-12, 13):
        ink.line([(800 + k * 54, 850), (800 + k * 63, 930)], 3.4)
    light.through(
        light.inside(lambda b: b.poly([(778, 850), (868, 850), (960, 930), (720, 930)])),
        lambda b: hatch(b, angle=90, gap=17, length=60, width=12, keep=1, box=(700, 850, 960, 930)),
        on=True,
    )
    for k in range(11):
        x = 100 + k * 140
        ink.disc(x, 952, 40)
        ink.disc(x, 946, 30, on=False)
        light.disc(x, 946, 28)
        rays(light, x, 930, start=30, reach=80, count=9, width=8, on=True, first=200, last=345)
        ink.rect(x - 46, 950, 92, 60)
    # heads of the seats
    for row, y in enumerate((1010, 1062)):
        for k in range(13):
            x = k * 134 + (row % 2) * 67 - 20
            ink.disc(x, y + 20, 62, on=False)
            red.disc(x, y + 20, 56)
            ink.ring(x, y + 20, 60, 8)
    return sheet.print()


def library_shelves() -> Image.Image:
    sheet = Sheet(72)
    teal, rust, ink = sheet.block(TEAL), sheet.block(RUST), sheet.block(INK)
    r = ink.random
    ink.all()
    for shelf in range(4):
        foot = 268 + shelf * 262
        ink.rect(0, foot, W, 12, on=False)
        x = 14.0
        while x < W - 10:
            if shelf == 2 and 1020 < x < 1300:  # a gap, where something is on loan
                x = 1300
                continue
            wide, tall = r.choice((26, 32, 38, 44, 56)), r.uniform(150, 226)
            lean = 0.0
            if r.random() < 0.07:
                lean = r.uniform(18, 34)
            book = [(x, foot), (x + wide, foot), (x + wide + lean, foot - tall), (x + lean, foot - tall)]
            ink.poly(book, on=False)
            kind = r.random()
            if kind < 0.3:
                teal.poly(book)
            elif kind < 0.52:
                rust.poly(book)
            elif kind < 0.7:
                ink.poly(
                    [
                        (x + 3, foot),
                        (x + wide - 3, foot),
                        (x + wide + lean - 3, foot - tall + 4),
                        (x + lean + 3, foot - tall + 4),
                    ]
                )
                for t in (0.14, 0.2, 0.8):
                    ink.line(
                        [(x + 4 + lean * t, foot - tall * t), (x + wide - 4 + lean * t, foot - tall * t)], 5, on=False
                    )
            if kind < 0.52 or kind >= 0.7:
                ink.line([*book, book[0]], 5)
                for t in (0.16, 0.22, 0.78, 0.86):
                    if r.random() < 0.6:
                        ink.line([(x + lean * t, foot - tall * t), (x + wide + lean * t, foot - tall * t)], 4)
                if r.random() < 0.6:
                    ink.line(
                        [
                            (x + wide / 2 + lean * 0.34, foot - tall * 0.34),
                            (x + wide / 2 + lean * 0.68, foot - tall * 0.68),
                        ],
                        5,
                    )
            x += wide + lean + r.choice((2, 3, 3, 16))
    # a ladder on its rail
    ink.rect(0, 14, W, 9, on=False)
    for x0, x1 in ((560, 680), (740, 830)):
        for b in (teal, rust, ink):
            b.line([(x0, 1080), (x1, 10)], 40, on=False)
        ink.line([(x0, 1080), (x1, 10)], 24)
        ink.gouge([(x0 - 4, 1070), ((x0 + x1) / 2 - 4, 540), (x1 - 4, 20)], 8)
    for k in range(8):
        t = 0.06 + k * 0.122
        a, b2 = (560 + 120 * t, 1080 - 1070 * t), (740 + 90 * t, 1080 - 1070 * t)
        for b in (teal, rust, ink):
            b.line([a, b2], 34, on=False)
        ink.line([a, b2], 19)
    # the gap holds a clock
    cx, cy = 1160, 690
    ink.disc(cx, cy, 96, on=False)
    ink.ring(cx, cy, 92, 12)
    for k in range(12):
        a = k * math.tau / 12
        ink.line([(cx + 70 * math.sin(a), cy - 70 * math.cos(a)), (cx + 58 * math.sin(a), cy - 58 * math.cos(a))], 7)
    ink.line([(cx, cy), (cx, cy - 54)], 8)
    ink.line([(cx, cy), (cx + 30, cy + 20)], 8)
    ink.disc(cx, cy, 9)
    return sheet.print()


def choir() -> Image.Image:
    """Organ pipes over rows of open scores; no faces."""
    sheet = Sheet(73)
    gold, blue, ink = sheet.block(OCHRE), sheet.block(NIGHT), sheet.block(INK)
    blue.all()
    blue.through(
        blue.inside(lambda b: b.rect(0, 0, W, 700)),
        lambda b: hatch(b, angle=90, gap=32, length=150, width=7, keep=0.5, box=(0, 0, W, 700)),
    )
    n = 25
    for k in range(n):
        x = 120 + k * 56.6
        t = abs(k - 12) / 12
        tall = 600 - 260 * math.sin(math.pi * min(1, t * 1.15)) + (60 if k == 12 else 0)
        top, foot = 640 - tall, 640
        for b in (blue,):
            b.rect(x - 25, top - 6, 50, tall + 80, on=False)
        gold.rect(x - 22, top, 44, tall)
        gold.poly([(x - 22, foot), (x + 22, foot), (x + 7, foot + 66), (x - 7, foot + 66)])
        ink.line(
            [
                (x - 22, foot),
                (x - 22, top),
                (x + 22, top),
                (x + 22, foot),
                (x + 7, foot + 66),
                (x - 7, foot + 66),
                (x - 22, foot),
            ],
            5,
        )
        ink.poly([(x + 6, top), (x + 22, top), (x + 22, foot), (x + 6, foot)])
        gold.gouge([(x - 11, top + 16), (x - 12, top + tall / 2), (x - 11, foot - 40)], 9)
        ink.poly([(x - 13, foot - 46), (x, foot - 84), (x + 13, foot - 46)])
        ink.disc(x, top, 22, flat=0.3)
    ink.rect(0, 700, W, 40)
    ink.gouge([(0, 720), (800, 721), (1600, 720)], 9)
    r = ink.random
    blue.rect(0, 740, W, H, on=False)
    ink.rect(0, 740, W, H)
    for y, n, s in ((800, 15, 0.74), (890, 12, 0.95), (1000, 9, 1.24)):
        for k in range(n):
            x = W * (k + 0.5) / n + r.uniform(-8, 8)
            tilt = r.uniform(-5, 5)
            for side in (-1, 1):
                page = [
                    (x, y - 4 * s),
                    (x + side * 58 * s, y - 22 * s + side * tilt),
                    (x + side * 62 * s, y - 92 * s + side * tilt),
                    (x, y - 74 * s),
                ]
                ink.poly(page, on=False)
                ink.line([*page, page[0]], 5 * s)
                for j in range(4):
                    t = 0.18 + j * 0.2
                    ink.line(
                        [
                            (x + side * 8 * s, y - (4 + 72 * t) * s - 1),
                            (x + side * 52 * s, y - (18 + 72 * t) * s + side * tilt),
                        ],
                        2.6 * s,
                    )
                    for m in range(3):
                        if r.random() < 0.7:
                            u = 0.25 + m * 0.26
                            ink.disc(x + side * 52 * u * s, y - (6 + 14 * u + 72 * t) * s + side * tilt * u, 4.6 * s)
            gold.poly(
                [(x - 9 * s, y - 2 * s), (x + 9 * s, y - 2 * s), (x + 6 * s, y + 22 * s), (x - 6 * s, y + 22 * s)]
            )
        ink.rect(0, y + 8 * s, W, 8 * s, on=False)
        ink.through(
            ink.inside(lambda b, y=y, s=s: b.rect(0, y + 18 * s, W, 44 * s)),
            lambda b, y=y, s=s: hatch(
                b, angle=90, gap=24 * s, length=40 * s, width=5, keep=0.5, box=(0, y + 18 * s, W, y + 62 * s)
            ),
        )
    return sheet.print()


def chess() -> Image.Image:
    sheet = Sheet(74)
    sea, rust, ink = sheet.block(TEAL), sheet.block(RUST), sheet.block(INK)
    # two portholes
    ink.rect(0, 0, W, 520)
    ink.through(
        ink.inside(lambda b: b.rect(0, 0, W, 520)),
        lambda b: hatch(b, angle=0, gap=24, length=330, width=5, keep=0.5, box=(0, 0, W, 520)),
    )
    for x in range(0, W, 200):
        ink.line([(x + 100, 0), (x + 100, 520)], 5, on=False)
    for cx in (370, 1230):
        ink.disc(cx, 230, 190, on=False)
        ink.ring(cx, 230, 186, 12)
        ink.disc(cx, 230, 154)
        ink.disc(cx, 230, 146, on=False)
        pane = ink.inside(lambda b, cx=cx: b.disc(cx, 230, 144))
        wave = curve(
            [(cx - 160, 262), (cx - 90, 240), (cx - 30, 270), (cx + 40, 236), (cx + 100, 266), (cx + 160, 246)]
        )
        sea.through(pane, lambda b, wave=wave, cx=cx: b.poly([*wave, (cx + 160, 400), (cx - 160, 400)]), on=True)
        sea.through(
            pane,
            lambda b, cx=cx: ripples(b, 264, 380, left=cx - 150, right=cx + 150, on=True, keep=0.8, width=9, near=22),
        )
        ink.through(pane, lambda b, wave=wave: b.line(wave, 7), on=True)
        for k in range(8):
            a = k * math.tau / 8 + 0.2
            ink.disc(cx + 171 * math.cos(a), 230 + 171 * math.sin(a), 8)
    # the board, in perspective
    ink.rect(0, 520, W, H)
    ink.through(
        ink.inside(lambda b: b.rect(0, 526, W, H)),
        lambda b: hatch(b, angle=1, gap=26, length=300, width=6, keep=0.5, box=(0, 526, W, H)),
    )

    def at(u: float, v: float) -> tuple[float, float]:
        z = 1 / (1 + 0.72 * (1 - v))
        return 800 + (u - 0.5) * 1420 * z, 330 + 690 * (z - 0.18) * 1.02

    for b in (ink,):
        b.poly([at(-0.05, -0.06), at(1.05, -0.06), at(1.05, 1.06), at(-0.05, 1.06)], on=False)
    rust.poly([at(-0.05, -0.06), at(1.05, -0.06), at(1.05, 1.06), at(-0.05, 1.06)])
    rust.poly([at(0, 0), at(1, 0), at(1, 1), at(0, 1)], on=False)
    for i in range(8):
        for j in range(8):
            if (i + j) % 2:
                ink.poly(
                    [at(i / 8, j / 8), at((i + 1) / 8, j / 8), at((i + 1) / 8, (j + 1) / 8), at(i / 8, (j + 1) / 8)]
                )
    ink.line([at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)], 6)
    shapes = {
        "pawn": [(34, 0), (30, -14), (16, -24), (12, -58), (22, -64), (10, -70)],
        "rook": [(38, 0), (34, -16), (22, -28), (20, -84), (34, -92), (34, -122), (0, -122)],
        "bishop": [(38, 0), (34, -16), (18, -28), (14, -88), (26, -96), (24, -124), (0, -164)],
        "queen": [(42, 0), (38, -18), (20, -32), (14, -108), (30, -118), (36, -168), (14, -146), (0, -176)],
        "king": [
            (42, 0),
            (38, -18),
            (20, -32),
            (16, -116),
            (32, -126),
            (28, -168),
            (6, -174),
            (6, -196),
            (16, -196),
            (16, -206),
            (6, -206),
            (6, -218),
            (0, -218),
        ],
    }

    def piece(kind: str, col: int, row: int, dark: bool) -> None:
        x, y = at((col + 0.5) / 8, (row + 0.6) / 8)
        s = (at(0.6, (row + 0.6) / 8)[0] - at(0.5, (row + 0.6) / 8)[0]) / 108
        half = [(px * s, py * s) for px, py in shapes[kind]]
        outline = [(x + px, y + py) for px, py in half] + [(x - px, y + py) for px, py in half[::-1]]
        for b in (ink, rust, sea):
            b.line([*outline, outline[0]], 18 * s, on=False)
            b.poly(outline, on=False)
        (ink if dark else rust).poly(outline)
        if kind == "pawn":
            for b in (ink, rust):
                b.disc(x, y - 84 * s, 30 * s, on=False)
            (ink if dark else rust).disc(x, y - 84 * s, 25 * s)
            ink.ring(x, y - 84 * s, 26 * s, 6 * s)
        ink.line([*outline, outline[0]], 6 * s)
        light = ink if dark else rust
        light.gouge([(x - 13 * s, y - 20 * s), (x - 8 * s, y - 50 * s), (x - 8 * s, y - 90 * s)], 8 * s)
        (light if dark else ink).line([(x - 28 * s, y - 16 * s), (x + 28 * s, y - 16 * s)], 5 * s, on=not dark)

    for kind, col, row, dark in sorted(
        [
            ("king", 6, 0, True),
            ("rook", 5, 0, True),
            ("pawn", 6, 1, True),
            ("pawn", 7, 1, True),
            ("bishop", 3, 2, True),
            ("pawn", 2, 3, True),
            ("pawn", 3, 4, False),
            ("queen", 4, 5, False),
            ("bishop", 2, 5, False),
            ("pawn", 6, 6, False),
            ("pawn", 7, 6, False),
            ("king", 6, 7, False),
            ("rook", 4, 7, False),
            ("pawn", 1, 6, False),
        ],
        key=lambda p: p[2],
    ):
        piece(kind, col, row, dark)
    return sheet.print()


def football_pitch() -> Image.Image:
    """A pitch from above, mown in stripes, with one dog on it."""
    sheet = Sheet(75)
    moss, rust, ink = sheet.block(MOSS), sheet.block(RUST), sheet.block(INK)
    moss.all()
    stripes = moss.inside(lambda b: [b.rect(100 + k * 140, 90, 70, 890) for k in range(10)])
    moss.through(stripes, lambda b: hatch(b, angle=90, gap=11.7, length=110, width=5, keep=0.94, loose=0.15))
    ink.through(
        ink.inside(
            lambda b: (
                [b.rect(x, y, w, h) for x, y, w, h in ((0, 0, W, 82), (0, 985, W, 90), (0, 0, 70, H), (1532, 0, 70, H))]
            )
        ),
        lambda b: hatch(b, angle=-58, gap=24, length=30, width=7, keep=0.7),
        on=True,
    )

    def mark(points: list[tuple[float, float]]) -> None:
        for b in (moss, ink):
            b.line(points, 9, on=False)

    def circle(x: float, y: float, radius: float, first: float = 0, last: float = 360) -> None:
        mark(
            [
                (x + radius * math.cos(math.radians(a)), y + radius * math.sin(math.radians(a)))
                for a in [first + (last - first) * k / 48 for k in range(49)]
            ]
        )

    x0, y0, x1, y1 = 120, 110, 1480, 960
    mark([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)])
    mark([(800, y0), (800, y1)])
    circle(800, 535, 124)
    for x, f in ((x0, 1), (x1, -1)):
        mark([(x, 260), (x + f * 220, 260), (x + f * 220, 810), (x, 810)])
        mark([(x, 410), (x + f * 80, 410), (x + f * 80, 660), (x, 660)])
        circle(x + f * 150, 535, 124, (-55 if f > 0 else 125), (55 if f > 0 else 235))
        for b in (moss, ink):
            b.disc(x + f * 150, 535, 8, on=False)
            b.rect(min(x, x - f * 46), 468, 46, 134, on=False)
        for k in range(6):
            ink.line([(x - f * 46 * k / 5, 468), (x - f * 46 * k / 5, 602)], 3)
        for k in range(9):
            ink.line([(x, 468 + k * 16.7), (x - f * 46, 468 + k * 16.7)], 3)
        for y, sy in ((y0, 1), (y1, -1)):
            circle(
                x,
                y,
                34,
                *(
                    (0, 90)
                    if (f > 0 and sy > 0)
                    else (90, 180)
                    if (f < 0 and sy > 0)
                    else (270, 360)
                    if f > 0
                    else (180, 270)
                ),
            )

    def player(x: float, y: float, dark: bool, lean: float) -> None:
        a = math.radians(lean)
        sx, sy = x + 74 * math.cos(0.7), y + 74 * math.sin(0.7)
        ink.gouge([(x, y), ((x + sx) / 2, (y + sy) / 2), (sx, sy)], 30, True)
        for b in (moss, ink):
            b.disc(x, y, 30, on=False, flat=0.9)
        if dark:
            ink.poly(
                [
                    (x - 30 * math.cos(a), y - 30 * math.sin(a)),
                    (x + 16 * math.sin(a), y - 16 * math.cos(a)),
                    (x + 30 * math.cos(a), y + 30 * math.sin(a)),
                    (x - 16 * math.sin(a), y + 16 * math.cos(a)),
                ]
            )
        else:
            rust.poly(
                [
                    (x - 30 * math.cos(a), y - 30 * math.sin(a)),
                    (x + 16 * math.sin(a), y - 16 * math.cos(a)),
                    (x + 30 * math.cos(a), y + 30 * math.sin(a)),
                    (x - 16 * math.sin(a), y + 16 * math.cos(a)),
                ]
            )
        ink.disc(x, y, 13)
        ink.disc(x - 3, y - 3, 5, on=False)

    for x, y, dark, lean in (
        (250, 560, True, 90),
        (420, 300, True, 20),
        (440, 760, True, 120),
        (640, 420, True, 60),
        (690, 690, True, 100),
        (930, 300, True, 140),
        (1010, 610, True, 30),
        (1360, 520, False, 90),
        (1180, 360, False, 10),
        (1170, 760, False, 70),
        (890, 560, False, 110),
        (840, 800, False, 40),
        (570, 560, False, 150),
        (1080, 480, False, 20),
    ):
        player(x, y, dark, lean)
    for b in (moss, ink):
        b.disc(742, 238, 16, on=False)
    ink.ring(742, 238, 17, 5)
    ink.disc(742, 238, 6)
    # the dog, with its line of running
    track = curve([(300, 1010), (420, 880), (640, 850), (560, 640), (360, 500), (500, 220), (660, 250)])
    for i in range(0, len(track) - 2, 4):
        for b in (moss, ink):
            b.line([track[i], track[i + 2]], 8, on=False)
    dog = [(0, 0), (16, -13), (44, -11), (60, -20), (78, -12), (80, 2), (62, 8), (44, 12), (14, 12)]
    body = [(650 + x * 0.98, 250 + y * 1.2) for x, y in dog]
    for b in (moss, ink):
        b.line([*body, body[0]], 18, on=False)
        b.poly(body, on=False)
    rust.poly(body)
    ink.line([*body, body[0]], 6)
    ink.line(curve([(652, 250), (632, 240), (620, 222)]), 8)
    for x, y in ((668, 234), (696, 236), (668, 268), (696, 266)):
        ink.line([(x, y), (x + 9, y + (-15 if y < 250 else 15))], 8)
    ink.poly([(708, 228), (716, 214), (724, 232)])
    ink.poly([(708, 262), (718, 276), (724, 258)])
    return sheet.print()


def rowing_eight() -> Image.Image:
    """An eight from above, its puddles behind it."""
    sheet = Sheet(76)
    sea, rust, ink = sheet.block(TEAL), sheet.block(RUST), sheet.block(INK)
    sea.all()
    sea.through(
        sea.inside(lambda b: b.all()), lambda b: hatch(b, angle=-24, gap=34, length=150, width=12, bend=14, keep=0.55)
    )
    ink.through(
        ink.inside(lambda b: b.all()),
        lambda b: hatch(b, angle=-24, gap=52, length=110, width=8, bend=12, keep=0.35),
        on=True,
    )
    a = math.radians(-24)

    def at(u: float, v: float) -> tuple[float, float]:
        """u along the boat, v across, from its middle."""
        return 800 + u * math.cos(a) - v * math.sin(a), 540 + u * math.sin(a) + v * math.cos(a)

    # wake and puddles
    for side in (-1, 1):
        for k in range(4):
            for b in (sea, ink):
                b.gouge(
                    [at(-640 - t * 60, side * (14 + k * 22 + t * (16 + 6 * k))) for t in range(9)], 15 - 2 * k, on=False
                )
    for k in range(8):
        u, side = -420 + k * 115 - 250, (1 if k % 2 else -1)
        x, y = at(u, side * 330)
        for turn in (0, 2.1, 4.2):
            swirl = curve(
                [(x + d * math.cos(turn + d / 26), y + d * 0.8 * math.sin(turn + d / 26)) for d in (12, 26, 40, 54)], 5
            )
            for b in (sea, ink):
                b.gouge(swirl, 11, on=False)
    hull = [
        at(-700, 0),
        *[at(u, -30 * math.cos(u / 700 * math.pi / 2) ** 0.6) for u in range(-660, 700, 40)],
        at(710, 0),
        *[at(u, 30 * math.cos(u / 700 * math.pi / 2) ** 0.6) for u in range(680, -700, -40)],
    ]
    for b in (sea, ink):
        b.line([*hull, hull[0]], 22, on=False)
        b.poly(hull, on=False)
    rust.poly(hull)
    ink.line([*hull, hull[0]], 7)
    inner = [at(-520, -13), at(500, -13), at(500, 13), at(-520, 13)]
    rust.poly(inner, on=False)
    ink.poly(inner)
    for k in range(8):
        u, side = -420 + k * 115, (1 if k % 2 else -1)
        hand, gate, blade, tip = (
            at(u + 44, -side * 4),
            at(u + 52, side * 66),
            at(u + 30, side * 300),
            at(u + 24, side * 366),
        )
        ink.line([at(u + 10, side * 24), gate, at(u + 94, side * 24)], 6)
        for b in (sea, ink):
            b.line([hand, gate, blade], 16, on=False)
            b.line([blade, tip], 46, on=False)
        ink.line([hand, gate, blade], 8)
        rust.line([blade, tip], 36)
        ink.line(
            [
                at(u + 14, side * 300),
                at(u + 46, side * 300),
                at(u + 42, side * 366),
                at(u + 8, side * 366),
                at(u + 14, side * 300),
            ],
            6,
        )
        # rower: shoulders and cap only, from straight above
        x, y = at(u, 0)
        shoulders = [at(u - 15, -36), at(u + 14, -36), at(u + 22, 0), at(u + 14, 36), at(u - 15, 36), at(u - 20, 0)]
        for b in (rust, ink):
            b.poly(shoulders, on=False)
        ink.line([*shoulders, shoulders[0]], 6)
        for side2 in (-1, 1):
            ink.line([at(u + 8, side2 * 32), at(u + 44, -side * 4 + side2 * 7)], 11)
        ink.disc(x, y, 17)
        ink.disc(x - 5, y - 5, 6, on=False)
    x, y = at(560, 0)
    for b in (rust, ink):
        b.disc(x, y, 26, on=False)
    ink.ring(x, y, 26, 6)
    ink.disc(x, y, 14)
    return sheet.print()


DRAWINGS = {
    "theatre-curtain": theatre_curtain,
    "library-shelves": library_shelves,
    "choir": choir,
    "chess": chess,
    "football-pitch": football_pitch,
    "rowing-eight": rowing_eight,
}
