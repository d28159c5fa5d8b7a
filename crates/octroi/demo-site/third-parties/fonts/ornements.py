"""Draws ornements.woff2, the web font of the demo: two signs, ⁂ as two waves and ⚓ (fonttools, brotli)."""

import math

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen


def circle(p, cx, cy, r, ccw=False):
    far = lambda a: r / (math.cos(math.pi / 4) if a % 2 else 1)
    pts = [
        (
            round(cx + far(a) * math.cos(a * math.pi / 4)),
            round(cy + far(a) * math.sin(a * math.pi / 4)),
        )
        for a in range(8)
    ]
    if not ccw:
        pts = [pts[0]] + pts[:0:-1]
    p.moveTo(pts[0])
    for i in range(1, 8, 2):
        p.qCurveTo(pts[i], pts[(i + 1) % 8])
    p.closePath()


def wave(p, x0, y, n, amp, half, thick):
    x = x0
    p.moveTo((x0, y + thick))
    s = 1
    for i in range(n):
        p.qCurveTo((x + half // 2, y + thick + s * amp), (x + half, y + thick))
        x += half
        s = -s
    p.lineTo((x, y))
    s = -s
    for i in range(n):
        p.qCurveTo((x - half // 2, y + s * amp), (x - half, y))
        x -= half
        s = -s
    p.closePath()


def asterism():
    p = TTGlyphPen(None)
    wave(p, 100, 520, 8, 150, 220, 64)
    wave(p, 320, 200, 6, 150, 220, 64)
    return p.glyph()


def anchor():
    p = TTGlyphPen(None)
    circle(p, 500, 800, 105)
    circle(p, 500, 800, 50, True)

    def poly(pts):
        p.moveTo(pts[0])
        [p.lineTo(q) for q in pts[1:]]
        p.closePath()

    poly([(468, 700), (532, 700), (532, 60), (468, 60)])
    poly([(300, 610), (700, 610), (700, 550), (300, 550)])
    p.moveTo((130, 330))
    p.lineTo((230, 330))
    p.qCurveTo((260, 90), (500, 80))
    p.qCurveTo((740, 90), (770, 330))
    p.lineTo((870, 330))
    p.qCurveTo((850, 0), (500, -20))
    p.qCurveTo((150, 0), (130, 330))
    p.closePath()
    return p.glyph()


def empty():
    return TTGlyphPen(None).glyph()


fb = FontBuilder(1000, isTTF=True)
fb.setupGlyphOrder([".notdef", "space", "asterism", "anchor"])
fb.setupCharacterMap({0x20: "space", 0x2042: "asterism", 0x2693: "anchor"})
fb.setupGlyf({".notdef": empty(), "space": empty(), "asterism": asterism(), "anchor": anchor()})
fb.setupHorizontalMetrics(
    {".notdef": (500, 0), "space": (300, 0), "asterism": (1960, 100), "anchor": (1000, 130)}
)
fb.setupHorizontalHeader(ascent=950, descent=-150)
fb.setupNameTable({"familyName": "Rance Ornements", "styleName": "Regular"})
fb.setupOS2(sTypoAscender=950, usWinAscent=950, usWinDescent=150)
fb.setupPost()
fb.font.flavor = "woff2"
fb.save("ornements.woff2")
