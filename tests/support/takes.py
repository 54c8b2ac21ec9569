"""Recordings as a browser writes them: with no duration, no index and no end."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, PICTURES, RATE = 160, 96, 25, 48_000

LIVE = {
    "webm": ("libvpx", "libopus", {"live": "1", "cluster_time_limit": "1000"}),
    "mp4": ("libx264", "aac", {"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
}
COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30), (30, 200, 200))
"""The picture's, one for each second, over and over."""


@cache
def live_take(kind: str, seconds: int, *, sound: bool = True, width: int = WIDTH) -> bytes:
    """A colour a second, and a tone of 440 Hz."""
    picture_codec, sound_codec, options = LIVE[kind]
    file = io.BytesIO()
    # A browser can't go back in what it has handed over.
    with av.open(_Pipe(file), "w", format=kind, container_options=options) as take:
        video = take.add_stream(picture_codec, rate=PICTURES, options={"g": str(PICTURES)})
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = width, HEIGHT, "yuv420p"
        audio = take.add_stream(sound_codec, rate=RATE, layout="mono") if sound else None
        assert audio is None or isinstance(audio, av.AudioStream)
        for second in range(seconds):
            for number in range(second * PICTURES, (second + 1) * PICTURES):
                colour = np.full((HEIGHT, width, 3), COLOURS[second % len(COLOURS)], np.uint8)
                frame = av.VideoFrame.from_ndarray(colour, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, PICTURES)
                take.mux(video.encode(frame))
            if audio is not None:
                take.mux(audio.encode(_tone(second)))
        take.mux(video.encode(None))
        if audio is not None:
            take.mux(audio.encode(None))
    return file.getvalue()


class _Pipe:
    """A file that can only be written on."""

    def __init__(self, file: io.BytesIO) -> None:
        self._file = file

    def write(self, chunk: bytes) -> int:
        """Write on."""
        return self._file.write(chunk)


def _tone(second: int) -> av.AudioFrame:
    times = np.arange(second * RATE, (second + 1) * RATE) / RATE
    tone = (8_000 * np.sin(2 * np.pi * 440 * times)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(tone[np.newaxis], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, second * RATE, Fraction(1, RATE)
    return frame


def duration(file: Path) -> float:
    """Seconds, as the file itself says."""
    with av.open(str(file)) as container:
        return (container.duration or 0) / av.time_base


def chapters(file: Path) -> list[tuple[str, float, float]]:
    """Title, begin and end in seconds."""
    with av.open(str(file)) as container:
        return [
            (
                mark["metadata"]["title"],
                float(mark["start"] * (mark["time_base"] or 0)),
                float(mark["end"] * (mark["time_base"] or 0)),
            )
            for mark in container.chapters()
        ]


def colour_at(file: Path, seconds: float) -> tuple[int, int, int]:
    """That of the middle of the picture that is shown then, found by seeking."""
    with av.open(str(file)) as container:
        container.seek(round(seconds * av.time_base))
        first = True
        for frame in container.decode(video=0):
            if first:
                assert seconds - 4.5 < (frame.time or 0) <= seconds, "it was not found by seeking"
                first = False
            if (frame.time or 0) + 1.5 / PICTURES >= seconds:
                middle = (frame.height // 2, frame.width // 2)
                red, green, blue = frame.to_ndarray(format="rgb24")[middle]
                return int(red), int(green), int(blue)
    raise AssertionError(f"there is no picture at {seconds} s")


def loudness(file: Path) -> NDArray[np.float64]:
    """The sound's root mean square, for each tenth of a second; 1.0 is the loudest there is."""
    samples: list[NDArray[np.float32]] = []
    with av.open(str(file)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        for frame in container.decode(audio=0):
            samples += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    sound = np.concatenate(samples)
    tenths = sound[: len(sound) // (RATE // 10) * (RATE // 10)].reshape(-1, RATE // 10)
    return np.asarray(np.sqrt((tenths.astype(np.float64) ** 2).mean(axis=1)))
