"""How the presenters are built: the measures that moving a drawing takes. Units of the drawings."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.mouth import Lips, video


@dataclass(frozen=True, slots=True)
class Build:
    """One presenter. Places are (x, y)."""

    head: tuple[float, float, float, float]
    """Left, top, right and bottom of all that goes with the head, down to the foot of the neck,
    around which it tilts."""
    face: tuple[float, float, float, float]
    """The ellipse of the skin: its middle, half its width, half its height."""
    eyes: tuple[tuple[float, float], tuple[float, float]]
    brows: float
    """How high the brows are."""
    mouth: tuple[float, float]
    chin: float
    jaw: float
    """Half the width of what goes down with the chin."""
    shoulders: float
    """How high the shoulders are."""
    lips: Lips
    tilt: float
    """The head's at rest, degrees clockwise."""
    turn: float
    """The head's at rest, pixels to the right."""


BUILDS: dict[str, Build] = {
    "ava": Build(
        head=(112, 54, 400, 408),
        face=(256, 236, 87, 128),
        eyes=((216, 238), (296, 238)),
        brows=207,
        mouth=(256, 319),
        chin=364,
        jaw=92,
        shoulders=424,
        lips=Lips(27, 7.6, 8.6, video("#b04c52"), video("#cc686c"), 24),
        tilt=-1.2,
        turn=1.2,
    ),
    "leo": Build(
        head=(142, 60, 370, 416),
        face=(256, 238, 92, 138),
        eyes=((216, 240), (296, 240)),
        brows=208,
        mouth=(256, 321),
        chin=378,
        jaw=96,
        shoulders=428,
        lips=Lips(25, 5.2, 7.2, video("#97564a"), video("#b4705f"), 12),
        tilt=0.0,
        turn=-0.8,
    ),
    "mia": Build(
        head=(106, 46, 410, 408),
        face=(256, 236, 88, 128),
        eyes=((214, 238), (298, 238)),
        brows=206,
        mouth=(256, 319),
        chin=364,
        jaw=90,
        shoulders=424,
        lips=Lips(27, 9.2, 11.0, video("#86303c"), video("#a8424a"), 24),
        tilt=1.6,
        turn=-1.4,
    ),
}

GREEN = "-green"
"""How a name ends whose presenter stands before a plain green ground, in place of a room."""

BUILDS[f"mia{GREEN}"] = BUILDS["mia"]
