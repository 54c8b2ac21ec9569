"""A recording of a show: its chunks are gathered, and made a file that can be seeked.

A browser writes its recording as it goes on, so the file has no duration, no index and no chapters.
All of this blocks: call it in a thread.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from errno import ENOSPC
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Self

import av
from av import Packet
from av.container import InputContainer
from av.stream import Stream

from show.captions import one_line

if TYPE_CHECKING:
    from av.container.core import Chapter as Mark  # PyAV 18.1 has it in its stubs alone

GB = 10**9

LARGEST = 4 * GB
"""Bytes of one take: two hours at the recorder's highest rate."""

LARGEST_CHUNK = 64 * 2**20
"""Bytes; the recorder's are of a second, 0.5 MB each."""

HEAD = 8
"""Bytes by which the kind of a recording is known."""

SPARE = GB
"""Bytes of the disk that no recording takes."""

MOST_CHAPTERS = 1_000
LONGEST_TITLE = 200
"""Characters of a chapter's title."""

_READ = {"format_whitelist": "matroska,webm,mov,mp4", "protocol_whitelist": ""}
"""FFmpeg also reads playlists, which name files and addresses to open in turn."""

_MILLISECONDS = Fraction(1, 1000)


BROKEN = "The recording is damaged, so no file could be made of it. Record again."
NO_PICTURE = "Nothing was recorded: there is no picture in the recording."
UNWRITTEN = "The file of the recording could not be written"


class RecordingFailed(RuntimeError):
    """No recording, or no more of it; the message is the sentence for the presenter."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """From `start` (seconds) to the next one."""

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


class Take:
    """A recording that comes in chunks, as a file in a folder that nobody else can read.

    `close()` deletes it, and so does the end of a `with` block or of the server.
    """

    def __init__(self, room: Room = ROOM, largest: int = LARGEST) -> None:
        self._room = room
        self._largest = largest
        self._folder = tempfile.TemporaryDirectory(prefix="recording-")
        self._lock = threading.Lock()
        self._closed = False
        self.size = 0
        self.chunks = 0
        self.file = Path(self._folder.name, "take")
        self.file.touch()

    def append(self, index: int, chunk: bytes) -> None:
        """Add the chunk of this number, from 0. One that is there already is not added again, so
        that it can be sent twice.

        Raises `RecordingFailed` for one that is too large, comes too early or is no recording, and
        where the room or the disk is full. What was added before is kept.
        """
        with self._lock:
            if self._closed:
                raise RecordingFailed("The recording has ended. Start a new one.")
            if index < self.chunks:
                return
            if index > self.chunks:
                raise RecordingFailed(
                    f"A part of the recording is missing: part {index + 1} came before part"
                    f" {self.chunks + 1}. What came until then is kept."
                )
            self._check_room(chunk)
            try:
                with self.file.open("ab") as file:
                    file.write(chunk)
            except OSError as error:
                self._room.free(len(chunk))
                with suppress(OSError):
                    os.truncate(self.file, self.size)  # a full disk takes a part of a chunk
                raise RecordingFailed(
                    f"The server can't keep the recording: {error.strerror}."
                    " What came until then is kept."
                ) from error
            self.size += len(chunk)
            self.chunks += 1

    def _check_room(self, chunk: bytes) -> None:
        # A browser's first chunk can be of a byte or two: wait for enough to judge by.
        head = self.file.read_bytes() + chunk if self.size < HEAD else b""
        if len(head) >= HEAD and not suffix_of(head):
            raise RecordingFailed("What came is no recording. Record with the presenter's page.")
        if len(chunk) > LARGEST_CHUNK:
            raise RecordingFailed("A part of the recording is too large. Start a new recording.")
        if self.size + len(chunk) > self._largest:
            raise RecordingFailed(
                f"The recording is full: {self._largest / GB:g} GB are the most."
                " What came until then is kept."
            )
        # Twice: the file that can be seeked is made beside it.
        if shutil.disk_usage(self._folder.name).free < 2 * (self.size + len(chunk)) + SPARE:
            raise RecordingFailed("The server's disk is full. What came until then is kept.")
        if not self._room.take(len(chunk)):
            raise RecordingFailed(
                "The server has no room for more recordings. What came until then is kept."
            )

    def close(self) -> None:
        """Delete it."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._room.free(self.size)
                self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def suffix_of(recording: bytes) -> str:
    """The file name's end, by how the bytes begin: ".webm", ".mp4", "" for anything else."""
    if recording.startswith(b"\x1aE\xdf\xa3"):
        return ".webm"
    return ".mp4" if recording[4:8] == b"ftyp" else ""


def remux(source: Path, into: Path, chapters: Sequence[Chapter] = (), title: str = "") -> None:
    """Write the recording `source` to the file `into`, with a duration, an index and chapters.

    Picture and sound are copied as they are, in the same kind of file: WebM, or MP4 with its index
    at the front. A recording that breaks off is kept up to there. Chapters begin within it, in any
    order; of two that begin at once the later one counts.

    Raises `RecordingFailed` for an empty or a broken recording, and where `into` can't be written;
    then there is no file.
    """
    try:
        into.touch()
    except OSError as error:
        raise RecordingFailed(f"{UNWRITTEN}: {error.strerror}.") from error
    try:
        with source.open("rb") as file:
            kind = suffix_of(file.read(HEAD))
            file.seek(0)
            if not kind:
                raise RecordingFailed(BROKEN if source.stat().st_size else NO_PICTURE)
            with av.open(file, "r", container_options=_READ, metadata_errors="ignore") as taken:
                _copy(taken, into, kind, chapters, one_line(title))
    except RecordingFailed:
        into.unlink()
        raise
    # FFmpeg's errors are of many kinds, OSError among them.
    except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
        into.unlink()
        is_full = isinstance(error, OSError) and error.errno == ENOSPC
        reason = f"{UNWRITTEN}: the server's disk is full. Make room, then try again."
        raise RecordingFailed(reason if is_full else BROKEN) from error


def _copy(
    taken: InputContainer, into: Path, kind: str, chapters: Sequence[Chapter], title: str
) -> None:
    if not taken.streams.video:
        raise RecordingFailed(NO_PICTURE)
    video = taken.streams.video[0]
    streams: list[Stream] = [video, *taken.streams.audio[:1]]
    options = {"movflags": "+faststart"} if kind == ".mp4" else {}
    length, has_picture = 0.0, False
    with av.open(str(into), "w", format=kind[1:], container_options=options) as file:
        file.metadata["title"] = title
        copies = {stream.index: file.add_stream_from_template(stream) for stream in streams}
        for packet in _packets(taken.demux(streams), video.index):
            has_picture |= packet.stream_index == video.index
            length = max(length, _end(packet))
            packet.stream = copies[packet.stream_index]
            file.mux(packet)
        if not has_picture:
            raise RecordingFailed(NO_PICTURE)
        # FFmpeg takes them in the end, too, and before that nobody knows how long it is.
        file.set_chapters(_marks(chapters, length))


def _packets(packets: Iterator[Packet[Stream]], video: int) -> Iterator[Packet[Stream]]:
    """Those that a file can have, up to where the recording breaks off."""
    before: dict[int, int] = {}
    with suppress(av.FFmpegError):
        for packet in packets:
            index, time = packet.stream_index, packet.dts
            # The first picture needs no other one; MP4's time neither stands still nor goes back.
            shows = index != video or video in before or packet.is_keyframe
            if time is not None and shows and time > before.get(index, time - 1):
                before[index] = time
                yield packet


def _end(packet: Packet[Stream]) -> float:
    begin = packet.pts if packet.pts is not None else packet.dts
    return float(((begin or 0) + (packet.duration or 0)) * packet.time_base)


def _marks(chapters: Sequence[Chapter], length: float) -> list[Mark]:
    """The chapters as FFmpeg has them, in milliseconds."""
    end = round(length * 1000)
    titles = {
        max(0, round(chapter.start * 1000)): one_line(chapter.title)[:LONGEST_TITLE]
        for chapter in sorted(chapters[:MOST_CHAPTERS], key=lambda chapter: chapter.start)
    }
    starts = [start for start in titles if start < end]
    return [
        {
            "id": number,
            "start": start,
            "end": after,
            "time_base": _MILLISECONDS,
            "metadata": {"title": titles[start]},
        }
        for number, (start, after) in enumerate(pairwise([*starts, end]), 1)
    ]


def packed(recording: Path, transcripts: Mapping[str, bytes], into: Path) -> None:
    """Write a zip with the recording and, beside it, the transcripts by their file names.

    Nothing is compressed: a video gets no smaller. Raises `RecordingFailed` where `into` can't be
    written; then there is no file.
    """
    try:
        with zipfile.ZipFile(into, "w") as archive:
            archive.write(recording, recording.name)
            for name, content in transcripts.items():
                archive.writestr(name, content)
    except OSError as error:
        into.unlink(missing_ok=True)
        raise RecordingFailed(
            f"The recording could not be packed: {error.strerror}. Make room, then try again."
        ) from error
