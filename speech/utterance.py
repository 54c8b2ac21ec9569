"""Speech: sound, with the times of its words and of the shapes of the mouth."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
"""Samples a second of every utterance: the rate of Opus in WebRTC, so nothing resamples twice."""

VISEMES = (
    *("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS"),
    *("nn", "RR", "aa", "E", "ih", "oh", "ou"),
)
"""The fifteen mouth shapes of the OVR LipSync set, under that set's names."""

Span = tuple[float, float]
"""A beginning and an end, in seconds."""


@dataclass(frozen=True, slots=True)
class Viseme:
    """A mouth shape from `at` (seconds from the start of its utterance) until the next one."""

    at: float
    shape: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was typed, heard from `at` to `until` (seconds from the start).

    A word that has no sound (an emoji among English words) has `at == until`.
    """

    at: float
    until: float
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """One stretch of speech, as a rule one sentence.

    `samples` is mono 16-bit sound at `SAMPLE_RATE`; its length is that of the utterance.
    `visemes` begin at 0.0 and rise; `words` follow each other without overlap.
    `silent`: the text has no sound; the samples are silence, and the mouth moves.
    """

    text: str
    samples: NDArray[np.int16]
    visemes: tuple[Viseme, ...]
    words: tuple[Word, ...]
    silent: bool = False

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Recording:
    """Speech that is ready for say-audio: a visitor's, or a voice's.

    `audio` is an mp3 file, empty once it has been said; `duration` its true length in seconds;
    `name` its name on a page: that of the file, or the text.
    """

    audio: bytes = field(repr=False)
    duration: float
    name: str


class Engine(Protocol):
    """A voice. Its methods may be called from any thread; one at a time is quickest."""

    def has_sound(self, text: str) -> bool:
        """Whether `text` would give any sound. Quick: no speech is made."""

    def utterances(
        self, text: str, *, speed: float = 1.0, pitch: float = 1.0
    ) -> Iterator[Utterance]:
        """Speak `text`, one utterance at a time, each as soon as it is ready.

        `speed` is the tempo (0.5 to 2.0), `pitch` a factor on the voice's frequencies (0.8 to
        1.25) that leaves the tempo alone; both are clamped. A text with no sound gives one silent
        utterance. Any text is accepted.
        """


def viseme_at(visemes: Sequence[Viseme], at: float) -> str:
    """The mouth shape `at` seconds into the utterance; "sil" before the first."""
    index = bisect_right(visemes, at, key=lambda viseme: viseme.at)
    return visemes[index - 1].shape if index else "sil"
