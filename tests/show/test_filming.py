"""One recording, from the wish to the file."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from show import joining
from show.filming import CLOSED, LOST, SEVERAL, Film, Part
from show.markdown import parse
from show.model import TranscriptLine
from speech import Word
from tests.support.simulator_process import eventually
from tests.support.takes import chapters, duration, live_take

pytestmark = pytest.mark.anyio

SHOW = parse("# One\n\n<!-- A. -->\n\n---\n\n<!-- B. -->\n", name="A: show?" + "ю" * 200)
WORDS = (Word(0.0, 0.5, "A."),)
LINES = (
    TranscriptLine("Before.", "spoken", began=1.0, ended=2.0, words=(Word(0.0, 1.0, "Before."),)),
    TranscriptLine("A.", "spoken", began=11.0, ended=11.5, words=WORDS),
    TranscriptLine("Failed.", "failed", slide=1),
)


@pytest.fixture
async def film() -> AsyncIterator[Film]:
    """A recording that was asked for."""
    film = Film("One", asyncio.get_running_loop().time())
    film.appoint(Part(1, "page"))
    yield film
    film.close()


def unpacked(film: Film, folder: Path) -> list[tuple[Path, list[dict[str, Any]]]]:
    """Each video, with the lines of the transcript beside it."""
    assert film.file
    with zipfile.ZipFile(film.file) as packed:
        packed.extractall(folder)
        names = packed.namelist()
    videos = [folder / name for name in names if name.endswith((".webm", ".mp4"))]
    assert len(names) == 5 * len(videos)
    for video in videos:
        assert all(video.with_suffix(f".{kind}").exists() for kind in ("md", "vtt", "srt"))
    read = (video.with_suffix(".json").read_text("utf-8") for video in videos)
    return [(video, json.loads(text)["entries"]) for video, text in zip(videos, read, strict=True)]


async def test_a_recording_becomes_a_file(film: Film, tmp_path: Path) -> None:
    """With a chapter for each slide, and what was heard in it, by its own clock."""
    now = asyncio.get_running_loop().time()
    film.begins("page", now, since=0.5)
    assert film.parts[0].began == now - 0.5
    film.shows("One", now + 0.2)
    film.shows("Two", now + 0.5)
    whole = live_take("webm", 3)
    await film.add(1, 0, whole[:5000])
    await film.add(1, 1, whole[5000:])
    film.ends()
    await film.save(SHOW, LINES, show_began=now - 10.5)
    assert (film.state, film.problem) == ("ready", None)
    ((video, transcript),) = unpacked(film, tmp_path)
    assert [(e["text"], e["began"]) for e in transcript] == [("A.", pytest.approx(1.0))]
    assert [title for title, *_ in chapters(video)] == ["One", "Two"]


LATER = (
    TranscriptLine(
        "A b.", "spoken", began=1.0, ended=9.0, words=(Word(0, 1, "A"), Word(7, 8, "b."))
    ),
    TranscriptLine("Between.", "spoken", began=4.0, ended=5.0, words=(Word(0, 1, "Between."),)),
    TranscriptLine("C.", "spoken", began=9.0, ended=9.5, words=(Word(0.0, 0.5, "C."),)),
)


async def two_parts(film: Film, kind: str) -> None:
    """3 s by the first page from 0 on, and 2 s by another one from 8 on; the second slide is shown
    between them."""
    now = asyncio.get_running_loop().time()
    film.begins("page", now, since=0.0)
    await film.add(1, 0, live_take("webm", 3))
    film.shows("Two", now + 6)
    film.appoint(Part(2, "reloaded"))
    film.begins("page", now + 7, since=7.0)
    film.begins("reloaded", now + 8, since=0.0)
    film.begins("reloaded", now + 9, since=1.1)
    assert [part.began for part in film.parts] == [now, now + 8]
    await film.add(2, 0, live_take(kind, 2))
    await film.add(1, 0, b"comes twice")
    film.ends()
    await film.save(SHOW, LATER, show_began=now)


async def test_two_pages_make_one_file(film: Film, tmp_path: Path) -> None:
    """The chapters and the words are where they are in it; what no page has recorded is not."""
    await two_parts(film, "webm")
    assert (film.state, film.problem) == ("ready", None)
    ((video, (line, last)),) = unpacked(film, tmp_path)
    first = pytest.approx(3, abs=0.05)
    assert duration(video) == pytest.approx(5, abs=0.1)
    assert [(title, begin) for title, begin, _ in chapters(video)] == [("One", 0), ("Two", first)]
    assert (line["began"], line["ended"]) == (1, pytest.approx(4, abs=0.05))
    assert [(word["at"], word["until"]) for word in line["words"]] == [
        (0, 1),
        (pytest.approx(2, abs=0.05), pytest.approx(3, abs=0.05)),
    ]
    assert (last["text"], last["began"]) == ("C.", pytest.approx(4, abs=0.05))


async def test_parts_that_differ_are_files_of_their_own(film: Film, tmp_path: Path) -> None:
    """Each with its chapters and its transcript; and the presenter is told."""
    await two_parts(film, "mp4")
    assert (film.state, film.problem) == ("ready", SEVERAL)
    (one, said), (two, later) = unpacked(film, tmp_path)
    assert (one.suffix, two.suffix) == (".webm", ".mp4")
    assert [line["text"] for line in said] == ["A b."]
    assert [(line["text"], line["began"]) for line in later] == [("A b.", 0), ("C.", 1)]
    assert [title for title, *_ in chapters(two)] == ["Two"]


async def parts_of(film: Film, *parts: bytes) -> None:
    """Each by another page, 10 s after the one before, and saved."""
    now = asyncio.get_running_loop().time()
    for number, part in enumerate(parts, 1):
        if number > 1:
            film.appoint(Part(number, f"page {number}"))
        film.begins("page" if number == 1 else f"page {number}", now + 10 * number, since=0.0)
        await film.add(number, 0, part)
    film.ends()
    await film.save(SHOW, (), None)


async def test_a_first_part_of_no_use(film: Film, tmp_path: Path) -> None:
    """The file is named by what it has become."""
    await parts_of(film, b"\x1a", live_take("mp4", 2))
    assert (film.state, film.problem) == ("ready", None)
    ((video, _),) = unpacked(film, tmp_path)
    assert video.suffix == ".mp4"


async def test_a_part_of_no_use_among_parts_that_differ(film: Film, tmp_path: Path) -> None:
    """There are videos of the others, and the presenter is told."""
    await parts_of(film, live_take("webm", 2), b"\x1a", live_take("mp4", 2))
    assert (film.state, film.problem) == ("ready", LOST.format(2))
    assert [video.suffix for video, _ in unpacked(film, tmp_path)] == [".webm", ".mp4"]


async def test_what_has_come_is_kept(film: Film) -> None:
    """When the stage's page can't go on; and it says why."""
    film.begins("page", asyncio.get_running_loop().time(), since=0.0)
    await film.add(1, 0, live_take("webm", 2))
    film.fails("The browser has stopped recording.")
    await film.save(SHOW, (), None)
    assert (film.state, film.problem) == ("ready", "The browser has stopped recording.")


async def test_without_a_picture_there_is_no_file(film: Film) -> None:
    """And a second wish to save changes nothing."""
    film.ends()
    await film.save(SHOW, LINES, None)
    assert (film.state, film.problem, film.file) == ("failed", CLOSED, None)
    await film.save(SHOW, LINES, None)
    assert film.state == "failed"


async def test_what_comes_at_the_wrong_time_changes_nothing(film: Film) -> None:
    """A stage's page may be late, or be there twice."""
    now = asyncio.get_running_loop().time()
    film.begins("page", now, since=0.0)
    film.begins("other", now + 5, since=0.0)
    film.ends()
    film.begins("page", now + 6, since=0.0)
    film.shows("Two", now + 6)
    assert (film.state, film.parts) == ("saving", [Part(1, "page", now)])


async def test_what_a_library_can_not_take_is_told(film: Film) -> None:
    """Bytes that begin as a recording does, and are none."""
    film.begins("page", asyncio.get_running_loop().time(), since=0.0)
    await film.add(1, 0, live_take("webm", 1)[:300] + bytes(5000))
    film.ends()
    await film.save(SHOW, (), None)
    assert film.state == "failed"
    assert film.problem


async def test_it_is_closed_while_its_file_is_made(film: Film) -> None:
    """What makes the file is ended at once, whatever it does."""
    film.begins("page", asyncio.get_running_loop().time(), since=0.0)
    await film.add(1, 0, live_take("webm", 2))
    film.ends()
    saving = asyncio.create_task(film.save(SHOW, (), None))
    (maker,) = await asyncio.to_thread(eventually, makers)
    maker.suspend()
    film.close()
    await asyncio.wait_for(saving, timeout=10)
    assert (film.state, makers()) == ("failed", [])


def makers() -> list[psutil.Process]:
    """The processes that make a recording's file."""
    children = psutil.Process().children()
    return [child for child in children if joining.__file__ in child.cmdline()]
