"""Sound as samples: where it is loud, how loud, at which rate; and as an mp3 file.

mp3 is the one format that Kaltura's say-audio was seen to play (kaltura/intelligent-agents-sdk,
August 2026).
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import av
import numpy as np
from numpy.typing import NDArray

from speech.utterance import SAMPLE_RATE, Recording, Span

# The voice speaks at -25 dBFS rms, with peaks of 0.28 to 0.53 (measured over four sentences).
_GAIN = 10 ** ((25 - 18) / 20)
_KNEE, _CEILING = 0.75, 0.95
_LEAD_IN, _TAIL = 0.01, 0.06
_PAUSE = 0.1
_HOPS = 200
_BIT_RATE = 96_000
"""Bits a second: for speech in one channel, no ear can tell it from the original. Five minutes are
3.6 MB."""
_FAST = {"compression_level": "7"}  # two thirds of LAME's usual work, no worse by signal to noise


def voiced(wave: NDArray[np.float32], rate: int) -> tuple[int, int]:
    """The first and the last sample to keep: the sound, 10 ms before it and 60 ms after it."""
    loud = np.flatnonzero(_loud(wave, rate))
    if not len(loud):
        return 0, len(wave)
    start = loud[0] * rate // _HOPS - round(_LEAD_IN * rate)
    end = (loud[-1] + 1) * rate // _HOPS + round(_TAIL * rate)
    return max(0, int(start)), min(len(wave), int(end))


def gaps(samples: NDArray[np.int16]) -> list[Span]:
    """Pauses, in seconds: no sound at either end, or for 100 ms within. A stop ("t") is shorter."""
    loud = _loud(samples, SAMPLE_RATE)
    edges = np.flatnonzero(np.diff(loud, prepend=True, append=True)).reshape(-1, 2).tolist()
    return [
        (start / _HOPS, end / _HOPS if end < len(loud) else len(samples) / SAMPLE_RATE)
        for start, end in edges
        if start == 0 or end == len(loud) or end - start >= _PAUSE * _HOPS
    ]


def outside(span: Span, pauses: Sequence[Span]) -> Span:
    """`span` without a pause at its beginning or its end."""
    at, until = span
    for start, end in pauses:
        if start <= at < end < until:
            at = end
        if at < start < until <= end:
            until = start
    return at, until


def levelled(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """The voice at about -18 dBFS rms, its few peaks above the knee bent, never clipped."""
    wave = wave * np.float32(_GAIN)
    over = np.maximum(np.abs(wave) - _KNEE, 0.0)
    room = _CEILING - _KNEE
    bent = np.minimum(np.abs(wave), _KNEE) + room * np.tanh(over / room)
    return np.copysign(bent, wave).astype(np.float32)


def resampled(wave: NDArray[np.float32], rate: float) -> NDArray[np.int16]:
    """Sound of `rate` samples a second as 16 bits at `SAMPLE_RATE`."""
    frame = av.AudioFrame.from_ndarray(wave[np.newaxis], format="fltp", layout="mono")
    frame.sample_rate = round(rate)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    blocks = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([block.to_ndarray()[0] for block in blocks])


def recorded(samples: NDArray[np.int16], name: str) -> Recording:
    """`samples`, mono at `SAMPLE_RATE`, as a recording. Raises `ValueError` where there are none.

    Blocks for about a hundredth of its duration.
    """
    return Recording(encoded(samples), len(samples) / SAMPLE_RATE, name)


def encoded(samples: NDArray[np.int16]) -> bytes:
    """Mono sound at `SAMPLE_RATE` as an mp3 file, by LAME, which PyAV's wheels bring along.

    An mp3 has frames of 24 ms and an encoder's run-up before them, so the file is longer than the
    sound. LAME's header says by how much, and players obey it: they play `len(samples)` samples.
    Raises `ValueError` where there are none.
    """
    if not len(samples):
        raise ValueError("There is no sound to encode.")
    file = BytesIO()
    with av.open(file, mode="w", format="mp3") as container:
        stream = container.add_stream(
            "libmp3lame", rate=SAMPLE_RATE, layout="mono", format="s16p", options=_FAST
        )
        stream.bit_rate = _BIT_RATE
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16p", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        for part in (frame, None):
            container.mux(stream.encode(part))
    return file.getvalue()


def _loud(wave: NDArray[np.float32] | NDArray[np.int16], rate: int) -> NDArray[np.bool_]:
    """For every 5 ms, whether there is sound in it: more than 2 % of the loudest, in rms."""
    hop = rate // _HOPS
    hops = wave[: len(wave) // hop * hop].reshape(-1, hop).astype(np.float32)
    loudness = np.sqrt(np.mean(hops**2, axis=1))
    loud: NDArray[np.bool_] = loudness > 0.02 * loudness.max(initial=0.0)
    return loud
