"""Sound files made on the spot, with what the app itself needs."""

from __future__ import annotations

import io
import wave

import av
import numpy as np

CODECS = {"mp3": "libmp3lame", "wav": "pcm_s16le", "ogg": "libopus", "webm": "libopus"}


def recording(container: str, seconds: float = 1.0, hertz: float = 220.0) -> bytes:
    """A tone that swells and fades, as a file of this kind."""
    rate = 48_000
    time = np.arange(round(rate * seconds)) / rate
    tone = np.sin(2 * np.pi * hertz * time) * np.abs(np.sin(2 * np.pi * 2 * time)) * 16_000
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(CODECS[container], rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = av.AudioLayout("mono")
        frame = av.AudioFrame.from_ndarray(
            tone.astype(np.int16)[np.newaxis], format="s16", layout="mono"
        )
        frame.sample_rate = rate
        fifo = av.AudioFifo()
        fifo.write(av.AudioResampler(stream.format, "mono", rate).resample(frame)[0])
        size = stream.codec_context.frame_size or 1024
        while (piece := fifo.read(size)) or (piece := fifo.read(0, partial=True)):
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return file.getvalue()


def wav_of(rate: int, channels: int = 1) -> bytes:
    """200 samples as a WAV that claims this rate."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((channels, 2, rate, 0, "NONE", ""))
        writer.writeframes(b"\1\2" * 200 * channels)
    return file.getvalue()
