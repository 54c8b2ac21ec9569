"""A person's own recording: measured, made an mp3, or refused with a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from speech import SAMPLE_RATE, Recording, UnreadableAudio, from_audio
from speech.recording import (
    FORMATS,
    LARGEST,
    LONGEST,
    WAITING,
    ConverterBusy,
    converted,
    recording_of,
)
from tests.support.recordings import file_of, wav_of


def assert_the_tone(recording: Recording) -> None:
    """What is heard is the tone of `file_of`."""
    heard = from_audio(recording.audio).samples
    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * SAMPLE_RATE / len(heard) == pytest.approx(220, abs=2)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_a_person_has(kind: str) -> None:
    """Every promised format becomes an mp3 of the same sound; its duration is the measured one."""
    recording = recording_of(file_of(kind, 1.5), "mine")
    assert recording.name == "mine"
    assert recording.duration == pytest.approx(1.5, abs=0.05)
    assert from_audio(recording.audio).duration == pytest.approx(recording.duration, abs=0.03)
    assert_the_tone(recording)


def test_what_else_a_file_tells_stays_here() -> None:
    """The service gets the sound alone: no title, no place, no owner."""
    given = file_of("mp3", 0.2)
    assert b"A secret place" in given
    assert b"A secret place" not in recording_of(given, "mine").audio


EMPTY_FRAMES = b"\xff\xf1\x50\x80\x01\x1f\xfc\x00" * 1000
"""AAC by its headers, and nothing behind them."""


def middle_of(file: bytes, size: int, instead: bytes) -> bytes:
    """The file with so many bytes in its middle replaced."""
    half = len(file) // 2
    return file[:half] + instead + file[half + size :]


HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
MP3, M4A = file_of("mp3", 2.0), file_of("m4a", 2.0)
# As Safari records it: each piece has its own index, so a cut leaves the others readable.
PIECES = file_of("m4a", 2.0, options={"movflags": "frag_keyframe+empty_moov"})


@pytest.mark.parametrize(
    ("file", "seconds"),
    [
        pytest.param(MP3 + MP3, 4.0, id="joined"),
        pytest.param(MP3 + file_of("mp3", 1.0, rate=24_000), 3.0, id="joined-at-another-rate"),
        pytest.param(MP3 + bytes(range(256)) * 9, 2.0, id="junk-at-its-end"),
        pytest.param(middle_of(MP3, 1000, bytes(1000)), 1.85, id="zeros-inside"),
        pytest.param(middle_of(MP3, 777, b""), 1.9, id="a-piece-missing"),
        pytest.param(MP3.replace(b"A secret", b"\xff\xfe\xfd"), 2.0, id="a-title-that-is-no-text"),
        pytest.param(middle_of(M4A, 1000, bytes(1000)), 1.85, id="m4a-zeros-inside"),
        pytest.param(PIECES[:-200], 2.0, id="m4a-cut"),
        pytest.param(file_of("webm", 2.0)[:-200], 2.0, id="webm-cut"),
    ],
)
def test_what_is_damaged_is_said_without_that(file: bytes, seconds: float) -> None:
    """Players play such files, too; what is left of it is the tone."""
    recording = recording_of(file, "mine")
    assert recording.duration == pytest.approx(seconds, abs=0.1)
    assert_the_tone(recording)


@pytest.mark.parametrize(
    ("peak", "raised_to"), [(40, 4_000), (300, 23_197), (8_000, 23_197), (30_000, 30_000)]
)
def test_a_faint_one_is_made_louder(peak: int, raised_to: int) -> None:
    """To 3 dB below full scale, by 40 dB at most; none is made quieter. The stage hears all."""
    recording = recording_of(file_of("wav", 0.5, loudness=peak), "mine")
    heard = from_audio(recording.audio).samples.astype(np.float64)
    assert np.abs(heard).max() == pytest.approx(raised_to, rel=0.1)
    assert 20 * np.log10(np.sqrt(np.mean(heard**2)) / 32_768) > -42  # speaking.js


@pytest.mark.soak
def test_five_minutes_are_five_minutes() -> None:
    """They are taken, and so is the mp3 that is made of them, whose frames are longer."""
    recording = recording_of(file_of("wav", 300.0, rate=8_000), "mine")
    assert recording.duration == LONGEST
    assert from_audio(recording.audio).duration == LONGEST


def test_an_index_that_never_ends() -> None:
    """Packets that hold nothing are not read for ever."""
    with pytest.raises(UnreadableAudio, match="longer than 5 minutes"):
        from_audio(EMPTY_FRAMES * 40)


@pytest.mark.parametrize(
    ("audio", "words"),
    [
        pytest.param(b"", "could not be decoded", id="nothing"),
        pytest.param(b"<html>hello</html>", "could not be decoded", id="a-page"),
        pytest.param(bytes(range(256)) * 400, "could not be decoded", id="garbage"),
        pytest.param(HLS, "could not be decoded", id="hls"),
        pytest.param(b"ffconcat version 1.0\nfile '/etc/hostname'\n", "could not", id="concat"),
        pytest.param(EMPTY_FRAMES, "no sound was found", id="nothing-in-its-frames"),
        pytest.param(file_of("wav", 301, rate=8_000), "longer than 5 minutes", id="too-long"),
        pytest.param(bytes(LARGEST + 2**20), "it has 11.0 MB, and 10 MB are", id="too-large"),
        pytest.param(file_of("wav", 1, loudness=20), "it is silent", id="silent"),
        pytest.param(wav_of(650_000_000), "650,000,000 samples a second", id="650-MHz"),
        pytest.param(wav_of(384_001), "384,001 samples a second", id="too-fast"),
        pytest.param(wav_of(3_999), "3,999 samples a second", id="too-slow"),
        pytest.param(wav_of(48_000, 9), "it has 9 channels", id="nine-channels"),
    ],
)
def test_what_cannot_be_said(audio: bytes, words: str) -> None:
    """One sentence says what is wrong with it, another what to send; playlists are not followed."""
    with pytest.raises(UnreadableAudio, match=words) as refusal:
        recording_of(audio, "mine")
    assert str(refusal.value).endswith("Send up to five minutes of mp3, wav, ogg, webm or m4a.")
    assert "mine" not in str(refusal.value)


@pytest.mark.parametrize(("rate", "channels"), [(4_000, 1), (384_000, 8)])
def test_the_limits_are_within(rate: int, channels: int) -> None:
    """What is just allowed is taken."""
    assert from_audio(wav_of(rate, channels)).duration == pytest.approx(200 / rate, abs=0.001)


def test_no_more_than_so_many_wait() -> None:
    """Any more is refused at once, with a sentence; those that wait can be given up."""
    long = file_of("wav", 60.0, rate=8_000)
    asked = [converted(long, "mine") for _ in range(WAITING + 1)]
    with pytest.raises(ConverterBusy, match="Give it again in a minute"):
        asked[-1].result(timeout=0)
    for waiting in asked[1:]:
        waiting.cancel()
    assert asked[0].result(timeout=30).duration == pytest.approx(60.0, abs=0.1)
    assert converted(wav_of(48_000), "mine").exception(timeout=30) is None
