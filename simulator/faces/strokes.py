"""SVG markup in short words: what all the drawings of the presenters are made of."""

from __future__ import annotations

SIZE = 512  # the canvas of every drawing, in user units; light comes from the upper left


def svg(body: str, defs: str = "") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">'
        f"<defs>{COMMON_DEFS}{defs}</defs>{body}</svg>"
    )


def blur(name: str, deviation: float) -> str:
    return (
        f'<filter id="{name}" x="-60%" y="-60%" width="220%" height="220%">'
        f'<feGaussianBlur stdDeviation="{deviation}"/></filter>'
    )


COMMON_DEFS = "".join(blur(f"b{n}", n) for n in (1, 2, 3, 5, 8, 14, 30))


def linear(name: str, *stops: tuple[float, str], down: bool = True) -> str:
    end = 'x2="0" y2="1"' if down else 'x2="1" y2="0"'
    inner = "".join(f'<stop offset="{at}" stop-color="{colour}"/>' for at, colour in stops)
    return f'<linearGradient id="{name}" x1="0" y1="0" {end}>{inner}</linearGradient>'


def radial(name: str, *stops: tuple[float, str, float], cx: float = 0.5, cy: float = 0.5) -> str:
    inner = "".join(
        f'<stop offset="{at}" stop-color="{colour}" stop-opacity="{alpha}"/>'
        for at, colour, alpha in stops
    )
    return f'<radialGradient id="{name}" cx="{cx}" cy="{cy}" r="0.5">{inner}</radialGradient>'


def path(d: str, fill: str, extra: str = "") -> str:
    return f'<path d="{d}" fill="{fill}" {extra}/>'


def line(d: str, stroke: str, width: float, opacity: float = 1.0, extra: str = "") -> str:
    return (
        f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round" opacity="{opacity}" {extra}/>'
    )


def ellipse(cx: float, cy: float, rx: float, ry: float, fill: str, extra: str = "") -> str:
    return f'<ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry}" fill="{fill}" {extra}/>'


def mirrored(drawing: str) -> str:
    """The drawing, and its mirror image about the middle of the canvas."""
    return f'{drawing}<g transform="translate({SIZE} 0) scale(-1 1)">{drawing}</g>'
