"""The recordings of a run, one after the other, and which page of the stage makes each.

It runs on the run's event loop. One page records at a time: when it has gone, the next page that
opens goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sessions.desk import Refused
from show.filming import Film, FilmState, Part
from show.model import Show, TranscriptLine

if TYPE_CHECKING:
    from show.run import Scene

NO_STAGE = "The stage's page records, and none is open: open the stage first."
STILL_SAVED = "The recording before this one is still being saved: try again in a moment."

COMES_BACK = 30.0
"""Seconds in which the page that records is to have a line again, or a new page to open. Between
two tries a page pauses for up to 8 s: after ten seconds without a network it was back after 16."""

LAST_CHUNK = 10.0
"""Seconds that the stage's page has to send what is left; then what has come is the recording."""


@dataclass(frozen=True, slots=True)
class FilmSeen:
    """What the pages see of the recording. `problem`: why there is none, or what is wrong with it.

    `part`: the number of the part that is recorded now, or soon, by the stage's page `page`; 0 for
    none.
    """

    state: FilmState = "off"
    problem: str | None = None
    part: int = 0
    page: str = ""


OFF = FilmSeen()


class Films:
    """The present recording of a run, or the last one.

    `scene`: that of the run at this moment; `show`: has the pages see this from now on.
    """

    def __init__(self, scene: Callable[[], Scene], show: Callable[[FilmSeen], None]) -> None:
        self.film: Film | None = None
        self._scene = scene
        self._show = show
        self._loop = asyncio.get_running_loop()
        self._pages: list[str] = []  # that are open, the newest last; by its name for each line
        self._parts = 0
        self._end: asyncio.TimerHandle | None = None
        self._story: tuple[Show, tuple[TranscriptLine, ...], float | None] | None = None
        self._saving: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """Delete it. Idempotent."""
        self._wait_no_more()
        for saving in self._saving:
            saving.cancel()
        if self.film:
            self._loop.run_in_executor(None, self.film.close)

    def start(self) -> None:
        """Have the newest page of the stage record; while one does, this changes nothing. The
        recording before this one is deleted. Raises `Refused` while that is being saved."""
        if self.film and self.film.goes_on:
            return
        if self.film and self.film.state == "saving":
            raise Refused(STILL_SAVED)
        if not self._pages:
            self._show(FilmSeen("failed", NO_STAGE))
            return
        self.close()
        self.film = Film(self._title, self._loop.time())
        self._appoint(self._pages[-1])

    def stop(self) -> None:
        """Have the page that records end it, and make the file."""
        if (film := self.film) and film.goes_on:
            film.ends()
            self._save_later(LAST_CHUNK if film.parts[-1].page in self._pages else 0.0)

    def opened(self, page: str) -> None:
        """The stage's page of this name has a line, its first one or another."""
        self._pages.append(page)
        film = self.film
        if film and film.goes_on and film.parts[-1].page not in self._pages[:-1]:
            self._wait_no_more()
            if film.parts[-1].page != page:
                self._appoint(page)

    def gone(self, page: str) -> None:
        """A line of this page is lost: if it records, it may come back, or a new one in its place;
        else one that was open before goes on.

        A page that was opened after it goes on at once: it may be the new one, seen before the old
        one was seen to go, and has the picture anyway.
        """
        place = self._pages.index(page)
        del self._pages[place]
        film = self.film
        if film and film.goes_on and film.parts[-1].page == page and page not in self._pages:
            if later := self._pages[place:]:
                self._appoint(later[-1])
            else:
                self._end = self._loop.call_later(COMES_BACK, self._replace)

    def begins(self, page: str, since: float) -> None:
        """This page of the stage records, `since` so many seconds. It says so again when its line
        was lost."""
        if self.film:
            self.film.begins(page, self._loop.time(), since)
            self._tell()

    def fails(self, page: str, sentence: str) -> None:
        """This page of the stage can't record."""
        film = self.film
        if film and film.goes_on and film.parts[-1].page == page:
            film.fails(sentence)
            self._save_later(0.0)  # what has come is kept

    def film_of(self, part: int, page: str) -> Film | None:
        """The recording that still takes chunks of this part, which this page records."""
        film = self.film
        if film and (film.goes_on or film.state == "saving"):
            return film if (part, page) in ((p.number, p.page) for p in film.parts) else None
        return None

    async def ended(self, part: int) -> None:
        """The last chunk of this part has come."""
        if (film := self.film) and film.parts[-1].number == part:
            await self._save(film)

    def shows(self) -> None:
        """Another slide may be shown."""
        if self.film:
            self.film.shows(self._title, self._loop.time())

    @property
    def _title(self) -> str:
        show, slide = self._scene().show, self._scene().play.slide
        return show.filled(show.slides[slide].title) or f"Slide {slide + 1}"

    def _appoint(self, page: str) -> None:
        assert self.film
        self._parts += 1
        self.film.appoint(Part(self._parts, page))
        self._tell()

    def _replace(self) -> None:
        if self._pages:
            self._appoint(self._pages[-1])
        else:
            self.stop()

    def _save_later(self, seconds: float) -> None:
        self._wait_no_more()
        scene, film = self._scene(), self.film
        assert film
        self._story = scene.show, scene.transcript, scene.began
        self._tell()

        def save() -> None:
            task = self._loop.create_task(self._save(film))
            self._saving.add(task)
            task.add_done_callback(self._saving.discard)

        if film.state == "saving":
            self._end = self._loop.call_later(seconds, save)

    async def _save(self, film: Film) -> None:
        if self._story:
            await film.save(*self._story)
            self._tell()

    def _wait_no_more(self) -> None:
        if self._end:
            self._end.cancel()
            self._end = None

    def _tell(self) -> None:
        if film := self.film:
            part = film.parts[-1]
            is_wanted = (part.number, part.page) if film.goes_on else (0, "")
            self._show(FilmSeen(film.state, film.problem, *is_wanted))
