"""A speech engine that has said everything in a moment: `--engine tests.support.short_voice:load`.

It imports little, so that a simulator with it starts soon.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from speech import SAMPLE_RATE, Utterance, Viseme


class ShortVoice:
    """Says each text as 50 ms of noise."""

    def has_sound(self, text: str) -> bool:
        """Every text has."""
        return True

    def utterances(
        self, text: str, *, speed: float = 1.0, pitch: float = 1.0
    ) -> Iterator[Utterance]:
        """The noise."""
        noise = np.random.default_rng(0).integers(-9000, 9000, SAMPLE_RATE // 20, np.int16)
        yield Utterance(text, noise, (Viseme(0.0, "aa"),), ())


load = ShortVoice
