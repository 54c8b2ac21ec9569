"""One recording of a show, from the wish to the file: what the audience saw and heard.

A page of the stage records, and sends its chunks. When it is reloaded, the new page goes on with
the next part. All parts become one file that can be seeked, with a chapter for each slide and the
transcript beside it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from show.joining import HEAD, placed, suffix_of
from show.model import Show, TranscriptLine
from show.recording import Chapter, PartsDiffer, RecordingFailed, Take, joined, packed
from show.transcript import as_json, as_markdown, as_srt, as_webvtt

FilmState = Literal["off", "asked", "on", "saving", "ready", "failed"]
"""`asked`: the stage's page is to begin; `saving`: it is to end; `ready`: a file is there."""

LONGEST_NAME = 80
"""Characters of the file's name."""

NOT_SAVED = "The recording could not be made a file. Record again."
CLOSED = "The recording ended before anything was recorded."
SEVERAL = (
    "The stage's window was recorded in parts that differ, so there is a video for each of them."
)
LOST = (
    "The stage's window was recorded in parts that differ, so each is a video of its own. Of these"
    " none could be made: {}."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """What one page of the stage records. `began`: when its file did, None before it.

    `number`: of no other part on this server.
    """

    number: int
    page: str
    began: float | None = None


class Film:
    """One recording. All times are seconds on the loop's clock."""

    def __init__(self, title: str, now: float) -> None:
        self.state: FilmState = "asked"
        self.problem: str | None = None
        self.file: Path | None = None
        self.parts: list[Part] = []
        self._take = Take()
        self._marks = [Chapter(title, now)]
        self._lock = asyncio.Lock()

    @property
    def goes_on(self) -> bool:
        """It is recorded now, or soon."""
        return self.state in ("asked", "on")

    def appoint(self, part: Part) -> None:
        """The page of this part is to record from now on, and no other one."""
        self.parts.append(part)

    def begins(self, page: str, now: float, since: float) -> None:
        """This page records, `since` so many seconds. It may say so again."""
        part = self.parts[-1]
        if self.goes_on and part.page == page and part.began is None:
            self.state, self.parts[-1] = "on", replace(part, began=now - since)

    def shows(self, title: str, now: float) -> None:
        """Another slide is shown: a chapter begins."""
        if self.goes_on and self._marks[-1].title != title:
            self._marks.append(Chapter(title, now))

    def ends(self) -> None:
        """The stage's page is to end it."""
        if self.goes_on:
            self.state = "saving"

    def fails(self, sentence: str) -> None:
        """There is no more of it, and why. What has come is still to be saved."""
        self.state = "saving" if self._take.files else "failed"
        self.problem = sentence

    async def add(self, number: int, index: int, chunk: bytes) -> None:
        """Keep this chunk of the part of this number. Raises `RecordingFailed`."""
        async with self._lock:
            await asyncio.to_thread(self._take.append, index, chunk, number)

    async def save(
        self, show: Show, transcript: Sequence[TranscriptLine], show_began: float | None
    ) -> None:
        """Make the file of what has come. `show_began`: when the times of the lines count from."""
        async with self._lock:
            if self.state != "saving":
                return
            files = self._take.files
            parts = [p for p in self.parts if p.number in files and p.began is not None]
            if not parts:
                self.state, self.problem = "failed", self.problem or CLOSED
                return
            heard = tuple(_by_the_clock(transcript, show_began or 0.0))
            ago = asyncio.get_running_loop().time() - (parts[0].began or 0.0)
            started = datetime.now().astimezone() - timedelta(seconds=ago)
            try:
                self.file = await asyncio.to_thread(self._pack, show, parts, heard, started)
                self.state = "ready"
            except RecordingFailed as problem:
                self.state, self.problem = "failed", str(problem)
            except Exception as error:  # whatever a recording from a browser does to a library
                _log.error("A recording failed with %s: %s", type(error).__name__, error)
                self.state, self.problem = "failed", NOT_SAVED

    def close(self) -> None:
        """Delete it. What makes its file is ended."""
        self._take.close()

    def _pack(
        self, show: Show, parts: Sequence[Part], heard: Sequence[TranscriptLine], started: datetime
    ) -> Path:
        name = re.sub(r"[^\w -]+", "", show.name)[:LONGEST_NAME].strip() or "show"
        whole = self._take.folder / f"{name}.zip"
        try:
            made = [self._made(name, show, parts, heard, started)]
        except PartsDiffer:
            made, lost = [], {}
            for number, part in enumerate(parts, 1):
                try:
                    made.append(self._made(f"{name} {number}", show, [part], heard, started))
                except RecordingFailed as failure:
                    lost[number] = failure
            if not made:
                raise lost[len(parts)] from None
            self.problem = LOST.format(", ".join(map(str, lost))) if lost else SEVERAL
        videos = [video for video, _ in made]
        packed(videos, {n: text for _, texts in made for n, text in texts.items()}, whole)
        for video in videos:
            video.unlink()
        return whole

    def _made(
        self,
        name: str,
        show: Show,
        parts: Sequence[Part],
        heard: Sequence[TranscriptLine],
        started: datetime,
    ) -> tuple[Path, dict[str, bytes]]:
        """The video of these parts, and the transcripts to it by their file names."""
        files = [self._take.files[part.number] for part in parts]
        begins = [part.began or 0.0 for part in parts]
        made = self._take.folder / f"{name}.made"
        lengths = joined(files, made, begins, self._marks, show.name, self._take.closing)
        with made.open("rb") as file:  # the first parts may be of no use, and say nothing of it
            video = made.with_suffix(suffix_of(file.read(HEAD)))
        made.rename(video)
        transcript = tuple(_within(heard, begins, lengths))
        texts = {
            "md": as_markdown(transcript, show, started),
            "vtt": as_webvtt(transcript),
            "srt": as_srt(transcript),
            "json": as_json(transcript, show, started),
        }
        return video, {f"{name}.{kind}": text.encode() for kind, text in texts.items()}


def _by_the_clock(
    transcript: Sequence[TranscriptLine], show_began: float
) -> Iterator[TranscriptLine]:
    """Those that were heard, with their times on the loop's clock."""
    for line in transcript:
        if line.began is not None and line.ended is not None:
            yield replace(line, began=line.began + show_began, ended=line.ended + show_began)


def _within(
    transcript: Sequence[TranscriptLine], begins: Sequence[float], lengths: Sequence[float]
) -> Iterator[TranscriptLine]:
    """Those that are heard in the file of these parts, with their times in it."""

    def place(time: float) -> float:
        return placed(time, begins, lengths)

    for line in transcript:
        assert line.began is not None
        assert line.ended is not None
        began, ended = place(line.began), place(line.ended)
        if ended > began:
            words = tuple(
                replace(
                    word,
                    at=place(line.began + word.at) - began,
                    until=place(line.began + word.until) - began,
                )
                for word in line.words
            )
            yield replace(line, began=began, ended=ended, words=words)
