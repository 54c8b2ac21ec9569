"""A take, the file that can be seeked, and what is packed."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from show.recording import (
    LARGEST_CHUNK,
    Chapter,
    PartsDiffer,
    RecordingFailed,
    Room,
    Take,
    joined,
    packed,
)
from tests.support.takes import LIVE, chapters, live_take

KINDS = pytest.mark.parametrize("kind", LIVE)


def written(folder: Path, recording: bytes) -> Path:
    """A file with these bytes."""
    file = folder / "take"
    file.write_bytes(recording)
    return file


HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"


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
    joined([written(tmp_path, live_take(kind, 6))], made, chapters=given)
    titles, begins, ends = zip(*chapters(made), strict=True)
    assert titles == ("Welcome", "Numbers — «größer»", "Two lines")
    assert begins == (0.0, 2.5, 4.0)
    assert ends == (2.5, 4.0, pytest.approx(6, abs=0.1))


def test_no_recording(tmp_path: Path) -> None:
    """It is refused with a sentence, and leaves no file."""
    made = tmp_path / "made"
    with pytest.raises(RecordingFailed, match=r"^The recording is damaged"):
        joined([written(tmp_path, live_take("webm", 6)[:40] + bytes(5_000))], made)
    assert not made.exists()


def test_parts_that_differ(tmp_path: Path) -> None:
    """They can't be one video, and leave no file."""
    made, other = tmp_path / "made", tmp_path / "other"
    other.write_bytes(live_take("mp4", 6))
    with pytest.raises(PartsDiffer):
        joined([written(tmp_path, live_take("webm", 6)), other], made, [0.0, 7.0])
    assert not made.exists()


def test_nowhere_to_write(tmp_path: Path) -> None:
    """A file that can't be written is told of in a sentence."""
    with pytest.raises(RecordingFailed, match="could not be written"):
        joined([written(tmp_path, live_take("webm", 6))], tmp_path / "none" / "made.webm")


def in_chunks(recording: bytes, size: int = 10_000) -> list[bytes]:
    """The recording in pieces."""
    return [recording[n : n + size] for n in range(0, len(recording), size)]


def test_a_take() -> None:
    """Its chunks, one after the other, are the recording; nobody else can read it, and it goes."""
    with Take(Room()) as take:
        for index, chunk in enumerate(in_chunks(live_take("webm", 6))):
            take.append(index, chunk)
            take.append(index, chunk)
        assert take.files[0].read_bytes() == live_take("webm", 6)
        assert take.size == len(live_take("webm", 6))
        assert stat.S_IMODE(take.folder.stat().st_mode) == 0o700
    assert not take.folder.exists()
    with pytest.raises(RecordingFailed, match="has ended"):
        take.append(0, b"more")


def test_a_chunk_is_missing() -> None:
    """The one after it is refused; what came before is kept, and the missing one can still come."""
    first, second, third, *_ = in_chunks(live_take("webm", 6))
    with Take(Room()) as take:
        take.append(0, first)
        with pytest.raises(RecordingFailed, match="part 3 came before part 2"):
            take.append(2, third)
        take.append(1, second)
        take.append(2, third)
        assert take.files[0].read_bytes() == first + second + third


def test_a_take_in_parts() -> None:
    """Each has chunks of its own, and they come in any order; together they have one size."""
    with Take(Room()) as take:
        take.append(0, live_take("webm", 6)[:100], part=7)
        take.append(0, live_take("mp4", 6)[:50], part=3)
        take.append(1, live_take("webm", 6)[100:200], part=7)
        assert [*take.files] == [3, 7]
        assert [file.read_bytes() for file in take.files.values()] == [
            live_take("mp4", 6)[:50],
            live_take("webm", 6)[:200],
        ]
        assert take.size == 250


def test_what_is_no_recording() -> None:
    """It is judged by its first bytes, before anything of it is kept."""
    for chunk in (b"<!doctype html>", HLS):
        with Take(Room()) as take, pytest.raises(RecordingFailed, match="is no recording"):
            take.append(0, chunk)
        assert (take.size, take.files) == (0, {})


def test_a_first_chunk_of_a_byte() -> None:
    """Browsers send such; what comes then is judged with it."""
    with Take(Room()) as take:
        take.append(0, live_take("webm", 6)[:1])
        with pytest.raises(RecordingFailed, match="is no recording"):
            take.append(1, HLS)
        take.append(1, live_take("webm", 6)[1:5])
        take.append(2, live_take("webm", 6)[5:])
        assert take.files[0].read_bytes() == live_take("webm", 6)


def test_limits() -> None:
    """A chunk, a take, and all takes together have a largest size; what came before is kept."""
    room = Room(30_000)
    with Take(room, largest=20_000) as one, Take(room) as other:
        one.append(0, live_take("webm", 6)[:15_000])
        with pytest.raises(RecordingFailed, match="is full"):
            one.append(1, live_take("webm", 6)[15_000:25_000])
        other.append(0, live_take("webm", 6)[:10_000])
        with pytest.raises(RecordingFailed, match="no room for more"):
            other.append(1, live_take("webm", 6)[10_000:20_000])
        with pytest.raises(RecordingFailed, match="too large"):
            other.append(1, bytes(LARGEST_CHUNK + 1))
        assert (one.size, other.size, room.taken) == (15_000, 10_000, 25_000)
        one.close()
        one.close()
        other.append(1, live_take("webm", 6)[10_000:20_000])
    assert room.taken == 0


def test_a_take_of_nothing(tmp_path: Path) -> None:
    """A recorder that was stopped at once: the sentence says that nothing was recorded."""
    with Take(Room()) as take, pytest.raises(RecordingFailed, match="Nothing was recorded"):
        joined([*take.files.values()], tmp_path / "made.webm")


def test_a_package(tmp_path: Path) -> None:
    """The recording and the transcripts are in it, side by side, as they are."""
    recording, into = tmp_path / "show.webm", tmp_path / "show.zip"
    recording.write_bytes(live_take("webm", 6))
    packed([recording], {"show.vtt": b"WEBVTT\n", "größer.md": b"# A"}, into)
    with zipfile.ZipFile(into) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["show.webm", "show.vtt", "größer.md"]
        assert archive.read("show.webm") == live_take("webm", 6)
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_no_package(tmp_path: Path) -> None:
    """Where it can't be written, there is a sentence and no file."""
    into = tmp_path / "show.zip"
    with pytest.raises(RecordingFailed, match="could not be packed"):
        packed([tmp_path / "none.webm"], {}, into)
    assert not into.exists()
