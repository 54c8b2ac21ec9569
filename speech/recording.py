"""A recording in any of the usual formats: as an utterance, or as an mp3 for say-audio."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore

import numpy as np
from numpy.typing import NDArray

from speech import decoding, mouth
from speech.confined import Limits, NotDone, run
from speech.sound import recorded
from speech.timing import spread
from speech.utterance import SAMPLE_RATE, Recording, Utterance

LONGEST = 300.0
"""Seconds of sound: 28.8 MB once decoded."""
PADDING = 0.2
"""Seconds beyond `LONGEST` that are dropped without a refusal. Encoders fill up their first and
last frames: five minutes come back from an mp3 with up to two frames more, 0.15 s at 8 kHz."""
LARGEST = 10 * 2**20
"""Bytes of a visitor's file."""
FORMATS = ("mp3", "wav", "ogg", "oga", "opus", "webm", "m4a")
"""A visitor's files, by the end of their name; oga and opus are Ogg, as Telegram and WhatsApp name
their voice notes."""
DEADLINE = 40.0
"""Seconds for which a file may be decoded; `decoding.SECONDS` of a busy processor."""
WAITING = 8
"""Recordings that are converted or queued, of all visitors; any more are refused."""

_QUIET = 33
"""Of 32,767: -60 dB of full scale. Below it the microphone is muted or not plugged in."""
_LOUD = 23_197
"""Of 32,767: -3 dB of full scale, which leaves the mp3 room to swing over."""
_MOST_GAIN = 100.0
"""40 dB, as the faintest recording needs it, of -60 dB: the stage hears a voice from -42 dB rms on
(the stage's speaking.js), and speech peaks up to 20 dB above its rms."""


class UnreadableAudio(ValueError):
    """A recording that can't be used. `reason` is a clause: what was wrong with it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"The recording can't be played: {reason}. "
            "Send up to five minutes of mp3, wav, ogg, webm or m4a."
        )


class ConverterBusy(UnreadableAudio):
    """A recording that is refused because `WAITING` others are under way."""

    def __init__(self) -> None:
        super().__init__("too many others are being prepared")
        self.args = ("The server is preparing many other recordings. Give it again in a minute.",)


def from_audio(audio: bytes, *, text: str = "") -> Utterance:
    """An utterance from a recording (mp3, wav, ogg, webm, m4a), its mouth from the sound's energy.

    The words of `text`, if known, are spread over the stretch with sound. Raises `UnreadableAudio`
    for bytes without sound and for more than `LONGEST` seconds.
    """
    samples = _samples(audio)
    visemes = mouth.from_sound(samples)
    start = next((viseme.at for viseme in visemes if viseme.shape != "sil"), 0.0)
    end = len(samples) / SAMPLE_RATE
    if len(visemes) > 1 and visemes[-1].shape == "sil":
        end = visemes[-1].at
    return Utterance(text, samples, visemes, spread(text.split(), start, end))


def recording_of(audio: bytes, name: str) -> Recording:
    """A visitor's file or microphone (mp3, wav, ogg, webm, m4a) as say-audio takes it.

    An mp3 is encoded anew, too: so its duration is measured, not claimed, and its metadata (a
    phone's place, an owner's name) stays here. A faint recording is made louder, or the stage would
    take it for silence. Takes about a second for each minute of sound. Raises `UnreadableAudio`,
    also for a silent recording and for more than `LARGEST` bytes.
    """
    if len(audio) > LARGEST:
        raise UnreadableAudio(f"it has {len(audio) / 2**20:.1f} MB, and 10 MB are the most")
    samples = _samples(audio)
    peak = max(int(samples.max()), -int(samples.min()))
    if peak < _QUIET:
        raise UnreadableAudio("it is silent, as from a microphone that is muted")
    if peak < _LOUD:
        samples = (samples * np.float32(min(_LOUD / peak, _MOST_GAIN))).astype(np.int16)
    return recorded(samples, name)


_converter = ThreadPoolExecutor(1, "recording")
_places = BoundedSemaphore(WAITING)


def converted(audio: bytes, name: str) -> Future[Recording]:
    """`recording_of` on one thread for all visitors: a minute of sound keeps a core busy for a
    second. Fails at once, with `ConverterBusy`, where `WAITING` others are under way."""
    if not _places.acquire(blocking=False):
        refused: Future[Recording] = Future()
        refused.set_exception(ConverterBusy())
        return refused
    converting = _converter.submit(recording_of, audio, name)
    converting.add_done_callback(lambda _: _places.release())
    return converting


def _samples(audio: bytes) -> NDArray[np.int16]:
    """Mono sound at `SAMPLE_RATE`, from one sample to `LONGEST`. Raises `UnreadableAudio`.

    Decoded by `decoding.py` in a process of its own, which costs 0.2 s.
    """
    samples = np.frombuffer(_decoded(audio), np.int16)
    if not len(samples):
        raise UnreadableAudio("no sound was found in it")
    return samples[: round(LONGEST * SAMPLE_RATE)]


def _decoded(audio: bytes) -> bytes:
    """What `decoding.py` makes of it. Raises `UnreadableAudio`."""
    try:
        return run(
            decoding.__file__,
            *(str(SAMPLE_RATE), str(LONGEST + PADDING)),
            given=audio,
            limits=limits_for(audio),
        )
    except NotDone as failure:
        reasons = {
            "refused": str(failure),
            "no room": "this server has no room to decode it now",
        }
        slow = "it takes too long, or too much memory, to decode"
        raise UnreadableAudio(reasons.get(failure.why, slow)) from failure


def limits_for(audio: bytes) -> Limits:
    """What decoding it may cost."""
    return Limits(
        memory=decoding.MEMORY + 2 * len(audio),
        seconds=decoding.SECONDS,
        deadline=DEADLINE,
        answer=2 * round((LONGEST + 2 * PADDING) * SAMPLE_RATE),
    )
