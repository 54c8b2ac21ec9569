"""Eyes in seven states: open, half open and closed, looking ahead or aside."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.faces.portrait import EYE_X, EYE_Y, Look
from simulator.faces.strokes import ellipse, line, linear, path, radial, svg

EYES = ("open", "left", "right", "half", "half-left", "half-right", "closed")


@dataclass(frozen=True, slots=True)
class Lid:
    """The upper lid in one position: paths around (0, 0), outer corner towards +x."""

    start: float  # height of the inner corner
    top: str  # the lid's edge, from the inner corner outwards
    long_lash: str  # where the wing ends, and back along the lash line's upper edge
    short_lash: str
    crease: str


OPEN = Lid(
    start=3.5,
    top="-13 -11 6 -14.5 21 -3.5",
    long_lash="26.5 -9 C6 -18.5 -14 -14.5",
    short_lash="23 -4.8 C6 -17.3 -13.5 -13.2",
    crease="M-19 -5 C-10 -18 9 -20.5 23 -11",
)
HALF = Lid(
    start=4.0,
    top="-13 -2 7 -4.5 21.5 -1.5",
    long_lash="26.5 -6 C8 -8.5 -14 -5.5",
    short_lash="23 -2.5 C8 -7.3 -14 -4.6",
    crease="M-19 -3 C-10 -14 9 -16 22 -8",
)


def one_eye(look: Look, lid: Lid, gaze: float, side: int) -> str:
    """One eye around (0, 0), outer corner towards +x; with `side` -1 it will be mirrored."""
    ball = f"M-20.5 {lid.start} C{lid.top} C15 8.5 -8 12 -20.5 {lid.start}Z"
    iris_x = gaze * side + 0.5
    skin = path("M-21 4 C-13 -13 6 -16.5 22 -4 C15 9 -8 12 -21 4Z", look.shade)
    eyeball = (
        f'<clipPath id="eye{side + 1}"><path d="{ball}"/></clipPath>'
        f'<g clip-path="url(#eye{side + 1})">'
        + path(ball, "url(#sclera)")
        + ellipse(iris_x, -1.6, 11.2, 11.4, look.iris_dark)
        + ellipse(iris_x, -1.6, 10.0, 10.2, "url(#iris)")
        + ellipse(iris_x, 3.4, 6.4, 4.2, "#ffffff", 'opacity="0.18" filter="url(#b1)"')
        + ellipse(iris_x, -1.6, 5.0, 5.2, "#150d10")
        + path("M-24 -24 H28 V-2 C12 -12 -10 -9 -24 6Z", "#2a1a28", 'opacity="0.20"')
        + ellipse(iris_x - 3.4 * side, -5.6, 2.9, 3.0, "#ffffff")
        + ellipse(iris_x + 3.6 * side, 2.6, 1.4, 1.5, "#ffffff", 'opacity="0.75"')
        + ellipse(-18.4, 4.2, 2.6, 2.4, "#e9a79b", 'opacity="0.8"')
        + "</g>"
    )
    upper_edge = lid.long_lash if look.lashes else lid.short_lash
    lash = path(f"M-21.8 5.2 C{lid.top} L{upper_edge} -21.8 5.2Z", look.lash)
    wing = line("M22 -5.5 L28 -11.5 M18.5 -8.5 L23.5 -14.5", look.lash, 1.5)
    return (
        f'<g transform="scale(1 {1.0 if look.lashes else 0.86})">'
        + (skin if lid is HALF else "")
        + eyeball
        + line("M-18 5.5 C-8 12 13 9.5 20.5 -1", look.deep, 1.3, 0.6)
        + line(lid.crease, look.deep, 1.5, 0.6)
        + lash
        + (wing if look.lashes and lid is OPEN else "")
        + "</g>"
    )


def one_closed_eye(look: Look) -> str:
    """The same eye shut."""
    lash = "M-21.5 3.5 C-10 10.5 12 9.5 21 -1 L25.5 -1.5 C16 13.5 -10 14 -21.5 3.5Z"
    tips = line("M15 8.2 L18.5 12 M19 5 L24 8 M9.5 10.6 L11.5 14.6", look.lash, 1.5)
    return (
        path("M-21 4 C-13 -9 7 -11 22 -1 C14 10 -8 12 -21 4Z", look.shade, 'opacity="0.55"')
        + line("M-19 -2 C-10 -9 10 -9 21 -3", look.deep, 1.4, 0.55)
        + path(lash, look.lash)
        + (tips if look.lashes else "")
    )


def eyes(look: Look, state: str) -> str:
    """Both eyes in one of the states `EYES`."""
    gaze = -3.6 if state.endswith("left") else 3.6 if state.endswith("right") else 0.0
    lid = HALF if state.startswith("half") else OPEN
    defs = linear("sclera", (0, "#d9d6de"), (0.35, "#fdfcfb"), (1, "#f3eeec")) + radial(
        "iris", (0, look.iris, 1), (0.55, look.iris, 1), (1, look.iris_dark, 1)
    )
    drawing = "".join(
        f'<g transform="translate({256 + side * EYE_X} {EYE_Y}) scale({1.1 * side} 1.1)">'
        + (one_closed_eye(look) if state == "closed" else one_eye(look, lid, gaze, side))
        + "</g>"
        for side in (-1, 1)
    )
    return svg(drawing, defs)
