"""Pixels as video carries them: I420 planes, BT.601 limited range, as browsers assume."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Left, top, right, bottom; even, so that halved they are edges of the chroma planes too.
Rect = tuple[int, int, int, int]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Planes:
    """A picture: luma (height, width), and the two chroma planes at half the size."""

    luma: Bytes
    blue: Bytes
    red: Bytes

    def part(self, rect: Rect) -> Planes:
        """A view of this rectangle."""
        left, top, right, bottom = rect
        half = np.s_[top // 2 : bottom // 2, left // 2 : right // 2]
        return Planes(self.luma[top:bottom, left:right], self.blue[half], self.red[half])

    def copy(self) -> Planes:
        """The same, to write into."""
        return Planes(self.luma.copy(), self.blue.copy(), self.red.copy())

    def paste(self, other: Planes, left: int, top: int) -> None:
        """Write `other` over this, its upper left corner at an even place."""
        height, width = other.luma.shape
        under = self.part((left, top, left + width, top + height))
        under.luma[:], under.blue[:], under.red[:] = other.luma, other.blue, other.red

    def halved(self) -> Planes:
        """At half the size: the mean of four pixels each."""
        luma, blue, red = (
            np.asarray(Image.fromarray(plane).reduce(2))
            for plane in (self.luma, self.blue, self.red)
        )
        return Planes(luma, blue, red)


def from_rgb(picture: Image.Image) -> Planes:
    """The planes of an RGB picture whose sides are even."""
    rgb = np.asarray(picture.convert("RGB"))
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    return views(frame.reformat(format="yuv420p").to_ndarray().astype(np.uint8, copy=False))


def to_rgb(planes: Planes) -> Image.Image:
    """The picture as a screen shows it."""
    height, width = planes.luma.shape
    i420 = np.empty((height * 3 // 2, width), dtype=np.uint8)
    views(i420).paste(planes, 0, 0)
    rgb = av.VideoFrame.from_ndarray(i420, format="yuv420p").to_ndarray(format="rgb24")
    return Image.fromarray(rgb.astype(np.uint8, copy=False))


def views(i420: Bytes) -> Planes:
    """The three planes of an I420 picture, shape (3 / 2 height, width), as views of it."""
    rows, width = i420.shape
    height = rows * 2 // 3
    blue, red = i420[height:].reshape(2, height // 2, width // 2)
    return Planes(i420[:height], blue, red)
