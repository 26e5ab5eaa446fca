"""Charts of the paper, in the same ink as its drawings. Their numbers are those of the stories they stand in."""

# A drawing is one long list of strokes, and what `through` and `inside` are given is called at once.

from __future__ import annotations

import math

from lino import INK, MIST, OCHRE, RUST, TEAL, Block, Sheet, curve, hatch, ripples
from PIL import Image

W, H = 1600, 1067


def levy_by_ticket() -> Image.Image:
    """What 40p a crossing comes to in a year, for four kinds of passenger."""
    sheet = Sheet(91)
    sea, rust, ink = sheet.block(MIST), sheet.block(RUST), sheet.block(INK)
    ink.lettering(90, 150, "40p a crossing, in a year", 78)
    rows = (
        ("Every working day", 176.0),
        ("A market day a week", 41.6),
        ("Two visits a month", 19.2),
        ("Once, in August", 0.8),
    )
    for k, (who, pounds) in enumerate(rows):
        y = 230 + k * 190
        ink.lettering(90, y + 56, who, 54, text_face=True)
        long = 1180 * pounds / 176
        rust.rect(90, y + 84, max(long, 6), 64)
        rust.through(
            rust.inside(lambda b, y=y, long=long: b.rect(90, y + 84, long, 64)),
            lambda b, y=y, long=long: hatch(
                b, angle=0, gap=13, length=140, width=4, keep=0.5, box=(90, y + 84, 90 + long, y + 148)
            ),
        )
        ink.rect(84, y + 76, 6, 80)
        ink.lettering(90 + long + 26, y + 138, f"£{pounds:.2f}".removesuffix(".00"), 66)
    ink.rect(0, 1010, W, 5)
    ripples(ink, 1018, H, on=True, keep=0.8, width=8)
    sea.rect(0, 1014, W, 60)
    return sheet.print(wear=0.5)


def budget() -> Image.Image:
    """Where the council's £61m comes from: a column of coins, cut in four."""
    sheet = Sheet(92)
    gold, teal, ink = sheet.block(OCHRE), sheet.block(TEAL), sheet.block(INK)
    ink.lettering(90, 150, "£61m, and where it comes from", 78)
    parts = (("Council tax", 31), ("The county and the state", 18), ("Fees, rents and fines", 9), ("Harbour dues", 3))
    million, top = 0, 230

    def coin(x: float, y: float, block: Block | None) -> None:
        ink.ring(x, y, 35, 6)
        ink.ring(x, y, 23, 3)
        if block is ink:
            ink.disc(x, y, 34)
            ink.disc(x, y, 8, on=False)
        elif block:
            block.disc(x, y, 33)

    for name, size in parts:
        for _ in range(size):
            col, row = divmod(million, 10)
            x, y = 140 + col * 118, 960 - row * 76
            block = (gold, teal, ink, None)[parts.index((name, size))]
            coin(x, y, block)
            million += 1
    for k, (name, size) in enumerate(parts):
        y = top + 40 + k * 170
        block = (gold, teal, ink, None)[k]
        coin(1010, y + 12, block)
        ink.lettering(1068, y + 6, f"£{size}m", 64)
        ink.lettering(1068, y + 60, name, 44, text_face=True)
    ink.rect(90, 1006, 770, 6)
    return sheet.print(wear=0.5)


def diary() -> Image.Image:
    """A month of the mayor's diary; eleven days hold nothing."""
    sheet = Sheet(93)
    red, paper, ink = sheet.block(RUST), sheet.block(MIST), sheet.block(INK)
    paper.all()
    ink.through(
        ink.inside(lambda b: b.all()), lambda b: hatch(b, angle=-18, gap=40, length=220, width=6, keep=0.4), on=True
    )
    for b, off in ((ink, 26), (None, 0)):
        if b:
            b.poly([(180 + off, 130 + off), (1420 + off, 90 + off), (1450 + off, 990 + off), (210 + off, 1020 + off)])
    page = [(180, 130), (1420, 90), (1450, 990), (210, 1020)]
    for b in (paper, ink):
        b.poly(page, on=False)
    ink.line([*page, page[0]], 8)

    def at(u: float, v: float) -> tuple[float, float]:
        top = (180 + 1240 * u, 130 - 40 * u)
        low = (210 + 1240 * u, 1020 - 30 * u)
        return top[0] + (low[0] - top[0]) * v, top[1] + (low[1] - top[1]) * v

    for k in range(13):
        x, y = at(0.06 + k * 0.0735, 0.035)
        ink.disc(x, y, 13)
        ink.line([(x, y), (x + 3, y - 66)], 9)
        ink.line([(x, y - 60), (x + 20, y - 60), (x + 20, y - 10)], 5)
    r = ink.random
    empty = {4, 5, 6, 11, 12, 13, 18, 19, 20, 25, 26}
    for day in range(31):
        col, row = (day + 2) % 7, (day + 2) // 7
        u0, v0 = 0.03 + col * 0.135, 0.1 + row * 0.176
        box = [at(u0, v0), at(u0 + 0.128, v0), at(u0 + 0.128, v0 + 0.164), at(u0, v0 + 0.164)]
        ink.line([*box, box[0]], 4)
        x, y = at(u0 + 0.012, v0 + 0.06)
        ink.lettering(x, y, str(day + 1), 42)
        if day + 1 in empty:
            cx, cy = at(u0 + 0.075, v0 + 0.098)
            for turn in range(2):
                loop = curve(
                    [
                        (
                            cx + (60 - 5 * turn) * math.cos(a / 8 * math.tau) + r.uniform(-3, 3),
                            cy + (46 - 4 * turn) * math.sin(a / 8 * math.tau) + r.uniform(-3, 3),
                        )
                        for a in range(9)
                    ]
                )
                red.line(loop, 6)
        else:
            for line in range(r.randint(1, 3)):
                a, b2 = (
                    at(u0 + 0.016, v0 + 0.09 + line * 0.026),
                    at(u0 + r.uniform(0.06, 0.11), v0 + 0.09 + line * 0.026),
                )
                ink.gouge(curve([a, ((a[0] + b2[0]) / 2, a[1] - 4), b2]), 7, True)
    return sheet.print(wear=0.6)


def tides() -> Image.Image:
    """A day and a half of tide at Haverness, and the hour at which the swimmers may start."""
    sheet = Sheet(94)
    sea, rust, ink = sheet.block(TEAL), sheet.block(RUST), sheet.block(INK)
    ink.lettering(90, 140, "The water at the pier, in metres", 72)
    left, right, low, metre = 150, 1540, 900, 130

    def depth(hour: float) -> float:
        return 2.7 + 2.0 * math.cos((hour - 1.3) / 12.42 * math.tau) + 0.35 * math.cos((hour - 1) / 24.8 * math.tau)

    line = [(left + (right - left) * h / 180, low - depth(h / 5) * metre) for h in range(181)]
    body = [*line, (right, 960), (left, 960)]
    sea.poly(body)
    sea.through(
        sea.inside(lambda b: b.poly(body)),
        lambda b: ripples(b, 240, 960, left=left, right=right, keep=0.7, width=8, near=30, far=20, on=True),
    )
    ink.line(line, 10)
    for m in range(1, 6):
        y = low - m * metre
        ink.lettering(left - 26, y + 16, str(m), 50, anchor="rs")
        for k in range(47):
            ink.line([(left + k * 30, y), (left + k * 30 + 12, y)], 3)
    ink.rect(left, 960, right - left, 7)
    for hour, name in ((0, "midnight"), (6, "6"), (12, "noon"), (18, "18"), (24, "midnight"), (30, "6"), (36, "noon")):
        x = left + (right - left) * hour / 36
        ink.rect(x - 3, 960, 6, 20)
        ink.lettering(x, 1030, name, 44, anchor="ls" if hour == 0 else "rs" if hour == 36 else "ms", text_face=True)
    for hour in (13.7, 26.1):
        x, y = left + (right - left) * hour / 36, low - depth(hour) * metre
        for b in (sea, ink):
            b.disc(x, y, 34, on=False)
        rust.disc(x, y, 26)
        ink.ring(x, y, 29, 6)
    x, y = left + (right - left) * 13.7 / 36, low - depth(13.7) * metre
    rust.line([(x, y - 36), (x, 218)], 5)
    ink.lettering(x - 14, 222, "start", 50, anchor="rs")
    return sheet.print(wear=0.5)


DRAWINGS = {
    "levy-by-ticket": levy_by_ticket,
    "budget": budget,
    "diary": diary,
    "tides": tides,
}
