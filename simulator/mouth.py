"""A mouth, drawn from nine numbers: so that between any two shapes there is a real third one.

Lengths are units of the drawings (512 across). The origin is where the lips meet at rest; y grows
downwards. The upper teeth hang from the skull and never move; the lower ones, the tongue and the
lower lip go with the jaw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.planes import Planes
from simulator.warp import DETAIL

SIZE = 720
"""Width and height of the picture that is sent, in pixels."""
UNITS = 512
"""Width and height of the drawings, in their own units."""
DOTS = DETAIL * SIZE / UNITS
"""Pixels of the drawing in its `DETAIL` to one unit."""

PARTS = ("half", "lift", "drop", "corner", "upper", "lower", "square", "tongue", "jaw")
"""Half of the opening's width, as a share of it at rest; how far the upper lip lifts and the lower
one drops in the middle; the corners' height (less than 0: a smile); the lips' thickness, as a share
of it at rest; the exponent of the opening's outline (1 a lens, 0.5 an ellipse); the tongue's
height, 0 to 1; how far the chin drops."""
Shape = NDArray[np.floating[Any]]
"""A mouth: a number for each of `PARTS`."""


def _shape(*parts: float) -> Shape:
    return np.array(parts, dtype=np.float32)


SHAPES: dict[str, Shape] = {
    #            half  lift drop corner upper lower square tongue jaw
    "sil": _shape(1.06, 0.0, 0.0, -7.0, 1.00, 1.00, 1.00, 0.0, 0.0),
    "PP": _shape(0.96, 0.0, 0.0, -2.6, 0.72, 0.76, 1.00, 0.0, 0.6),
    "FF": _shape(0.94, 2.6, 1.6, -0.6, 0.92, 0.62, 0.90, 0.0, 1.4),
    "TH": _shape(0.93, 2.2, 5.0, -0.6, 0.96, 0.95, 0.90, 1.0, 3.0),
    "DD": _shape(0.95, 2.2, 4.6, -0.8, 0.96, 0.96, 0.90, 0.7, 2.6),
    "kk": _shape(0.94, 2.4, 7.0, -0.6, 0.97, 0.97, 0.88, 0.3, 4.2),
    "CH": _shape(0.76, 3.2, 5.0, 0.2, 1.12, 1.14, 0.72, 0.2, 2.4),
    "SS": _shape(0.99, 2.4, 3.0, -2.0, 0.94, 0.95, 0.92, 0.2, 1.2),
    "nn": _shape(0.95, 2.2, 4.4, -0.8, 0.96, 0.97, 0.90, 0.8, 2.6),
    "RR": _shape(0.78, 2.4, 5.4, 0.2, 1.08, 1.10, 0.76, 0.5, 3.0),
    "aa": _shape(0.95, 3.4, 15.5, -1.0, 0.98, 1.00, 0.78, 0.1, 10.0),
    "E": _shape(1.00, 3.2, 10.0, -2.0, 0.95, 0.98, 0.82, 0.2, 6.2),
    "ih": _shape(1.02, 3.0, 6.8, -2.2, 0.94, 0.96, 0.86, 0.3, 4.0),
    "oh": _shape(0.70, 2.8, 12.5, 0.6, 1.08, 1.08, 0.58, 0.0, 8.4),
    "ou": _shape(0.50, 2.2, 5.6, 0.8, 1.16, 1.18, 0.54, 0.0, 4.0),
}
SMILE = _shape(0.09, 0.0, 0.0, -3.0, -0.06, -0.04, 0.0, 0.0, 0.0)
"""What a small smile adds to a mouth."""


@dataclass(frozen=True, slots=True)
class Lips:
    """The mouth of one presenter at rest, in units, and its colours as Y, Cb, Cr."""

    half: float
    upper: float
    lower: float
    dark: tuple[float, float, float]
    bright: tuple[float, float, float]
    shine: float
    """How much brighter the middle of the lower lip is, in steps of luma."""


def box(shape: Shape, lips: Lips) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what a mouth covers, its shadows included."""
    part = dict(zip(PARTS, shape.tolist(), strict=True))
    side = part["half"] * lips.half + 9.5
    top = min(-part["lift"] - 1.15 * part["upper"] * lips.upper - 1.5, part["corner"] - 4.5)
    return -side, top, side, max(part["drop"], 0.0) + part["lower"] * lips.lower + 11.0


def video(colour: str) -> tuple[float, float, float]:
    """Y, Cb, Cr of a colour such as "#cf5f66", BT.601 in limited range."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return (
        16 + 0.2568 * red + 0.5041 * green + 0.0979 * blue,
        128 - 0.1482 * red - 0.2910 * green + 0.4392 * blue,
        128 + 0.4392 * red - 0.3678 * green - 0.0714 * blue,
    )


_DEEP, _TONGUE, _TEETH = video("#3c0f17"), video("#c4626a"), video("#f3eeea")
_EDGE, _SHADE = video("#4a141c"), 0.20
_SOFT = 1.7 / DOTS
"""Units over which an edge fades."""
Grid = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class _Canvas:
    """Planes as floats, painted over one layer after another, and the height of each row."""

    luma: Grid
    chroma: tuple[Grid, Grid]
    y: Grid

    def paint(self, cover: Grid, luma: Grid | float, blue: float, red: float) -> None:
        """Put a colour over it, where and as much as `cover` (0 to 1) says."""
        np.add(self.luma, cover * (luma - self.luma), out=self.luma)
        # Of each four pixels two that lie aslant: their middle is that of all.
        halved = 0.5 * (cover[::2, ::2] + cover[1::2, 1::2])
        for plane, value in zip(self.chroma, (blue, red), strict=True):
            np.add(plane, halved * (value - plane), out=plane)

    def rows(self, top: Grid, bottom: Grid) -> _Canvas:
        """The part of it that lies between two lines: most of a mouth is far from most rows."""
        first, last = np.searchsorted(self.y[:, 0], (top.min() - 1, bottom.max() + 1))
        luma = slice(first // 2 * 2, (last + 1) // 2 * 2)
        chroma = slice(luma.start // 2, luma.stop // 2)
        blue, red = (plane[chroma] for plane in self.chroma)
        return _Canvas(self.luma[luma], (blue, red), self.y[luma])

    def planes(self) -> Planes:
        return Planes(*((plane + 0.5).astype(np.uint8) for plane in (self.luma, *self.chroma)))


def _between(y: Grid, top: Grid, bottom: Grid, soft: float = 1.0) -> Grid:
    """1 between two lines, 0 beyond, and over `soft` pixels in between."""
    inside: Grid = np.minimum(y - top, bottom - y) * np.float32(1 / soft) + np.float32(0.5)
    return np.clip(inside, 0, 1, out=inside)


def draw(under: Planes, shape: Shape, lips: Lips, middle: tuple[float, float]) -> Planes:
    """`under` with a mouth on it. `middle` is the mouth's origin in `under`, in pixels."""
    half, lift, drop, corner, upper, lower, square, tongue, jaw = shape.tolist()
    half *= lips.half
    height, width = under.luma.shape
    # In units from the mouth's origin.
    x = ((np.arange(width, dtype=np.float32) + 0.5 - middle[0]) / DOTS)[np.newaxis]
    y = ((np.arange(height, dtype=np.float32) + 0.5 - middle[1]) / DOTS)[:, np.newaxis]
    blue, red = (plane.astype(np.float32) for plane in (under.blue, under.red))
    canvas = _Canvas(under.luma.astype(np.float32), (blue, red), y)
    u = np.clip(np.abs(x / half), 0, 1)
    opening = (1 - u * u) ** np.float32(square)
    reach = half + 3.2  # of the lips, beyond the opening
    v = np.clip(np.abs(x / reach), 0, 1)
    # The line of closed lips dips in the middle and at a third, then runs to the corners.
    line = corner * v * v + 0.9 * np.exp(-((x / 5.5) ** 2)) - 0.35 * np.cos(np.pi * v)
    inner_top = line - lift * opening
    inner_bottom = line + drop * opening
    bow = 1 - 0.24 * np.exp(-((x / 4.2) ** 2)) + 0.05 * np.exp(-(((np.abs(x) - 8) / 5) ** 2))
    outer_top = inner_top - upper * lips.upper * bow * (1 - v**2.4) ** np.float32(0.85)
    outer_bottom = inner_bottom + lower * lips.lower * (1 - v**2.6) ** np.float32(0.72)
    within = np.clip((reach - np.abs(x)) / _SOFT, 0, 1)

    # The lower lip's shadow on the chin, and those of the corners.
    chin = outer_bottom[0, width // 2] + 3.6
    shade = _SHADE * np.exp(-((x / (0.55 * half + 4)) ** 2)) * np.exp(-(((y - chin) / 3.2) ** 2))
    ends = np.exp(-(((np.abs(x) - reach - 0.6) / 2.4) ** 2))
    shade += 0.13 * ends * np.exp(-(((y - corner + 0.2) / 2.2) ** 2))
    np.multiply(canvas.luma, 1 - shade, out=canvas.luma)

    if lift + drop > 0.3:
        part = canvas.rows(inner_top, inner_bottom)
        inside = _between(part.y, inner_top, inner_bottom, _SOFT)
        inside *= np.clip((half - np.abs(x)) / _SOFT, 0, 1)
        deep = _DEEP[0] + 10 * np.clip((part.y - drop) / 14 + 0.6, 0, 1)
        part.paint(inside, deep, *_DEEP[1:])
        _paint_tongue(part, inside, x, half, drop, tongue)
        _paint_teeth(part, inside, x, half, lips.half, lift, jaw)
        if tongue > 0.7:  # its tip, between the teeth
            _paint_tongue(part, (tongue - 0.7) / 0.3 * inside, x, 0.62 * half, drop + 3, 1.0)
        # The upper lip's shadow on the teeth.
        under_lip = inside * np.clip(1 - (part.y - inner_top) / 3.2, 0, 1)
        np.multiply(part.luma, 1 - 0.42 * under_lip, out=part.luma)

    part = canvas.rows(inner_bottom, outer_bottom)
    at_lip = (part.y - inner_bottom) / np.maximum(outer_bottom - inner_bottom, 0.4)
    np.clip(at_lip, 0, 1, out=at_lip)
    luma = lips.bright[0] - 10 * v * v - 20 * at_lip * at_lip
    shine = lips.shine * np.exp(-(((x + 2) / 9.5) ** 2))
    luma += shine * np.exp(-(((at_lip - 0.36) / 0.2) ** 2))
    lip = within * _between(part.y, inner_bottom, outer_bottom, 2 * _SOFT)
    part.paint(lip, luma, *lips.bright[1:])

    part = canvas.rows(outer_top, inner_top)
    at_lip = (inner_top - part.y) / np.maximum(inner_top - outer_top, 0.4)
    luma = lips.dark[0] - 8 * v * v + 14 * np.clip(at_lip, 0, 1, out=at_lip)
    lip = within * _between(part.y, outer_top, inner_top, 2 * _SOFT)
    part.paint(lip, luma, *lips.dark[1:])
    # Where the lips meet, or their inner edges.
    for edge in (inner_top, inner_bottom) if lift + drop > 0.3 else (line,):
        part = canvas.rows(edge - 1.5, edge + 1.5)
        on_edge = _between(part.y, edge - 0.55, edge + 0.55, 2.4 * _SOFT)
        part.paint(0.62 * (np.abs(x) < reach - 1.2) * on_edge, *_EDGE)
    return canvas.planes()


def _paint_teeth(
    canvas: _Canvas, inside: Grid, x: Grid, half: float, rest: float, lift: float, jaw: float
) -> None:
    soft = 2.2 / DOTS
    gaps = sum(np.exp(-(((np.abs(x) - at) / 0.42) ** 2)) for at in (0.0, 6.6, 12.0, 16.6))
    shading = _TEETH[0] - 62 * np.clip(np.abs(x) / 24, 0, 1) ** 2 - 16 * gaps
    lower_edge = 4.0 - 1.6 * (x / 22) ** 2 - 0.5 * gaps
    upper = _between(canvas.y, np.full_like(x, -lift - 9), lower_edge, soft)
    # Rounded lips cover them.
    seen = min(max((half / rest - 0.46) / 0.34, 0.0), 1.0)
    canvas.paint(seen * (np.abs(x) < 23) * inside * upper, shading, *_TEETH[1:])
    if jaw > 1:
        top = jaw + 5.2 + 1.4 * (x / 18) ** 2 + 0.4 * gaps
        lower = _between(canvas.y, top, top + 12, soft) * (np.abs(x) < min(18.0, 0.8 * half))
        canvas.paint(inside * lower, shading - 46, *_TEETH[1:])


def _paint_tongue(
    canvas: _Canvas, inside: Grid, x: Grid, half: float, drop: float, height: float
) -> None:
    below = canvas.y - (drop - 5.5 - height * max(drop - 8.0, -1.0) + 5 * (x / (0.8 * half)) ** 2)
    cover = np.clip(below / 2.2 + 0.5, 0, 1) * np.clip((0.8 * half - np.abs(x)) / 3, 0, 1)
    luma = _TONGUE[0] - 14 * np.exp(-((x / 1.6) ** 2)) - 10 * np.clip(1 - below / 3, 0, 1)
    canvas.paint(inside * cover, luma, *_TONGUE[1:])
