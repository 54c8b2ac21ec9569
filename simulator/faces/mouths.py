"""Mouths: one row of measures per viseme, one way to draw them."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.faces.portrait import MOUTH_Y, Look
from simulator.faces.strokes import ellipse, line, linear, path, radial, svg


@dataclass(frozen=True, slots=True)
class Mouth:
    """Half width, opening above and below the corners' line, how teeth and tongue show."""

    width: float
    above: float = 0.0
    below: float = 0.0
    corner: float = -2.5  # negative: corners up
    upper: float = 7.0  # lip thickness
    lower: float = 9.5
    teeth: float = 0.0  # how far the upper teeth reach down
    bottom_teeth: float = 0.0
    tongue: float = 0.0  # how far the tongue reaches up from the lower lip
    tip: bool = False  # the tongue's tip is between the teeth
    bite: bool = False  # the lower lip is under the upper teeth
    round: float = 0.0  # 0: almond opening, 1: ring


MOUTHS: dict[str, Mouth] = {
    "sil": Mouth(30.5, corner=-7.0, upper=8.0, lower=9.8),
    "PP": Mouth(27, corner=-3.0, upper=5.0, lower=6.8),
    "FF": Mouth(27, above=4, below=2.5, upper=5.5, lower=6.5, teeth=6.5, bite=True),
    "TH": Mouth(28, above=5, below=8, teeth=6.5, tongue=9, tip=True),
    "DD": Mouth(29, above=4.5, below=7, teeth=7.5, tongue=5, corner=-3.5),
    "kk": Mouth(28, above=5, below=9.5, teeth=6.5, tongue=4, corner=-2.5),
    "CH": Mouth(
        20,
        above=6.5,
        below=7.5,
        upper=8.5,
        lower=10.5,
        teeth=8,
        bottom_teeth=4,
        round=0.45,
        corner=0,
    ),
    "SS": Mouth(30, above=4.5, below=5.5, teeth=6, bottom_teeth=4.5, corner=-4.5),
    "nn": Mouth(28, above=4, below=6, teeth=6.5, tongue=4, corner=-3.5),
    "RR": Mouth(
        20, above=5.5, below=7.5, upper=8.5, lower=10.5, teeth=5, tongue=5, round=0.5, corner=0
    ),
    "aa": Mouth(30, above=7, below=21, teeth=8, tongue=10, corner=-2),
    "E": Mouth(32, above=6, below=12.5, teeth=8.5, tongue=6, corner=-5),
    "ih": Mouth(31, above=5, below=9, teeth=7.5, tongue=4, corner=-4.5),
    "oh": Mouth(
        21, above=10, below=18, upper=7.5, lower=9.5, teeth=4.5, tongue=8, round=0.8, corner=1
    ),
    "ou": Mouth(15, above=6, below=7.5, upper=8.5, lower=10, round=0.9, corner=0.5),
}


def mouth(look: Look, viseme: str) -> str:
    """The mouth of one viseme, with the soft shadows it casts around itself."""
    m = MOUTHS[viseme]
    upper, lower = m.upper * look.lip_fullness, m.lower * look.lip_fullness
    top, bottom = -m.above - upper, m.below + lower
    w, inner = m.width, m.width - 3.5 + 0.5 * m.round
    over, back_over, under = edges(m, inner)
    rise, fall = swell(m)
    bow = (
        f"M{-w} {m.corner} C{-w * 0.72} {m.corner - 1.5 - rise * 0.5} {-w * 0.42} {top + 0.5}"
        f" {-w * 0.2} {top} Q{-w * 0.08} {top - 0.3} 0 {top + 2.4 - m.round}"
        f" Q{w * 0.08} {top - 0.3} {w * 0.2} {top}"
        f" C{w * 0.42} {top + 0.5} {w * 0.72} {m.corner - 1.5 - rise * 0.5} {w} {m.corner}"
    )
    lips = (
        f"{bow} C{w * 0.86} {m.corner + 3 + fall * 0.75} {w * 0.52} {bottom} 0 {bottom}"
        f" C{-w * 0.52} {bottom} {-w * 0.86} {m.corner + 3 + fall * 0.75} {-w} {m.corner}Z"
    )
    opening = f"M{-inner} {m.corner} {over} {under}Z"
    defs = (
        linear("lower", (0, look.lip), (0.55, look.lip), (1, look.lip_dark))
        + linear("mouthful", (0, "#3a0d16"), (1, "#6d1f2b"))
        + radial("tongue", (0, "#f08d8f", 1), (1, "#c9545f", 1), cy=0.3)
        + f'<clipPath id="in"><path d="{opening}"/></clipPath>'
    )
    shadows = (
        ellipse(0, bottom + 4.5, w * 0.62, 3.6, look.deep, 'opacity="0.34" filter="url(#b2)"')
        + ellipse(0, top - 3, 3.2, 4, look.deep, 'opacity="0.16" filter="url(#b1)"')
        + line(
            f"M{-w - 1} {m.corner + 1} q-2.5 -0.8 -3.6 -3.2"
            f" M{w + 1} {m.corner + 1} q2.5 -0.8 3.6 -3.2",
            look.deep,
            1.5,
            0.4,
        )
    )
    shine_y = m.below + lower * 0.42 + (0 if m.below else 0.8)
    shine = ellipse(
        -w * 0.05,
        shine_y,
        w * 0.3,
        lower * 0.16,
        look.lip_light,
        'opacity="0.75" filter="url(#b1)"',
    )
    drawing = (
        shadows
        + path(lips, "url(#lower)")
        + path(f"{bow} L{inner} {m.corner} {back_over}Z", look.lip_dark)
        + f'<g clip-path="url(#in)">{inside(m, inner, opening, over)}</g>'
        + line(opening, "#5a1a24", 1.0, 0.55)
        + shine
        + (bitten_lip(m, lower, look) if m.bite else "")
    )
    return svg(f'<g transform="translate(256 {MOUTH_Y})">{drawing}</g>', defs)


def swell(m: Mouth) -> tuple[float, float]:
    """How far up and down the corners' curves pull: far for a ring, less for an almond."""
    return m.above * (0.8 + 0.5 * m.round), m.below * (0.9 + 0.4 * m.round)


def edges(m: Mouth, inner: float) -> tuple[str, str, str]:
    """The opening's upper edge, the same from right to left, and its lower edge from right to left.

    Closed lips meet in a line that sags between the corners.
    """
    c = m.corner
    if not (m.above or m.below):
        a, b = inner * 0.5, inner * 0.2
        over = f"C{-a} 2 {-b} 0.2 0 1.2 C{b} 0.2 {a} 2 {inner} {c}"
        back_over = f"C{a} 2 {b} 0.2 0 1.2 C{-b} 0.2 {-a} 2 {-inner} {c}"
        under = f"C{a} 3 {b} 1.2 0 2.2 C{-b} 1.2 {-a} 3 {-inner} {c}"
        return over, back_over, under
    rise, fall = swell(m)
    a, b, y = inner * 0.9, inner * 0.55, -m.above
    over = f"C{-a} {c - rise} {-b} {y} 0 {y + 0.6} C{b} {y} {a} {c - rise} {inner} {c}"
    back_over = f"C{a} {c - rise} {b} {y} 0 {y + 0.6} C{-b} {y} {-a} {c - rise} {-inner} {c}"
    a, y = inner * 0.95, m.below
    under = f"C{a} {c + fall} {b} {y} 0 {y} C{-b} {y} {-a} {c + fall} {-inner} {c}"
    return over, back_over, under


def inside(m: Mouth, inner: float, opening: str, over: str) -> str:
    """Dark, tongue, lower and upper teeth, and the upper lip's shadow; cut to the opening later."""
    drawn = path(opening, "url(#mouthful)")
    if m.tongue and not m.tip:
        drawn += ellipse(0, m.below + 5, inner * 0.62, m.tongue + 5, "url(#tongue)")
        drawn += line(f"M0 {m.below - m.tongue + 3} V{m.below}", "#b8434f", 1.2, 0.5)
    if m.bottom_teeth:
        a, y = inner * 0.75, m.below - m.bottom_teeth + 1
        drawn += path(f"M{-a} {y} Q0 {y + 1.5} {a} {y} V40 H{-a}Z", "#efe8e4")
    if m.teeth:
        a, y = inner * (0.86 if m.round < 0.7 else 0.66), m.teeth - m.above
        drawn += path(
            f"M{-a} -40 H{a} V{y - 4} Q{a * 0.9} {y - 0.8} {a * 0.7} {y}"
            f" Q0 {y + 2.4} {-a * 0.7} {y} Q{-a * 0.9} {y - 0.8} {-a} {y - 4}Z",
            "#fffdfb",
        )
        gaps = " ".join(f"M{x * a} {-m.above - 4} V{y + 1.2}" for x in (-0.5, -0.24, 0, 0.24, 0.5))
        drawn += line(gaps, "#b9a7a6", 0.7, 0.35)
        shadow = f"M{-inner} {m.corner} {over}"
        drawn += line(shadow, "#3a0d16", 3.2, 0.30, 'filter="url(#b1)"')
    if m.tip:
        drawn += ellipse(0, m.below - 1, inner * 0.55, m.tongue * 0.72, "url(#tongue)")
        drawn += ellipse(0, m.below - 4.5, inner * 0.3, 1.5, "#ffffff", 'opacity="0.25"')
    return drawn


def bitten_lip(m: Mouth, lower: float, look: Look) -> str:
    """The lower lip, drawn in under the upper teeth."""
    a, y = m.width * 0.8, m.below
    return path(
        f"M{-a} {y + 1} Q0 {y - 2.5} {a} {y + 1} Q0 {y + lower * 1.6} {-a} {y + 1}Z", "url(#lower)"
    ) + ellipse(0, y + 2.6, m.width * 0.3, 1.3, look.lip_light, 'opacity="0.6" filter="url(#b1)"')
