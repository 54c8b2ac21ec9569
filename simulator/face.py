"""A presenter's face: the picture to send at any moment, with any mouth.

The session clock alone decides what moves, so two viewers see one face and a test can ask for any
moment. A frame is the body at one height of its breath, and on it three opaque rectangles: the
head, the eyes, the mouth. The head follows a closed path of `POSES` steps. Each rectangle is drawn
when it is first needed (4 to 12 ms for a head, below 1 ms for a mouth) and kept; from then on a
frame is four copies, some 0.1 ms. Pixels are BT.601 limited range, as VP8 carries and browsers
assume.
"""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIZE = 512  # width and height of the picture, pixels
FACES: tuple[str, ...] = ("ava", "leo", "mia")

BAKED = Path(__file__).parent / "faces"
SCALE = 2  # layers are baked at twice the size, so moving them by part of a pixel stays crisp

POSES = 160
LOOP = 16.0  # seconds once around the path of poses, four breaths long
BREATH_STEPS = 8  # per pixel

# Left, top, right, bottom; even, so that halved they are edges of the chroma planes too.
Rect = tuple[int, int, int, int]
WHOLE: Rect = (0, 0, SIZE, SIZE)
EYES: Rect = (174, 210, 338, 264)
MOUTH: Rect = (208, 286, 304, 372)
FOOT_OF_NECK = (256.0, 396.0)
# How much of `turn` and `nod` the layers of the head take: more in front, the other way behind.
DEPTHS = {"back": -0.5, "head": 0.0, "features": 1.0}
REACH = 12  # no pose moves a layer further, pixels

# Premultiplied R, G, B and alpha to premultiplied Y, Cb, Cr (BT.601, limited range) and alpha: the
# offsets 16, 128, 128 are alpha's, as they belong to covered pixels alone.
TO_VIDEO = np.array(
    [
        [65.738, -37.945, 112.439, 0.0],
        [129.057, -74.494, -94.154, 0.0],
        [25.064, 112.439, -18.285, 0.0],
        [16.0, 128.0, 128.0, 255.0],
    ],
    dtype=np.float32,
) / np.array([[256], [256], [256], [255]], dtype=np.float32)

# From a pixel of the frame to the place in a layer at rest that it shows: (a, b, c, d, e, f) with
# x = a X + b Y + c and y = d X + e Y + f, as `PIL.Image.transform` takes it.
Affine = tuple[float, float, float, float, float, float]
Planes = NDArray[np.uint8]  # (3, height, width): Y, Cb, Cr at full size


@dataclass(frozen=True, slots=True)
class Pose:
    """Distances from rest: pixels, right and down; `tilt` in radians, clockwise.

    The features (eyes, nose, mouth) move on the head by `turn` and `nod`: so a flat drawing looks
    as if it turned.
    """

    breath: float
    tilt: float
    x: float
    y: float
    turn: float
    nod: float


@dataclass(frozen=True, slots=True)
class Layer:
    """Baked pixels, premultiplied: Y, Cb, Cr, alpha; `x`, `y` is its place on the canvas."""

    image: Image.Image  # "CMYK" is Pillow's name for four bands that it leaves alone
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Patch:
    """An opaque rectangle of a frame: luma, and the two chroma planes at half the size."""

    rect: Rect
    luma: NDArray[np.uint8]
    blue: NDArray[np.uint8]
    red: NDArray[np.uint8]


def poster(name: str) -> bytes:
    """The presenter at rest: a JPEG file, 512 by 512."""
    return (BAKED / f"{name}.jpg").read_bytes()


class Face:
    """One presenter. Load it once and share it: it holds some 60 MB when every pose was seen.

    Raises `FileNotFoundError` for a name that is not in `FACES`, and `KeyError` for a viseme that
    is not one of the 15 of `speech.VISEMES`.
    """

    def __init__(self, name: str) -> None:
        with np.load(BAKED / f"{name}.npz") as baked:
            self._layers = {
                key: _layer(baked[key], baked[f"{key}-at"])
                for key in baked.files
                if not key.endswith("-at")
            }
        backdrop = np.asarray(self._layers.pop("backdrop").image)
        self._backdrop: Planes = np.ascontiguousarray(backdrop[..., :3].transpose(2, 0, 1))
        self._head_rect = _around([self._layers[name] for name in DEPTHS if name in self._layers])
        self._body = lru_cache(2 * BREATH_STEPS + 1)(self._draw_body)
        self._head = lru_cache(POSES)(self._draw_head)
        self._feature = lru_cache(6 * POSES)(self._draw_feature)

    def frame(self, at: float, viseme: str) -> NDArray[np.uint8]:
        """The picture `at` seconds: I420 planes one under another, shape (768, 512), a new array.

        The same arguments give the same bytes.
        """
        step = _step(at)
        frame = self._body(_pose(step).breath).copy()
        _paste(frame, self._head(step)[0])
        _paste(frame, self._feature(step, EYES, _eyes(at)))
        _paste(frame, self._feature(step, MOUTH, f"mouth-{viseme}"))
        return frame

    def _draw_body(self, breath: float) -> NDArray[np.uint8]:
        canvas = self._backdrop.copy()
        self._lay(canvas, WHOLE, "body", _lowered(breath))
        frame = np.empty((SIZE * 3 // 2, SIZE), dtype=np.uint8)
        _paste(frame, _patch(canvas, WHOLE))
        return frame

    def _draw_head(self, step: int) -> tuple[Patch, dict[Rect, Planes]]:
        """The head in one pose, and what of it lies under the eyes and the mouth."""
        pose = _pose(step)
        left, top, right, bottom = rect = self._head_rect
        canvas = self._backdrop[:, top:bottom, left:right].copy()
        if "back" in self._layers:
            self._lay(canvas, rect, "back", _affine(pose, DEPTHS["back"]))
        self._lay(canvas, rect, "body", _lowered(pose.breath))
        for name in ("head", "features"):
            self._lay(canvas, rect, name, _affine(pose, DEPTHS[name]))
        under = {part: _part(canvas, rect, part).copy() for part in (EYES, MOUTH)}
        return _patch(canvas, rect), under

    def _draw_feature(self, step: int, rect: Rect, name: str) -> Patch:
        canvas = self._head(step)[1][rect].copy()
        self._lay(canvas, rect, name, _affine(_pose(step), DEPTHS["features"]))
        return _patch(canvas, rect)

    def _lay(self, canvas: Planes, rect: Rect, name: str, affine: Affine) -> None:
        """Put a layer, moved by `affine`, over `canvas`, which shows `rect` of the frame."""
        layer = self._layers[name]
        box = left, top, right, bottom = _common(rect, _around([layer]))
        a, b, c, d, e, f = affine
        x, y = a * left + b * top + c - layer.x, d * left + e * top + f - layer.y
        moved = layer.image.transform(
            (right - left, bottom - top),
            Image.Transform.AFFINE,
            [SCALE * part for part in (a, b, x, d, e, y)],
            Image.Resampling.BILINEAR,
        )
        *colours, alpha = (np.asarray(band) for band in moved.split())
        under = 256 - alpha.astype(np.uint16) - (alpha >> 7)  # 0 to 256: opaque covers exactly
        for plane, colour in zip(_part(canvas, rect, box), colours, strict=True):
            plane[:] = colour + ((plane * under) >> 8).astype(np.uint8)


def pose_and_eyes(at: float) -> tuple[int, str]:
    """The pose and the layer for the eyes that `Face.frame` shows `at` seconds."""
    return _step(at), _eyes(at)


def places(step: int) -> dict[str, Affine]:
    """The places of the layers in a pose. The mouths and the eyes go with the `features`."""
    pose = _pose(step)
    moving = {name: _affine(pose, depth) for name, depth in DEPTHS.items()}
    return {"body": _lowered(pose.breath), **moving}


def _layer(webp: NDArray[np.uint8], place: NDArray[np.int16]) -> Layer:
    picture = Image.open(io.BytesIO(webp.tobytes())).convert("RGBA").convert("RGBa")
    bands = (np.asarray(picture, dtype=np.float32) @ TO_VIDEO + np.float32(0.5)).astype(np.uint8)
    return Layer(
        Image.frombytes("CMYK", picture.size, bands.tobytes()), int(place[0]), int(place[1])
    )


def _around(layers: list[Layer]) -> Rect:
    """An even rectangle that the layers don't leave in any pose."""
    starts = np.array([(layer.x, layer.y) for layer in layers])
    sizes = np.array([layer.image.size for layer in layers]) // SCALE
    left, top = ((starts.min(axis=0) - REACH) // 2 * 2).tolist()
    right, bottom = (((starts + sizes).max(axis=0) + REACH) // 2 * 2).tolist()
    return _common(WHOLE, (left, top, right, bottom))


def _common(one: Rect, other: Rect) -> Rect:
    (a, b, c, d), (e, f, g, h) = one, other
    return max(a, e), max(b, f), min(c, g), min(d, h)


def _part(planes: Planes, shown: Rect, wanted: Rect) -> Planes:
    """A view of `wanted` in planes that show the rectangle `shown`."""
    x, y = shown[:2]
    return planes[:, wanted[1] - y : wanted[3] - y, wanted[0] - x : wanted[2] - x]


def _patch(canvas: Planes, rect: Rect) -> Patch:
    """Halve the chroma of `canvas`, which shows `rect`: the mean of four pixels each."""
    luma, *chroma = canvas
    blue, red = (np.asarray(Image.fromarray(plane).reduce(2)) for plane in chroma)
    return Patch(rect, luma.copy(), blue, red)


def _paste(frame: NDArray[np.uint8], patch: Patch) -> None:
    """Write a patch into an I420 frame of shape (768, 512)."""
    left, top, right, bottom = patch.rect
    frame[top:bottom, left:right] = patch.luma
    half = (slice(top // 2, bottom // 2), slice(left // 2, right // 2))
    chroma = frame[SIZE:].reshape(2, SIZE // 2, SIZE // 2)
    chroma[0][half] = patch.blue
    chroma[1][half] = patch.red


def _step(at: float) -> int:
    """The number of the pose. The pace is uneven, so that the path doesn't look like a loop."""
    return round((at / LOOP + 0.02 * math.sin(at * 0.86)) * POSES) % POSES


def _pose(step: int) -> Pose:
    """The pose at one step of the closed path: whole numbers of waves, so that the ends meet."""
    way = math.tau * step / POSES
    breath = 1 - math.cos(4 * way)  # downwards only: the drawing ends at the picture's lower edge
    return Pose(
        breath=round(breath * BREATH_STEPS) / BREATH_STEPS,
        tilt=math.radians(1.1 * math.sin(way) + 0.35 * math.sin(3 * way + 1.0)),
        x=1.6 * math.sin(way + 0.6) + 0.8 * math.sin(2 * way),
        y=0.9 * math.sin(2 * way + 2.0) + 0.35 * math.sin(5 * way),
        turn=2.2 * math.sin(way + 0.9) + 0.8 * math.sin(3 * way),
        nod=1.1 * math.sin(2 * way + 2.3),
    )


def _lowered(breath: float) -> Affine:
    return (1.0, 0.0, 0.0, 0.0, 1.0, -breath)


def _affine(pose: Pose, depth: float) -> Affine:
    """Where a layer of the head is, see `DEPTHS`."""
    cos, sin = math.cos(pose.tilt), math.sin(pose.tilt)
    foot_x, foot_y = FOOT_OF_NECK
    to_x = foot_x + pose.x + depth * pose.turn
    to_y = foot_y + pose.y + depth * pose.nod + pose.breath
    at_x, at_y = foot_x - cos * to_x - sin * to_y, foot_y + sin * to_x - cos * to_y
    return cos, sin, at_x, -sin, cos, at_y


def _chance(seed: int) -> float:
    return random.Random(seed).random()


def _eyes(at: float) -> str:
    """The layer for the eyes: a blink every 2.5 to 4.9 s, some double; glances aside between."""
    blink, into = divmod(at, 3.7)
    since = into - 0.9 - 1.2 * _chance(int(blink))
    if since > 0.34 and _chance(int(blink) + 7919) < 0.2:
        since -= 0.34
    glance, looking = divmod(at + 1.1, 2.9)
    aside = _chance(int(glance) + 104729)
    gaze = ""
    if looking > 1.6 and aside < 0.36:
        gaze = "left" if aside < 0.18 else "right"
    if 0.04 <= since < 0.16:
        return "eyes-closed"
    if 0.0 <= since < 0.24:
        return f"eyes-half-{gaze}" if gaze else "eyes-half"
    return f"eyes-{gaze or 'open'}"
