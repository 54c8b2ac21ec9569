"""A presenter's face: the picture of any pose.

The drawing is one opaque picture in twice the size of what is sent. Eyes, jaw and mouth are pasted
into it, and the head is drawn from it with its parts displaced (`warp.py`); the body is drawn once
for each height of its breath. A picture takes 1 to 3 ms, and the same pose gives the same bytes.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from simulator.builds import BUILDS, GREEN, Build
from simulator.fields import body_rect, head_rect, jaw_rect, of_body, of_head, of_jaw
from simulator.mouth import DOTS, PARTS, SIZE, Shape, box, draw
from simulator.planes import Planes, Rect, from_rgb, views
from simulator.pose import Pose
from simulator.warp import DETAIL, Phases, Warp

FACES: tuple[str, ...] = tuple(BUILDS)
BAKED = Path(__file__).parent / "faces"

CHROMA_GREEN = (0, 177, 64)
"""The ground that is keyed out: red, green, blue."""
LIDS = 6
"""The lids are drawn open, shut, and so many steps from one to the other."""
GAZE = 2
"""Pixels of the drawing in one step of the irises: chroma has every second one."""
BREATHS = 4
"""Heights of the breath in a pixel."""
JAWS = 2
"""Heights of the chin in a unit."""
MOUTHS = 24
"""A mouth is drawn with its numbers in steps of one by this, which nobody sees."""
FULL_BREATH, WIDE_OPEN = 7, 11
"""Pixels that the shoulders rise, and units that the chin goes down, as a rule."""
BEHIND, FRONT = ("back", "body", "head"), "glasses"
"""The layers below the eyes, bottom to top, and the one above."""


def poster(name: str) -> bytes:
    """The presenter at rest: a JPEG file, `SIZE` by `SIZE`."""
    return (BAKED / f"{name}.jpg").read_bytes()


Layer = tuple[Image.Image, tuple[int, int]]
"""RGBA, and the place of its upper left corner in the drawing."""


def layers(name: str) -> dict[str, Layer]:
    """The layers of a drawing in its `DETAIL`; the backdrop has the size that is sent."""
    with np.load(BAKED / f"{name.removesuffix(GREEN)}.npz") as baked:
        drawn: dict[str, Layer] = {
            key: (
                Image.open(io.BytesIO(baked[key].tobytes())).convert("RGBA"),
                tuple(baked[f"{key}-at"].tolist()),
            )
            for key in baked.files
            if not key.endswith("-at")
        }
    if name.endswith(GREEN):
        drawn["backdrop"] = (Image.new("RGBA", (SIZE, SIZE), CHROMA_GREEN), (0, 0))
    return drawn


class Face:
    """One presenter. Load it once and share it: it holds some 30 MB.

    Raises `FileNotFoundError` for a name that is not in `FACES`.
    """

    def __init__(self, name: str) -> None:
        drawn = layers(name)
        self.build = build = BUILDS[name]
        skin = drawn["backdrop"][0].resize((DETAIL * SIZE,) * 2, Image.Resampling.BILINEAR)
        for layer in BEHIND:
            if layer in drawn:
                skin.alpha_composite(*drawn[layer])
        self._eyes_rect = eyes_rect(build)
        self._under_eyes = skin.crop(self._eyes_rect)
        self._eyes_layers = {
            key: _within(self._eyes_rect, layer)
            for key, layer in drawn.items()
            if key in ("whites", "iris", FRONT) or key.startswith("lids")
        }
        if FRONT in drawn:
            skin.alpha_composite(*drawn[FRONT])
        drawing = from_rgb(skin)
        self._still = drawing.halved()
        self._body = Warp(body_rect(build), *of_body(build))
        self._head = Warp(head_rect(build), *of_head(build))
        self._jaw = Warp(jaw_rect(build), *of_jaw(build), detail=1, margin=48)
        self._body_drawing = _shown(drawing, self._body.source, DETAIL)
        self._head_drawing = Phases.of(_shown(drawing, self._head.source, DETAIL))
        self._drawing = Lock()
        self._jaw_drawing = _shown(drawing, self._jaw.source, 1)
        # Kept by the number of a step, so that what was drawn once is drawn.
        self._breath = lru_cache(32)(self._draw_breath)
        self._chin = lru_cache(32)(self._draw_chin)
        self._eyes = lru_cache(12)(self._draw_eyes)
        self._lips = lru_cache(4)(self._draw_lips)
        # Now, so that the first words are not late.
        for number in range(FULL_BREATH * BREATHS + 1):
            self._breath(number)
        for number in range(WIDE_OPEN * JAWS + 1):
            self._chin(number)

    def frame(self, pose: Pose) -> NDArray[np.uint8]:
        """The picture: I420 planes one under another, shape (3 / 2 `SIZE`, `SIZE`), a new array."""
        step = round(pose.rise * BREATHS)
        frame = np.empty((SIZE * 3 // 2, SIZE), dtype=np.uint8)
        picture = views(frame)
        picture.paste(self._still, 0, 0)
        picture.paste(self._breath(step), *self._body.rect[:2])
        movements = {
            "tilt": pose.tilt,
            "sway": pose.sway,
            "turn": pose.turn,
            "nod": pose.nod,
            "brows": pose.brows,
            "cheeks": pose.cheeks,
            "rise": step / BREATHS,
        }
        shown = (DETAIL * self._head.source[0], DETAIL * self._head.source[1])
        # Each picture writes its eyes and its lower face over those of the last one.
        with self._drawing:
            for part, rect in (
                (self._eyes(*pose.gaze, round(pose.lids * LIDS)), self._eyes_rect),
                (self._lips(*(pose.mouth * MOUTHS).round().astype(int).tolist()), self._jaw.rect),
            ):
                self._head_drawing.paste(part, rect[0] - shown[0], rect[1] - shown[1])
            head = self._head.draw_quick(self._head_drawing, movements)
        picture.paste(head, *self._head.rect[:2])
        return frame

    def _lower_face(self, shape: Shape) -> Planes:
        """Jaw and mouth in the drawing's own pixels: `fields.jaw_rect`."""
        chin = self._chin(round(float(shape[PARTS.index("jaw")]) * JAWS)).copy()
        lips = self.build.lips
        left, top = self._jaw.rect[:2]
        x, y = (side * DOTS for side in self.build.mouth)
        corners = (side * DOTS / 2 for side in box(shape, lips))
        at = [
            2 * round(corner) + 2 * round((middle - edge) / 2)
            for corner, middle, edge in zip(corners, (x, y) * 2, (left, top) * 2, strict=True)
        ]
        part = chin.part((at[0], at[1], at[2], at[3]))
        middle = (x - left - at[0], y - top - at[1])
        chin.paste(draw(part, shape, lips, middle), at[0], at[1])
        return chin

    def _draw_lips(self, *parts: int) -> Phases:
        shape = np.array(parts, dtype=np.float32) / np.float32(MOUTHS)
        return Phases.of(self._lower_face(shape))

    def _draw_breath(self, step: int) -> Planes:
        return self._body.draw(self._body_drawing, {"rise": step / BREATHS})

    def _draw_chin(self, step: int) -> Planes:
        return self._jaw.draw(self._jaw_drawing, {"jaw": step / JAWS})

    def _draw_eyes(self, right: int, down: int, lids: int) -> Phases:
        drawn = self._eyes_layers
        eyes = self._under_eyes.copy()
        eyes.alpha_composite(drawn["whites"])
        iris = ImageChops.offset(drawn["iris"], right * GAZE, down * GAZE)
        iris.putalpha(ImageChops.multiply(iris.getchannel("A"), drawn["whites"].getchannel("A")))
        for layer in (iris, drawn[f"lids-{lids}"], drawn.get(FRONT)):
            if layer:
                eyes.alpha_composite(layer)
        return Phases.of(from_rgb(eyes))


def eyes_rect(build: Build) -> Rect:
    """Where eyes are, in pixels of the drawing."""
    (left, height), (right, _) = build.eyes
    sides = (left - 44, height - 34, right + 44, height + 30)
    left, top, right, bottom = (round(side * DOTS / 4) * 4 for side in sides)
    return left, top, right, bottom


def _within(rect: Rect, layer: Layer) -> Image.Image:
    picture, (left, top) = layer
    part = Image.new("RGBA", (rect[2] - rect[0], rect[3] - rect[1]))
    part.paste(picture, (left - rect[0], top - rect[1]))
    return part


def _shown(drawing: Planes, rect: Rect, detail: int) -> Planes:
    """This rectangle of the drawing, its edge repeated where it lies beyond."""
    left, top, right, bottom = (side * detail for side in rect)
    planes = []
    for plane, scale in ((drawing.luma, 1), (drawing.blue, 2), (drawing.red, 2)):
        rows = np.arange(top // scale, bottom // scale).clip(0, len(plane) - 1)
        columns = np.arange(left // scale, right // scale).clip(0, len(plane) - 1)
        planes.append(np.ascontiguousarray(plane[np.ix_(rows, columns)]))
    return Planes(*planes)
