"""The mouth that is drawn from numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from simulator.builds import BUILDS
from simulator.mouth import DOTS, PARTS, SHAPES, SMILE, box, draw, video
from simulator.planes import Planes
from speech import VISEMES

LIPS = BUILDS["ava"].lips
SKIN = Planes(
    np.full((240, 280), 190, np.uint8),
    np.full((120, 140), 110, np.uint8),
    np.full((120, 140), 150, np.uint8),
)
MIDDLE = (140.0, 100.0)


def test_each_viseme_has_a_mouth() -> None:
    """Of as many numbers as there are parts."""
    assert set(SHAPES) == set(VISEMES)
    assert {len(shape) for shape in (*SHAPES.values(), SMILE)} == {len(PARTS)}


@pytest.mark.parametrize("viseme", VISEMES)
def test_it_stays_within_its_box(viseme: str) -> None:
    """Beyond the box nothing but the faintest shadow is drawn, and within it a mouth is."""
    shape = SHAPES[viseme] + SMILE
    drawn = draw(SKIN, shape, LIPS, MIDDLE).luma.astype(int)
    left, top, right, bottom = (round(side * DOTS) for side in box(shape, LIPS))
    inside = np.s_[100 + top : 100 + bottom, 140 + left : 140 + right]
    assert np.abs(drawn[inside] - 190).max() > 60
    drawn[inside] = 190
    assert np.abs(drawn - 190).max() <= 3


def test_between_two_shapes_there_is_a_third() -> None:
    """A little more open is a little other picture, all the way from closed to open."""
    shapes = [SHAPES["PP"] + n / 40 * (SHAPES["aa"] - SHAPES["PP"]) for n in range(41)]
    pictures = [draw(SKIN, shape, LIPS, MIDDLE).luma.astype(int) for shape in shapes]
    steps = [np.abs(b - a).mean() for a, b in itertools.pairwise(pictures)]
    assert min(steps) > 0
    assert max(steps[4:]) < 6 * np.median(steps)


def test_colours_are_those_of_video() -> None:
    """White, black and pure red in limited range."""
    assert video("#ffffff") == pytest.approx((235, 128, 128), abs=0.6)
    assert video("#000000") == (16, 128, 128)
    assert video("#ff0000") == pytest.approx((81.5, 90.2, 240), abs=0.6)
