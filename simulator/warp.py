"""A picture drawn with its parts displaced: what lets a flat drawing nod, turn and breathe.

A field says how far each place moves for one unit of a movement; the movements of a moment are
added up, and the picture is sampled there. Fields fade to nothing at the edge of the rectangle
that is drawn, so it has no seam. All of it is plain numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.planes import Bytes, Planes, Rect

DETAIL = 2
"""The drawing has this many pixels for each pixel that is sent, so that parts of one stay sharp."""
Field = NDArray[np.floating[Any]]


def cells(rect: Rect) -> tuple[Field, Field]:
    """The middles of the 2 x 2 pixels of a rectangle: a row of x, a column of y, in pixels."""
    left, top, right, bottom = rect
    return (
        np.arange(left + 1, right, 2, dtype=np.float32)[np.newaxis],
        np.arange(top + 1, bottom, 2, dtype=np.float32)[:, np.newaxis],
    )


class Warp:
    """Draws one rectangle of the picture.

    `across` and `down` are the fields by movement: pixels to the right and down for one unit of
    it, of each 2 x 2 pixels of `rect`. The drawing has `detail` pixels for each of them; nothing
    moves further than `margin`, an even number of pixels.
    """

    def __init__(
        self,
        rect: Rect,
        across: Mapping[str, Field],
        down: Mapping[str, Field],
        *,
        detail: int = DETAIL,
        margin: int = 16,
    ) -> None:
        left, top, right, bottom = self.rect = rect
        self.source = (left - margin, top - margin, right + margin, bottom + margin)
        """What of the drawing is looked at, in pixels of the picture."""
        self._across, self._down = (
            {name: np.ascontiguousarray(field, dtype=np.float32) for name, field in fields.items()}
            for fields in (across, down)
        )
        self._detail, self._furthest = detail, margin - 2
        self._width = detail * (right - left + 2 * margin)
        at_x = (detail * (margin + 2 * np.arange((right - left) // 2)))[np.newaxis]
        at_y = (detail * (margin + 2 * np.arange((bottom - top) // 2)))[:, np.newaxis]
        self._luma_at = at_y * self._width + at_x
        self._chroma_at = at_y // 2 * (self._width // 2) + at_x // 2

    def draw(self, drawing: Planes, movements: Mapping[str, float]) -> Planes:
        """The rectangle, after these movements. `drawing` shows `source`, in `detail`."""
        detail, width = self._detail, self._width
        across, down = self._ways(movements)
        # What moved to a place by so much is found at the place less so much. At rest, that is the
        # middle of the pixels that make one.
        middle = (detail - 1) / 2
        place, weights = _taps(
            middle - detail * across, middle - detail * down, self._luma_at, width
        )
        luma = self._luma(
            lambda corner: _sampled(drawing.luma.reshape(-1)[corner:], width, place, weights)
        )
        place, weights = _taps(
            middle - detail / 2 * across, middle - detail / 2 * down, self._chroma_at, width // 2
        )
        blue, red = (
            _sampled(plane.reshape(-1), width // 2, place, weights).astype(np.uint8)
            for plane in (drawing.blue, drawing.red)
        )
        return Planes(luma, blue, red)

    def draw_quick(self, drawing: Phases, movements: Mapping[str, float]) -> Planes:
        """The same to a quarter of a pixel, in a quarter of the time, for a `detail` of 2."""
        x, y = (
            # Less than nothing, in half pixels of the drawing, of which chroma has every fourth.
            -np.rint(2 * self._detail * part).astype(np.int32)
            for part in self._ways(movements)
        )
        # Rounding down, as >> does: the rest says which of the four it is.
        place = (y >> 1) * self._width + (x >> 1)
        place += (2 * (y & 1) + (x & 1)) * drawing.luma[0].size
        at = self._luma_at + place
        flat = drawing.luma.reshape(-1)
        luma = self._luma(lambda corner: flat[corner:].take(at, mode="clip"))
        at = self._chroma_at + ((y + 4) >> 2) * (self._width // 2) + ((x + 4) >> 2)
        blue, red = (
            plane.reshape(-1).take(at, mode="clip") for plane in (drawing.blue, drawing.red)
        )
        return Planes(luma, blue, red)

    def _ways(self, movements: Mapping[str, float]) -> tuple[Field, Field]:
        across, down = (
            np.clip(total, -self._furthest, self._furthest, out=total)
            for total in (_sum(fields, movements) for fields in (self._across, self._down))
        )
        return across, down

    def _luma(self, corner: Callable[[int], NDArray[Any]]) -> Bytes:
        """All pixels, from those of one corner of each 2 x 2 pixels, which begin so far on."""
        rows, columns = self._luma_at.shape
        luma = np.empty((2 * rows, 2 * columns), dtype=np.uint8)
        for row in (0, 1):
            for column in (0, 1):
                at = self._detail * (row * self._width + column)
                luma[row::2, column::2] = corner(at)
        return luma


@dataclass(frozen=True, slots=True)
class Phases:
    """A drawing for `Warp.draw_quick`: its luma four times, (4, height, width), each pixel the mean
    around its lower right corner; the second and fourth half a pixel to the right of that, the
    third and fourth half a pixel down. The last two rows and columns are not to be used."""

    luma: Bytes
    blue: Bytes
    red: Bytes

    @classmethod
    def of(cls, drawing: Planes) -> Phases:
        """Those of this drawing."""
        phases = np.zeros((4, *drawing.luma.shape), dtype=np.uint8)
        wide = drawing.luma.astype(np.uint16)
        square = wide[:, :-1] + wide[:, 1:]
        square = square[:-1] + square[1:]
        right, below = square[:, :-1] + square[:, 1:], square[:-1] + square[1:]
        both = right[:-1] + right[1:]
        for phase, total, bits in zip(
            phases, (square, right, below, both), (2, 3, 3, 4), strict=True
        ):
            total += 1 << (bits - 1)
            phase[: total.shape[0], : total.shape[1]] = total >> bits
        return cls(phases, drawing.blue, drawing.red)

    def paste(self, other: Phases, left: int, top: int) -> None:
        """Write `other` over this, its upper left corner at an even place. At its edges it shows
        the same as this."""
        _, height, width = other.luma.shape
        self.luma[:, top : top + height - 2, left : left + width - 2] = other.luma[:, :-2, :-2]
        half = np.s_[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2]
        self.blue[half], self.red[half] = other.blue, other.red


def _sum(fields: Mapping[str, Field], movements: Mapping[str, float]) -> Field:
    # Not a product of matrices: BLAS would wake a thread for each core, 25 times a second.
    total: Field = np.zeros_like(next(iter(fields.values())))
    moved = np.empty_like(total)
    for name, field in fields.items():
        if amount := movements.get(name):
            np.multiply(field, np.float32(amount), out=moved)
            total += moved
    return total


def _taps(
    x: Field, y: Field, at: NDArray[np.intp], width: int
) -> tuple[NDArray[np.intp], tuple[NDArray[np.uint16], ...]]:
    """Where the upper left of the four pixels around a place is, and the weights of the four."""
    # The sum is positive, so that cutting off its fraction is rounding down.
    in_x, in_y = ((part * 16 + 4096).astype(np.int32) for part in (x, y))
    place = ((in_y >> 4) - 256) * width + ((in_x >> 4) - 256) + at
    right, below = ((part & 15).astype(np.uint16) for part in (in_x, in_y))
    both = right * below
    right <<= 4
    below <<= 4
    return place, (256 - right - below + both, right - both, below - both, both)


def _sampled(
    flat: NDArray[np.uint8],
    width: int,
    place: NDArray[np.intp],
    weights: tuple[NDArray[np.uint16], ...],
) -> NDArray[np.uint16]:
    total = np.full(place.shape, 128, dtype=np.uint16)
    found = np.empty(place.shape, dtype=np.uint8)
    part = np.empty_like(total)
    for offset, weight in zip((0, 1, width, width + 1), weights, strict=True):
        # The weights are 256 in all: 255 * 256 + 128 still fits into 16 bits.
        flat[offset:].take(place, out=found, mode="clip")
        total += np.multiply(weight, found, out=part)
    total >>= 8
    return total
