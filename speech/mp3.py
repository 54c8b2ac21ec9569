"""Sound as an mp3, the one format that Kaltura's say-audio was seen to play.

Source: kaltura/intelligent-agents-sdk, August 2026.
"""

from __future__ import annotations

from io import BytesIO

import av
import numpy as np
from numpy.typing import NDArray

from speech.utterance import SAMPLE_RATE, Recording

BIT_RATE = 96_000
"""Bits a second: speech in one channel, beyond what an ear can tell from the original. Five minutes
are 3.6 MB."""

_FAST = {"compression_level": "7"}  # two thirds of LAME's usual work, no worse by signal to noise


def recorded(samples: NDArray[np.int16], name: str) -> Recording:
    """`samples`, mono at `SAMPLE_RATE`, as a recording. Raises `ValueError` where there are none.

    Blocks for about a hundredth of the time that it plays.
    """
    return Recording(encoded(samples), len(samples) / SAMPLE_RATE, name)


def encoded(samples: NDArray[np.int16]) -> bytes:
    """Mono sound at `SAMPLE_RATE` as an mp3 file, by LAME, which PyAV's wheels bring along.

    An mp3 has frames of 24 ms and an encoder's run-up before them, so the file's own length is
    longer than the sound. How much of it is not sound stands in the header that LAME writes, which
    players obey: the true duration is `len(samples) / SAMPLE_RATE`, and a player gives as much.
    Raises `ValueError` where there are no samples.
    """
    if not len(samples):
        raise ValueError("There is no sound to encode.")
    file = BytesIO()
    with av.open(file, mode="w", format="mp3") as container:
        stream = container.add_stream(
            "libmp3lame", rate=SAMPLE_RATE, layout="mono", format="s16p", options=_FAST
        )
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16p", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        for part in (frame, None):
            container.mux(stream.encode(part))
    return file.getvalue()
