"""Sound as numbers: where it is, how loud it is, how fast it runs."""

from __future__ import annotations

from collections.abc import Sequence

import av
import numpy as np
from numpy.typing import NDArray

from speech.utterance import SAMPLE_RATE, Span

# The voice speaks at -25 dBFS rms, with peaks of 0.28 to 0.53 (measured over four sentences).
_GAIN = 10 ** ((25 - 18) / 20)
_KNEE, _CEILING = 0.75, 0.95
_LEAD_IN, _TAIL = 0.01, 0.06
_PAUSE = 0.1
_HOPS = 200


def voiced(wave: NDArray[np.float32], rate: int) -> tuple[int, int]:
    """First and last sample worth keeping: the sound, 30 ms before it and 60 ms after."""
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
    """About -18 dBFS rms while speaking, with the few peaks above the knee bent, never clipped."""
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


def _loud(wave: NDArray[np.float32] | NDArray[np.int16], rate: int) -> NDArray[np.bool_]:
    """For every 5 ms, whether there is sound in it: more than 2 % of the loudest, in rms."""
    hop = rate // _HOPS
    hops = wave[: len(wave) // hop * hop].reshape(-1, hop).astype(np.float32)
    loudness = np.sqrt(np.mean(hops**2, axis=1))
    loud: NDArray[np.bool_] = loudness > 0.02 * loudness.max(initial=0.0)
    return loud
