"""What a viewer sees: the presenters' pictures, at any moment and with any mouth."""

from __future__ import annotations

import io
import itertools

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from simulator.face import EYES, FACES, MOUTH, SIZE, Face, Rect, poster
from speech import VISEMES

REST = 0.3  # a moment with the eyes open, seconds


@pytest.fixture(scope="module", params=FACES)
def face(request: pytest.FixtureRequest) -> Face:
    """Each face in turn."""
    return Face(request.param)


@pytest.fixture(scope="module")
def ava() -> Face:
    """One face, where the rule is the same for all."""
    return Face("ava")


def luma(frame: NDArray[np.uint8], rect: Rect) -> NDArray[np.int16]:
    """The brightness within `rect`."""
    left, top, right, bottom = rect
    return frame[top:bottom, left:right].astype(np.int16)


def rgb(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture as a screen shows it, (512, 512, 3)."""
    picture = av.VideoFrame.from_ndarray(frame, format="yuv420p").to_ndarray(format="rgb24")
    return picture.astype(np.uint8)


def planes(frame: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Luma (512, 512), and both chroma planes (2, 256, 256)."""
    return frame[:SIZE], frame[SIZE:].reshape(2, SIZE // 2, SIZE // 2)


def test_a_frame_is_one_i420_picture(face: Face) -> None:
    """A frame has the planes of a 512 by 512 I420 picture, in the range that video allows."""
    frame = face.frame(REST, "sil")
    assert frame.shape == (768, 512)
    assert frame.dtype == np.uint8
    assert frame[:SIZE].min() >= 16
    assert frame[:SIZE].max() <= 235
    assert frame[SIZE:].min() >= 16
    assert frame[SIZE:].max() <= 240


def test_the_same_moment_is_the_same_picture() -> None:
    """Another face of the same name, asked in another order, gives the same bytes."""
    one, other = Face("mia"), Face("mia")
    asked = [(REST, "aa"), (7.0, "sil"), (1234.56, "oh")]
    there = [one.frame(*moment) for moment in asked]
    back = [other.frame(*moment) for moment in reversed(asked)]
    assert all(np.array_equal(a, b) for a, b in zip(there, reversed(back), strict=True))


def test_a_frame_belongs_to_the_caller(ava: Face) -> None:
    """Writing into a frame doesn't change the next one."""
    first = ava.frame(REST, "aa")
    kept = first.copy()
    first[:] = 0
    assert np.array_equal(ava.frame(REST, "aa"), kept)


@pytest.mark.parametrize("viseme", VISEMES[1:])
def test_a_viseme_changes_the_mouth_alone(face: Face, viseme: str) -> None:
    """Against "sil" at the same moment, only the mouth's rectangle differs, and it does."""
    silent, speaking = face.frame(REST, "sil"), face.frame(REST, viseme)
    left, top, right, bottom = MOUTH
    luma_differs, chroma_differs = (
        a != b for a, b in zip(planes(silent), planes(speaking), strict=True)
    )
    assert luma_differs[top:bottom, left:right].mean() > 0.02
    luma_differs[top:bottom, left:right] = False
    chroma_differs[:, top // 2 : bottom // 2, left // 2 : right // 2] = False
    assert not luma_differs.any()
    assert not chroma_differs.any()


def test_the_mouth_opens_as_the_sound_asks(face: Face) -> None:
    """The dark of the open mouth grows from "PP" over "ih" to "aa"; "ou" is narrower than "E"."""

    def inside(viseme: str) -> NDArray[np.bool_]:
        closed = luma(face.frame(REST, "PP"), MOUTH)
        changed: NDArray[np.bool_] = np.abs(luma(face.frame(REST, viseme), MOUTH) - closed) > 24
        return changed

    assert inside("PP").sum() < inside("ih").sum() < inside("aa").sum()
    wide, round_ = (np.ptp(np.nonzero(inside(viseme).any(axis=0))[0]) for viseme in ("E", "ou"))
    assert round_ < wide


def test_an_unknown_viseme_is_refused(ava: Face) -> None:
    """A mouth that was never drawn is a `KeyError`, not a face without a mouth."""
    with pytest.raises(KeyError, match="mouth-XX"):
        ava.frame(REST, "XX")


@pytest.mark.parametrize("start", [0.0, 6.0, 101.0, 3600.0])
def test_it_blinks_within_six_seconds(ava: Face, start: float) -> None:
    """In any 6 s the eyes are shut in at least 2 frames and open in most."""
    middle: Rect = (200, 236, 312, 246)  # the irises: dark when open, skin when shut
    darkest = np.array(
        [luma(ava.frame(start + tick / 25, "sil"), middle).min() for tick in range(150)]
    )
    whites = np.array(
        [(luma(ava.frame(start + tick / 25, "sil"), EYES) > 224).sum() for tick in range(150)]
    )
    shut = whites < 0.1 * np.median(whites)
    assert darkest.min() < 60
    assert 2 <= shut.sum() <= 30


def test_it_never_stands_still(ava: Face) -> None:
    """Within any second the head has moved, and in one step of 40 ms never by a jump."""
    everything: Rect = (0, 0, SIZE, SIZE)
    top: Rect = (112, 44, 400, 200)  # hair and forehead: no eyes, no mouth
    for start in (0.0, 5.5, 11.0):
        frames = [ava.frame(start + tick / 25, "sil") for tick in range(26)]
        assert (luma(frames[0], everything) != luma(frames[-1], everything)).mean() > 0.01
        steps = [
            np.abs(luma(one, top) - luma(other, top)).mean()
            for one, other in itertools.pairwise(frames)
        ]
        assert max(steps) < 2.0


def test_colours_are_those_of_the_drawing(face: Face, request: pytest.FixtureRequest) -> None:
    """Decoded as browsers do (BT.601, limited range), the still wall has the drawing's colours."""
    name = request.node.callspec.params["face"]
    drawn = np.asarray(Image.open(io.BytesIO(poster(name))).convert("RGB")).astype(np.int16)
    seen = rgb(face.frame(REST, "sil")).astype(np.int16)
    assert np.abs(drawn[:40] - seen[:40]).mean() < 2.0
    assert np.abs(drawn.mean(axis=(0, 1)) - seen.mean(axis=(0, 1))).max() < 2.0


@pytest.mark.parametrize("name", FACES)
def test_a_poster_is_a_small_jpeg(name: str) -> None:
    """The catalog's picture is a 512 by 512 JPEG of at most 40 kB."""
    picture = Image.open(io.BytesIO(poster(name)))
    assert (picture.format, picture.size) == ("JPEG", (512, 512))
    assert len(poster(name)) < 40_000
