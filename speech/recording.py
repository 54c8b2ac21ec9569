"""A recording, in any of the usual formats, as an utterance."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import av
import numpy as np
from numpy.typing import NDArray

from speech import mouth
from speech.timing import spread
from speech.utterance import SAMPLE_RATE, Utterance

LONGEST = 300.0
"""Seconds of sound that are accepted: 28.8 MB once decoded."""

# FFmpeg also reads playlists (HLS, concat), which name files and addresses to open in turn.
# Uploaded bytes must never make the server read those, so only formats that hold sound are tried.
_FORMATS = "aac,flac,matroska,webm,mov,mp4,m4a,mp3,ogg,wav"


class UnreadableAudio(ValueError):
    """A recording that can't be used. `reason` is a clause: what was wrong with it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"The recording can't be played: {reason}. "
            "Send up to five minutes of mp3, wav, ogg, webm or m4a."
        )


def from_audio(audio: bytes, *, text: str = "") -> Utterance:
    """An utterance from a recording (mp3, wav, ogg, webm, m4a), its mouth from the sound's energy.

    `text`, if known, is what is said in it: its words are spread over the stretch with sound.
    Raises `UnreadableAudio` for bytes that hold no sound and for more than `LONGEST` seconds.
    """
    try:
        blocks = list(_decoded(audio))
    except (av.FFmpegError, ValueError, IndexError, MemoryError) as error:
        if isinstance(error, UnreadableAudio):
            raise
        raise UnreadableAudio("its bytes could not be decoded as sound") from error
    samples = np.concatenate(blocks) if blocks else np.zeros(0, np.int16)
    if not len(samples):
        raise UnreadableAudio("there is no sound in it")
    visemes = mouth.from_sound(samples)
    start = next((viseme.at for viseme in visemes if viseme.shape != "sil"), 0.0)
    end = len(samples) / SAMPLE_RATE
    if len(visemes) > 1 and visemes[-1].shape == "sil":
        end = visemes[-1].at
    return Utterance(text, samples, visemes, spread(text.split(), start, end))


def _decoded(audio: bytes) -> Iterator[NDArray[np.int16]]:
    """Blocks of mono sound at `SAMPLE_RATE`, never more than `LONGEST` seconds in all."""
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": ""}
    with av.open(BytesIO(audio), mode="r", container_options=options) as container:
        if not container.streams.audio:
            raise UnreadableAudio("it has no audio track")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        length = 0.0
        for frame in container.decode(audio=0):
            # Before resampling: a frame that claims one sample a second would swell 48,000 times.
            length += frame.samples / max(1, frame.sample_rate)
            if length > LONGEST:
                raise UnreadableAudio(f"it is longer than {LONGEST / 60:.0f} minutes")
            yield from (block.to_ndarray()[0] for block in resampler.resample(frame))
        yield from (block.to_ndarray()[0] for block in resampler.resample(None))
