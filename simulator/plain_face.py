"""A face as JSON, for a browser that draws it itself: the same drawing, its movement simplified."""

from __future__ import annotations

import base64
import io
import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
from PIL import Image

from simulator.delivery import SILENCE
from simulator.face import LIDS, Face, eyes_rect
from simulator.fields import jaw_rect
from simulator.mouth import SHAPES, SIZE, UNITS, Shape
from simulator.planes import Rect, to_rgb, views
from simulator.pose import Pose, pose_at
from simulator.warp import DETAIL

PICTURES_A_SECOND = 25
FILM = 60
"""Seconds of movement in a face: the viewer plays them forwards, then backwards."""
SHUT = (0, 2, 4, 6)
"""The lids that a browser gets, of `face.LIDS`."""
APART = 0.2
"""A shape this near to another is not worth a picture of its own."""
WEIGHTS = np.array([2.0, 0.12, 0.08, 0.08, 0.8, 0.8, 0.8, 0.4, 0.06])
"""How much a difference in each of `mouth.PARTS` is seen."""


ROOM = 8
"""Pixels around eyes and jaw that a patch has, for the way that the head is held at rest."""


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
    rest = film[0]
    eyes = {_eyes(pose): replace(rest, gaze=pose.gaze, lids=_lids(pose) / LIDS) for pose in film}
    mouths = {key: replace(rest, mouth=shape) for key, shape in _shapes().items()}
    scale = SIZE / UNITS
    nose = (build.eyes[0][1] + build.mouth[1]) / 2
    heights = (build.head[1], nose, build.chin, build.head[3], build.shoulders)
    a_degree = math.radians(1) * (build.head[3] - build.head[1]) * scale
    return json.dumps(
        {
            "size": SIZE,
            "rate": PICTURES_A_SECOND,
            "still": _webp(_picture(face, rest), 92),
            "heights": [round(height * scale) for height in heights],
            "eyes": _patches(face, eyes, eyes_rect(build)),
            "mouths": _patches(face, mouths, jaw_rect(build)),
            "shapes": {
                key: [round(float(part), 3) for part in pose.mouth * WEIGHTS]
                for key, pose in mouths.items()
            },
            "film": [
                [
                    round(pose.sway + a_degree * (pose.tilt - rest.tilt), 2),
                    round(pose.turn - rest.turn, 2),
                    round(pose.nod, 2),
                    round(pose.rise, 2),
                    _eyes(pose),
                ]
                for pose in film
            ],
        },
        separators=(",", ":"),
    ).encode()


def _picture(face: Face, pose: Pose) -> Image.Image:
    return to_rgb(views(face.frame(pose)))


def _patches(face: Face, poses: Mapping[str, Pose], drawn: Rect) -> dict[str, object]:
    """What of each pose's picture shows a part of the drawing, a rectangle in its own pixels."""
    left, top, right, bottom = (side // DETAIL for side in drawn)
    rect = (left - ROOM, top - ROOM, right + ROOM, bottom + ROOM)
    pictures = {key: _webp(_picture(face, pose).crop(rect), 78) for key, pose in poses.items()}
    return {"at": rect[:2], "pictures": pictures}


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


def _webp(picture: Image.Image, quality: int) -> str:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=quality, method=3)
    return base64.b64encode(file.getvalue()).decode()
