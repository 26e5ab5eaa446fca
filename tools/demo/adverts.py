"""Make those adverts of the demo newsroom that are drawn: a book and a tea towel that it sells, and a bakery.

    python tools/demo/adverts.py

The other four were set in a browser, in faces that aren't ours to ship, and are kept as they are.
"""

from __future__ import annotations

import math
from pathlib import Path

from lino import OCHRE, PAPER, Sheet, curve, hatch, ripples
from PIL import Image

ADVERTS = Path(__file__).resolve().parents[2] / "masthead/web/demo/content/adverts"
SIZE = (600, 500)
PINE, CREAM, BROWN, TOMATO = (20, 61, 58), (245, 235, 214), (74, 44, 30), (190, 52, 38)


def the_pier_book() -> Image.Image:
    sheet = Sheet(301, SIZE, paper=CREAM)
    red, ink = sheet.block(TOMATO), sheet.block(PINE)
    ink.lettering(40, 84, "The Pier", 66)
    ink.lettering(42, 128, "Six reports, now a book", 29, text_face=True)
    ink.lettering(42, 424, "184 pages, £18", 32)
    ink.lettering(42, 462, "At 11 Customs Row", 24, text_face=True)
    book = [(318, 168), (540, 150), (556, 462), (336, 476)]
    ink.poly([(x + 12, y + 9) for x, y in book])
    red.poly(book)
    ink.poly(book, on=False)
    ink.line([*book, book[0]], 5)
    ink.line([(340, 167), (356, 474)], 3)
    for k in range(6):
        x = 366 + k * 32
        ink.line([(x, 296 - k * 1.5), (x + 2, 420 - k * 1.5)], 9)
    ink.line([(344, 292), (549, 280)], 12)
    wave = curve([(350, 400), (390, 388), (430, 402), (470, 386), (510, 398), (553, 384)])
    red.through(red.inside(lambda b: b.poly(book)), lambda b: b.poly([*wave, (560, 480), (340, 480)]))
    ink.through(
        ink.inside(lambda b: b.poly(book)),
        lambda b: ripples(b, 398, 470, left=340, right=560, on=True, keep=0.9, width=6, near=13, far=9),
        on=True,
    )
    red.lettering(452, 236, "The Pier", 40, on=False, anchor="ms")
    return sheet.print(wear=0.3)


def tide_towel() -> Image.Image:
    sheet = Sheet(302, SIZE, paper=(206, 224, 219))
    white, ink = sheet.block((250, 250, 244)), sheet.block((24, 52, 92))
    ink.lettering(40, 82, "Dry by", 54)
    ink.lettering(40, 138, "high water", 54)
    ink.lettering(42, 420, "The tea towel with next", 25, text_face=True)
    ink.lettering(42, 452, "year’s tides. Linen, £12", 25, text_face=True)
    cloth = [
        (352, 70),
        (560, 70),
        *curve([(560, 70), (552, 200), (566, 330), (556, 450)]),
        *curve([(556, 450), (450, 440), (356, 454)]),
        *curve([(356, 454), (346, 320), (362, 200), (352, 70)]),
    ]
    ink.poly([(x + 9, y + 8) for x, y in cloth])
    white.poly(cloth)
    ink.poly(cloth, on=False)
    ink.line([*cloth, cloth[0]], 4)
    ink.line([(330, 62), (590, 62)], 9)
    for row in range(6):
        y = 126 + row * 52
        for k in range(16):
            x = 372 + k * 11.4
            tall = 20 + 17 * math.cos(k / 16 * math.tau * 2 + row * 0.8)
            ink.rect(x, y - tall, 6, tall)
        ink.line([(368, y + 4), (550, y + 4)], 2.4)
    return sheet.print(wear=0.3)


def finch_bakery() -> Image.Image:
    sheet = Sheet(303, SIZE, paper=OCHRE)
    cream, ink = sheet.block(PAPER), sheet.block(BROWN)
    ink.lettering(300, 92, "Finch’s Bakery", 62, anchor="ms")
    ink.lettering(300, 136, "Ropewalk 31. From half past six,", 27, anchor="ms", text_face=True)
    ink.lettering(300, 168, "until it’s gone", 27, anchor="ms", text_face=True)
    loaf = [
        (
            300 + 215 * math.cos(a / 40 * math.tau),
            340 + (118 if math.sin(a / 40 * math.tau) < 0 else 84) * math.sin(a / 40 * math.tau),
        )
        for a in range(40)
    ]
    ink.poly(loaf)
    ink.through(
        ink.inside(lambda b: b.poly(loaf)),
        lambda b: hatch(b, angle=-14, gap=13, length=46, width=4, keep=0.5, box=(80, 330, 520, 430)),
    )
    for k in (-2, -1, 0, 1, 2):
        cutting = curve([(300 + k * 66 - 40, 344), (300 + k * 66 - 4, 296), (300 + k * 66 + 40, 252)])
        cream.gouge(cutting, 30, True)
        ink.gouge(cutting, 26)
    ink.line([(40, 446), (560, 446)], 8)
    ink.line([(40, 460), (560, 460)], 3)
    return sheet.print(wear=0.3)


if __name__ == "__main__":
    for slug, draw in {"the-pier-book": the_pier_book, "tide-towel": tide_towel, "finch-bakery": finch_bakery}.items():
        draw().save(ADVERTS / f"{slug}.jpg", quality=82, optimize=True)
