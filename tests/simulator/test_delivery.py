"""How the face delivers what is said."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.delivery import LEAD, TAIL, deliver
from simulator.mouth import PARTS, SHAPES
from speech import SAMPLE_RATE, Utterance, Viseme

JAW, DROP = (3 + PARTS.index(part) for part in ("jaw", "drop"))


def said(*visemes: tuple[float, str], seconds: float = 1.2, text: str = "Ah.") -> Utterance:
    """An utterance with these visemes, and a tone where the mouth is open."""
    track = tuple(Viseme(at, shape) for at, shape in visemes)
    samples = np.zeros(round(seconds * SAMPLE_RATE), np.int16)
    for viseme, until in zip(track, [*(v.at for v in track[1:]), seconds], strict=True):
        if viseme.shape != "sil":
            begin, end = (round(at * SAMPLE_RATE) for at in (viseme.at, until))
            samples[begin:end] = 8000 * np.sin(np.arange(end - begin) * 0.03)
    return Utterance(text, samples, track, ())


def test_one_shape_becomes_the_next() -> None:
    """From closed to open takes some 80 ms, in which each picture's mouth is more open."""
    delivery = deliver(said((0.0, "sil"), (0.4, "aa"), (0.8, "sil")))
    drops = [delivery.at(0.4 + n / 100)[DROP] for n in range(-8, 9)]
    assert drops == sorted(drops)
    assert drops[0] == pytest.approx(0, abs=0.2)
    assert drops[3] < 0.25 * drops[-1] < 0.75 * drops[-1] < drops[13]
    assert max(np.diff(drops)) < 0.3 * drops[-1]


def test_closed_lips_are_seen_between_vowels() -> None:
    """A "b" of 50 ms brings the lips nearly together."""
    delivery = deliver(said((0.0, "aa"), (0.5, "PP"), (0.55, "aa")))
    assert delivery.at(0.525)[DROP] < 0.3 * delivery.at(0.3)[DROP]


def test_it_is_nothing_far_from_its_utterance() -> None:
    """Before `LEAD`, after `TAIL`, and at both ends."""
    delivery = deliver(said((0.0, "aa")))
    for at in (-LEAD - 1, -LEAD, 1.2 + TAIL, 99.0):
        assert np.abs(delivery.at(at)).max() < 0.05


def test_the_chin_goes_with_the_mouth() -> None:
    """It is down while the mouth is open, and the mouth is as wide as its viseme's."""
    delivery = deliver(said((0.0, "sil"), (0.3, "aa"), (0.9, "sil")))
    assert delivery.at(0.6)[JAW] > 0.8 * SHAPES["aa"][PARTS.index("jaw")]
    assert delivery.at(0.1)[JAW] == pytest.approx(0, abs=0.1)


def test_a_sentence_ends_with_a_nod_and_a_question_with_raised_brows() -> None:
    """Around the end of the utterance the head goes down; for a question the brows go up."""
    track = ((0.0, "aa"), (0.9, "sil"))
    statement, question = (deliver(said(*track, text=text)) for text in ("So.", "So?"))
    assert statement.at(1.18)[0] > question.at(1.18)[0] + 3
    assert question.at(1.1)[1] > statement.at(1.1)[1] + 2


def test_nothing_jumps() -> None:
    """Nod and brows go little further than a pixel in a picture's time, abrupt as the sound is."""
    delivery = deliver(said((0.0, "sil"), (0.4, "aa"), (0.5, "sil"), (0.8, "oh"), (1.0, "sil")))
    values = np.array([delivery.at(n / 25)[:2] for n in range(-10, 60)])
    assert np.abs(np.diff(values, axis=0)).max() < 1.6


def test_a_recording_of_a_moment_is_delivered() -> None:
    """As is silence."""
    assert np.isfinite(deliver(said((0.0, "sil"), seconds=0.004)).curves).all()
    assert deliver(said((0.0, "sil"))).at(0.5)[JAW] == 0
