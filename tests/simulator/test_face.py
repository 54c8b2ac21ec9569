"""What a viewer sees: the presenters' pictures, in any pose and with any mouth."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from simulator.builds import BUILDS, GREEN
from simulator.delivery import SILENCE
from simulator.face import CHROMA_GREEN, FACES, Face, eyes_rect, poster
from simulator.fields import head_rect, jaw_rect
from simulator.mouth import SHAPES, SIZE
from simulator.planes import Planes, Rect, to_rgb, views
from simulator.pose import Pose, pose_at
from simulator.warp import DETAIL
from speech import VISEMES


@pytest.fixture(scope="module", params=FACES)
def face(request: pytest.FixtureRequest) -> Face:
    """Each face in turn."""
    return Face(request.param)


@pytest.fixture(scope="module")
def ava() -> Face:
    """One face, where the rule is the same for all."""
    return Face("ava")


def still(viseme: str = "sil", **parts: Any) -> Pose:
    """The drawing as it is, but for these parts of the pose."""
    rest = replace(pose_at(0, SILENCE, "ava"), tilt=0.0, turn=0.0, mouth=SHAPES[viseme])
    return replace(rest, **parts)


def luma(frame: NDArray[np.uint8], rect: Rect = (0, 0, SIZE, SIZE)) -> NDArray[np.int16]:
    """The brightness within `rect`."""
    left, top, right, bottom = rect
    return frame[top:bottom, left:right].astype(np.int16)


def sent(rect: Rect, room: int = 2) -> Rect:
    """A rectangle of the drawing as one of the picture, with some room around it."""
    left, top, right, bottom = (side // DETAIL for side in rect)
    return left - room, top - room, right + room, bottom + room


def outside(rect: Rect) -> NDArray[np.bool_]:
    """What of the picture is not in `rect`."""
    left, top, right, bottom = rect
    mask = np.ones((SIZE, SIZE), dtype=bool)
    mask[top:bottom, left:right] = False
    return mask


def test_a_frame_is_one_i420_picture(face: Face) -> None:
    """A frame has the planes of one I420 picture, at least 720 wide, in the range of video."""
    frame = face.frame(still())
    assert SIZE >= 720
    assert frame.shape == (SIZE * 3 // 2, SIZE)
    assert frame.dtype == np.uint8
    assert frame[:SIZE].min() >= 16
    assert frame[:SIZE].max() <= 235
    assert frame[SIZE:].min() >= 16
    assert frame[SIZE:].max() <= 240


def test_the_same_pose_is_the_same_picture() -> None:
    """Another face of the same name, asked in another order, gives the same bytes."""
    one, other = Face("mia"), Face("mia")
    asked = [still(), still("aa", nod=2.0), still("oh", tilt=1.0, rise=3.1, lids=0.5)]
    there = [one.frame(pose) for pose in asked]
    back = [other.frame(pose) for pose in reversed(asked)]
    assert all(np.array_equal(a, b) for a, b in zip(there, reversed(back), strict=True))


def test_a_frame_belongs_to_the_caller(ava: Face) -> None:
    """Writing into a frame doesn't change the next one."""
    first = ava.frame(still("aa"))
    kept = first.copy()
    first[:] = 0
    assert np.array_equal(ava.frame(still("aa")), kept)


@pytest.mark.parametrize("viseme", VISEMES[1:])
def test_a_viseme_changes_the_lower_face_alone(face: Face, viseme: str) -> None:
    """Against "sil" in the same pose, only mouth and jaw differ, and they do."""
    differs = luma(face.frame(still())) != luma(face.frame(still(viseme)))
    jaw = sent(jaw_rect(face.build))
    assert differs.mean() > 0.002
    assert not differs[outside(jaw)].any()


def test_the_mouth_opens_as_the_sound_asks(face: Face) -> None:
    """What changes of the mouth grows from "PP" over "ih" to "aa"; "ou" is narrower than "E"."""

    def inside(viseme: str) -> NDArray[np.bool_]:
        closed = luma(face.frame(still("PP")), sent(jaw_rect(face.build)))
        spoken = luma(face.frame(still(viseme)), sent(jaw_rect(face.build)))
        changed: NDArray[np.bool_] = np.abs(spoken - closed) > 60
        return changed

    assert inside("PP").sum() < inside("ih").sum() < inside("aa").sum()
    wide, round_ = (np.ptp(np.nonzero(inside(viseme).any(axis=0))[0]) for viseme in ("E", "ou"))
    assert round_ < wide


def test_the_chin_goes_down_with_the_voice(ava: Face) -> None:
    """The line between the chin and the neck is lower for "aa" than for closed lips."""

    def chin(viseme: str) -> float:
        x, y = round(256 * SIZE / 512), round(ava.build.chin * SIZE / 512)
        column = luma(ava.frame(still(viseme)), (x - 20, y - 12, x + 20, y + 22)).mean(axis=1)
        darker = np.maximum(-np.diff(column), 0)
        return float((darker * np.arange(len(darker))).sum() / darker.sum())

    assert chin("aa") > chin("sil") + 3


def test_the_upper_teeth_never_move(ava: Face) -> None:
    """Under the upper lip the same pixels are teeth for "E" and for "aa"."""
    x, y = (round(side * SIZE / 512) for side in ava.build.mouth)
    teeth = (x - 10, y + 2, x + 10, y + 4)
    brightness = [luma(ava.frame(still(viseme)), teeth).mean() for viseme in ("sil", "E", "aa")]
    assert brightness[1] == pytest.approx(brightness[2], abs=8)
    assert brightness[1] > brightness[0] + 30


@pytest.mark.parametrize(
    "parts",
    [{"tilt": 1.5}, {"sway": 4.0}, {"turn": 4.0}, {"nod": 4.0}, {"brows": 4.0}, {"cheeks": 3.0}],
)
def test_the_head_moves_without_a_seam(face: Face, parts: dict[str, Any]) -> None:
    """Each movement is seen, and is nothing at the edge of what is drawn for the head."""
    differs = np.abs(luma(face.frame(still(**parts))) - luma(face.frame(still())))
    left, top, right, bottom = head_rect(face.build)
    assert differs.max() > 20
    assert not differs[outside((left + 2, top + 2, right - 2, bottom - 2))].max() > 6


def test_the_shoulders_rise_and_the_lower_edge_stands(face: Face) -> None:
    """A breath moves the shoulders by more than four pixels, and no row at the bottom."""
    rest, full = (luma(face.frame(still(rise=rise))) for rise in (0.0, 6.5))
    assert np.abs(full[-2:] - rest[-2:]).max() <= 12
    at = slice(round(face.build.shoulders * SIZE / 512) - 24, SIZE - 40)
    shoulder = slice(130, 190)

    def edge(picture: NDArray[np.int16]) -> float:
        return float(np.argmax(np.abs(np.diff(picture[at, shoulder].mean(axis=1)))))

    assert edge(rest) - edge(full) > 3


def test_a_movement_has_no_steps(ava: Face) -> None:
    """A quarter of a pixel changes the picture, and less than a whole pixel does."""
    top = head_rect(ava.build)
    rest, quarter, whole = (luma(ava.frame(still(sway=sway)), top) for sway in (0.0, 0.25, 1.0))
    assert 0 < np.abs(quarter - rest).mean() < 0.6 * np.abs(whole - rest).mean()


def test_eyes_shut_and_look_aside(face: Face) -> None:
    """Shut eyes have no white, a glance moves the irises; nothing else changes."""
    eyes = sent(eyes_rect(face.build), 0)
    left, top, right, bottom = eyes
    middle: Rect = (left + 30, top + 28, right - 30, bottom - 34)
    opened, shut, aside = (
        face.frame(pose) for pose in (still(), still(lids=1.0), still(gaze=(3, 0)))
    )
    assert np.percentile(luma(opened, middle), 1) < 60 < np.percentile(luma(shut, middle), 1) + 30
    for changed in (shut, aside):
        differs = luma(changed) != luma(opened)
        assert differs.any()
        assert not differs[outside(sent(eyes_rect(face.build)))].any()


@pytest.mark.parametrize("name", FACES)
def test_the_first_picture_is_the_poster(name: str) -> None:
    """The catalog's picture is a JPEG of the pose at rest, and at most 90 kB."""
    picture = Image.open(io.BytesIO(poster(name)))
    assert (picture.format, picture.size) == ("JPEG", (SIZE, SIZE))
    assert len(poster(name)) < 90_000
    first = to_rgb(views(Face(name).frame(pose_at(0, SILENCE, name))))
    drawn, seen = (np.asarray(one.convert("RGB")).astype(np.int16) for one in (picture, first))
    assert np.abs(drawn - seen).mean() < 2.0


def test_a_green_ground_takes_the_place_of_a_room_alone() -> None:
    """Around the presenter all is one green, also while she moves; she is the same as before it."""
    pose = still("aa", tilt=1.0, sway=2.0, rise=3.0)
    room, green = (views(Face(name).frame(pose)) for name in ("mia", f"mia{GREEN}"))
    rgb = np.asarray(to_rgb(green)).astype(np.int16)
    ground = (rgb[:40], rgb[:400, :80], rgb[:400, -80:])
    assert max(np.abs(part - np.array(CHROMA_GREEN)).max() for part in ground) <= 4
    x, y = (round(side * SIZE / 512) for side in BUILDS["mia"].mouth)
    inside = np.s_[y - 150 : y + 30, x - 60 : x + 60]
    assert np.array_equal(green.luma[inside], room.luma[inside])


def test_no_two_presenters_are_built_alike() -> None:
    """Faces, jaws and lips have measures of their own."""
    drawn = [build for name, build in BUILDS.items() if not name.endswith(GREEN)]
    for one, other in itertools.combinations(drawn, 2):
        assert one.face != other.face
        assert (one.jaw, one.chin) != (other.jaw, other.chin)
        assert one.lips != other.lips


def test_planes_are_pasted_where_they_belong() -> None:
    """A part of a picture pasted into another is the same there, in luma and in chroma."""
    one, other = (
        Planes(*(np.full(shape, value, np.uint8) for shape in ((8, 8), (4, 4), (4, 4))))
        for value in (1, 9)
    )
    one.paste(other.part((2, 4, 6, 8)), 4, 0)
    assert (one.luma[:4, 4:] == 9).all()
    assert (one.red[:2, 2:] == 9).all()
    assert one.luma.sum() == 64 + 16 * 8
