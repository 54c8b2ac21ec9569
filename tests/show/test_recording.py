"""A take, the file that can be seeked, and what is packed."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import av
import pytest

from show.recording import (
    LARGEST_CHUNK,
    Chapter,
    RecordingFailed,
    Room,
    Take,
    packed,
    remux,
    suffix_of,
)
from tests.support.takes import COLOURS, LIVE, chapters, colour_at, duration, live_take, loudness

TAKES = {kind: live_take(kind, 6) for kind in LIVE}
KINDS = pytest.mark.parametrize("kind", LIVE)
WEBM = TAKES["webm"]


def written(folder: Path, recording: bytes) -> Path:
    """A file with these bytes."""
    file = folder / "take"
    file.write_bytes(recording)
    return file


@KINDS
def test_what_a_browser_wrote(tmp_path: Path, kind: str) -> None:
    """It has a length, an index and its sound, and picture and sound are copied as they are."""
    take, made = written(tmp_path, TAKES[kind]), tmp_path / f"made.{kind}"
    remux(take, made, title="The launch")
    assert duration(made) == pytest.approx(6, abs=0.1)
    for second in (0, 4, 1):
        assert colour_at(made, second + 0.5) == pytest.approx(COLOURS[second % 5], abs=30)
    loud = loudness(made)
    assert len(loud) == pytest.approx(60, abs=1)
    assert loud[5:55] == pytest.approx(0.17, abs=0.02)
    with av.open(str(take)) as before, av.open(str(made)) as after:
        assert after.metadata["title"] == "The launch"
        pictures = [[bytes(p) for p in file.demux(video=0) if p.size] for file in (before, after)]
        assert pictures[0] == pictures[1]


def test_an_mp4_can_be_watched_while_it_loads(tmp_path: Path) -> None:
    """Its index is at the front."""
    made = tmp_path / "made.mp4"
    remux(written(tmp_path, TAKES["mp4"]), made, [Chapter("One", 0.0)])
    content = made.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"moof" not in content


def test_a_webm_knows_its_places(tmp_path: Path) -> None:
    """It has an index (Cues), which a browser's recording has not."""
    cues = b"\x1c\x53\xbb\x6b"
    made = tmp_path / "made.webm"
    remux(written(tmp_path, WEBM), made)
    assert cues not in WEBM
    assert made.read_bytes().count(cues) == 2, "the index, and where it is"


@KINDS
def test_chapters(tmp_path: Path, kind: str) -> None:
    """Each lasts to the next; none begins before the show or after its end, or is over at once."""
    made = tmp_path / f"made.{kind}"
    given = [
        Chapter("Numbers — «größer»", 2.5),
        Chapter("Welcome", -0.2),
        Chapter("passed over", 4.0),
        Chapter("Two\nlines\0", 4.0),
        Chapter("after the end", 99.0),
    ]
    remux(written(tmp_path, TAKES[kind]), made, given)
    titles, begins, ends = zip(*chapters(made), strict=True)
    assert titles == ("Welcome", "Numbers — «größer»", "Two lines")
    assert begins == (0.0, 2.5, 4.0)
    assert ends == (2.5, 4.0, pytest.approx(6, abs=0.1))


@KINDS
def test_without_sound(tmp_path: Path, kind: str) -> None:
    """A recording may have none."""
    made = tmp_path / f"made.{kind}"
    remux(written(tmp_path, live_take(kind, 2, sound=False)), made, [Chapter("One", 0.0)])
    assert duration(made) == pytest.approx(2, abs=0.1)
    with av.open(str(made)) as container:
        assert container.streams.audio == ()


@KINDS
def test_a_recording_that_breaks_off(tmp_path: Path, kind: str) -> None:
    """What came until then can be watched: the browser may have been closed."""
    made = tmp_path / f"made.{kind}"
    half = TAKES[kind][: len(TAKES[kind]) // 2]
    remux(written(tmp_path, half), made, [Chapter("One", 0.0), Chapter("Never", 5.0)])
    assert duration(made) == pytest.approx(3, abs=0.7)
    assert colour_at(made, 1.5) == pytest.approx(COLOURS[1], abs=30)
    assert [title for title, *_ in chapters(made)] == ["One"]


HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    "recording",
    [
        b"",
        b"no recording",
        HLS,
        WEBM[:4],
        WEBM[:100],
        WEBM[:500],
        TAKES["mp4"][:100],
        TAKES["mp4"][:500],
        WEBM[:40] + bytes(5_000),
        b"\0\0\0\x18ftypisom" + b"\xff" * 5_000,
    ],
    ids=range(10),
)
def test_no_recording(tmp_path: Path, recording: bytes) -> None:
    """An empty or a broken one is refused with a sentence, and leaves no file."""
    made = tmp_path / "made"
    with pytest.raises(RecordingFailed, match=r"^(Nothing was recorded|The recording is damaged)"):
        remux(written(tmp_path, recording), made)
    assert not made.exists()


@KINDS
def test_damage_within(tmp_path: Path, kind: str) -> None:
    """Wherever bytes are damaged, there is a file or a sentence."""
    made = tmp_path / f"made.{kind}"
    size = len(TAKES[kind])
    for place in range(0, size, size // 40):
        damaged = bytearray(TAKES[kind])
        damaged[place : place + 64] = b"\xff" * 64
        try:
            remux(written(tmp_path, bytes(damaged)), made, [Chapter("One", 0.0)])
        except RecordingFailed:
            assert not made.exists()
        else:
            assert duration(made) > 0


def test_nowhere_to_write(tmp_path: Path) -> None:
    """A file that can't be written is told of in a sentence."""
    with pytest.raises(RecordingFailed, match="could not be written"):
        remux(written(tmp_path, WEBM), tmp_path / "none" / "made.webm")


def in_chunks(recording: bytes, size: int = 10_000) -> list[bytes]:
    """The recording in pieces."""
    return [recording[n : n + size] for n in range(0, len(recording), size)]


def test_a_take() -> None:
    """Its chunks, one after the other, are the recording; nobody else can read it, and it goes."""
    with Take(Room()) as take:
        for index, chunk in enumerate(in_chunks(WEBM)):
            take.append(index, chunk)
            take.append(index, chunk)
        assert take.file.read_bytes() == WEBM
        assert take.size == len(WEBM)
        assert stat.S_IMODE(take.file.parent.stat().st_mode) == 0o700
    assert not take.file.parent.exists()
    with pytest.raises(RecordingFailed, match="has ended"):
        take.append(take.chunks, b"more")


def test_a_chunk_is_missing() -> None:
    """The one after it is refused; what came before is kept, and the missing one can still come."""
    first, second, third, *_ = in_chunks(WEBM)
    with Take(Room()) as take:
        take.append(0, first)
        with pytest.raises(RecordingFailed, match="part 3 came before part 2"):
            take.append(2, third)
        take.append(1, second)
        take.append(2, third)
        assert take.file.read_bytes() == first + second + third


def test_what_is_no_recording() -> None:
    """It is judged by its first bytes, before anything of it is kept."""
    for chunk in (b"<!doctype html>", HLS):
        with Take(Room()) as take, pytest.raises(RecordingFailed, match="is no recording"):
            take.append(0, chunk)
        assert (take.size, take.chunks) == (0, 0)


def test_a_first_chunk_of_a_byte() -> None:
    """Browsers send such; what comes then is judged with it."""
    with Take(Room()) as take:
        take.append(0, WEBM[:1])
        with pytest.raises(RecordingFailed, match="is no recording"):
            take.append(1, HLS)
        take.append(1, WEBM[1:5])
        take.append(2, WEBM[5:])
        assert take.file.read_bytes() == WEBM


def test_limits() -> None:
    """A chunk, a take, and all takes together have a largest size; what came before is kept."""
    room = Room(30_000)
    with Take(room, largest=20_000) as one, Take(room) as other:
        one.append(0, WEBM[:15_000])
        with pytest.raises(RecordingFailed, match="is full"):
            one.append(1, WEBM[15_000:25_000])
        other.append(0, WEBM[:10_000])
        with pytest.raises(RecordingFailed, match="no room for more"):
            other.append(1, WEBM[10_000:20_000])
        with pytest.raises(RecordingFailed, match="too large"):
            other.append(1, bytes(LARGEST_CHUNK + 1))
        assert (one.size, other.size, room.taken) == (15_000, 10_000, 25_000)
        one.close()
        one.close()
        other.append(1, WEBM[10_000:20_000])
    assert room.taken == 0


def test_a_take_of_nothing(tmp_path: Path) -> None:
    """A recorder that was stopped at once: the sentence says that nothing was recorded."""
    with Take(Room()) as take, pytest.raises(RecordingFailed, match="Nothing was recorded"):
        remux(take.file, tmp_path / "made.webm")


def test_suffixes() -> None:
    """The kind of a recording is known by how it begins."""
    assert [suffix_of(TAKES[kind]) for kind in LIVE] == [f".{kind}" for kind in LIVE]
    assert suffix_of(b"") == suffix_of(HLS) == ""


def test_a_package(tmp_path: Path) -> None:
    """The recording and the transcripts are in it, side by side, as they are."""
    recording, into = tmp_path / "show.webm", tmp_path / "show.zip"
    recording.write_bytes(WEBM)
    packed(recording, {"show.vtt": b"WEBVTT\n", "größer.md": b"# A"}, into)
    with zipfile.ZipFile(into) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["show.webm", "show.vtt", "größer.md"]
        assert archive.read("show.webm") == WEBM
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_no_package(tmp_path: Path) -> None:
    """Where it can't be written, there is a sentence and no file."""
    into = tmp_path / "show.zip"
    with pytest.raises(RecordingFailed, match="could not be packed"):
        packed(tmp_path / "none.webm", {}, into)
    assert not into.exists()
