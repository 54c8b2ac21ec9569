"""The file that is made of the parts of a recording: seekable, with a length and chapters."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import av
import pytest

from show.joining import DIFFER, Refused, join, placed, suffix_of
from tests.support.takes import COLOURS, LIVE, chapters, colour_at, duration, live_take, loudness

KINDS = pytest.mark.parametrize("kind", LIVE)


def made_of(
    recording: bytes,
    made: Path,
    given: Sequence[tuple[str, float]] = (),
    title: str = "",
) -> None:
    """Join the one part that has these bytes."""
    part = made.with_name("part")
    part.write_bytes(recording)
    join([str(part)], [0.0], str(made), given, title)


@KINDS
def test_what_a_browser_wrote(tmp_path: Path, kind: str) -> None:
    """It has a length, an index and its sound, and picture and sound are copied as they are."""
    made = tmp_path / f"made.{kind}"
    made_of(live_take(kind, 6), made, title="The launch")
    assert duration(made) == pytest.approx(6, abs=0.1)
    for second in (0, 4, 1):
        assert colour_at(made, second + 0.5) == pytest.approx(COLOURS[second % 5], abs=30)
    loud = loudness(made)
    assert len(loud) == pytest.approx(60, abs=1)
    assert loud[5:55] == pytest.approx(0.17, abs=0.02)
    with av.open(io.BytesIO(live_take(kind, 6)), "r") as before, av.open(str(made), "r") as after:
        assert after.metadata["title"] == "The launch"
        pictures = [[bytes(p) for p in file.demux(video=0) if p.size] for file in (before, after)]
        assert pictures[0] == pictures[1]


def test_an_mp4_can_be_watched_while_it_loads(tmp_path: Path) -> None:
    """Its index is at the front."""
    made = tmp_path / "made.mp4"
    made_of(live_take("mp4", 6), made, [("One", 0.0)])
    content = made.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"moof" not in content


def test_a_webm_knows_its_places(tmp_path: Path) -> None:
    """It has an index (Cues), which a browser's recording has not."""
    cues = b"\x1c\x53\xbb\x6b"
    made = tmp_path / "made.webm"
    made_of(live_take("webm", 6), made)
    assert cues not in live_take("webm", 6)
    assert made.read_bytes().count(cues) == 2, "the index, and where it is"


@KINDS
def test_without_sound(tmp_path: Path, kind: str) -> None:
    """A recording may have none."""
    made = tmp_path / f"made.{kind}"
    made_of(live_take(kind, 2, sound=False), made, [("One", 0.0)])
    assert duration(made) == pytest.approx(2, abs=0.1)
    with av.open(str(made)) as container:
        assert container.streams.audio == ()


@KINDS
def test_a_recording_that_breaks_off(tmp_path: Path, kind: str) -> None:
    """What came until then can be watched: the browser may have been closed."""
    made = tmp_path / f"made.{kind}"
    half = live_take(kind, 6)[: len(live_take(kind, 6)) // 2]
    made_of(half, made, [("One", 0.0), ("Never", 5.0)])
    assert duration(made) == pytest.approx(3, abs=0.7)
    assert colour_at(made, 1.5) == pytest.approx(COLOURS[1], abs=30)
    assert [title for title, *_ in chapters(made)] == ["One"]


HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"


def broken() -> list[bytes]:
    """Recordings of which nothing can be made."""
    webm, mp4 = live_take("webm", 6), live_take("mp4", 6)
    cut = [webm[:4], webm[:100], webm[:500], mp4[:100], mp4[:500]]
    spoilt = [webm[:40] + bytes(5_000), b"\0\0\0\x18ftypisom" + b"\xff" * 5_000]
    return [b"", b"no recording", HLS, *cut, *spoilt]


@pytest.mark.parametrize("number", range(10))
def test_no_recording(tmp_path: Path, number: int) -> None:
    """An empty or a broken one is refused with a sentence, and leaves no file."""
    recording = broken()[number]
    made = tmp_path / "made"
    with pytest.raises(Refused, match=r"^(Nothing was recorded|The recording is damaged)"):
        made_of(recording, made)
    assert not made.exists()


@KINDS
def test_damage_within(tmp_path: Path, kind: str) -> None:
    """Wherever bytes are damaged, there is a file or a sentence; mostly a file."""
    files = 0
    made = tmp_path / f"made.{kind}"
    size = len(live_take(kind, 6))
    for place in range(0, size, size // 40):
        damaged = bytearray(live_take(kind, 6))
        damaged[place : place + 64] = b"\xff" * 64
        with suppress(Refused):
            made_of(bytes(damaged), made, [("One", 0.0)])
            assert duration(made) > 0
            files += 1
    assert files > 20


def in_files(folder: Path, *parts: bytes) -> list[str]:
    """A file for each part."""
    files = [folder / f"part-{number}" for number in range(len(parts))]
    for file, part in zip(files, parts, strict=True):
        file.write_bytes(part)
    return [str(file) for file in files]


@KINDS
def test_parts_are_joined(tmp_path: Path, kind: str) -> None:
    """One after the other, without what was between them; one that broke off is kept up to there,
    one with nothing in it is passed over. Each place can be seeked, and has its chapter."""
    made = tmp_path / f"made.{kind}"
    parts = (
        live_take(kind, 6),
        b"",
        live_take(kind, 6)[: len(live_take(kind, 6)) // 2],
        live_take(kind, 2),
    )
    begins = [100.0, 107.0, 108.0, 120.0]
    given = [("One", 99.0), ("Two", 104.0), ("between", 107.5), ("Three", 119.0), ("Four", 121.0)]
    first, nothing, broken, last = join(in_files(tmp_path, *parts), begins, str(made), given)
    assert [first, nothing, last] == pytest.approx([6, 0, 2], abs=0.1)
    assert broken == pytest.approx(3, abs=0.7)
    assert duration(made) == pytest.approx(first + broken + last, abs=0.1)
    for begin, seconds in ((first + broken, 2), (0.0, 6), (first, 2)):
        for second in range(seconds):
            colour = colour_at(made, begin + second + 0.5)
            assert colour == pytest.approx(COLOURS[second % 5], abs=30)
    loud = loudness(made)
    assert len(loud) == pytest.approx(10 * (first + broken + last), abs=5)
    assert (loud > 0.13).sum() > len(loud) - 8, "it is heard, but where a part breaks off"
    titles, marks, _ = zip(*chapters(made), strict=True)
    assert titles == ("One", "Two", "between", "Three", "Four")
    third = first + broken
    assert marks == pytest.approx((0, 4, first, third, third + 1), abs=0.01)


def test_parts_that_differ(tmp_path: Path) -> None:
    """Of another kind, or with another size: they are no one video, and a sentence says so."""
    for other in (
        live_take("mp4", 6),
        live_take("webm", 1, width=320),
        live_take("webm", 1, sound=False),
    ):
        parts = in_files(tmp_path, live_take("webm", 6), other)
        with pytest.raises(Refused, match=DIFFER):
            join(parts, [0.0, 9.0], str(tmp_path / "made"))


def test_a_place_in_the_file() -> None:
    """What is before it, after it or between two parts is at their edge."""
    begins, lengths = [10.0, 20.0, 21.0, 30.0], [5.0, 0.0, 4.0, 2.0]
    places = {0: 0, 10: 0, 12: 2, 15: 5, 18: 5, 20: 5, 21: 5, 23: 7, 28: 9, 31: 10, 99: 11}
    for time, place in places.items():
        assert placed(time, begins, lengths) == place


def test_suffixes() -> None:
    """The kind of a recording is known by how it begins."""
    assert [suffix_of(live_take(kind, 6)) for kind in LIVE] == [f".{kind}" for kind in LIVE]
    assert suffix_of(b"") == suffix_of(HLS) == ""
