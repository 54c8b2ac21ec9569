"""A face as JSON, for a browser that draws it itself: the same drawing, its movement simplified."""

from __future__ import annotations

import base64
import io
import itertools
import json
import math
from functools import cache

import numpy as np

from simulator.delivery import SILENCE
from simulator.face import LIDS, Face, eyes_rect
from simulator.fields import jaw_rect
from simulator.mouth import SHAPES, SIZE, UNITS, Shape
from simulator.planes import Planes, to_rgb
from simulator.pose import Pose, pose_at
from simulator.warp import DETAIL

PICTURES_A_SECOND = 25
FILM = 60
"""Seconds of movement in a face: the viewer plays them forwards, then backwards."""
SHUT = (0, 2, 4, 6)
"""The lids that a browser gets, of `face.LIDS`."""
APART = 0.13
"""A shape this near to another is not worth a picture of its own."""
WEIGHTS = np.array([2.0, 0.12, 0.08, 0.08, 0.8, 0.8, 0.8, 0.4, 0.06])
"""How much a difference in each of `mouth.PARTS` is seen."""


@cache
def face_as_json(name: str) -> bytes:
    """A face; takes half a second once.

    `still`: the picture at rest, a WebP file in base64. `eyes` and `mouths`: patches for it at
    `[x, y]`, whose `pictures` are by key. `film`: for each of `rate` pictures a second, how far the
    crown and the nose go to the right, the nose down and the shoulders up, in pixels, and its eyes.
    `heights`: those of the crown, the nose, the chin, the neck's foot and the shoulders. `shapes`:
    each mouth's numbers, weighted, by the same key as its picture; those of a viseme by its name.
    """
    face = Face(name)
    build = face.build
    film = [pose_at(n / PICTURES_A_SECOND, SILENCE, name) for n in range(FILM * PICTURES_A_SECOND)]
    shapes = _shapes()
    eyes = {_eyes(pose): pose for pose in film}
    heights = (
        build.head[1],
        (build.eyes[0][1] + build.mouth[1]) / 2,
        build.chin,
        build.head[3],
        build.shoulders,
    )
    crown = math.radians(1) * (build.head[3] - build.head[1]) * SIZE / UNITS
    return json.dumps(
        {
            "size": SIZE,
            "rate": PICTURES_A_SECOND,
            "still": _webp(face.still(), 92),
            "heights": [round(height * SIZE / UNITS) for height in heights],
            "eyes": {
                "at": [side // DETAIL for side in eyes_rect(build)[:2]],
                "pictures": {
                    key: _webp(face.eyes(pose.gaze, _lids(pose)).halved(), 88)
                    for key, pose in eyes.items()
                },
            },
            "mouths": {
                "at": [side // DETAIL for side in jaw_rect(build)[:2]],
                "pictures": {
                    key: _webp(face.lower_face(shape).halved(), 86) for key, shape in shapes.items()
                },
            },
            "shapes": {
                key: [round(float(part), 3) for part in shape * WEIGHTS]
                for key, shape in shapes.items()
            },
            "film": [
                [
                    *(
                        round(part, 2)
                        for part in (pose.sway + crown * pose.tilt, pose.turn, pose.nod, pose.rise)
                    ),
                    _eyes(pose),
                ]
                for pose in film
            ],
        },
        separators=(",", ":"),
    ).encode()


def _shapes() -> dict[str, Shape]:
    """The mouths of the visemes by name, and what lies halfway between two where it is another."""
    shapes = dict(SHAPES)
    for (one, first), (other, second) in itertools.combinations(SHAPES.items(), 2):
        halfway = (first + second) / 2
        if all(_distance(halfway, shape) > APART for shape in shapes.values()):
            shapes[f"{one}-{other}"] = halfway
    return shapes


def _distance(one: Shape, other: Shape) -> float:
    return float(np.linalg.norm((one - other) * WEIGHTS))


def _lids(pose: Pose) -> int:
    return min(SHUT, key=lambda lids: abs(lids - pose.lids * LIDS))


def _eyes(pose: Pose) -> str:
    return f"{pose.gaze[0]} {_lids(pose)}"


def _webp(planes: Planes, quality: int) -> str:
    file = io.BytesIO()
    to_rgb(planes).save(file, "WEBP", quality=quality, method=3)
    return base64.b64encode(file.getvalue()).decode()
