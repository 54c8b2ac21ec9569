"""One clock for sound and picture, the two tracks, their encoders.

48 kHz mono Opus in packets of 20 ms and pictures of `SIZE` by `SIZE` in VP8 or H264 at 25 fps. A
position on the clock is a number of audio samples since the session began, so that the mouth is
that of the sample heard.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol

import aiortc.rtcrtpsender
import av
import numpy as np
from aiortc import MediaStreamTrack, RTCRtpCodecParameters
from aiortc.codecs import get_encoder
from aiortc.codecs.base import Encoder
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.mediastreams import MediaStreamError
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from simulator.mouth import SIZE

SAMPLE_RATE = 48_000
PACKET = SAMPLE_RATE // 50
"""Samples in one audio packet, 20 ms."""
PICTURE = SAMPLE_RATE // 25
"""Samples that pass while one picture is shown, 40 ms."""
LATE = 0.04
"""Seconds. A sender later than this moves the clock: catching up in a burst would inflate the
browser's jitter buffer to a second, and there it stays (Chromium 156)."""
AUDIO_BITRATE = 48_000
VIDEO_BITRATE = 1_500_000
SAMPLES = Fraction(1, SAMPLE_RATE)


class Source(Protocol):
    """The sound and the picture at a position (a sample of the session's clock)."""

    def sound(self, position: int) -> NDArray[np.int16] | None:
        """The `PACKET` samples from there on, or `None` for silence."""

    def picture(self, position: int) -> NDArray[np.uint8]:
        """I420 planes, shape (3 / 2 `SIZE`, `SIZE`)."""


class Clock:
    """Session time, counted in samples. `now` is a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._zero = now()

    @property
    def position(self) -> int:
        """The sample that is due now."""
        return int((self._now() - self._zero) * SAMPLE_RATE)

    def seconds_until(self, position: int) -> float:
        """Seconds until this sample is due; negative when it is late."""
        return self._zero + position / SAMPLE_RATE - self._now()

    def set_back(self, seconds: float) -> None:
        """Let time have stood still for so long."""
        self._zero += seconds


class Track(MediaStreamTrack):
    """A track on the session's clock."""

    def __init__(self, clock: Clock, source: Source) -> None:
        super().__init__()
        self._clock = clock
        self._source = source
        self._next = 0

    async def _late_by(self, position: int) -> float:
        """Wait until the position is due. Return the seconds that it is late, where they are more
        than `LATE`, else 0."""
        if self.readyState != "live":
            raise MediaStreamError
        wait = self._clock.seconds_until(position)
        if wait > 0:
            await asyncio.sleep(wait)
        return -wait if wait < -LATE else 0.0


class SoundTrack(Track):
    """The session's sound, packet by packet, each when it is due. It sets the pace."""

    kind = "audio"

    def __init__(self, clock: Clock, source: Source) -> None:
        super().__init__(clock, source)
        self._encoder = _opus_encoder()

    async def recv(self) -> av.Packet[Any]:
        """The next packet, encoded here: a fifth of the cost of aiortc's way, which resamples
        to stereo, measures the loudness and crosses to another thread for each packet."""
        position = self._next or -(-self._clock.position // PACKET) * PACKET
        self._clock.set_back(await self._late_by(position))
        samples = self._source.sound(position)
        if samples is None:
            samples = np.zeros(PACKET, np.int16)
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        (packet,) = self._encoder.encode(frame)
        packet.pts = position
        packet.time_base = SAMPLES
        self._next = position + PACKET
        return packet


class PictureTrack(Track):
    """The session's face, picture by picture. Where it is late, pictures are left out."""

    kind = "video"

    async def recv(self) -> av.VideoFrame:
        """The next picture, when it is due."""
        position = self._next
        if await self._late_by(position):
            position = self._clock.position // PICTURE * PICTURE
        # In a thread: while a picture is drawn, 2 to 6 ms, the loop sends sound.
        planes = await asyncio.to_thread(self._source.picture, position)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = position
        frame.time_base = SAMPLES
        self._next = position + PICTURE
        return frame


class Steady:
    """An encoder of aiortc's at one bitrate.

    aiortc's own rebuilds its encoder, a key frame each time, whenever the browser's bandwidth
    estimate moves by 10 %, and takes its time: VP8 spends half as much again on noise reduction
    that a drawn face has no use for, H264 7 ms a picture and three threads for a quality that
    nobody sees. Delete this when aiortc takes encoder options.
    """

    @property
    def target_bitrate(self) -> int:
        """Always ours: aiortc keeps an encoder that has the bitrate it is to have."""
        return VIDEO_BITRATE

    @target_bitrate.setter
    def target_bitrate(self, estimate: int) -> None:
        pass


class SteadyVp8Encoder(Steady, Vp8Encoder):
    """VP8 with libvpx's faster settings."""

    def __init__(self) -> None:
        super().__init__()
        self.codec = _vp8_encoder()


class SteadyH264Encoder(Steady, H264Encoder):
    """H264 with x264's faster settings."""

    def __init__(self) -> None:
        super().__init__()
        self.codec = _h264_encoder()


STEADY: dict[str, type[Encoder]] = {"video/vp8": SteadyVp8Encoder, "video/h264": SteadyH264Encoder}


def encoder_for(codec: RTCRtpCodecParameters) -> Encoder:
    """Ours, or else aiortc's choice."""
    ours = STEADY.get(codec.mimeType.lower())
    return ours() if ours else get_encoder(codec)


# aiortc has no other place to say which encoder a sender uses.
aiortc.rtcrtpsender.get_encoder = encoder_for  # type: ignore[attr-defined]


def _opus_encoder() -> AudioCodecContext:
    codec = av.CodecContext.create("libopus", "w")
    assert isinstance(codec, AudioCodecContext)
    codec.bit_rate = AUDIO_BITRATE
    codec.format = av.AudioFormat("s16")
    codec.layout = av.AudioLayout("mono")
    codec.sample_rate = SAMPLE_RATE
    codec.time_base = SAMPLES
    codec.options = {"application": "audio", "compression_level": "5", "frame_duration": "20"}
    return codec


def _video_encoder(library: str) -> VideoCodecContext:
    codec = av.CodecContext.create(library, "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width = codec.height = SIZE
    codec.pix_fmt = "yuv420p"
    codec.bit_rate = VIDEO_BITRATE
    codec.framerate = Fraction(25)
    codec.time_base = SAMPLES
    codec.gop_size = 3000
    codec.thread_count = 1
    return codec


def _h264_encoder() -> VideoCodecContext:
    codec = _video_encoder("libx264")
    codec.profile = "Baseline"
    codec.options = {"level": "31", "preset": "superfast", "tune": "zerolatency"}
    return codec


def _vp8_encoder() -> VideoCodecContext:
    codec = _video_encoder("libvpx")
    codec.qmin, codec.qmax = 2, 56
    codec.options = {
        # minrate = maxrate = bit_rate asks libvpx for a constant bitrate. Two seconds of it are
        # saved up for the first picture, which stands for a while: with none, its soft backdrop
        # had blocks.
        "minrate": str(VIDEO_BITRATE),
        "maxrate": str(VIDEO_BITRATE),
        "bufsize": str(2 * VIDEO_BITRATE),
        "rc_init_occupancy": str(2 * VIDEO_BITRATE),
        "deadline": "realtime",
        "cpu-used": "-16",
        "lag-in-frames": "0",
        "noise-sensitivity": "0",
        "static-thresh": "400",
        "partitions": "0",
        "undershoot-pct": "100",
        "overshoot-pct": "15",
    }
    return codec
