"""What a presenter does, second by second."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from simulator.delivery import SILENCE
from simulator.face import FACES
from simulator.mouth import SHAPES
from simulator.pose import Pose, pose_at

DISTANCES = ("tilt", "sway", "turn", "nod", "rise", "brows", "cheeks")


def film(name: str, begin: float, seconds: float) -> list[Pose]:
    """The poses of silence, 25 a second."""
    return [pose_at(begin + n / 25, SILENCE, name) for n in range(round(seconds * 25))]


def distances(pose: Pose) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How far the parts are from the drawing."""
    return np.array([getattr(pose, part) for part in DISTANCES])


@pytest.mark.parametrize("name", FACES)
def test_it_sets_in_softly(name: str) -> None:
    """The first pictures are the pose at rest, and within two seconds there is movement."""
    rest = distances(pose_at(0, SILENCE, name))
    ways = [np.abs(distances(pose) - rest).max() for pose in film(name, 0, 2)]
    assert max(ways[:4]) < 0.15
    assert max(ways) > 1


@pytest.mark.parametrize("name", FACES)
def test_it_never_jumps_and_never_stands(name: str) -> None:
    """In a minute no part moves by a pixel and a half from one picture to the next, and in each
    second something moves."""
    poses = [distances(pose) for pose in film(name, 0, 60)]
    steps = [np.abs(b - a).max() for a, b in itertools.pairwise(poses)]
    assert max(steps) < 1.5
    assert all(sum(steps[at : at + 25]) > 0.5 for at in range(25, len(steps) - 25, 25))


@pytest.mark.parametrize("name", FACES)
def test_it_glances_listens_and_breathes(name: str) -> None:
    """Within half a minute the eyes go aside and back, the head goes aslant, the shoulders rise by
    more than five pixels and sink again."""
    poses = film(name, 2, 30)
    rest = pose_at(0, SILENCE, name)
    looks = [pose.gaze[0] for pose in poses]
    assert max(abs(look) for look in looks) >= 3
    assert np.mean([abs(look) <= 1 for look in looks]) > 0.6
    assert max(abs(pose.tilt - rest.tilt) for pose in poses) > 1
    rises = [pose.rise for pose in poses]
    assert max(rises) > 5
    assert min(rises) < 0.5


@pytest.mark.parametrize("name", FACES)
@pytest.mark.parametrize("start", [1.0, 60.0, 3600.0])
def test_it_blinks_within_six_seconds(name: str, start: float) -> None:
    """In any 6 s the eyes are shut in at least one picture, on their way in more, mostly open."""
    lids = np.array([pose.lids for pose in film(name, start, 6)])
    assert lids.max() > 0.9
    assert ((lids > 0.1) & (lids < 0.9)).any()
    assert (lids < 0.1).mean() > 0.8


def test_a_text_that_waits_is_listened_for() -> None:
    """The head goes aslant and towards the viewer, the brows rise, the eyes stay on the viewer."""
    calm, waiting = (pose_at(9.0, replace(SILENCE, waiting=part), "ava") for part in (0.0, 1.0))
    assert waiting.tilt > calm.tilt + 1
    assert waiting.nod > calm.nod + 1
    assert waiting.brows > calm.brows + 1
    for at in range(40):
        assert abs(pose_at(at / 2, replace(SILENCE, waiting=1.0), "ava").gaze[0]) <= 1


def test_a_turn_ends_with_a_small_smile() -> None:
    """The corners of the mouth and the cheeks go up, and the mouth is wider."""
    calm, glad = (pose_at(9.0, replace(SILENCE, smile=part), "ava") for part in (0.0, 1.0))
    assert glad.cheeks > calm.cheeks + 1
    assert glad.mouth[3] < calm.mouth[3]
    assert glad.mouth[0] > calm.mouth[0]


def test_it_follows_its_voice() -> None:
    """Nod, brows and mouth are those of the voice, on top of what it does anyway."""
    voice = replace(SILENCE, mouth=SHAPES["aa"] - SHAPES["sil"], nod=3.0, brows=2.0)
    calm, said = pose_at(9.0, SILENCE, "leo"), pose_at(9.0, voice, "leo")
    assert said.nod == pytest.approx(calm.nod + 3)
    assert said.brows == pytest.approx(calm.brows + 2)
    assert np.allclose(said.mouth, SHAPES["aa"], atol=1e-5)
