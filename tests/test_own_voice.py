"""A person's own recording: measured, made an mp3, or refused with a sentence."""

from __future__ import annotations

from io import BytesIO
from typing import cast

import av
import numpy as np
import pytest

from speech import SAMPLE_RATE, UnreadableAudio, from_audio
from speech.recording import FORMATS, LARGEST, recording_of

CODECS = {
    "mp3": ("mp3", "libmp3lame"),
    "wav": ("wav", "pcm_s16le"),
    "ogg": ("ogg", "libopus"),
    "webm": ("webm", "libopus"),
    "m4a": ("ipod", "aac"),
}


def file_of(kind: str, seconds: float, *, rate: int = 48_000, loudness: int = 8_000) -> bytes:
    """A tone of 220 Hz as a file of this kind, with a place in its metadata."""
    container, codec = CODECS[kind]
    file = BytesIO()
    times = np.arange(round(seconds * rate)) / rate
    samples = (loudness * np.sin(2 * np.pi * 220 * times)).astype(np.int16)
    with av.open(file, mode="w", format=container) as target:
        target.metadata["title"] = "A secret place"
        stream = cast("av.AudioStream", target.add_stream(codec, rate=rate, layout="mono"))
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format.name, "mono", rate)
        for part in (*resampler.resample(frame), *resampler.resample(None), None):
            target.mux(stream.encode(part))
    return file.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_what_a_person_has(kind: str) -> None:
    """Every promised format becomes an mp3 of the same sound; its duration is the measured one."""
    recording = recording_of(file_of(kind, 1.5), "mine")
    assert recording.name == "mine"
    assert recording.duration == pytest.approx(1.5, abs=0.05)
    heard = from_audio(recording.audio).samples
    assert len(heard) / SAMPLE_RATE == pytest.approx(recording.duration, abs=0.03)
    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * SAMPLE_RATE / len(heard) == pytest.approx(220, abs=2)


def test_what_else_a_file_tells_stays_here() -> None:
    """The service gets the sound alone: no title, no place, no owner."""
    given = file_of("mp3", 0.2)
    assert b"A secret place" in given
    assert b"A secret place" not in recording_of(given, "mine").audio


@pytest.mark.parametrize(
    ("audio", "words"),
    [
        pytest.param(b"", "could not be decoded", id="nothing"),
        pytest.param(b"<html>hello</html>", "could not be decoded", id="a-page"),
        pytest.param(file_of("wav", 301, rate=8_000), "longer than 5 minutes", id="too-long"),
        pytest.param(bytes(LARGEST + 2**20), "it has 11.0 MB, and 10 MB are", id="too-large"),
        pytest.param(file_of("wav", 1, loudness=20), "it is silent", id="silent"),
    ],
)
def test_what_cannot_be_said(audio: bytes, words: str) -> None:
    """One sentence says what is wrong with it, another what to send."""
    with pytest.raises(UnreadableAudio, match=words) as refusal:
        recording_of(audio, "mine")
    assert str(refusal.value).endswith("Send up to five minutes of mp3, wav, ogg, webm or m4a.")
    assert "mine" not in str(refusal.value)
