"""How a face delivers an utterance: its mouth, nods and brows, from the sound and its visemes.

Worked out once for each utterance, a hundred values a second, from `LEAD` seconds before it to
`TAIL` seconds after it, where all of them are nothing: so the deliveries of two utterances can be
added, and nothing jumps between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.mouth import PARTS, SHAPES
from speech import SAMPLE_RATE, Utterance

LEAD, TAIL = 0.2, 1.0
"""Seconds before and after an utterance in which the face moves for it."""
_RATE = 100
_STEP = SAMPLE_RATE // _RATE
_MOUTH, _JAW = 7, 11
"""Steps over which one shape of the mouth becomes the next, and over which the jaw follows."""
Curve = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Moment:
    """What the voice asks of the face at one moment. Distances are those of `pose.Pose`."""

    mouth: Curve
    """What to add to the mouth at rest."""
    nod: float = 0.0
    brows: float = 0.0
    speaking: float = 0.0
    """0 to 1: it takes half a second to begin and to end."""
    waiting: float = 0.0
    """0 to 1: a text was taken, and its voice has not begun."""
    smile: float = 0.0
    """0 to 1: a turn has ended."""


SILENCE = Moment(np.zeros(len(PARTS), dtype=np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """The curves of one utterance, (values, 4 and `PARTS`): nod, brows, speaking, the mouth."""

    curves: Curve

    def at(self, seconds: float) -> Curve:
        """The values so many seconds after the utterance's beginning; nothing far from it."""
        step, part = divmod((seconds + LEAD) * _RATE, 1)
        if not 0 <= step < len(self.curves) - 1:
            return np.zeros(self.curves.shape[1], dtype=np.float32)
        before, after = self.curves[int(step) : int(step) + 2]
        between: Curve = before + np.float32(part) * (after - before)
        return between


def eased(part: float) -> float:
    """From 0 at 0 to 1 at 1 without a corner."""
    part = min(max(part, 0.0), 1.0)
    return part * part * (3 - 2 * part)


def deliver(utterance: Utterance) -> Delivery:
    """The delivery of an utterance; takes some 3 ms for 10 s of speech."""
    length = round((LEAD + utterance.duration + TAIL) * _RATE)
    times = np.arange(length, dtype=np.float32) / _RATE - np.float32(LEAD)
    loudness = _loudness(utterance.samples, length)
    strong = _smooth(loudness, 15)
    mouth = _mouth(utterance, times)
    # A loud vowel is said with a wider mouth than a soft one.
    for part in ("lift", "drop", "jaw"):
        mouth[:, PARTS.index(part)] *= 0.84 + 0.28 * strong
    inside = (times >= 0) & (times < utterance.duration)
    speaking = _smooth(inside.astype(np.float32), 51)
    stress = _smooth(_smooth(loudness, 21) - _smooth(loudness, 91), 31)
    nod = 8.0 * np.clip(stress, -0.2, 0.35)
    brows = 8.0 * np.clip(_smooth(stress, 15), 0, 0.4) + 1.8 * _hump(times, 0.25, 0.35)
    if utterance.text.rstrip().endswith("?"):
        brows += 4.0 * _hump(times, utterance.duration - 0.15, 0.45)
        nod -= 2.0 * _hump(times, utterance.duration - 0.05, 0.4)
    elif utterance.duration > 0.8:
        nod += 4.2 * _hump(times, utterance.duration - 0.02, 0.38)
    ends = np.minimum(np.arange(length), np.arange(length)[::-1]) / 10
    curves = np.column_stack([nod, brows, speaking, mouth]) * np.clip(ends, 0, 1)[:, np.newaxis]
    return Delivery(curves.astype(np.float32))


def _mouth(utterance: Utterance, times: Curve) -> Curve:
    starts = [viseme.at for viseme in utterance.visemes]
    shapes = np.stack([SHAPES[viseme.shape] - SHAPES["sil"] for viseme in utterance.visemes])
    index = np.searchsorted(starts, times, side="right") - 1
    spoken = (index >= 0) & (times < utterance.duration)
    track = np.where(spoken[:, np.newaxis], shapes[index.clip(0)], np.float32(0))
    jaw = PARTS.index("jaw")
    widths = [_JAW if part == jaw else _MOUTH for part in range(len(PARTS))]
    return np.column_stack(
        [_smooth(part, width) for part, width in zip(track.T, widths, strict=True)]
    )


def _loudness(samples: NDArray[np.int16], length: int) -> Curve:
    """Of each step, as a share of what is loud in this utterance."""
    steps = len(samples) // _STEP
    loudness = np.zeros(length, dtype=np.float32)
    if steps:
        windows = samples[: steps * _STEP].reshape(steps, _STEP).astype(np.float32)
        squares = np.sqrt(np.einsum("ij,ij->i", windows, windows) / _STEP)
        loud = max(float(np.percentile(squares, 92)), 200.0)
        begin = round(LEAD * _RATE)
        loudness[begin : begin + steps] = np.clip(squares / loud, 0, 1.2)
    return loudness


def _smooth(curve: Curve, steps: int) -> Curve:
    """The weighted mean over so many steps around each, an odd number."""
    window = np.hanning(steps + 2)[1:-1].astype(np.float32)
    around = np.pad(curve.astype(np.float32), steps // 2, mode="edge")
    return np.convolve(around, window / window.sum(), mode="valid")


def _hump(times: Curve, middle: float, half: float) -> Curve:
    hump: Curve = np.where(
        np.abs(times - middle) < half, 0.5 + 0.5 * np.cos(np.pi * (times - middle) / half), 0
    )
    return hump
