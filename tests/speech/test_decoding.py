"""The decoder of recordings, with files that were made to hurt: what each may cost at most."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from speech import UnreadableAudio, confined, decoding
from speech.recording import LARGEST, converted, limits_for
from tests.support.recordings import covered, encoded, file_of, indexed, tagged, wav_of
from tests.support.simulator_process import eventually

MOST = 300
"""MB of memory that a file may cost."""

# A small process starts the decoder: a child's peak is never below what its parent had.
MEASURE = """
import json, os, subprocess, sys
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        decoder = subprocess.Popen(
            json.loads(sys.argv[1]),
            stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(decoder.pid, 0)
        print(os.waitstatus_to_exitcode(status), used.ru_maxrss // 1024, used.ru_utime, path)
"""

SILENCE = np.zeros(48_000, np.int16)


def times(file: bytes, size: int = LARGEST) -> bytes:
    """The file again and again, up to so many bytes."""
    return file * (size // len(file))


def many_tags() -> bytes:
    """A file of tags alone."""
    return b"".join(
        b"TXXX" + (12).to_bytes(4, "big") + b"\0\0" + b"\3%06d\0text" % n for n in range(400_000)
    )


def hostile() -> dict[str, bytes]:
    """Files that claim, or need, more than they are."""
    return {
        "a claim of 650 MHz": wav_of(650_000_000),
        "a claim of 655,350 Hz with 8 channels": wav_of(655_350, 8),
        "8 channels of 384 kHz": wav_of(384_000, 8) + bytes(LARGEST // 2),
        "a cover of 20,000 x 20,000": covered(20_000),
        "an index of a million packets": indexed(1_000_000),
        "an index of 50 million packets": indexed(50_000_000),
        "an index of 4 billion packets": indexed(2**32 - 1),
        "an hour of silence as mp3": times(encoded(np.zeros(480_000, np.int16), "mp3", rate=8_000)),
        "five minutes of silence as FLAC": encoded(
            np.zeros(14_400_000, np.int16), "flac", codec="flac"
        ),
        "a chain of 3,000 Ogg files": times(encoded(SILENCE, "ogg")),
        "a million frames with nothing in them": times(b"\xff\xf1\x50\x80\x01\x1f\xfc\x00"),
        "a million boxes in each other": b"\0\x7f\xff\xffmoov" * (LARGEST // 8),
        "a million heads of Ogg": times(b"OggS\0\2" + bytes(20) + b"\1\x13\1vorbis"),
        "ones": b"\xff" * LARGEST,
    }


def test_what_a_hostile_file_costs(tmp_path: Path) -> None:
    """Never more than `MOST`, nor much more than the time allowed; the process itself ends it."""
    files = hostile()
    for number, file in enumerate(files.values()):
        assert len(file) <= LARGEST
        (tmp_path / f"{number:02}").write_bytes(file)
    paths = sorted(str(path) for path in tmp_path.iterdir())
    largest = limits_for(bytes(LARGEST))
    decoder = json.dumps(confined.command(decoding.__file__, ("48000", "300"), largest))
    command = [sys.executable, "-c", MEASURE, decoder, *paths]
    env = confined.environment()
    measured = subprocess.run(command, capture_output=True, check=True, text=True, env=env)
    lines = measured.stdout.splitlines()
    assert len(lines) == len(files)
    for name, line in zip(files, lines, strict=True):
        code, megabytes, seconds, _ = line.split()
        assert int(code) in (0, confined.REFUSED, -9, -24), name
        assert int(megabytes) < MOST, (name, megabytes)
        assert float(seconds) <= decoding.SECONDS + 1, (name, seconds)


def test_a_file_that_takes_too_long() -> None:
    """It is given up with a sentence. Meanwhile its decoder, should the file ever take it over,
    finds none of the server's settings."""
    os.environ["AVATAR_KS"] = "a-canary"
    converting = converted(tagged(many_tags()), "mine")
    eventually(_decoders)
    (decoder,) = _decoders()
    assert "a-canary" not in str(decoder.environ())
    del os.environ["AVATAR_KS"]
    with pytest.raises(UnreadableAudio, match="too long, or too much memory, to decode"):
        converting.result(timeout=60)
    assert converted(file_of("wav", 0.2), "mine").result(timeout=30).duration == pytest.approx(0.2)


def _decoders() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [child for child in children if str(decoding.__file__) in child.cmdline()]
