"""One recording, from the wish to the file."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from show.filming import CLOSED, Film
from show.markdown import parse
from show.model import TranscriptLine
from speech import Word
from tests.support.takes import chapters, live_take

pytestmark = pytest.mark.anyio

SHOW = parse("# One\n\n<!-- A. -->\n\n---\n\n<!-- B. -->\n", name="A: show?" + "ю" * 200)
WORDS = (Word(0.0, 0.5, "A."),)
LINES = (
    TranscriptLine("Before.", "spoken", began=1.0, ended=2.0, words=(Word(0.0, 1.0, "Before."),)),
    TranscriptLine("A.", "spoken", began=11.0, ended=11.5, words=WORDS),
    TranscriptLine("Failed.", "failed", slide=1),
)


@pytest.fixture
def film() -> Iterator[Film]:
    """A recording that was asked for."""
    film = Film(1, "One")
    yield film
    film.close()


async def test_a_recording_becomes_a_file(film: Film, tmp_path: Path) -> None:
    """With a chapter for each slide, and what was heard in it, by its own clock."""
    now = asyncio.get_running_loop().time()
    film.begins("page", now, since=0.5)
    assert film.began == now - 0.5
    film.shows("One", now + 0.2)
    film.shows("Two", now + 0.5)
    whole = live_take("webm", 3)
    await film.add(0, whole[:5000])
    await film.add(1, whole[5000:])
    film.ends()
    await film.save(SHOW, LINES, show_began=now - 10.5)
    assert (film.state, film.problem) == ("ready", None)
    assert film.file
    with zipfile.ZipFile(film.file) as packed:
        names = set(packed.namelist())
        video = next(name for name in names if name.endswith((".webm", ".mp4")))
        assert {Path(name).suffix for name in names - {video}} == {".md", ".vtt", ".srt", ".json"}
        transcript = json.loads(packed.read(video.rpartition(".")[0] + ".json"))["entries"]
        packed.extract(video, tmp_path)
    assert [(e["text"], e["began"]) for e in transcript] == [("A.", pytest.approx(1.0))]
    assert [title for title, *_ in chapters(tmp_path / video)] == ["One", "Two"]


async def test_what_has_come_is_kept(film: Film) -> None:
    """When the stage's page can't go on; and it says why."""
    film.begins("page", asyncio.get_running_loop().time(), since=0.0)
    await film.add(0, live_take("webm", 2))
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
    assert (film.began, film.page) == (now, "page")
    film.ends()
    film.begins("page", now + 6, since=0.0)
    film.shows("Two", now + 6)
    assert (film.state, film.began) == ("saving", now)


async def test_what_a_library_can_not_take_is_told(film: Film) -> None:
    """Bytes that begin as a recording does, and are none."""
    film.begins("page", asyncio.get_running_loop().time(), since=0.0)
    await film.add(0, live_take("webm", 1)[:300] + bytes(5000))
    film.ends()
    await film.save(SHOW, (), None)
    assert film.state == "failed"
    assert film.problem
