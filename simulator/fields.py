"""How far each place of a presenter goes with each movement: the fields of `warp.Warp`.

The movements are those of `pose.Pose` by name, and `jaw`. Places are units of the drawings, what
a field says is pixels of the picture that is drawn.
"""

from __future__ import annotations

import math

import numpy as np

from simulator.builds import Build
from simulator.mouth import DOTS, SIZE, UNITS
from simulator.planes import Rect
from simulator.warp import Field, cells

_PIXELS = SIZE / UNITS
_ROOM = 19.0
"""Units around the head over which the backdrop, out of focus as it is, takes up its movements."""
Fields = tuple[dict[str, Field], dict[str, Field]]
"""To the right, and down."""


def head_rect(build: Build) -> Rect:
    """What of the picture moves with the head, in pixels."""
    left, top, right, bottom = build.head
    return _even((left - _ROOM, top - _ROOM, right + _ROOM, bottom), _PIXELS)


def body_rect(build: Build) -> Rect:
    """What of the picture moves with the breath, in pixels."""
    return _even((0, build.shoulders - 64, UNITS, UNITS), _PIXELS)


def jaw_rect(build: Build) -> Rect:
    """What of the drawing moves with the chin, the mouth included, in its own pixels."""
    x, y = build.mouth
    return _even((x - build.jaw, y - 28, x + build.jaw, build.chin + 34), DOTS)


def of_head(build: Build) -> Fields:
    """Of everything but the jaw, within `head_rect`."""
    x, y = (part / np.float32(_PIXELS) for part in cells(head_rect(build)))
    _, top, _, bottom = build.head
    middle = build.face[0]
    goes = _weight(build, x, y)
    front = _front(build, x, y)
    # The hair is further back than the face: it goes less, and its outline least of all.
    depth = goes * (0.30 + 0.70 * front)
    above = (bottom - y) / (bottom - top)
    a_degree = math.radians(_PIXELS)
    brows, cheeks = np.zeros_like(goes), np.zeros_like(goes)
    for eye, _ in build.eyes:
        over = y - build.brows
        height = np.where(over > 0, np.float32(6.5), np.float32(24))
        brows += _hill((x - eye) / 27) * _hill(over / height)
        cheeks += _hill((x - eye) / 24) * _hill((y - build.mouth[1] + 36) / 15)
    across = {
        "sway": goes * above,
        "tilt": goes * (bottom - y) * a_degree,
        "turn": depth + 0 * x,
    }
    down = {
        "tilt": goes * (x - middle) * a_degree,
        "nod": depth,
        "brows": -brows * goes,
        "cheeks": -cheeks * goes,
        "rise": -_breath(build, x, y),
    }
    return across, down


def of_body(build: Build) -> Fields:
    """Of the breath, within `body_rect`."""
    x, y = (part / np.float32(_PIXELS) for part in cells(body_rect(build)))
    rise = _breath(build, x, y)
    return {"still": np.zeros_like(rise)}, {"rise": -rise}


def of_jaw(build: Build) -> Fields:
    """Of one unit of the chin's way down, within `jaw_rect`."""
    x, y = (part / np.float32(DOTS) for part in cells(jaw_rect(build)))
    lips = build.mouth[1]
    wide = np.clip(1 - ((x - build.mouth[0]) / build.jaw) ** 2, 0, 1) ** 1.5
    opens = _step((y - lips + 2) / 24)
    ends = _step((build.chin + 32 - y) / 30)
    jaw = (DOTS * wide * opens * ends).astype(np.float32)
    return {"still": np.zeros_like(jaw)}, {"jaw": jaw}


def _weight(build: Build, x: Field, y: Field) -> Field:
    """1 where the head takes a place along, 0 at the edge of its rectangle."""
    left, top, right, bottom = build.head
    sides = _step((x - left + _ROOM) / _ROOM) * _step((right + _ROOM - x) / _ROOM)
    chin = build.chin - 4
    weight: Field = sides * _step((y - top + _ROOM) / _ROOM) * _step((bottom - y) / (bottom - chin))
    return weight


def _front(build: Build, x: Field, y: Field) -> Field:
    """1 at the nose, 0 at the outline of the face and beyond."""
    middle, height, half, reach = build.face
    return _step(1 - ((x - middle) / half) ** 2 - ((y - height) / reach) ** 2)


def _breath(build: Build, x: Field, y: Field) -> Field:
    """The shoulders rise, the picture's lower edge stands, the head goes half of the way."""
    shoulders = build.shoulders
    below = np.clip((UNITS - y) / (UNITS - shoulders), 0, 1)
    above = _step(1 - (shoulders - 8 - y) / 52)
    broad = 0.72 + 0.28 * _step(np.abs(x - UNITS / 2) / 150)
    goes = _weight(build, x, y)
    rise: Field = (below * above * broad * (1 - goes) + 0.6 * goes).astype(np.float32)
    return rise


def _step(part: Field) -> Field:
    """From 0 at 0 to 1 at 1 without a corner."""
    part = np.clip(part, 0, 1)
    smooth: Field = part * part * (3 - 2 * part)
    return smooth


def _hill(part: Field) -> Field:
    hill: Field = np.exp(-part * part)
    return hill


def _even(units: tuple[float, float, float, float], scale: float) -> Rect:
    # By four, so that it is even in half the size, too.
    left, top, right, bottom = (round(side * scale / 4) * 4 for side in units)
    limit = round(UNITS * scale)
    return max(left, 0), max(top, 0), min(right, limit), min(bottom, limit)
