"""A picture drawn with its parts displaced: what lets a flat drawing nod, turn and breathe.

A field says how far each place moves for one unit of a movement; the movements of a moment are
added up, and the picture is sampled there. Fields fade to nothing at the edge of the rectangle
that is drawn, so it has no seam. All of it is plain numpy, some 1.5 ms for 480 x 520 pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.planes import Planes, Rect

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
        across, down = (
            np.clip(total, -self._furthest, self._furthest, out=total)
            for total in (_sum(fields, movements) for fields in (self._across, self._down))
        )
        # What moved to a place by so much is found at the place less so much. At rest, that is the
        # middle of the pixels that make one.
        middle = (detail - 1) / 2
        place, weights = _taps(
            middle - detail * across, middle - detail * down, self._luma_at, width
        )
        rows, columns = place.shape
        luma = np.empty((2 * rows, 2 * columns), dtype=np.uint8)
        flat = drawing.luma.reshape(-1)
        for row in (0, 1):
            for column in (0, 1):
                corner = flat[detail * (row * width + column) :]
                luma[row::2, column::2] = _sampled(corner, width, place, weights)
        # A screen's viewer sees colours less sharply: the nearest pixel does.
        near_x, near_y = (
            np.rint(middle - detail / 2 * part).astype(np.intp) for part in (across, down)
        )
        place = near_y * (width // 2) + near_x + self._chroma_at
        blue, red = (
            plane.reshape(-1).take(place, mode="clip") for plane in (drawing.blue, drawing.red)
        )
        return Planes(luma, blue, red)


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
