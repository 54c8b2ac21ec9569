"""A picture whose parts are displaced."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.planes import Planes, Rect
from simulator.warp import DETAIL, Warp, cells

RECT: Rect = (16, 16, 80, 64)


def warp() -> tuple[Warp, Planes]:
    """One that goes right or down as a whole, and a drawing that is brighter from left to right."""
    x, y = cells(RECT)
    everywhere = np.ones_like(x + y)
    made = Warp(RECT, {"right": everywhere}, {"down": everywhere})
    left, top, right, bottom = made.source
    width, height = DETAIL * (right - left), DETAIL * (bottom - top)
    luma = np.broadcast_to(40 + np.arange(width), (height, width)).astype(np.uint8)
    chroma = np.full((height // 2, width // 2), 128, np.uint8)
    return made, Planes(luma.copy(), chroma, chroma.copy())


def test_at_rest_it_is_the_drawing_in_half_its_size() -> None:
    """The mean of the four pixels that make one."""
    made, drawing = warp()
    shown = made.draw(drawing, {})
    left, top = (
        DETAIL * (part - origin) for part, origin in zip(RECT[:2], made.source[:2], strict=True)
    )
    expected = drawing.halved().luma[top // 2 : top // 2 + 48, left // 2 : left // 2 + 64]
    assert np.abs(shown.luma.astype(int) - expected).max() <= 1
    assert shown.luma.shape == (48, 64)
    assert (shown.blue == 128).all()


@pytest.mark.parametrize("pixels", [-3.0, -0.5, 0.25, 1.0, 7.75])
def test_it_moves_by_parts_of_a_pixel(pixels: float) -> None:
    """To the right by so much: each place is darker by twice that, two steps a pixel."""
    made, drawing = warp()
    rest, moved = made.draw(drawing, {}), made.draw(drawing, {"right": pixels})
    assert (rest.luma.astype(int) - moved.luma).mean() == pytest.approx(2 * pixels, abs=0.55)
    assert np.array_equal(made.draw(drawing, {"down": 3.0}).luma, rest.luma)


def test_nothing_moves_further_than_the_drawing_goes() -> None:
    """A movement beyond all measure shows the drawing's edge."""
    made, drawing = warp()
    far, further = (made.draw(drawing, {"right": pixels}).luma for pixels in (14.0, 900.0))
    assert np.array_equal(far, further)
