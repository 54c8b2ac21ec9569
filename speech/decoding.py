"""A recording of any of the usual formats, as samples: a program for `confined.py`.

FFmpeg decodes what strangers send, so it runs in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import chain, groupby

import av
from av.container import InputContainer

SLOWEST, FASTEST = 4_000, 384_000
"""Samples a second: from below a telephone's to the most in use."""
CHANNELS = 8
"""The most that are mixed to one."""
SECONDS = 6
"""Of a processor. Five minutes of sound were seen to take 0.5 to 1.5 s."""
MEMORY = 160 * 2**20
"""Bytes beyond those of the interpreter and FFmpeg, 30 MB."""

# FFmpeg also reads playlists (HLS, concat), which name files and addresses to open in turn.
# Uploaded bytes must never make the server read those, so only formats that hold sound are tried.
_FORMATS = "aac,flac,matroska,webm,mov,mp4,m4a,mp3,ogg,wav"
# A cover picture is decoded, too, when a file is opened, and 1 kB can claim 4 GB of it.
_CODECS = (
    "aac,aac_latm,ac3,adpcm_ima_wav,adpcm_ms,alac,amrnb,amrwb,eac3,flac,gsm_ms,libopus,mp2,mp2float,"
    "mp3,mp3float,opus,pcm_alaw,pcm_f32be,pcm_f32le,pcm_f64le,pcm_mulaw,pcm_s16be,pcm_s16le,"
    "pcm_s24be,pcm_s24le,pcm_s32be,pcm_s32le,pcm_s8,pcm_u8,speex,vorbis"
)


class Refused(SystemExit):
    """A file that is not decoded; the message is a clause that says why."""


def main(audio: bytes, rate: str, longest: str) -> Iterator[bytes]:
    """Mono 16-bit samples, so many a second, and so many seconds at most. Raises `Refused`."""
    try:
        yield from decoded(audio, int(rate), float(longest))
    # FFmpeg's errors are many: of damaged AAC PermissionError, too, not InvalidDataError alone.
    except (av.FFmpegError, ValueError, IndexError, MemoryError):
        raise Refused("its bytes could not be decoded as sound") from None


def decoded(audio: bytes, rate: int, longest: float) -> Iterator[bytes]:
    """Blocks of mono sound, never more than `longest` seconds in all. Raises `Refused`."""
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "", "codec_whitelist": _CODECS}
    # By default PyAV refuses a file whose title is not UTF-8.
    with av.open(
        BytesIO(audio), mode="r", container_options=options, metadata_errors="ignore"
    ) as container:
        if not container.streams.audio:
            raise Refused("it has no audio track")
        sound = container.streams.audio[0].codec_context
        _check_form(sound)
        if sound.name not in _CODECS.split(","):
            raise Refused("its sound is of a rare kind")
        sound.thread_count = 1
        # In a file joined from others the form can change, and a resampler takes one form alone.
        for _, alike in groupby(_frames(container, longest), _form):
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
            for frame in chain(alike, (None,)):
                for block in resampler.resample(frame):
                    yield bytes(block.planes[0])[: 2 * block.samples]


def _check_form(sound: av.AudioCodecContext | av.AudioFrame) -> None:
    """Raises `Refused` for a form that nobody records in. A resampler for 650 MHz, which 444 bytes
    can claim, took 1.8 GB and 8 s."""
    if (channels := sound.layout.nb_channels) > CHANNELS:
        raise Refused(f"it has {channels} channels, and {CHANNELS} are the most")
    # The rate is 0 for a codec that tells it in its frames alone.
    if sound.sample_rate and not SLOWEST <= sound.sample_rate <= FASTEST:
        raise Refused(
            f"it has {sound.sample_rate:,} samples a second; {SLOWEST:,} to {FASTEST:,} are taken"
        )


def _form(frame: av.AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _frames(container: InputContainer, longest: float) -> Iterator[av.AudioFrame]:
    """All frames that can be decoded; damaged ones are passed over, as players do.

    Raises `Refused` for more than `longest` seconds, and for a form that nobody records in.
    """
    length = 0.0
    for packet in container.demux(audio=0):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            frames = []
        for frame in frames:
            _check_form(frame)
        # An empty packet counts as 10 ms: a forged index can name any number of them.
        length += sum(frame.samples / max(1, frame.sample_rate) for frame in frames) or 0.01
        if length > longest:
            raise Refused(f"it is longer than {longest // 60:.0f} minutes")
        yield from frames
