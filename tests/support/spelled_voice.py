"""A voice without sound: each word takes a second, each sentence is an utterance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from speech import SAMPLE_RATE, Utterance, Viseme, Word, sentences


@dataclass(frozen=True, slots=True)
class SpelledVoice:
    """An `Engine`. `hears`: what it tells that it says, in place of the text."""

    hears: str = ""

    def has_sound(self, text: str) -> bool:
        """Any text has."""
        return bool(text.strip())

    def utterances(
        self, text: str, *, speed: float = 1.0, pitch: float = 1.0
    ) -> Iterator[Utterance]:
        """A second for each word."""
        for sentence in sentences(self.hears or text):
            words = sentence.split()
            samples = np.zeros(SAMPLE_RATE * len(words), np.int16)
            timed = tuple(Word(at, at + 1.0, word) for at, word in enumerate(words))
            yield Utterance(sentence.strip(), samples, (Viseme(0.0, "sil"),), timed)
