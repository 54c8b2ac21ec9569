"""Sound files made on the spot, with what the app itself needs."""

from __future__ import annotations

import io
import struct
import wave
import zlib

import av
import numpy as np
from numpy.typing import NDArray

CODECS = {
    "mp3": "libmp3lame",
    "wav": "pcm_s16le",
    "ogg": "libopus",
    "oga": "libopus",
    "opus": "libopus",
    "webm": "libopus",
    "m4a": "aac",
}


def encoded(
    samples: NDArray[np.int16],
    kind: str,
    *,
    codec: str = "",
    rate: int = 48_000,
    layout: str = "mono",
    options: dict[str, str] | None = None,
) -> bytes:
    """Mono `samples` as a file of this kind, with a place in its title."""
    file = io.BytesIO()
    container = "ipod" if kind == "m4a" else kind  # FFmpeg's name for it
    with av.open(file, "w", format=container, container_options=options) as output:
        output.metadata["title"] = "A secret place"
        # FFmpeg's own Vorbis encoder asks for "experimental"; the others don't mind.
        stream = output.add_stream(
            codec or CODECS[kind], rate=rate, layout=layout, options={"strict": "experimental"}
        )
        assert isinstance(stream, av.AudioStream)
        context = stream.codec_context
        context.open()
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(context.format, layout, rate, context.frame_size or 1024)
        for part in (*resampler.resample(frame), *resampler.resample(None), None):
            output.mux(stream.encode(part))
    return file.getvalue()


def recording(kind: str, seconds: float = 1.0) -> bytes:
    """A tone that swells and fades, as a file of this kind."""
    time = np.arange(round(48_000 * seconds)) / 48_000
    tone = np.sin(2 * np.pi * 220 * time) * np.abs(np.sin(2 * np.pi * 2 * time)) * 16_000
    return encoded(tone.astype(np.int16), kind)


def file_of(
    kind: str,
    seconds: float,
    *,
    rate: int = 48_000,
    loudness: int = 8_000,
    options: dict[str, str] | None = None,
) -> bytes:
    """A steady tone of 220 Hz as a file of this kind."""
    times = np.arange(round(seconds * rate)) / rate
    tone = loudness * np.sin(2 * np.pi * 220 * times)
    return encoded(tone.astype(np.int16), kind, rate=rate, options=options)


def wav_of(rate: int, channels: int = 1) -> bytes:
    """200 samples as a WAV that claims this rate."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((channels, 2, rate, 0, "NONE", ""))
        writer.writeframes(b"\1\2" * 200 * channels)
    return file.getvalue()


def covered(wide: int) -> bytes:
    """An mp3 whose cover is a picture of so many pixels each way, all black: it packs well."""
    rows = zlib.compressobj(9)
    black = b"".join(rows.compress(bytes(1 + 3 * wide)) for _ in range(200)) + rows.flush()
    head = struct.pack(">IIBBBBB", wide, wide, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", black), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    picture = b"\0image/png\0\3\0" + png
    return tagged(b"APIC" + struct.pack(">I", len(picture)) + b"\0\0" + picture)


def tagged(frames: bytes) -> bytes:
    """An mp3 of 0.2 s with these ID3 frames."""
    size = bytes((len(frames) >> shift) & 127 for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + frames + file_of("mp3", 0.2)


def indexed(packets: int) -> bytes:
    """An m4a of 0.2 s whose index claims so many packets of one byte, all in one place."""
    file = bytearray(file_of("m4a", 0.2))
    sizes, places = file.index(b"stsz") + 8, file.index(b"stsc") + 12
    file[sizes : sizes + 8] = struct.pack(">II", 1, packets)
    file[places : places + 12] = struct.pack(">III", 1, packets, 1)
    return bytes(file)
