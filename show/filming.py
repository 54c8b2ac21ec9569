"""One recording of a show, from the wish to the file: what the audience saw and heard.

The stage's page records, and sends its chunks; here they become a file that can be seeked, with a
chapter for each slide and the transcript beside it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from show.model import Show, TranscriptLine
from show.recording import Chapter, RecordingFailed, Take, packed, remux, suffix_of
from show.transcript import as_json, as_markdown, as_srt, as_webvtt

FilmState = Literal["off", "asked", "on", "saving", "ready", "failed"]
"""`asked`: the stage's page is to begin; `saving`: it is to end; `ready`: a file is there."""

LONGEST_NAME = 80
"""Characters of the file's name."""

NO_STAGE = "The stage's page records, and none is open: open the stage first."
NOT_SAVED = "The recording could not be made a file. Record again."
CLOSED = "The stage's page was closed before anything was recorded."

_log = logging.getLogger(__name__)

LAST_CHUNK = 10.0
"""Seconds that the stage's page has to send what is left; then what has come is the recording."""


class Film:
    """One recording. `now`: seconds on the loop's clock, as in each method.

    `page`: the stage's page that records it, the first one that has begun.
    """

    def __init__(self, number: int, title: str) -> None:
        self.number = number
        self.page: str | None = None
        self.state: FilmState = "asked"
        self.problem: str | None = None
        self.file: Path | None = None
        self.began: float | None = None
        self._take = Take()
        self._marks = [Chapter(title, 0.0)]
        self._lock = asyncio.Lock()

    @property
    def goes_on(self) -> bool:
        """It is recorded now, or soon."""
        return self.state in ("asked", "on")

    def begins(self, page: str, now: float, since: float) -> None:
        """This page records, `since` so many seconds."""
        if self.state == "asked":
            self.state, self.page, self.began = "on", page, now - since

    def shows(self, title: str, now: float) -> None:
        """Another slide is shown: a chapter begins."""
        if self.goes_on and self._marks[-1].title != title:
            self._marks.append(Chapter(title, 0.0 if self.began is None else now - self.began))

    def ends(self) -> None:
        """The stage's page is to end it."""
        if self.goes_on:
            self.state = "saving"

    def fails(self, sentence: str) -> None:
        """There is no more of it, and why. What has come is still to be saved."""
        self.state = "saving" if self._take.chunks else "failed"
        self.problem = sentence

    async def add(self, index: int, chunk: bytes) -> None:
        """Keep the chunk of this number. Raises `RecordingFailed`."""
        async with self._lock:
            await asyncio.to_thread(self._take.append, index, chunk)

    async def save(
        self, show: Show, transcript: Sequence[TranscriptLine], show_began: float | None
    ) -> None:
        """Make the file of what has come. `show_began`: when the transcript's times count from."""
        async with self._lock:
            if self.state != "saving":
                return
            if self.began is None or not self._take.chunks:
                self.state, self.problem = "failed", self.problem or CLOSED
                return
            ahead = self.began - (self.began if show_began is None else show_began)
            heard = tuple(_within(transcript, ahead))
            started = datetime.now().astimezone() - timedelta(
                seconds=asyncio.get_running_loop().time() - self.began
            )
            try:
                self.file = await asyncio.to_thread(self._pack, show, heard, started)
                self.state = "ready"
            except RecordingFailed as problem:
                self.state, self.problem = "failed", str(problem)
            except Exception as error:  # whatever a recording from a browser does to a library
                _log.error("A recording failed with %s: %s", type(error).__name__, error)
                self.state, self.problem = "failed", NOT_SAVED

    def close(self) -> None:
        """Delete it."""
        self._take.close()

    def _pack(self, show: Show, transcript: Sequence[TranscriptLine], started: datetime) -> Path:
        folder = self._take.file.parent
        with self._take.file.open("rb") as file:
            suffix = suffix_of(file.read(64))
        name = re.sub(r"[^\w -]+", "", show.name)[:LONGEST_NAME].strip() or "show"
        seekable = folder / f"{name}{suffix}"
        remux(self._take.file, seekable, self._marks, show.name)
        transcripts = {
            f"{name}.md": as_markdown(transcript, show, started),
            f"{name}.vtt": as_webvtt(transcript),
            f"{name}.srt": as_srt(transcript),
            f"{name}.json": as_json(transcript, show, started),
        }
        whole = folder / f"{name}.zip"
        packed(seekable, {n: text.encode() for n, text in transcripts.items()}, whole)
        return whole


def _within(transcript: Sequence[TranscriptLine], ahead: float) -> list[TranscriptLine]:
    """Those heard after the recording began, with their times from then on."""
    return [
        replace(line, began=max(0.0, line.began - ahead), ended=line.ended - ahead)
        for line in transcript
        if line.began is not None and line.ended is not None and line.ended > ahead
    ]
