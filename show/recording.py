"""A recording of a show: its chunks are gathered, and made a file that can be seeked.

A browser writes its recording as it goes on, so the file has no duration, no index and no chapters.
All of this blocks: call it in a thread.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from show import joining
from show.captions import one_line
from show.joining import HEAD, suffix_of
from speech.confined import Limits, NotDone, run

GB = 10**9

LARGEST = 4 * GB
"""Bytes of one take: two hours at the recorder's highest rate."""

LARGEST_CHUNK = 64 * 2**20
"""Bytes; the recorder's are of a second, 0.5 MB each."""

SPARE = GB
"""Bytes of the disk that no recording takes."""

MOST_CHAPTERS = 1_000
LONGEST_TITLE = 200
"""Characters of a chapter's title."""

MOST_PARTS = 200
"""Of a take: a page of the stage that is reloaded begins another one."""

DEADLINE = 900.0
"""Seconds in which a file is to be made: 4 GB are written twice, as MP4 has its index in front."""

LARGEST_INDEX = 64 * 2**20
"""Bytes of a file beyond those of the recording."""
LONGEST_ANSWER = 10_000
"""Bytes that hold `MOST_PARTS` lengths."""

UNWRITTEN = "The file of the recording could not be written"


class RecordingFailed(RuntimeError):
    """No recording, or no more of it; the message is the sentence for the presenter."""


class PartsDiffer(RecordingFailed):
    """Parts that can't be one video: of another size, or another browser's."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """From `start` to the next one; in seconds, on the clock on which the recording began."""

    title: str
    start: float


class Room:
    """How many bytes all takes of a server may have together."""

    def __init__(self, most: int = 16 * GB) -> None:
        self.most = most
        self.taken = 0
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Whether so much was left; then it is taken."""
        with self._lock:
            if self.taken + size > self.most:
                return False
            self.taken += size
            return True

    def free(self, size: int) -> None:
        """Give so much back."""
        with self._lock:
            self.taken -= size


ROOM = Room()
"""What all takes share that are given no other."""


@dataclass(slots=True)
class _Part:
    file: Path
    size: int = 0
    chunks: int = 0


class Take:
    """A recording that comes in chunks: a file for each of its parts, in a folder that nobody else
    can read.

    `close()` deletes it, and so does the end of a `with` block or of the server. `closing` is
    cancelled then.
    """

    def __init__(self, room: Room = ROOM, largest: int = LARGEST) -> None:
        self._room = room
        self._largest = largest
        self._folder = tempfile.TemporaryDirectory(prefix="recording-")
        self._lock = threading.Lock()
        self._closed = False
        self._parts: dict[int, _Part] = {}
        self.closing: Future[None] = Future()
        self.folder = Path(self._folder.name)
        self.size = 0

    @property
    def files(self) -> Mapping[int, Path]:
        """Those of the parts of which something has come, by their numbers, in order."""
        return {number: self._parts[number].file for number in sorted(self._parts)}

    def append(self, index: int, chunk: bytes, part: int = 0) -> None:
        """Add the chunk of this number, from 0, to this part. One that is there already is not
        added again, so that it can be sent twice.

        Raises `RecordingFailed` for one that is too large, comes too early or is no recording, and
        where the room or the disk is full. What was added before is kept.
        """
        with self._lock:
            if self._closed:
                raise RecordingFailed("The recording has ended. Start a new one.")
            to = self._parts.get(part) or _Part(self.folder / f"part-{part}")
            if index < to.chunks:
                return
            if index > to.chunks:
                raise RecordingFailed(
                    f"A part of the recording is missing: part {index + 1} came before part"
                    f" {to.chunks + 1}. What came until then is kept."
                )
            self._check_room(to, chunk)
            try:
                with to.file.open("ab") as file:
                    file.write(chunk)
            except OSError as error:
                self._room.free(len(chunk))
                with suppress(OSError):
                    os.truncate(to.file, to.size)  # a full disk takes a part of a chunk
                raise RecordingFailed(
                    f"The server can't keep the recording: {error.strerror}."
                    " What came until then is kept."
                ) from error
            self._parts[part] = to
            self.size += len(chunk)
            to.size += len(chunk)
            to.chunks += 1

    def _check_room(self, to: _Part, chunk: bytes) -> None:
        # A browser's first chunk can be of a byte or two: wait for enough to judge by.
        begun = to.file.read_bytes() if 0 < to.size < HEAD else b""
        head = begun + chunk if to.size < HEAD else b""
        if len(head) >= HEAD and not suffix_of(head):
            raise RecordingFailed("What came is no recording. Record with the presenter's page.")
        if to.chunks == 0 and len(self._parts) == MOST_PARTS:
            raise RecordingFailed("The stage was opened too often. What came until then is kept.")
        if len(chunk) > LARGEST_CHUNK:
            raise RecordingFailed("A part of the recording is too large. Start a new recording.")
        if self.size + len(chunk) > self._largest:
            raise RecordingFailed(
                f"The recording is full: {self._largest / GB:g} GB are the most."
                " What came until then is kept."
            )
        # Twice: the file that can be seeked is made beside it.
        if shutil.disk_usage(self.folder).free < 2 * (self.size + len(chunk)) + SPARE:
            raise RecordingFailed("The server's disk is full. What came until then is kept.")
        if not self._room.take(len(chunk)):
            raise RecordingFailed(
                "The server has no room for more recordings. What came until then is kept."
            )

    def close(self) -> None:
        """Delete it."""
        self.closing.cancel()
        with self._lock:
            if not self._closed:
                self._closed = True
                self._room.free(self.size)
                self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def joined(
    parts: Sequence[Path],
    into: Path,
    begins: Sequence[float] = (0.0,),
    chapters: Sequence[Chapter] = (),
    title: str = "",
    stop: Future[None] | None = None,
) -> tuple[float, ...]:
    """Make one file of these parts, as `joining.join` does, in a process of its own, which is ended
    when `stop` is done or cancelled.

    Raises `PartsDiffer`, and `RecordingFailed` for an empty or a broken recording, and where `into`
    can't be written; then there is no file.
    """
    given = {
        "parts": [str(part) for part in parts],
        "begins": begins,
        "into": str(into),
        "chapters": [
            (one_line(chapter.title)[:LONGEST_TITLE], chapter.start)
            for chapter in chapters[:MOST_CHAPTERS]
        ],
        "title": one_line(title),
    }
    size = sum(part.stat().st_size for part in parts)
    limits = Limits(joining.MEMORY, joining.SECONDS, DEADLINE, LONGEST_ANSWER, size + LARGEST_INDEX)
    try:
        into.touch()
        lengths = run(joining.__file__, given=json.dumps(given).encode(), limits=limits, stop=stop)
    except OSError as error:
        raise RecordingFailed(f"{UNWRITTEN}: {error.strerror}.") from error
    except NotDone as failure:
        into.unlink(missing_ok=True)  # with its folder, where the take was closed
        if str(failure) == joining.DIFFER:
            raise PartsDiffer(joining.DIFFER) from failure
        reasons = {"refused": str(failure), "no room": f"{UNWRITTEN}: the server is too busy."}
        raise RecordingFailed(reasons.get(failure.why, joining.BROKEN)) from failure
    return tuple(json.loads(lengths))


def packed(files: Sequence[Path], transcripts: Mapping[str, bytes], into: Path) -> None:
    """Write a zip with these files of the recording and, beside them, the transcripts by their file
    names.

    Nothing is compressed: a video gets no smaller. Raises `RecordingFailed` where `into` can't be
    written; then there is no file.
    """
    try:
        with zipfile.ZipFile(into, "w") as archive:
            for file in files:
                archive.write(file, file.name)
            for name, content in transcripts.items():
                archive.writestr(name, content)
    except OSError as error:
        into.unlink(missing_ok=True)
        raise RecordingFailed(
            f"The recording could not be packed: {error.strerror}. Make room, then try again."
        ) from error
