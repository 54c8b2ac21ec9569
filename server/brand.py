"""Whose page it is: the name, the logo, two colours, and what they become in light and dark."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LOGOS = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
LARGEST_LOGO = 200_000
"""Bytes: the logo is part of each page."""

LONGEST_NAME = 60

TEXT_CONTRAST = 4.5
"""Of white text on a button (WCAG 2.2, 1.4.3)."""
BUTTON_CONTRAST = 3.0
"""Of a button on what is behind it (1.4.11)."""
DARK_SURFACE = "#171b26"
"""`--surface` of `components/colors.css`; the ground is darker."""

_COLOR = re.compile("#[0-9a-fA-F]{6}")

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Brand:
    """`logo` is empty, or the address of a picture: https, or the picture itself as a data URL.

    `color` is for what is pressed and what has the focus, `accent` for the glow behind the stage;
    both as `#rrggbb`.
    """

    name: str = "Talking avatar"
    logo: str = ""
    color: str = "#2f4fd0"
    accent: str = "#7c5cff"

    @property
    def on_light(self) -> str:
        """`color`, dark enough to carry white text."""
        return _mixed(self.color, 0.0, lambda color: contrast(color, "#ffffff") >= TEXT_CONTRAST)

    @property
    def on_dark(self) -> str:
        """The same, light enough to be seen on the dark ground."""
        return _mixed(
            self.on_light, 1.0, lambda color: contrast(color, DARK_SURFACE) >= BUTTON_CONTRAST
        )


def is_color(text: str) -> bool:
    """Whether it has the form `#rrggbb`."""
    return _COLOR.fullmatch(text) is not None


def logo_at(place: str, folder: Path) -> str:
    """The address of the logo at `place`: https, or a file's path, from `folder` on.

    Raises `ValueError` with what it can be, as part of a sentence.
    """
    if not place or re.fullmatch(r"https://[^\s\"'<>]+", place):
        return place
    path = folder / place
    kind = LOGOS.get(path.suffix.lower())
    try:
        if kind and path.stat().st_size <= LARGEST_LOGO:
            return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except (OSError, ValueError):  # missing, or no path at all
        pass
    kinds = ", ".join(suffix[1:] for suffix in LOGOS)
    most = f"{LARGEST_LOGO // 1000} kB"
    raise ValueError(f"the path of a picture ({kinds}) of at most {most}, or its https address")


def contrast(one: str, other: str) -> float:
    """Of two colours, 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _mixed(color: str, towards: float, is_good: Callable[[str], bool]) -> str:
    """`color` with as much black (0) or white (1) as `is_good` asks for."""
    for part in range(101):
        mixed = tuple(c + (towards - c) * part / 100 for c in _rgb(color))
        found = "#" + "".join(f"{round(c * 255):02x}" for c in mixed)
        if is_good(found):
            return found
    return color


def _rgb(color: str) -> Rgb:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _luminance(color: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
