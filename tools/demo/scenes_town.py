"""Drawings of streets, houses and what runs between them."""

# A drawing is one long list of strokes, and what `through` and `inside` are given is called at once.
# ruff: noqa: B023, PLR0912, PLR0915

from __future__ import annotations

import math

from lino import (
    INK,
    MIST,
    MOSS,
    NIGHT,
    OCHRE,
    RUST,
    TEAL,
    Block,
    Sheet,
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


def closed_door() -> Image.Image:
    """An empty chamber: benches in rings, and a tall double door with light under it."""
    sheet = Sheet(31)
    light, wood, ink = sheet.block(OCHRE), sheet.block(RUST), sheet.block(INK)
    ink.all()
    # panelled wall
    for x in range(20, W, 130):
        ink.line([(x, 0), (x, 560)], 4, on=False)
        for y, tall in ((30, 210), (270, 250)):
            ink.line([(x + 22, y), (x + 108, y), (x + 108, y + tall), (x + 22, y + tall), (x + 22, y)], 4, on=False)
            ink.through(
                ink.inside(lambda b, x=x, y=y, tall=tall: b.rect(x + 28, y + 6, 74, tall - 12)),
                lambda b, x=x, y=y, tall=tall: hatch(
                    b, angle=90, gap=13, length=90, width=3.4, keep=0.5, box=(x + 26, y, x + 104, y + tall)
                ),
            )
    # the door
    ink.rect(560, 20, 480, 560)
    ink.line([(572, 590), (572, 36), (1028, 36), (1028, 590)], 12, on=False)
    for x in (596, 806):
        ink.rect(x, 60, 198, 506, on=False)
        wood.rect(x, 60, 198, 506)
        ink.line([(x, 60), (x + 198, 60), (x + 198, 566), (x, 566), (x, 60)], 6)
        for y, tall in ((86, 190), (306, 236)):
            ink.line([(x + 30, y), (x + 168, y), (x + 168, y + tall), (x + 30, y + tall), (x + 30, y)], 8)
            ink.through(
                ink.inside(lambda b, x=x, y=y, tall=tall: b.rect(x + 36, y + 8, 126, tall - 16)),
                lambda b, x=x, y=y, tall=tall: hatch(
                    b, angle=90, gap=14, length=80, width=5, keep=0.6, box=(x + 34, y, x + 166, y + tall)
                ),
                on=True,
            )
    for x in (782, 818):
        ink.disc(x, 326, 13)
        light.disc(x, 326, 7)
    ink.rect(590, 566, 420, 12, on=False)
    light.rect(590, 566, 420, 12)
    floor = [(590, 580), (1010, 580), (1060, 632), (540, 632)]
    ink.poly(floor, on=False)
    light.poly(floor)
    ink.through(
        ink.inside(lambda b: b.poly(floor)),
        lambda b: hatch(
            b,
            angle=0,
            gap=17,
            length=170,
            width=6,
            keep=0.75,
            box=(520, 590, 1080, 632),
            fade=lambda x, y: (y - 575) / 50,
        ),
        on=True,
    )
    # benches in rings, seen from behind
    for k, (y, radius) in enumerate(((690, 560), (790, 760), (910, 1010), (1050, 1320))):
        top = [
            (800 + radius * math.sin(a / 30), y - 90 + radius * 0.26 * (1 - math.cos(a / 30)) * -0.9 + 60)
            for a in range(-42, 43)
        ]
        back = [*top, *[(x, yy + 84 + k * 14) for x, yy in top[::-1]]]
        ink.poly(back, on=False)
        wood.poly(back)
        ink.line(top, 15 + 3 * k)
        within = ink.inside(lambda b, back=back: b.poly(back))
        ink.through(
            within,
            lambda b, y=y: hatch(
                b,
                angle=0,
                gap=18,
                length=150,
                width=7,
                keep=0.55,
                box=(0, y - 260, W, y + 120),
                fade=lambda px, py: 0.5 + abs(px - 800) / 700,
            ),
            on=True,
        )
        for a in range(-42, 43, 6):
            x, yy = 800 + radius * math.sin(a / 30), y - 90 + radius * 0.26 * (1 - math.cos(a / 30)) * -0.9 + 60
            ink.line([(x, yy), (x, yy + 84 + k * 14)], 6)
        shade = [*[(x, yy + 84 + k * 14) for x, yy in top], *[(x, yy + 120 + k * 20) for x, yy in top[::-1]]]
        ink.poly(shade)
        wood.poly(shade, on=False)
    return sheet.print()


def street_lamps() -> Image.Image:
    sheet = Sheet(32)
    glow, night, ink = sheet.block(OCHRE), sheet.block(NIGHT), sheet.block(INK)
    night.all()
    r = ink.random
    for _ in range(60):
        night.disc(r.uniform(500, 1100), r.uniform(0, 380), r.uniform(1.5, 3.6), on=False)
    # two rows of houses meet far down the hill
    vx, vy = 800, 470
    for side in (-1, 1):
        x_near = vx + side * 860
        ink.poly([(x_near, -120), (vx + side * 60, vy - 60), (vx + side * 60, vy + 26), (x_near, 980)])
        for k in range(9):
            t0, t1 = 1 - 0.8**k, 1 - 0.8 ** (k + 1)
            xa, xb = x_near + (vx + side * 60 - x_near) * t0, x_near + (vx + side * 60 - x_near) * t1

            def at(x: float, v: float, side: int = side) -> tuple[float, float]:
                t = (x - x_near) / (vx + side * 60 - x_near)
                top, bottom = -120 + (vy + 60) * t, 980 + (vy + 26 - 980) * t
                return x, top + (bottom - top) * v

            ink.line([at(xa, 0), at(xa, 1)], 5 * (1 - t0) + 1, on=False)
            peak = ((xa + xb) / 2, at((xa + xb) / 2, 0)[1] - 120 * (1 - t0))
            ink.poly([at(xa, 0), peak, at(xb, 0)])
            ink.line([at(xa, 0), peak, at(xb, 0)], 6 * (1 - t0) + 1, on=False)
            for v in (0.16, 0.4, 0.66):
                for col in (0.2, 0.58):
                    x0, x1 = xa + (xb - xa) * col, xa + (xb - xa) * (col + 0.24)
                    pane = [at(x0, v), at(x1, v), at(x1, v + 0.13), at(x0, v + 0.13)]
                    lit = r.random() < 0.3 and k < 7
                    ink.poly(pane, on=False)
                    if lit:
                        night.poly(pane, on=False)
                        glow.poly(pane)
                    mid0, mid1 = at((x0 + x1) / 2, v), at((x0 + x1) / 2, v + 0.13)
                    ink.line([mid0, mid1], 5 * (1 - t0) + 1)
            ink.through(
                ink.inside(lambda b, xa=xa, xb=xb, at=at: b.poly([at(xa, 0.84), at(xb, 0.84), at(xb, 1), at(xa, 1)])),
                lambda b: hatch(b, angle=side * -26, gap=17, length=70, width=4, keep=0.6, box=(0, 400, W, 980)),
            )
    # the street
    street = [(740, 496), (860, 496), (1700, H), (-100, H)]
    night.poly([(740, 496), (860, 496), (1660, 980), (W, H), (0, H), (-60, 980)], on=True)
    ink.through(
        ink.inside(lambda b: b.poly(street)),
        lambda b: ripples(b, 500, H, on=True, keep=0.8, width=11, near=34, far=6),
        on=True,
    )
    # lamps with pools of light
    for side, d in ((-1, 1.0), (1, 0.76), (-1, 0.5), (1, 0.36), (-1, 0.25), (1, 0.17)):
        x, foot = vx + side * 520 * d, vy + 26 + 470 * d
        top = foot - 640 * d
        glow.disc(x, foot + 12 * d, 190 * d, flat=0.26)
        for b in (night, ink):
            b.disc(x, foot + 12 * d, 190 * d, on=False, flat=0.26)
        ink.through(
            ink.inside(lambda b, x=x, foot=foot, d=d: b.disc(x, foot + 12 * d, 190 * d, flat=0.26)),
            lambda b, x=x, foot=foot, d=d: hatch(
                b,
                angle=0,
                gap=13 * d + 3,
                length=60 * d + 8,
                width=5 * d,
                keep=0.45,
                box=(x - 200 * d, foot - 50 * d, x + 200 * d, foot + 70 * d),
            ),
            on=True,
        )
        for b in (night, ink):
            b.disc(x, top, 96 * d, on=False)
        glow.disc(x, top, 96 * d)
        rays(glow, x, top, start=104 * d, reach=120 * d, count=22, width=9 * d, on=True)
        for b in (night, ink):
            rays(b, x, top, start=104 * d, reach=120 * d, count=22, width=9 * d)
        glow.disc(x, top, 40 * d, on=False)
        ink.line([(x, foot), (x, top + 40 * d)], 15 * d)
        ink.rect(x - 20 * d, foot - 60 * d, 40 * d, 64 * d)
        ink.line([(x - 34 * d, top + 46 * d), (x + 34 * d, top + 46 * d)], 9 * d)
        ink.line(
            [
                (x - 30 * d, top + 44 * d),
                (x - 42 * d, top - 40 * d),
                (x + 42 * d, top - 40 * d),
                (x + 30 * d, top + 44 * d),
            ],
            6 * d,
        )
        ink.poly([(x - 52 * d, top - 38 * d), (x, top - 84 * d), (x + 52 * d, top - 38 * d)])
    return sheet.print()


def hospital() -> Image.Image:
    """A plain county hospital behind a car park with a barrier."""
    sheet = Sheet(33)
    sky, rust, ink = sheet.block(MIST), sheet.block(RUST), sheet.block(INK)
    sky.rect(0, 0, W, 560)
    sky.through(
        sky.inside(lambda b: b.rect(0, 0, W, 560)),
        lambda b: hatch(
            b, angle=0, gap=24, length=260, width=12, keep=0.6, box=(0, 0, W, 560), fade=lambda x, y: 0.3 + y / 500
        ),
    )
    for x, y, wide, tall in ((150, 250, 470, 400), (980, 250, 470, 400), (560, 150, 480, 500)):
        sky.rect(x, y, wide, tall, on=False)
        ink.rect(x, y, wide, tall)
        ink.rect(x - 14, y - 18, wide + 28, 22)
        cols = round(wide / 78)
        for row in range(int((tall - 60) / 92)):
            for col in range(cols):
                px, py = x + 30 + col * (wide - 40) / cols, y + 34 + row * 92
                panes(ink, px, py, 42, 58, across=2, down=2, bar=4)
                if (row * 7 + col * 3) % 11 == 0:
                    rust.rect(px, py, 42, 58)
    ink.rect(690, 540, 220, 110, on=False)
    ink.line([(690, 650), (690, 540), (910, 540), (910, 650)], 8)
    for x in (745, 800, 855):
        ink.line([(x, 546), (x, 650)], 5)
    ink.rect(650, 520, 300, 22)
    rust.rect(764, 186, 72, 72)
    ink.rect(764, 186, 72, 72, on=False)
    rust.lettering(800, 246, "H", 66, on=False, anchor="ms")
    # trees
    for x, s in ((90, 1.0), (1510, 1.1), (40, 0.7)):
        ink.line([(x, 660), (x, 560)], 14 * s)
        ink.disc(x, 500, 84 * s, flat=1.15)
        ink.through(
            ink.inside(lambda b, x=x, s=s: b.disc(x, 500, 84 * s, flat=1.15)),
            lambda b, x=x: hatch(b, angle=-40, gap=17, length=40, width=7, keep=0.7, box=(x - 110, 380, x + 110, 620)),
        )
    # tarmac with bays
    ink.rect(0, 650, W, H)
    for k in range(-9, 10):
        ink.line([(800 + k * 95, 676), (800 + k * 205, 850)], 6, on=False)
    ink.line([(0, 674), (W, 674)], 5, on=False)
    ink.through(
        ink.inside(lambda b: b.rect(0, 860, W, 220)),
        lambda b: hatch(b, angle=0, gap=22, length=120, width=5, keep=0.45, box=(0, 862, W, H)),
    )

    def car(x: float, y: float, s: float, red: bool) -> None:
        body = curve(
            [
                (x - 130 * s, y),
                (x - 126 * s, y - 46 * s),
                (x - 70 * s, y - 62 * s),
                (x - 40 * s, y - 104 * s),
                (x + 50 * s, y - 104 * s),
                (x + 84 * s, y - 60 * s),
                (x + 128 * s, y - 44 * s),
                (x + 130 * s, y),
            ]
        )
        ink.poly(body, on=False)
        (rust if red else sky).poly(body)
        ink.line([*body, body[0]], 7 * s)
        ink.poly([(x - 56 * s, y - 62 * s), (x - 32 * s, y - 94 * s), (x + 2 * s, y - 94 * s), (x + 2 * s, y - 62 * s)])
        ink.poly(
            [(x + 14 * s, y - 62 * s), (x + 14 * s, y - 94 * s), (x + 44 * s, y - 94 * s), (x + 68 * s, y - 62 * s)]
        )
        for wx in (-74, 76):
            ink.disc(x + wx * s, y, 30 * s, on=False)
            ink.disc(x + wx * s, y, 26 * s)
            ink.disc(x + wx * s, y, 10 * s, on=False)

    car(330, 800, 0.95, True)
    car(690, 800, 0.95, False)
    car(1290, 800, 0.95, True)
    # barrier
    ink.rect(1216, 850, 84, 190, on=False)
    ink.rect(1226, 858, 64, 209)
    ink.rect(1240, 880, 36, 30, on=False)
    ink.line([(1226, 906), (420, 960)], 30, on=False)
    for k in range(10):
        t0, t1 = k / 10, (k + 0.5) / 10
        rust.line([(1226 - 806 * t0, 906 + 54 * t0), (1226 - 806 * t1, 906 + 54 * t1)], 22)
    return sheet.print()


def school() -> Image.Image:
    sheet = Sheet(34)
    sky, rust, ink = sheet.block(OCHRE), sheet.block(RUST), sheet.block(INK)
    sky.rect(0, 0, W, 640)
    rays(sky, 800, 640, start=200, reach=1200, count=44, width=22, first=180, last=360)
    rust.rect(180, 420, 1240, 380)
    sky.rect(180, 420, 1240, 380, on=False)
    for y in range(436, 800, 20):
        ink.line([(180, y), (1420, y)], 2.4)
        for x in range(180 + (y // 20 % 2) * 24, 1420, 48):
            ink.line([(x, y), (x, y + 20)], 2.4)
    for x in (250, 1080):
        gable = [(x - 50, 420), (x + 140, 230), (x + 330, 420)]
        sky.poly(gable, on=False)
        rust.poly(gable)
        ink.line([(x - 66, 430), (x + 140, 222), (x + 346, 430)], 20)
        ink.disc(x + 140, 346, 40, on=False)
        rust.disc(x + 140, 346, 40, on=False)
        ink.ring(x + 140, 346, 44, 8)
        ink.line([(x + 140, 346), (x + 140, 316)], 5)
        ink.line([(x + 140, 346), (x + 158, 358)], 5)
    ink.poly([(580, 430), (610, 300), (990, 300), (1020, 430)])
    ink.through(
        ink.inside(lambda b: b.poly([(580, 430), (610, 300), (990, 300), (1020, 430)])),
        lambda b: hatch(b, angle=0, gap=17, length=46, width=5, keep=0.8, box=(580, 306, 1020, 430)),
    )
    # bell turret
    sky.rect(752, 170, 96, 130, on=False)
    ink.line([(760, 300), (760, 190)], 12)
    ink.line([(840, 300), (840, 190)], 12)
    ink.poly([(736, 196), (800, 96), (864, 196)])
    ink.poly(curve([(772, 262), (782, 222), (800, 206), (818, 222), (828, 262)]))
    ink.disc(800, 268, 8)
    for x in (230, 400, 580, 930, 1100, 1280):
        for b in (rust, ink):
            b.rect(x - 8, 492, 116, 216, on=False)
        ink.line([(x - 8, 708), (x - 8, 492), (x + 108, 492), (x + 108, 708), (x - 8, 708)], 9)
        panes(ink, x, 500, 100, 200, across=3, down=4, bar=6)
        ink.rect(x - 18, 708, 136, 12)
    for b in (rust, ink):
        b.rect(726, 560, 148, 240, on=False)
    ink.rect(738, 572, 124, 228)
    ink.rect(797, 572, 6, 228, on=False)
    ink.rect(752, 592, 36, 70, on=False)
    ink.rect(812, 592, 36, 70, on=False)
    # yard with hopscotch, chalk on tar
    ink.rect(0, 800, W, H)
    ink.through(
        ink.inside(lambda b: b.rect(0, 806, W, 270)),
        lambda b: hatch(b, angle=0, gap=20, length=90, width=4, keep=0.35, box=(0, 806, W, H)),
    )
    cells = [(0, 0), (1, 0), (2, -0.5), (2, 0.5), (3, 0), (4, -0.5), (4, 0.5), (5, 0)]
    for i, (u, v) in enumerate(cells):
        x, y = 400 + u * 150 + v * 26, 950 + v * 84
        box = [(x - 14, y + 40), (x + 14, y - 40), (x + 150, y - 40), (x + 122, y + 40), (x - 14, y + 40)]
        ink.poly(box)
        ink.line(box, 6, on=False)
        ink.lettering(x + 68, y + 21, str(i + 1), 58, on=False, anchor="ms")
    for x in range(-10, W, 46):
        if not 690 < x < 900:
            ink.line([(x, 740), (x, 806)], 7)
    ink.line([(0, 752), (690, 752)], 6)
    ink.line([(900, 752), (W, 752)], 6)
    return sheet.print()


def night_bus() -> Image.Image:
    sheet = Sheet(35)
    glow, rust, ink = sheet.block(OCHRE), sheet.block(RUST), sheet.block(INK)
    ink.all()
    ink.through(
        ink.inside(lambda b: b.rect(0, 0, W, 800)),
        lambda b: hatch(b, angle=68, gap=32, length=120, width=5, keep=0.5, box=(0, 0, W, 800)),
    )
    # houses behind, dark on dark
    for x, wide, tall in ((0, 230, 330), (240, 190, 400), (450, 240, 310), (1130, 220, 390), (1370, 260, 330)):
        ink.rect(x, 700 - tall, wide, tall)
        ink.poly([(x - 10, 700 - tall), (x + wide / 2, 620 - tall), (x + wide + 10, 700 - tall)])
        ink.line(
            [(x, 700), (x, 700 - tall), (x + wide / 2, 622 - tall), (x + wide, 700 - tall), (x + wide, 700)],
            5,
            on=False,
        )
        for k in range(2):
            panes(ink, x + 40 + k * (wide - 130), 740 - tall, 46, 62, bar=5)
    # the bus
    body = [(330, 800), (330, 330), (370, 290), (1260, 290), (1296, 330), (1310, 600), (1310, 800)]
    ink.line([*body, body[0]], 26, on=False)
    ink.poly(body, on=False)
    rust.poly(body)
    rust.rect(330, 530, 980, 30, on=False)
    ink.line([*body, body[0]], 9)
    for x in range(372, 1120, 126):
        for b in (rust, ink):
            b.rect(x, 346, 108, 140, on=False)
        glow.rect(x, 346, 108, 140)
        ink.line([(x, 346), (x + 108, 346), (x + 108, 486), (x, 486), (x, 346)], 8)
        ink.line([(x, 388), (x + 108, 388)], 4)
        ink.rect(x + 22, 440, 64, 46)  # backs of empty seats
    rust.poly([(1136, 346), (1262, 346), (1284, 590), (1136, 590)], on=False)
    glow.poly([(1136, 346), (1262, 346), (1284, 590), (1136, 590)])
    ink.line([(1136, 346), (1262, 346), (1284, 590), (1136, 590), (1136, 346)], 8)
    ink.line([(1200, 346), (1206, 590)], 5)
    ink.rect(980, 300, 270, 40)
    ink.lettering(1115, 333, "Fish Market", 36, on=False, anchor="ms")
    ink.rect(330, 720, 980, 12)
    ink.through(
        ink.inside(lambda b: b.rect(340, 740, 960, 56)),
        lambda b: hatch(b, angle=0, gap=15, length=110, width=5, keep=0.7, box=(340, 738, 1300, 796)),
        on=True,
    )
    for x in (520, 1130):
        ink.disc(x, 806, 92)
        ink.disc(x, 806, 56, on=False)
        ink.ring(x, 806, 44, 8)
        rays(ink, x, 806, start=10, reach=30, count=10, width=8, on=True)
    for b in (rust, ink):
        b.disc(1290, 690, 24, on=False)
    glow.disc(1290, 690, 24)
    ink.ring(1290, 690, 28, 6)
    beam = [(1316, 684), (1660, 640), (1660, 900), (1316, 716)]
    ink.poly(beam, on=False)
    glow.poly(beam)
    glow.through(
        glow.inside(lambda b: b.poly(beam)),
        lambda b: hatch(b, angle=66, gap=26, length=70, width=7, keep=0.7, box=(1310, 620, W, 900)),
    )
    # wet street
    ink.through(ink.inside(lambda b: b.rect(0, 880, W, 190)), lambda b: ripples(b, 880, H, on=True, keep=0.6, width=8))
    for x in range(380, 1240, 126):
        for k in range(4):
            ink.dash(x + 50, 916 + k * 36, 90 - k * 10, 0, 10)
            glow.dash(x + 50, 916 + k * 36, 96 - k * 10, 0, 11, on=True)
    # stop with its timetable
    ink.line([(180, 1000), (180, 470)], 22, on=False)
    ink.line([(180, 1000), (180, 470)], 12)
    for b in (ink,):
        b.rect(118, 420, 124, 96, on=False)
    rust.rect(124, 426, 112, 84)
    ink.lettering(180, 486, "9", 66, anchor="ms")
    ink.line([(118, 420), (242, 420), (242, 516), (118, 516), (118, 420)], 6)
    return sheet.print()


def market_stalls() -> Image.Image:
    sheet = Sheet(36)
    rust, teal, ink = sheet.block(RUST), sheet.block(TEAL), sheet.block(INK)
    # arcade behind
    ink.rect(0, 0, W, 430)
    for x in range(-40, W, 205):
        arch = [
            (x + 30, 430),
            (x + 30, 190),
            *[(x + 102 - 72 * math.cos(a / 10), 190 - 92 * math.sin(a / 10)) for a in range(0, 32)],
            (x + 174, 190),
            (x + 174, 430),
        ]
        ink.poly(arch, on=False)
        ink.through(
            ink.inside(lambda b, arch=arch: b.poly(arch)),
            lambda b, x=x: hatch(
                b,
                angle=0,
                gap=15,
                length=90,
                width=8,
                keep=0.85,
                box=(x, 90, x + 200, 430),
                fade=lambda px, py: max(0.2, 1 - (py - 90) / 300),
            ),
            on=True,
        )
    ink.line([(0, 56), (W, 56)], 8, on=False)
    for x in range(0, W, 40):
        ink.line([(x, 16), (x + 20, 44), (x + 40, 16)], 5, on=False)
    r = ink.random

    def stall(x: float, top: float, wide: float, colour: Block, goods: str) -> None:
        n = 8
        awning = [(x, top), (x + wide, top), (x + wide + 34, top + 130), (x - 34, top + 130)]
        for b in (ink, teal, rust):
            b.poly(
                [(x - 34, top + 130), (x + wide + 34, top + 130), (x + wide + 10, top + 520), (x - 10, top + 520)],
                on=False,
            )
        ink.rect(x + 6, top + 130, wide - 12, 180)
        ink.through(
            ink.inside(lambda b: b.rect(x + 6, top + 130, wide - 12, 180)),
            lambda b: hatch(
                b, angle=90, gap=26, length=120, width=4, keep=0.5, box=(x, top + 130, x + wide, top + 310)
            ),
        )
        for b in (ink, teal, rust):
            b.poly(awning, on=False)
        for k in range(n):
            x0, x1 = x + wide * k / n, x + wide * (k + 1) / n
            w0, w1 = x - 34 + (wide + 68) * k / n, x - 34 + (wide + 68) * (k + 1) / n
            strip = [
                (x0, top),
                (x1, top),
                (w1, top + 130),
                *[(w1 + (w0 - w1) * t / 8, top + 130 + 34 * math.sin(math.pi * t / 8)) for t in range(9)],
                (w0, top + 130),
            ]
            if k % 2 == 0:
                colour.poly(strip)
            else:
                ink.poly(strip, on=False)
            ink.line([*strip, strip[0]], 5)
        for px in (x + 4, x + wide - 4):
            ink.line([(px, top + 150), (px, top + 520)], 13)
        # table, tilted towards us
        table = [(x - 4, top + 300), (x + wide + 4, top + 300), (x + wide + 40, top + 430), (x - 40, top + 430)]
        ink.poly(table, on=False)
        ink.rect(x - 40, top + 428, wide + 80, 92)
        ink.through(
            ink.inside(lambda b: b.rect(x - 30, top + 442, wide + 60, 78)),
            lambda b: hatch(
                b, angle=90, gap=24, length=70, width=5, keep=0.8, box=(x - 40, top + 436, x + wide + 40, top + 520)
            ),
        )
        ink.line([*table, table[0]], 8)
        for row in range(3):
            y = top + 330 + row * 38
            count = 9 + row
            for k in range(count):
                gx = x - 10 - row * 9 + (wide + 20 + row * 18) * (k + 0.5) / count
                if goods == "fish":
                    ink.poly(curve([(gx - 30, y), (gx, y - 11), (gx + 22, y), (gx, y + 11), (gx - 30, y)], 5))
                    ink.poly([(gx + 16, y), (gx + 34, y - 12), (gx + 34, y + 12)])
                    ink.disc(gx - 20, y - 2, 3, on=False)
                elif goods == "apples":
                    colour.disc(gx, y, 20)
                    ink.ring(gx, y, 21, 5)
                    ink.line([(gx, y - 18), (gx + 5, y - 27)], 4)
                else:
                    colour.disc(gx, y, 23, flat=0.62)
                    ink.ring(gx, y, 25, 5, flat=0.62)
                    ink.dash(gx - 8, y, 16, 60, 5, on=True)
                    ink.dash(gx + 8, y, 16, 60, 5, on=True)

    stall(560, 300, 420, rust, "apples")
    stall(60, 420, 420, teal, "fish")
    stall(1080, 430, 430, teal, "loaves")
    # setts
    ink.rect(0, 940, W, 8)
    for row, y in enumerate((966, 1002, 1046)):
        for k in range(-1, 24 - row * 3):
            wide = 70 + row * 14
            x = k * wide + (row % 2) * wide / 2
            if r.random() < 0.86:
                ink.line([(x + 6, y), (x + wide - 8, y), (x + wide - 8, y + 22 + row * 6)], 5)
    # a scale hangs in the middle
    ink.line([(770, 430), (770, 500)], 5)
    ink.disc(770, 520, 34, on=False)
    ink.ring(770, 520, 34, 8)
    ink.line([(770, 520), (784, 502)], 5)
    ink.poly([(728, 576), (812, 576), (796, 600), (744, 600)])
    ink.line([(732, 578), (770, 552), (808, 578)], 3)
    return sheet.print()


def railway() -> Image.Image:
    sheet = Sheet(37)
    sky, moss, ink = sheet.block(OCHRE), sheet.block(MOSS), sheet.block(INK)
    sky.rect(0, 0, W, 430)
    sky.disc(760, 400, 120, on=False)
    rays(sky, 760, 400, start=140, reach=900, count=52, width=17, first=180, last=360)
    hills = curve([(0, 380), (220, 300), (480, 370), (700, 330), (960, 390), (1250, 270), (1600, 360)])
    ink.poly([*hills, (W, 470), (0, 470)])
    ink.through(
        ink.inside(lambda b: b.poly([*hills, (W, 470), (0, 470)])),
        lambda b: hatch(b, angle=-28, gap=17, length=70, width=6, keep=0.75, box=(0, 250, W, 470)),
    )
    moss.rect(0, 440, W, H)
    moss.through(
        moss.inside(lambda b: b.rect(0, 440, W, H)),
        lambda b: hatch(
            b,
            angle=-80,
            gap=40,
            length=40,
            width=8,
            keep=0.55,
            box=(0, 450, W, H),
            fade=lambda x, y: 0.3 + (y - 440) / 600,
        ),
    )
    ink.through(
        ink.inside(lambda b: b.rect(0, 450, W, 620)),
        lambda b: hatch(
            b,
            angle=-76,
            gap=54,
            length=34,
            width=8,
            keep=0.4,
            box=(0, 460, W, H),
            fade=lambda x, y: 0.3 + (y - 440) / 600,
        ),
        on=True,
    )
    # the line
    vx, vy = 760, 442
    bed = [(vx - 6, vy), (vx + 6, vy), (1190, H), (130, H)]
    for b in (moss, ink):
        b.poly(bed, on=False)
    ink.through(
        ink.inside(lambda b: b.poly(bed)),
        lambda b: hatch(
            b,
            angle=12,
            gap=17,
            length=15,
            width=6,
            keep=0.5,
            box=(100, 470, 1200, H),
            fade=lambda x, y: (y - 440) / 500,
        ),
        on=True,
    )
    y, step = vy + 8.0, 5.0
    while y < H + 40:
        t = (y - vy) / (H - vy)
        half = 6 + 420 * t
        cx = vx - 100 * t
        ink.poly(
            [(cx - half, y), (cx + half, y), (cx + half * 1.03, y + step * 0.55), (cx - half * 1.03, y + step * 0.55)]
        )
        ink.gouge(
            [(cx - half * 0.8, y + step * 0.25), (cx, y + step * 0.3), (cx + half * 0.8, y + step * 0.24)], step * 0.1
        )
        y += step * 1.25
        step *= 1.13
    for side in (-1, 1):
        ink.poly(
            [
                (vx + side * 3 - 1, vy),
                (vx + side * 3 + 1, vy),
                (vx - 100 + side * 290 + 24, H),
                (vx - 100 + side * 290 - 24, H),
            ]
        )
        ink.line([(vx + side * 3, vy + 10), (vx - 104 + side * 290, H)], 6, on=False)
    # halt: platform, shelter, lamp, signal
    platform = [(800, 452), (W, 700), (W, 900), (806, 470)]
    for b in (moss,):
        b.poly(platform, on=False)
    ink.poly(platform, on=False)
    ink.poly([(800, 456), (W, 800), (W, 920), (806, 474)])
    ink.line([(800, 452), (W, 700)], 7)
    ink.through(
        ink.inside(lambda b: b.poly([(800, 456), (W, 800), (W, 920), (806, 474)])),
        lambda b: hatch(b, angle=24, gap=26, length=60, width=5, keep=0.6, box=(800, 450, W, 920)),
    )
    sky.rect(1230, 330, 260, 320, on=False)
    ink.poly([(1210, 600), (1210, 360), (1480, 330), (1480, 690)])
    ink.poly([(1180, 372), (1190, 320), (1500, 276), (1530, 330)])
    ink.poly([(1246, 420), (1440, 404), (1440, 560), (1246, 530)], on=False)
    ink.line([(1343, 412), (1343, 546)], 7)
    ink.line([(1040, 540), (1040, 250)], 11)
    ink.poly([(1012, 262), (1040, 226), (1068, 262), (1058, 300), (1022, 300)])
    sky.disc(1040, 276, 14)
    ink.disc(1040, 276, 14, on=False)
    ink.line([(470, 640), (470, 170)], 17)
    for b in (sky,):
        b.poly([(478, 190), (330, 150), (322, 184), (470, 226)], on=False)
    ink.poly([(478, 190), (330, 150), (322, 184), (470, 226)])
    ink.poly([(352, 166), (372, 171), (366, 202), (346, 196)], on=False)
    ink.disc(486, 212, 15)
    for k in range(8):
        ink.line([(462, 620 - k * 50), (492, 620 - k * 50)], 5)
    gull(ink, 250, 120, 70)
    gull(ink, 1180, 130, 54)
    return sheet.print()


def bridge() -> Image.Image:
    sheet = Sheet(38)
    water, rust, ink = sheet.block(TEAL), sheet.block(OCHRE), sheet.block(INK)
    rust.rect(0, 0, W, 420)
    rust.through(
        rust.inside(lambda b: b.rect(0, 0, W, 420)),
        lambda b: hatch(
            b, angle=0, gap=26, length=300, width=14, keep=0.6, box=(0, 0, W, 420), fade=lambda x, y: 0.3 + y / 420
        ),
    )
    for x, wide, tall in (
        (0, 120, 150),
        (120, 90, 190),
        (210, 140, 140),
        (1180, 110, 170),
        (1290, 130, 200),
        (1420, 90, 150),
        (1510, 110, 180),
    ):
        house(ink, x + 6, 430, wide - 12, tall - 60)
        panes(ink, x + wide / 2 - 14, 470 - tall, 28, 34)
    water.rect(0, 640, W, H)
    ripples(water, 650, H, keep=0.7, width=10)

    def road(x: float) -> float:
        return 470 - 110 * math.exp(-(((x - 800) / 560) ** 2))

    wall = [*[(x, road(x) - 56) for x in range(-20, W + 40, 20)], (W + 20, 700), (-20, 700)]
    for b in (rust, ink):
        b.poly(wall, on=False)
    ink.line([(x, road(x) - 56) for x in range(-20, W + 40, 20)], 13)
    ink.line([(x, road(x) - 4) for x in range(-20, W + 40, 20)], 6)
    r = ink.random
    for row in range(13):
        for k in range(-1, 26):
            x = k * 66 + (row % 2) * 33
            y = road(x) + 4 + row * 24
            if r.random() < 0.8:
                ink.line([(x + 4, y + 20), (x + 58, road(x + 60) + 24 + row * 24)], 4)
            if r.random() < 0.8:
                ink.line([(x + 62, y + 2), (x + 62, y + 20)], 4)
    for k in range(-1, 26):
        ink.line([(k * 66 + 20, road(k * 66) - 50), (k * 66 + 20, road(k * 66) - 8)], 4)
    for cx, radius in ((330, 170), (800, 215), (1270, 170)):
        arch = [
            (cx + radius * math.cos(a / 40 * math.pi), 690 - radius * 0.92 * math.sin(a / 40 * math.pi))
            for a in range(41)
        ]
        ring = [
            (cx + (radius + 34) * math.cos(a / 40 * math.pi), 690 - (radius + 34) * 0.92 * math.sin(a / 40 * math.pi))
            for a in range(41)
        ]
        ink.poly(ring, on=False)
        for a in range(0, 41, 3):
            ink.line([arch[a], ring[a]], 4)
        ink.line(ring, 5)
        ink.poly(arch)
        ink.through(
            ink.inside(lambda b, arch=arch: b.poly(arch)),
            lambda b, cx=cx, radius=radius: hatch(
                b,
                angle=0,
                gap=15,
                length=110,
                width=6,
                keep=0.75,
                box=(cx - radius, 480, cx + radius, 690),
                fade=lambda px, py: (py - 500) / 150,
            ),
        )
    for cx in (100, 565, 1035, 1500):
        ink.poly([(cx - 62, 700), (cx - 40, 560), (cx, 540), (cx + 40, 560), (cx + 62, 700)])
        ink.poly([(cx - 40, 690), (cx - 26, 574), (cx, 560), (cx, 690)], on=False)
        for y in range(590, 690, 24):
            ink.line([(cx - 38, y), (cx, y)], 4)
    ink.rect(0, 690, W, 9)
    for cx, radius in ((330, 170), (800, 215), (1270, 170)):
        for k in range(13):
            half = radius * math.sqrt(max(0, 1 - (k / 14) ** 2))
            ink.dash(cx + r.uniform(-10, 10), 716 + k * 15, half * 1.9, 0, 9, on=True)
    ripples(ink, 710, H, on=True, keep=0.25, width=9)
    # closed: trestles across the road
    for x in (640, 940):
        y = road(x) - 60
        ink.line([(x - 60, y), (x - 44, y - 74)], 9)
        ink.line([(x + 60, y), (x + 44, y - 74)], 9)
        for b in (rust, ink):
            b.rect(x - 84, y - 92, 168, 32, on=False)
        for k in range(5):
            ink.poly(
                [
                    (x - 84 + k * 36, y - 60),
                    (x - 66 + k * 36, y - 92),
                    (x - 48 + k * 36, y - 92),
                    (x - 66 + k * 36, y - 60),
                ]
            )
        ink.line([(x - 84, y - 92), (x + 84, y - 92), (x + 84, y - 60), (x - 84, y - 60), (x - 84, y - 92)], 5)
    return sheet.print()


def bakery() -> Image.Image:
    """Loaves on boards before an oven, at night."""
    sheet = Sheet(39)
    fire, rust, ink = sheet.block(OCHRE), sheet.block(RUST), sheet.block(INK)
    ink.all()
    r = ink.random
    for row in range(24):
        for k in range(-1, 15):
            x, y = k * 124 + (row % 2) * 62, row * 46
            if r.random() < 0.5:
                ink.line([(x + 6, y), (x + 116, y)], 3.4, on=False)
            if r.random() < 0.4:
                ink.line([(x, y), (x, y + 42)], 3.4, on=False)
    # the oven's mouth
    cx, base = 800, 560

    def arch(radius: float) -> list[tuple[float, float]]:
        return [
            (cx + radius * 1.3 * math.cos(a / 40 * math.pi), base - radius * math.sin(a / 40 * math.pi))
            for a in range(41)
        ]

    ink.poly([*arch(420)], on=False)
    for a in range(0, 41, 2):
        ink.line([arch(330)[a], arch(420)[a]], 6)
    ink.line(arch(420), 6)
    ink.poly(arch(330))
    ink.poly(arch(296), on=False)
    fire.poly(arch(296))
    for k in range(9):
        ink.line([(x, y) for x, y in arch(290 - k * 34)], 5 - k * 0.3)
    rays(fire, cx, base - 30, start=60, reach=330, count=34, width=15, first=180, last=360)
    flame = curve(
        [
            (600, 556),
            (640, 460),
            (668, 500),
            (720, 380),
            (770, 470),
            (806, 340),
            (850, 460),
            (900, 400),
            (930, 500),
            (970, 450),
            (1000, 556),
        ]
    )
    rust.poly([*flame, (1000, 560), (600, 560)])
    fire.poly([*flame, (1000, 560), (600, 560)])
    ink.line(flame, 6)
    ink.rect(250, 556, 1100, 40, on=False)
    ink.line([(250, 556), (1350, 556), (1350, 596), (250, 596), (250, 556)], 8)
    # boards with loaves in rows
    for row, (y, n, s) in enumerate(((690, 8, 0.8), (830, 7, 1.0), (1000, 6, 1.2))):
        ink.rect(0, y + 34 * s, W, 44 * s, on=False)
        ink.rect(0, y + 52 * s, W, 30 * s)
        ink.rect(0, y + 34 * s, W, 5)
        for k in range(n):
            x = W * (k + 0.5) / n + (row % 2) * 30 - 15
            wide = 92 * s
            loaf = [
                (
                    x + wide * math.cos(a / 24 * math.tau),
                    y - 4 * s + (62 if math.sin(a / 24 * math.tau) < 0 else 42) * s * math.sin(a / 24 * math.tau),
                )
                for a in range(24)
            ]
            ink.poly(loaf, on=False)
            (rust if (k + row) % 3 else fire).poly(loaf)
            fire.poly(loaf)
            ink.line([*loaf, loaf[0]], 7 * s)
            for j in (-1, 0, 1):
                for b in (rust, fire):
                    b.gouge(
                        curve(
                            [
                                (x + j * 44 * s - 24 * s, y + 2 * s),
                                (x + j * 44 * s, y - 26 * s),
                                (x + j * 44 * s + 22 * s, y - 44 * s),
                            ]
                        ),
                        17 * s,
                    )
                ink.gouge(
                    curve(
                        [
                            (x + j * 44 * s - 14 * s, y + 6 * s),
                            (x + j * 44 * s + 8 * s, y - 20 * s),
                            (x + j * 44 * s + 30 * s, y - 40 * s),
                        ]
                    ),
                    6 * s,
                    True,
                )
    # a peel leans on the wall
    ink.line([(1470, 640), (1420, 120)], 30, on=False)
    ink.line([(1470, 640), (1420, 120)], 15)
    blade = curve([(1386, 40), (1360, 150), (1402, 236), (1452, 230), (1480, 140), (1450, 36)])
    ink.poly(blade, on=False)
    rust.poly(blade)
    ink.line([*blade, blade[0]], 8)
    return sheet.print()


def rain_over_roofs() -> Image.Image:
    sheet = Sheet(40)
    sky, rust, ink = sheet.block(NIGHT), sheet.block(RUST), sheet.block(INK)
    sky.rect(0, 0, W, 640)
    sky.through(
        sky.inside(lambda b: b.rect(0, 0, W, 640)),
        lambda b: hatch(b, angle=66, gap=24, length=150, width=7, keep=0.75, box=(0, 0, W, 660)),
    )
    r = ink.random

    def row(ground: float, wide: float, shift: float, lit: float) -> None:
        x = shift
        k = 0
        while x < W:
            w = wide * r.uniform(0.85, 1.2)
            tall = wide * r.uniform(0.5, 0.85)
            peak = ground - tall - w * r.uniform(0.34, 0.46)
            roof = [
                (x - w * 0.05, ground - tall),
                (x + w * 0.28, peak),
                (x + w * 0.95, peak),
                (x + w * 1.08, ground - tall),
            ]
            wall = [(x, ground - tall), (x + w, ground - tall), (x + w, ground + 200), (x, ground + 200)]
            for b in (sky, rust, ink):
                b.poly(roof, on=False)
                b.poly(wall, on=False)
            if k % 3 == 1:
                rust.poly(roof)
                ink.through(
                    ink.inside(lambda b, roof=roof: b.poly(roof)),
                    lambda b, x=x, peak=peak, w=w: hatch(
                        b,
                        angle=0,
                        gap=wide * 0.085,
                        length=34,
                        width=5,
                        keep=0.85,
                        box=(x - 30, peak, x + w * 1.1, ground),
                    ),
                    on=True,
                )
            else:
                ink.poly(roof)
                ink.through(
                    ink.inside(lambda b, roof=roof: b.poly(roof)),
                    lambda b, x=x, peak=peak, w=w: hatch(
                        b,
                        angle=66,
                        gap=wide * 0.1,
                        length=54,
                        width=5,
                        keep=0.7,
                        box=(x - 30, peak, x + w * 1.1, ground),
                    ),
                )
            ink.line([*roof, roof[0]], 6)
            ink.line([*wall[:2]], 6)
            ink.line([wall[0], wall[3]], 6)
            chimney = x + w * r.uniform(0.4, 0.7)
            for b in (sky,):
                b.rect(chimney, peak - w * 0.2, w * 0.13, w * 0.22, on=False)
            ink.rect(chimney, peak - w * 0.2, w * 0.13, w * 0.22)
            ink.rect(chimney - 5, peak - w * 0.22, w * 0.13 + 10, 10)
            for j in range(2):
                px, py = x + w * (0.18 + 0.42 * j), ground - tall + w * 0.14
                ink.rect(px, py, w * 0.22, w * 0.28)
                if r.random() < lit:
                    panes(ink, px + 5, py + 5, w * 0.22 - 10, w * 0.28 - 10, bar=4)
                else:
                    ink.line([(px + 8, py + w * 0.2), (px + w * 0.17, py + 8)], 4, on=False)
            x += w
            k += 1

    row(520, 150, -60, 0.3)
    row(720, 230, -150, 0.4)
    row(1010, 360, -90, 0.6)
    # rain over everything, thin
    rain = ink.inside(lambda b: hatch(b, angle=66, gap=66, length=120, width=5, keep=0.5))
    for b in (sky, rust, ink):
        b.mask.paste(0, (0, 0), rain)
    return sheet.print()


DRAWINGS = {
    "closed-door": closed_door,
    "street-lamps": street_lamps,
    "hospital": hospital,
    "school": school,
    "night-bus": night_bus,
    "market-stalls": market_stalls,
    "railway": railway,
    "bridge": bridge,
    "bakery": bakery,
    "rain-over-roofs": rain_over_roofs,
}
