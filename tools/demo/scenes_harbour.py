"""Drawings of the water and what stands in it."""

# A drawing is one long list of strokes, and what `through` and `inside` are given is called at once.
# ruff: noqa: PLR0912

from __future__ import annotations

import math

from lino import INK, MIST, NIGHT, OCHRE, RUST, TEAL, Sheet, curve, gull, hatch, panes, rays, ripples
from PIL import Image

W, H = 1600, 1067


def storm_over_the_pier() -> Image.Image:
    sheet = Sheet(11)
    sea, ink = sheet.block(TEAL), sheet.block(INK)
    sea.rect(0, 560, W, 510)
    ink.rect(0, 0, W, 470)
    # the sky is driven from the right
    ink.through(
        ink.inside(lambda b: b.rect(0, 0, W, 470)),
        lambda b: hatch(
            b, angle=-14, gap=17, length=190, width=8, bend=10, keep=0.84, fade=lambda x, y: 0.25 + 1.1 * (y / 470)
        ),
    )
    # pier: deck, rail half gone, piles
    deck = lambda x: 512 - x * 0.035  # noqa: E731
    ink.poly([(0, deck(0)), (1130, deck(1130)), (1130, deck(1130) + 24), (0, deck(0) + 34)])
    for i in range(15):
        x = 30 + i * 78
        ink.line([(x, deck(x)), (x + (6 if i % 3 else -8), 790)], 15 - i * 0.35)
        if i % 2 == 0:
            ink.line([(x, deck(x) + 60), (x + 78, deck(x) + 190)], 6)
    for i in range(26):
        x = 12 + i * 31
        if x < 640 or x > 905:
            ink.line([(x, deck(x)), (x, deck(x) - 52)], 6)
    ink.line([(0, deck(0) - 50), (640, deck(640) - 50)], 7)
    ink.line([(0, deck(0) - 26), (610, deck(610) - 26)], 4)
    ink.line([(640, deck(640) - 50), (690, deck(690) + 14), (700, deck(700) + 90)], 6)
    ink.line([(905, deck(905) - 50), (1130, deck(1130) - 50)], 7)
    ink.rect(1040, deck(1100) - 128, 74, 128)
    ink.poly([(1028, deck(1100) - 126), (1077, deck(1100) - 178), (1126, deck(1100) - 126)])
    panes(ink, 1056, deck(1100) - 108, 40, 40)
    # the sea: three rows of waves that lean to the right
    for depth, (base, high, shift, long) in enumerate(
        ((690, 70, -40, 330), (830, 120, -210, 430), (1010, 150, -60, 560))
    ):
        points: list[tuple[float, float]] = []
        for i in range(6):
            x, rise = i * long + shift, high * (0.72 + 0.28 * math.sin(i * 2.3 + depth * 1.7))
            points += [
                (x, base),
                (x + long * 0.42, base - rise * 0.4),
                (x + long * 0.66, base - rise),
                (x + long * 0.76, base - rise * 0.5),
            ]
        top = curve(points, 10)
        body = [*top, (W + 400, H), (-400, H)]
        sea.poly(body)
        ink.poly(body, on=False)
        within = ink.inside(lambda b, body=body: b.poly(body))
        ink.through(
            within,
            lambda b, d=depth: hatch(
                b,
                angle=-13,
                gap=26 + 6 * d,
                length=150 + 50 * d,
                width=11 + 3 * d,
                bend=20,
                keep=0.62,
                box=(0, 600 + d * 110, W, H),
            ),
            on=True,
        )
        sea.through(
            within,
            lambda b, d=depth: hatch(
                b, angle=-13, gap=38, length=90, width=8 + d, bend=14, keep=0.35, box=(0, 640 + d * 110, W, H)
            ),
        )
        for i in range(6):
            x, rise = i * long + shift, high * (0.72 + 0.28 * math.sin(i * 2.3 + depth * 1.7))
            mane = curve(
                [
                    (x + long * 0.2, base - rise * 0.1),
                    (x + long * 0.45, base - rise * 0.47),
                    (x + long * 0.67, base - rise * 1.0),
                    (x + long * 0.75, base - rise * 0.55),
                ]
            )
            for b in (ink, sea):
                b.gouge(mane, 20 + 9 * depth, on=False)
        ink.line(top, 6)
    # spray where it hits
    r = ink.random
    for x0, y0, n, spread in ((760, 520, 240, 230), (1150, 560, 120, 130)):
        for _ in range(n):
            a, d = math.radians(r.uniform(-165, -25)), abs(r.gauss(0, 0.55)) * spread * 1.5
            x, y = x0 + d * math.cos(a) * 0.9, y0 + 30 + d * math.sin(a)
            for b in (ink, sea):
                b.dash(x, y, r.uniform(10, 46), math.degrees(a) + r.uniform(-20, 20), r.uniform(4, 13), on=False)
    for x, y, s in ((1290, 170, 90), (1420, 260, 62), (1220, 300, 48)):
        gull(ink, x, y, s * 1.25, on=False)
        gull(ink, x, y, s)
    return sheet.print()


def lighthouse() -> Image.Image:
    sheet = Sheet(12)
    glow, sea, ink = sheet.block(OCHRE), sheet.block(TEAL), sheet.block(INK)
    lx, ly = 1010, 300
    ink.rect(0, 0, W, 745)
    rays(ink, lx, ly, start=70, reach=1300, count=96, width=13)
    beam = ink.inside(lambda b: b.poly([(lx, ly), (-60, 120), (-60, 560)]))
    ink.mask.paste(0, (0, 0), beam)
    glow.poly([(lx, ly), (-60, 120), (-60, 560)])
    glow.through(
        beam,
        lambda b: (
            [
                b.gouge([(lx - 60 - 40 * t, ly + (k - 5) * 3.6 * t) for t in range(0, 27, 2)], 9, True)
                for k in range(0, 11)
            ]
        ),
    )
    sea.rect(0, 745, W, 330)
    ripples(sea, 750, H, keep=0.75, width=9)
    ink.rect(0, 738, W, 7)
    ripples(ink, 745, H, on=True, keep=0.55, width=9)
    # rock
    rock = curve(
        [
            (640, 1067),
            (700, 930),
            (800, 880),
            (850, 790),
            (960, 770),
            (1090, 775),
            (1180, 830),
            (1250, 900),
            (1400, 940),
            (1480, 1067),
        ]
    )
    sea.poly(rock, on=False)
    sea.rect(1120, 738, 150, 90, on=False)
    ink.poly(rock)
    ink.through(
        ink.inside(lambda b: b.poly(rock)),
        lambda b: hatch(
            b,
            angle=64,
            gap=22,
            length=70,
            width=9,
            keep=0.62,
            box=(620, 760, 1500, H),
            fade=lambda x, y: 1.2 if x < 1010 else 0.5,
        ),
    )
    # tower, light on its left
    tower = [(945, 790), (968, 372), (1052, 372), (1075, 790)]
    ink.poly(tower, on=False)
    glow.poly(tower, on=False)
    ink.poly([(1022, 372), (1052, 372), (1075, 790), (1022, 790)])
    for y in (430, 570, 710):
        k = (y - 372) / 418
        ink.poly([(966 - 23 * k, y), (1054 + 23 * k, y), (1057 + 23 * k, y + 66), (963 - 23 * k, y + 66)])
        ink.through(
            ink.inside(lambda b, y=y, k=k: b.rect(900, y, 122, 66)),
            lambda b, y=y: hatch(b, angle=0, gap=13, length=70, width=4, keep=0.6, box=(940, y, 1022, y + 66)),
        )
    ink.line([(945, 790), (968, 372)], 5)
    ink.rect(938, 352, 144, 22)
    ink.rect(966, 246, 88, 108, on=False)
    glow.rect(966, 246, 88, 108)
    glow.disc(lx, ly, 30, on=False)
    for x in (964, 992, 1024, 1052):
        ink.rect(x, 246, 5, 106)
    ink.rect(966, 296, 88, 4)
    ink.poly([(950, 248), (1010, 182), (1070, 248)])
    ink.line([(1010, 190), (1010, 150)], 6)
    for x in range(942, 1084, 20):
        ink.line([(x, 352), (x, 326)], 4)
    ink.line([(938, 326), (1082, 326)], 4)
    # house of the keepers
    ink.rect(1120, 742, 150, 92)
    ink.poly([(1108, 744), (1150, 690), (1240, 690), (1284, 744)])
    panes(ink, 1140, 768, 34, 40)
    panes(ink, 1212, 768, 34, 40)
    glow.rect(1140, 768, 34, 40)
    return sheet.print()


def ferry_by_night() -> Image.Image:
    sheet = Sheet(13)
    glow, blue, ink = sheet.block(OCHRE), sheet.block(NIGHT), sheet.block(INK)
    blue.all()
    r = blue.random
    blue.through(
        blue.inside(lambda b: b.rect(0, 0, W, 560)),
        lambda b: hatch(
            b,
            angle=0,
            gap=20,
            length=210,
            width=7,
            keep=0.62,
            box=(0, 0, W, 560),
            fade=lambda x, y: max(0, (y - 150) / 420),
        ),
    )
    for _ in range(90):
        x, y = r.uniform(0, W), r.uniform(20, 380)
        blue.disc(x, y, r.uniform(1.5, 4), on=False)
        ink.disc(x, y, 5, on=False)
    # moon
    blue.disc(250, 210, 84, on=False)
    ink.disc(250, 210, 84, on=False)
    glow.disc(250, 210, 84)
    blue.disc(288, 190, 72)
    glow.disc(288, 190, 72, on=False)
    # far shore with lamps
    shore = curve([(0, 545), (180, 528), (420, 540), (700, 515), (980, 530), (1300, 500), (1600, 520)])
    ink.poly([*shore, (W, 566), (0, 566)])
    for i in range(26):
        x = 40 + i * 62 + r.uniform(-18, 18)
        for b in (blue, ink):
            b.disc(x, 550, 5, on=False)
        glow.disc(x, 550, 5)
    ink.through(
        ink.inside(lambda b: b.rect(0, 566, W, 501)), lambda b: ripples(b, 566, H, on=True, keep=0.8, width=17, near=30)
    )
    blue.through(
        blue.inside(lambda b: b.rect(0, 566, W, 501)), lambda b: ripples(b, 566, H, on=True, keep=0.3, width=8, near=34)
    )
    # ferry
    hull = curve([(330, 642), (352, 700), (400, 742), (760, 756), (1180, 750), (1268, 716), (1322, 636)])
    for b in (blue, ink):
        b.poly([(330, 642), (1322, 636), (1268, 716), (1180, 750), (760, 756), (400, 742)], on=False)
    ink.poly([*hull, (330, 642)])
    ink.through(
        ink.inside(lambda b: b.poly([*hull, (330, 642)])),
        lambda b: [b.gouge([(360, 676), (800, 686), (1290, 674)], 9, True)],
    )

    def deck(x0: float, x1: float, y0: float, y1: float) -> None:
        for b in (blue, ink):
            b.poly([(x0, y1), (x0 + 14, y0), (x1 - 14, y0), (x1, y1)], on=False)
        ink.line([(x0, y1), (x0 + 14, y0), (x1 - 14, y0), (x1, y1)], 7)

    deck(420, 1240, 566, 642)
    deck(520, 1130, 494, 566)
    deck(690, 930, 428, 494)
    glow.rect(434, 584, 790, 40)
    glow.rect(540, 512, 570, 36)
    glow.rect(706, 444, 208, 34)
    for x in range(434, 1226, 44):
        ink.rect(x, 578, 12, 50)
    for x in range(540, 1112, 38):
        ink.rect(x, 506, 9, 46)
    for x in range(706, 920, 34):
        ink.rect(x, 440, 6, 42)
    ink.poly([(772, 428), (784, 330), (856, 330), (868, 428)])
    for b in (blue, ink):
        b.rect(780, 352, 80, 22, on=False)
    ink.line([(640, 494), (640, 300)], 7)
    ink.line([(1040, 494), (1040, 330)], 7)
    ink.line([(330, 642), (640, 302), (1040, 332), (1322, 636)], 2.5)
    for x, y in ((640, 296), (1040, 326)):
        for b in (blue, ink):
            b.disc(x, y, 13, on=False)
        glow.disc(x, y, 13)
    for i, s in enumerate((26, 36, 50, 62)):
        blue.disc(838 + i * 66, 300 - i * 34, s, on=False, flat=0.6)
    # its light on the water
    for x in range(440, 1240, 52):
        for k in range(9):
            y = 782 + k * 29 + r.uniform(-6, 6)
            long = r.uniform(24, 58) * (1 - k * 0.06)
            for b in (blue, ink):
                b.dash(x + r.uniform(-12, 12), y, long, 0, 9, on=False)
            glow.dash(x, y, long + 8, 0, 10, on=True)
    return sheet.print()


def piles_under_water() -> Image.Image:
    """Half above the water, half below: what the divers went to see."""
    sheet = Sheet(14)
    sea, deep, ink = sheet.block(MIST), sheet.block(TEAL), sheet.block(INK)
    level = 330
    sea.rect(0, level, W, H)
    deep.rect(0, level + 250, W, H)
    for b, top in ((deep, level + 250),):
        b.through(
            b.inside(lambda c: c.rect(0, 0, W, H)),
            lambda c, top=top: hatch(
                c,
                angle=0,
                gap=24,
                length=190,
                width=16,
                keep=0.8,
                box=(0, top, W, top + 240),
                fade=lambda x, y: max(0, 1 - (y - top) / 230),
            ),
        )
    ink.rect(0, 96, W, 44)
    for x in range(0, W, 46):
        ink.rect(x, 96, 4, 44, on=False)
    ink.line([(0, 40), (W, 40)], 8)
    for x in range(20, W, 94):
        ink.line([(x, 40), (x, 100)], 8)
    bed = curve([(0, 980), (300, 950), (620, 985), (900, 940), (1250, 975), (1600, 945)])
    ink.poly([*bed, (W, H), (0, H)])
    ink.through(
        ink.inside(lambda b: b.poly([*bed, (W, H), (0, H)])),
        lambda b: hatch(b, angle=4, gap=17, length=60, width=6, keep=0.5, box=(0, 940, W, H)),
    )
    r = ink.random
    for x, eaten in ((150, 0.1), (470, 0.5), (800, 0.9), (1130, 0.35), (1440, 0.15)):
        left = [
            (
                x
                - 52
                + (
                    30 * eaten * math.sin(y / 37 + x) * (1 if y > level else 0)
                    + (34 * eaten * math.exp(-(((y - 470) / 110) ** 2)))
                ),
                y,
            )
            for y in range(140, 1000, 10)
        ]
        right = [
            (
                x
                + 52
                - (
                    26 * eaten * math.sin(y / 29 + x) * (1 if y > level else 0)
                    + (36 * eaten * math.exp(-(((y - 490) / 120) ** 2)))
                ),
                y,
            )
            for y in range(140, 1000, 10)
        ]
        pile = left + right[::-1]
        for b in (sea, deep):
            b.poly(pile, on=False)
        ink.poly(pile)
        within = ink.inside(lambda b, pile=pile: b.poly(pile))
        ink.through(
            within,
            lambda b, x=x: hatch(
                b,
                angle=90,
                gap=15,
                length=150,
                width=6,
                keep=0.75,
                box=(x - 70, 140, x + 70, 1000),
                fade=lambda px, py, x=x: 1.3 if px < x else 0.6,
            ),
        )
        for _ in range(round(34 * eaten)):
            hx, hy = x + r.uniform(-42, 42), r.gauss(540, 120)
            if hy > level:
                ink.disc(hx, hy, r.uniform(4, 11), on=False, flat=1.2)
        for y in (190, 262):
            ink.line([(x - 62, y), (x + 62, y)], 8, on=False)
    ink.line([(150, 180), (470, 300)], 17)
    ink.line([(800, 300), (470, 180)], 17)
    ink.line([(800, 180), (1130, 300)], 17)
    ink.line([(1440, 300), (1130, 180)], 17)
    top = curve([(x, level + 7 * math.sin(x / 61)) for x in range(-40, W + 60, 20)], 4)
    ink.line(top, 7)
    ripples(ink, level + 14, level + 90, on=True, keep=0.4, width=6)
    for x, y in ((640, 620), (662, 560), (634, 505), (655, 452), (640, 410)):
        ink.ring(x, y, 13 - (620 - y) / 40, 4)
    # a fish that doesn't care
    for fx, fy, s in ((300, 720, 1.0), (985, 800, 0.75), (940, 850, 0.6)):
        body = curve(
            [
                (fx - 70 * s, fy),
                (fx - 20 * s, fy - 24 * s),
                (fx + 50 * s, fy),
                (fx - 20 * s, fy + 24 * s),
                (fx - 70 * s, fy),
            ]
        )
        ink.poly(body)
        ink.poly([(fx + 40 * s, fy), (fx + 86 * s, fy - 26 * s), (fx + 76 * s, fy), (fx + 86 * s, fy + 26 * s)])
        ink.disc(fx - 48 * s, fy - 5 * s, 5 * s, on=False)
        ink.gouge([(fx - 24 * s, fy - 16 * s), (fx - 16 * s, fy), (fx - 24 * s, fy + 16 * s)], 6 * s)
    return sheet.print()


def hammer_and_notebook() -> Image.Image:
    sheet = Sheet(15)
    rust, ink = sheet.block(OCHRE), sheet.block(INK)
    ink.all()
    for i, y in enumerate(range(0, H, 178)):
        ink.rect(0, y, W, 7, on=False)
        ink.through(
            ink.inside(lambda b, y=y: b.rect(0, y + 10, W, 164)),
            lambda b, y=y, i=i: hatch(
                b, angle=0.6 * (-1) ** i, gap=15, length=330, width=5, keep=0.5, bend=6, box=(0, y, W, y + 178)
            ),
        )
        for x in (120 + 700 * (i % 2), 930 + 500 * (i % 2)):
            ink.disc(x, y + 44, 11, on=False)
            ink.disc(x, y + 138, 11, on=False)
    knot = (1330, 800)
    for radius in range(96, 8, -16):
        ink.ring(*knot, radius, 6, on=False, flat=0.62)
    # the notebook, open
    page = [(170, 300), (640, 190), (800, 770), (330, 890)]
    shadow = [(x + 26, y + 30) for x, y in page]
    ink.poly(shadow)
    ink.poly(page, on=False)
    ink.line([*page, page[0]], 9)
    ink.line([(405, 245), (565, 830)], 6)
    r = ink.random
    for side in (0, 1):
        for row in range(11):
            t = 0.1 + row * 0.074
            x0, y0 = 170 + 160 * t + 235 * side, 300 + 590 * t - 55 * side
            for n in range(4):
                start = 0.12 + n * 0.2
                if r.random() < 0.84:
                    a, b = (x0 + 235 * start, y0 - 55 * start), (x0 + 235 * (start + 0.14), y0 - 55 * (start + 0.14))
                    hollow = r.random() < 0.2
                    if hollow:
                        rust.line([a, b], 17)
                        ink.line([a, b], 5)
                    else:
                        ink.line([a, b], 5)
    # pencil
    for b in (ink,):
        b.line([(690, 930), (1090, 790)], 40, on=False)
    rust.line([(700, 927), (1080, 793)], 27)
    ink.line([(694, 914), (1080, 779)], 4)
    ink.line([(702, 942), (1088, 807)], 4)
    ink.line([(697, 929), (1084, 793)], 3)
    ink.poly([(1072, 768), (1160, 763), (1094, 822)], on=False)
    ink.line([(1075, 770), (1160, 763), (1095, 820)], 4)
    ink.poly([(1132, 766), (1164, 762), (1140, 785)])
    # hammer
    ink.line([(900, 640), (1290, 190)], 66, on=False)
    rust.line([(905, 634), (1285, 196)], 48)
    ink.line([(925, 652), (1302, 216)], 8)
    ink.line([(886, 618), (1262, 182)], 5)
    for k in range(5):
        ink.gouge(
            [(930 + 60 * k, 606 - 69 * k + 4), (950 + 60 * k, 583 - 69 * k), (975 + 60 * k, 554 - 69 * k)], 5, True
        )
    head = [(1130, 62), (1226, 30), (1300, 96), (1420, 196), (1454, 292), (1386, 318), (1330, 236), (1210, 142)]
    ink.line([*head, head[0], head[1]], 20, on=False)
    ink.poly(head)
    ink.gouge([(1160, 76), (1260, 122), (1400, 262)], 12)
    ink.gouge([(1200, 60), (1290, 124), (1380, 200)], 7)
    return sheet.print()


def harbour_crane() -> Image.Image:
    sheet = Sheet(16)
    sun, sea, ink = sheet.block(OCHRE), sheet.block(TEAL), sheet.block(INK)
    sun.disc(470, 330, 190)
    rays(sun, 470, 330, start=225, reach=620, count=58, width=12, on=True, first=150, last=390)
    sea.rect(0, 690, W, 400)
    ripples(sea, 694, H, keep=0.7, width=9)
    for k in range(7):
        sea.dash(470 + (-1) ** k * 18, 720 + k * 36, 260 - k * 16, 0, 13, on=False)
    # the far quay
    ink.poly(
        [
            (0, 660),
            (120, 655),
            (120, 612),
            (240, 612),
            (240, 640),
            (330, 640),
            (330, 596),
            (410, 570),
            (490, 596),
            (490, 650),
            (760, 655),
            (760, 692),
            (0, 692),
        ]
    )
    for x in (140, 170, 200, 350, 390, 430):
        ink.rect(x, 626, 14, 16, on=False)
    # quay in front
    ink.poly([(830, H), (830, 742), (W, 730), (W, H)])
    for y in range(790, H, 52):
        ink.line([(836, y), (W, y - 8)], 4, on=False)
        for x in range(860 + (y // 52 % 2) * 60, W, 120):
            ink.line([(x, y), (x + 2, y - 50)], 4, on=False)
    ink.rect(818, 726, W, 20)
    # crane: four legs, a house, a jib
    for x0, x1 in ((1060, 1120), (1380, 1320)):
        ink.line([(x0, 730), (x1, 470)], 24)
    ink.line([(1072, 690), (1368, 690)], 16)
    ink.line([(1075, 676), (1330, 486)], 10)
    ink.line([(1368, 676), (1112, 486)], 10)
    ink.rect(1060, 444, 320, 32)
    ink.rect(1120, 268, 230, 178)
    sun.rect(1142, 296, 84, 70)
    ink.rect(1142, 296, 84, 70, on=False)
    ink.rect(1182, 296, 6, 70)
    ink.through(
        ink.inside(lambda b: b.rect(1240, 280, 96, 150)),
        lambda b: hatch(b, angle=90, gap=13, length=120, width=5, box=(1240, 280, 1336, 430)),
    )
    ink.poly([(1110, 270), (1236, 214), (1360, 270)])
    ink.line([(1140, 300), (640, 76)], 15)
    ink.line([(1128, 372), (640, 96)], 11)
    for k in range(11):
        t, u = k / 11, (k + 0.5) / 11
        a = (1140 - 500 * t, 300 - 224 * t)
        b = (1128 - 488 * u, 372 - 276 * u)
        c = (1140 - 500 * (k + 1) / 11, 300 - 224 * (k + 1) / 11)
        ink.line([a, b, c], 5)
    ink.line([(1300, 220), (1340, 60), (640, 84)], 4)
    ink.line([(1340, 60), (1350, 270)], 9)
    ink.line([(648, 90), (648, 470)], 4)
    # the grab, dripping
    ink.poly([(600, 470), (696, 470), (714, 520), (648, 590), (582, 520)])
    ink.gouge([(648, 480), (647, 530), (648, 586)], 8)
    ink.gouge([(612, 486), (606, 516), (630, 556)], 6)
    r = ink.random
    for _ in range(26):
        ink.dash(648 + r.uniform(-34, 34), r.uniform(596, 700), r.uniform(8, 26), 90, 5, on=True)
    # the barge
    barge = [(390, 742), (830, 742), (796, 826), (440, 826)]
    sea.poly(barge, on=False)
    ink.poly(barge)
    ink.gouge([(410, 766), (600, 770), (812, 764)], 8)
    mud = curve([(430, 744), (520, 690), (610, 668), (700, 676), (790, 744)])
    ink.poly(mud)
    ink.through(
        ink.inside(lambda b: b.poly(mud)),
        lambda b: hatch(b, angle=38, gap=15, length=32, width=6, keep=0.7, box=(430, 660, 800, 744)),
    )
    for x, y, s in ((250, 150, 90), (130, 240, 60), (860, 200, 50)):
        gull(ink, x, y, s)
    return sheet.print()


def fishing_nets() -> Image.Image:
    sheet = Sheet(17)
    sea, rust, ink = sheet.block(TEAL), sheet.block(RUST), sheet.block(INK)
    sea.all()
    sea.through(
        sea.inside(lambda b: b.all()), lambda b: hatch(b, angle=-8, gap=32, length=170, width=11, keep=0.5, bend=12)
    )
    # a net falls in folds from the rope on top
    hang = curve(
        [(-100, 190), (150, 250), (420, 170), (680, 262), (960, 180), (1230, 268), (1480, 190), (1720, 250)], 24
    )

    def place(u: float, v: float) -> tuple[float, float]:
        """u across (0 to 1), v down (0 to 1)."""
        x, y = hang[min(len(hang) - 1, max(0, round(u * (len(hang) - 1))))]
        return x + 60 * math.sin(u * 19 + v * 3.1) * v + 26 * math.sin(v * 7 + u * 5), y + v * 900 + 34 * math.sin(
            u * 26 + v * 2
        ) * v

    for n in range(-34, 62):
        for slope in (1, -1):
            line = []
            for k in range(41):
                v = k / 40
                u = n / 44 + slope * v * 0.42 + (0 if slope > 0 else 0.2)
                if 0 <= u <= 1:
                    line.append(place(u, v))
            if len(line) > 3:
                sea.line(line, 7, on=False)
                ink.line(line, 4.2)
    ink.line(hang, 30)
    for i in range(0, len(hang) - 2, 3):
        x, y = hang[i]
        ink.dash(x, y, 26, 62, 5)
    for x, y in hang[8::20]:
        for b in (ink, sea):
            b.disc(x, y + 4, 54, on=False, flat=0.82)
        rust.disc(x, y + 4, 50, flat=0.82)
        ink.ring(x, y + 4, 54, 7, flat=0.82)
        rust.gouge(curve([(x - 34, y + 6), (x - 22, y - 22), (x + 4, y - 32)]), 10)
        ink.gouge(curve([(x - 30, y + 28), (x + 8, y + 36), (x + 42, y + 4)]), 9, True)
    # what it brought up: a boot, a bottle, a crab
    boot = curve([(500, 610), (602, 596), (618, 770), (700, 806), (716, 862), (520, 872), (520, 740)], 6)
    for b in (ink, sea):
        b.line([*boot, boot[0]], 18, on=False)
    ink.poly([*boot, (500, 610)])
    ink.gouge([(528, 640), (534, 720), (536, 820)], 10)
    ink.gouge([(520, 850), (610, 852), (700, 842)], 9)
    ink.line([(508, 628), (600, 616)], 6, on=False)
    crab = (1080, 720)
    for b in (ink, sea):
        b.disc(*crab, 100, on=False, flat=0.68)
    rust.disc(*crab, 94, flat=0.64)
    ink.ring(*crab, 98, 7, flat=0.66)
    for side in (-1, 1):
        for k in range(3):
            ink.line(
                curve(
                    [
                        (1080 + side * 82, 735 + k * 14),
                        (1080 + side * (150 + k * 6), 712 + k * 34),
                        (1080 + side * (176 - k * 8), 770 + k * 36),
                    ],
                    6,
                ),
                11,
            )
        ink.line(curve([(1080 + side * 74, 690), (1080 + side * 140, 636), (1080 + side * 118, 574)], 8), 14)
        rust.disc(1080 + side * 112, 560, 36)
        sea.disc(1080 + side * 112, 560, 36, on=False)
        ink.ring(1080 + side * 112, 560, 38, 7)
        ink.poly([(1080 + side * 112 - 10, 560), (1080 + side * 112 + 10, 560), (1080 + side * 104, 514)])
        ink.line([(1080 + side * 26, 664), (1080 + side * 32, 636)], 6)
        ink.disc(1080 + side * 33, 632, 9)
    ink.gouge(curve([(1030, 742), (1080, 760), (1130, 742)]), 7, True)
    return sheet.print()


def ice_house() -> Image.Image:
    """A roof of slates going up, seen from beside its ridge."""
    sheet = Sheet(18)
    sky, ink = sheet.block(MIST), sheet.block(INK)
    sky.rect(0, 0, W, H)
    sky.through(
        sky.inside(lambda b: b.all()),
        lambda b: hatch(b, angle=0, gap=26, length=240, width=11, keep=0.55, box=(0, 0, W, 620)),
    )
    roof = [(150, 960), (620, 190), (1470, 190), (1600, 420), (1600, 960)]
    sky.poly(roof, on=False)
    ink.poly(roof)
    r = ink.random
    rows = 13
    for row in range(rows):
        v0, v1 = row / rows, (row + 1) / rows
        y0, y1 = 190 + 770 * v0, 190 + 770 * v1
        left0 = 620 - 470 * v0
        x = left0 - 200 + (row % 2) * 44
        while x < 1640:
            wide = 88 * r.uniform(0.92, 1.08) * (0.84 + 0.3 * v0)
            if row > 8 and x + (row - 8) * 60 > 1130:
                ink.rect(x, y0, wide, y1 - y0, on=False)  # not yet slated: laths
                ink.rect(x, y0 + 8, wide + 2, 13)
                if r.random() < 0.4:
                    ink.rect(x + wide / 2, y0, 15, y1 - y0)
            else:
                ink.line([(x, y0 + 3), (x, y1 + 3)], 4, on=False)
                ink.line([(x, y1), (x + wide, y1)], 5, on=False)
                if r.random() < 0.5:
                    for k in range(r.randint(2, 5)):
                        ink.dash(x + wide * r.uniform(0.3, 0.7), y0 + 12 + k * 10, wide * 0.55, -4, 4)
            x += wide
    outside = ink.inside(lambda b: (b.all(), b.poly(roof, on=False)))
    ink.mask.paste(0, (0, 0), outside)
    ink.line([(130, 972), (614, 180), (1480, 180), (1620, 430)], 26)
    for x in range(640, 1470, 84):
        ink.line([(x, 168), (x, 194)], 5, on=False)
    # gable wall with its door for ice
    ink.poly([(0, H), (0, 930), (140, 962), (W, 962), (W, H)])
    for y in range(984, H, 30):
        ink.line([(0, y), (W, y)], 4, on=False)
        for x in range((y // 30 % 2) * 50, W, 100):
            ink.line([(x, y), (x, y + 30)], 4, on=False)
    # ladder and a stack of slates
    for x in (830, 915):
        ink.line([(x - 110, 1030), (x + 110, 240)], 30, on=False)
        ink.line([(x - 110, 1030), (x + 110, 240)], 15)
    for k in range(14):
        t = 0.05 + k * 0.068
        x, y = 720 + 220 * t, 1030 - 790 * t
        ink.line([(x, y), (x + 85, y)], 19, on=False)
        ink.line([(x, y), (x + 85, y)], 10)
    for x, y, s in ((250, 210, 110), (410, 120, 70), (150, 380, 60)):
        gull(ink, x, y, s)
    return sheet.print()


def boats_at_mooring() -> Image.Image:
    sheet = Sheet(19)
    rust, sea, ink = sheet.block(RUST), sheet.block(MIST), sheet.block(INK)
    sea.rect(0, 300, W, H)
    ripples(sea, 306, H, keep=0.6, width=13)
    hills = curve([(0, 250), (200, 190), (430, 240), (700, 150), (980, 230), (1250, 175), (1600, 245)])
    ink.poly([*hills, (W, 304), (0, 304)])
    ink.through(
        ink.inside(lambda b: b.poly([*hills, (W, 304), (0, 304)])),
        lambda b: hatch(b, angle=-34, gap=17, length=60, width=6, keep=0.75, box=(0, 140, W, 304)),
    )

    def boat(x: float, y: float, s: float, colour: bool, lean: float = 0.0) -> None:
        hull = [
            (x - 170 * s, y - 52 * s),
            *curve(
                [
                    (x - 150 * s, y + 8 * s),
                    (x - 60 * s, y + 44 * s),
                    (x + 60 * s, y + 42 * s),
                    (x + 160 * s, y - 4 * s),
                    (x + 206 * s, y - 84 * s),
                ]
            ),
            (x + 40 * s, y - 46 * s),
        ]
        sea.poly(hull, on=False)
        ink.poly(hull, on=False)
        if colour:
            rust.poly(hull)
        else:
            ink.poly(hull)
        ink.line([*hull, hull[0]], 8 * s)
        ink.gouge([(x - 156 * s, y - 26 * s), (x, y - 16 * s), (x + 190 * s, y - 58 * s)], 11 * s, on=colour)
        ink.rect(x - 110 * s, y - 122 * s, 104 * s, 76 * s)
        panes(ink, x - 98 * s, y - 110 * s, 36 * s, 32 * s, across=1, down=1)
        panes(ink, x - 52 * s, y - 110 * s, 36 * s, 32 * s, across=1, down=1)
        mx = x + 46 * s
        ink.line([(mx, y - 48 * s), (mx + lean, y - 330 * s)], 10 * s)
        ink.line([(mx, y - 92 * s), (mx - 150 * s, y - 170 * s)], 6 * s)
        ink.line([(mx + lean, y - 326 * s), (x + 200 * s, y - 84 * s)], 2.6 * s)
        ink.line([(mx + lean, y - 326 * s), (x - 166 * s, y - 54 * s)], 2.6 * s)
        for k in range(5):
            yy = y + (62 + k * 24) * s
            sea.dash(x + (-1) ** k * 20 * s, yy, (270 - k * 36) * s, 0, 13 * s, on=False)
            ink.dash(x + (-1) ** k * 26 * s, yy, (250 - k * 40) * s, 0, 10 * s, on=True, bend=(-1) ** k * 3)
        ink.line([(mx, y + 60 * s), (mx - 8 * s, y + 120 * s), (mx + 12 * s, y + 190 * s)], 5 * s)

    for x, y, s, c in (
        (250, 420, 0.5, False),
        (620, 390, 0.4, True),
        (900, 430, 0.5, False),
        (1340, 410, 0.48, True),
        (430, 610, 0.85, True),
        (1130, 590, 0.8, False),
        (820, 880, 1.35, False),
        (1490, 830, 1.1, True),
        (110, 850, 1.1, False),
    ):
        boat(x, y, s, c, lean=6 * s)
    for x, y, s in ((360, 90, 70), (1180, 84, 90), (1300, 120, 56)):
        gull(ink, x, y, s)
    return sheet.print()


def bay_of_1887() -> Image.Image:
    """The bay as a surveyor might have drawn it; all names are invented."""
    sheet = Sheet(20)
    sea, rust, ink = sheet.block(MIST), sheet.block(RUST), sheet.block(INK)
    coast = curve(
        [
            (-60, 250),
            (120, 300),
            (300, 260),
            (420, 330),
            (520, 470),
            (610, 560),
            (760, 600),
            (860, 560),
            (930, 450),
            (1010, 380),
            (1120, 400),
            (1180, 500),
            (1260, 560),
            (1390, 540),
            (1480, 430),
            (1660, 400),
        ],
        16,
    )
    far = curve([(-60, 980), (160, 930), (400, 960), (600, 900), (830, 950), (1080, 920), (1300, 985), (1660, 940)], 16)
    water = [*coast, (W + 60, 940), *far[::-1]]
    sea.poly(water)
    r = ink.random
    for line, away in ((coast, 1), (far, -1)):
        for k in range(1, 6):
            ink.line([(x, y + away * (k * 13 + k * k * 1.6)) for x, y in line], 2.4 - k * 0.25)
    land = ink.inside(
        lambda b: ((b.poly([*coast, (W + 60, -20), (-60, -20)]), b.poly([*far, (W + 60, H + 20), (-60, H + 20)])))
    )
    ink.mask.paste(0, (0, 0), land)
    sea.mask.paste(0, (0, 0), land)
    ink.line(coast, 7)
    ink.line(far, 7)
    for hx, hy, s in (
        (180, 120, 1.2),
        (420, 130, 1.0),
        (1330, 150, 1.3),
        (1500, 370, 0.8),
        (660, 110, 0.8),
        (300, 1020, 0.6),
        (1000, 1010, 0.7),
    ):
        for k in range(26):
            a = k / 26 * math.tau
            ink.gouge(
                [(hx + math.cos(a) * d * s * 1.5, hy + math.sin(a) * d * s) for d in (26, 40, 56)],
                5 * s,
                True,
                blunt=0.9,
            )
    # the town, street by street
    for row in range(4):
        for col in range(9):
            x, y = 640 + col * 36 + row * 6, 430 + row * 34 - abs(col - 4) * 3
            if r.random() < 0.86 and (row < 3 or col < 7):
                ink.rect(x, y, r.uniform(16, 27), r.uniform(14, 21))
    ink.rect(806, 392, 12, 26)
    ink.line([(812, 380), (812, 394)], 4)
    ink.line([(804, 386), (820, 386)], 4)
    for road in (
        [(700, 420), (600, 300), (480, 180), (380, -20)],
        [(900, 430), (980, 260), (1150, 120), (1240, -20)],
        [(960, 330), (1180, 250), (1420, 280), (1660, 220)],
    ):
        ink.line(curve(road), 8)
        ink.line(curve(road), 3.4, on=False)
    # the pier, in the colour of the deed
    rust.line([(770, 590), (812, 790)], 20)
    ink.line([(761, 592), (802, 792), (824, 788), (782, 588)], 4)
    for k in range(11):
        ink.line([(763 + k * 4, 604 + k * 18.5), (784 + k * 4, 600 + k * 18.5)], 2.5)
    for k in range(18):
        t = k / 17
        ink.dash(824 + 290 * t, 795 + 120 * t + 26 * math.sin(t * 3), 13, 22, 3.4, on=True)
    # compass
    cx, cy = 330, 690
    ink.ring(cx, cy, 108, 4)
    ink.ring(cx, cy, 92, 2.5)
    for k in range(16):
        a = k * math.tau / 16
        long = 88 if k % 4 == 0 else 62 if k % 2 == 0 else 40
        tip = (cx + long * math.sin(a), cy - long * math.cos(a))
        for side in (-1, 1):
            corner = (cx + 13 * math.sin(a + side * 0.5), cy - 13 * math.cos(a + side * 0.5))
            if side > 0:
                ink.poly([(cx, cy), corner, tip])
            else:
                ink.line([(cx, cy), corner, tip], 2)
    ink.lettering(cx, cy - 118, "N", 46, anchor="ms")
    for x, y, text, size in (
        (1270, 730, "Haverness Bay", 74),
        (668, 690, "Pier", 48),
        (790, 352, "Haverness", 50),
        (640, 1010, "Sallow Shore", 50),
        (1120, 330, "The Ness", 46),
    ):
        ink.lettering(x, y, text, size, anchor="ms")
    ink.lettering(1050, 830, "Ferry", 40, turn=-22)
    for x, y, text in (
        (520, 740, "4"),
        (590, 850, "7"),
        (960, 740, "6"),
        (1030, 640, "3"),
        (1240, 625, "4"),
        (1370, 890, "11"),
        (720, 870, "9"),
        (460, 890, "5"),
        (150, 520, "6"),
        (500, 620, "2"),
        (130, 850, "8"),
    ):
        ink.lettering(x, y, text, 38, anchor="ms", text_face=True)
    # a scale, a frame
    for k in range(6):
        (ink.rect if k % 2 == 0 else lambda *a: None)(1230 + k * 40, 770, 40, 12)
    ink.line([(1230, 770), (1470, 770), (1470, 782), (1230, 782), (1230, 770)], 3)
    ink.lettering(1350, 826, "half a mile", 38, anchor="ms", text_face=True)
    for inset, width in ((18, 8), (34, 3)):
        ink.line(
            [(inset, inset), (W - inset, inset), (W - inset, H - inset), (inset, H - inset), (inset, inset)], width
        )
    return sheet.print(wear=0.45)


DRAWINGS = {
    "storm-over-the-pier": storm_over_the_pier,
    "lighthouse": lighthouse,
    "ferry-by-night": ferry_by_night,
    "piles-under-water": piles_under_water,
    "hammer-and-notebook": hammer_and_notebook,
    "harbour-crane": harbour_crane,
    "fishing-nets": fishing_nets,
    "ice-house": ice_house,
    "boats-at-mooring": boats_at_mooring,
    "bay-of-1887": bay_of_1887,
}
