"""A recording in any of the usual formats: as an utterance, or as an mp3 for say-audio."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from itertools import chain, groupby
from threading import BoundedSemaphore

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from speech import mouth
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
FORMATS = ("mp3", "wav", "ogg", "webm", "m4a")
"""A visitor's files, by the end of their name."""
SLOWEST, FASTEST = 4_000, 384_000
"""Samples a second: from below a telephone's to the most in use."""
CHANNELS = 8
"""The most that are mixed to one."""
WAITING = 8
"""Recordings that are converted or queued, of all visitors; any more are refused."""

_QUIET = 33
"""Of 32,767: -60 dB of full scale. Below it the microphone is muted or not plugged in."""
_LOUD = 23_197
"""Of 32,767: -3 dB of full scale, which leaves the mp3 room to swing over."""
_MOST_GAIN = 100.0
"""40 dB, as the faintest recording needs it, of -60 dB: the stage hears a voice from -42 dB rms on
(the stage's speaking.js), and speech peaks up to 20 dB above its rms."""

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
    """Mono sound at `SAMPLE_RATE`, from one sample to `LONGEST`. Raises `UnreadableAudio`."""
    try:
        blocks = list(_decoded(audio))
    except (av.FFmpegError, ValueError, IndexError, MemoryError) as error:
        if isinstance(error, UnreadableAudio):
            raise
        raise UnreadableAudio("its bytes could not be decoded as sound") from error
    samples = np.concatenate(blocks) if blocks else np.zeros(0, np.int16)
    if not len(samples):
        raise UnreadableAudio("no sound was found in it")
    return samples[: round(LONGEST * SAMPLE_RATE)]


def _decoded(audio: bytes) -> Iterator[NDArray[np.int16]]:
    """Blocks of mono sound at `SAMPLE_RATE`, never more than `LONGEST` + `PADDING` in all."""
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": ""}
    # By default PyAV refuses a file whose title is not UTF-8.
    with av.open(
        BytesIO(audio), mode="r", container_options=options, metadata_errors="ignore"
    ) as container:
        if not container.streams.audio:
            raise UnreadableAudio("it has no audio track")
        _check_form(container.streams.audio[0].codec_context)
        # In a file joined from others the form can change, and a resampler takes one form alone.
        for _, alike in groupby(_frames(container), _form):
            resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
            for frame in chain(alike, (None,)):
                yield from (block.to_ndarray()[0] for block in resampler.resample(frame))


def _check_form(sound: av.AudioCodecContext | av.AudioFrame) -> None:
    """Raises `UnreadableAudio` for a form that nobody records in. A resampler for 650 MHz, which
    444 bytes can claim, took 1.8 GB and kept the interpreter for 8 s."""
    if (channels := sound.layout.nb_channels) > CHANNELS:
        raise UnreadableAudio(f"it has {channels} channels, and {CHANNELS} are the most")
    # The rate is 0 for a codec that tells it in its frames alone.
    if sound.sample_rate and not SLOWEST <= sound.sample_rate <= FASTEST:
        raise UnreadableAudio(
            f"it has {sound.sample_rate:,} samples a second; {SLOWEST:,} to {FASTEST:,} are taken"
        )


def _form(frame: av.AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _frames(container: InputContainer) -> Iterator[av.AudioFrame]:
    """All frames that can be decoded; damaged ones are passed over, as players do.

    Raises `UnreadableAudio` for more than `LONGEST` seconds, and for a form that nobody records in.
    """
    length = 0.0
    for packet in container.demux(audio=0):
        try:
            frames = packet.decode()
        except av.FFmpegError:  # of damaged AAC PermissionError, too, not InvalidDataError alone
            frames = []
        for frame in frames:
            _check_form(frame)
        # An empty packet counts as 10 ms: a forged index can name any number of them.
        length += sum(frame.samples / max(1, frame.sample_rate) for frame in frames) or 0.01
        if length > LONGEST + PADDING:
            raise UnreadableAudio(f"it is longer than {LONGEST / 60:.0f} minutes")
        yield from frames
