"""The parts of a recording, as a browser wrote them, become a file: for `speech/confined.py`.

FFmpeg reads what a browser sent, so it does that in a process of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from errno import ENOSPC
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av import Packet
from av.container import InputContainer, OutputContainer
from av.stream import Stream

if TYPE_CHECKING:
    from av.container.core import Chapter as Mark  # PyAV 18.1 has it in its stubs alone

SECONDS = 300
"""Of a processor. An hour of video was seen to take some 5 s."""
MEMORY = 600 * 2**20
"""Bytes beyond those of the interpreter and FFmpeg. It holds the index of the file."""

HEAD = 8
"""Bytes by which the kind of a recording is known."""

BROKEN = "The recording is damaged, so no file could be made of it. Record again."
NO_PICTURE = "Nothing was recorded: there is no picture in the recording."
FULL = "The file of the recording could not be written: the server's disk is full. Make room."
DIFFER = "The parts of the recording differ, so they can't be one video."

# FFmpeg also reads playlists, which name files and addresses to open in turn. To open a file it
# decodes some of it, so only what browsers record in is tried.
_READ = {
    "format_whitelist": "matroska,webm,mov,mp4",
    "protocol_whitelist": "",
    "codec_whitelist": "h264,vp8,vp9,av1,libdav1d,aac,opus,libopus,libvpx,libvpx-vp9",
}
_MILLISECONDS = Fraction(1, 1000)


class Refused(SystemExit):
    """Parts of which no file is made; the message is the sentence for the presenter."""


def main(given: bytes) -> Iterator[bytes]:
    """`join` with its arguments by name, as JSON; the lengths as JSON. Raises `Refused`."""
    yield json.dumps(join(**json.loads(given))).encode()


def join(
    parts: Sequence[str],
    begins: Sequence[float],
    into: str,
    chapters: Sequence[tuple[str, float]] = (),
    title: str = "",
) -> list[float]:
    """Write the files `parts`, one after the other, to the file `into`, with a duration, an index
    and chapters; the length of each part in seconds, 0 for one with no picture in it.

    Picture and sound are copied as they are, in the same kind of file: WebM, or MP4 with its index
    at the front. A part that breaks off is kept up to there. `begins`: when each part did, in
    seconds; `chapters`: titles and when each begins, by the same clock. Of two chapters that begin
    at once in the file the later one counts.

    Raises `Refused` where there is no picture in all of them, and where they differ.
    """
    try:
        return _Joined(into).of([Path(part) for part in parts], begins, chapters, title)
    # FFmpeg's errors are of many kinds, OSError among them.
    except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
        is_full = isinstance(error, OSError) and error.errno == ENOSPC
        raise Refused(FULL if is_full else BROKEN) from error


def placed(time: float, begins: Sequence[float], lengths: Sequence[float]) -> float:
    """Where in the file of these parts `time` is, in seconds; what is between two parts is where
    the later one begins. `time` and `begins` are of one clock."""
    found = 0.0
    offsets = accumulate(lengths, initial=0.0)
    for begin, length, offset in zip(begins, lengths, offsets, strict=False):
        if length and begin <= time:
            found = offset + min(time - begin, length)
    return found


def suffix_of(recording: bytes) -> str:
    """The file name's end, by how the bytes begin: ".webm", ".mp4", "" for anything else."""
    if recording.startswith(b"\x1aE\xdf\xa3"):
        return ".webm"
    return ".mp4" if recording[4:8] == b"ftyp" else ""


class _Joined:
    """The file, while it is written: it is opened when the first picture has come."""

    def __init__(self, into: str) -> None:
        self._into = into
        self._file: OutputContainer | None = None
        self._copies: list[Stream] = []
        self._form: list[object] = []
        self._last: dict[int, float] = {}

    def of(
        self,
        parts: Sequence[Path],
        begins: Sequence[float],
        chapters: Sequence[tuple[str, float]],
        title: str,
    ) -> list[float]:
        lengths: list[float] = []
        problem = NO_PICTURE
        for part in parts:
            lengths.append(0.0)
            with part.open("rb") as file:
                kind = suffix_of(file.read(HEAD))
                file.seek(0)
                if not kind:
                    problem = BROKEN if part.stat().st_size else problem
                    continue
                try:
                    taken = av.open(file, "r", container_options=_READ, metadata_errors="ignore")
                except (av.FFmpegError, ValueError):
                    problem = BROKEN
                    continue
                with taken:
                    lengths[-1] = self._add(taken, kind, sum(lengths), title)
        if self._file is None:
            raise Refused(problem)
        marks = [(name, placed(at, begins, lengths)) for name, at in chapters]
        # FFmpeg takes them in the end, too, and before that nobody knows how long it is.
        self._file.set_chapters(_marks(marks, sum(lengths)))
        self._file.close()
        return lengths

    def _add(self, taken: InputContainer, kind: str, offset: float, title: str) -> float:
        """Copy it to the end; its length."""
        if not taken.streams.video:
            return 0.0
        streams: list[Stream] = [taken.streams.video[0], *taken.streams.audio[:1]]
        end = offset
        for packet in _packets(taken, streams):
            if self._file is None:
                self._open(kind, streams, title)
            elif end == offset and self._form != [kind, *map(_form, streams)]:
                raise Refused(DIFFER)
            place = streams.index(packet.stream)
            assert packet.dts is not None
            shift = round(offset / packet.time_base)
            shown = (packet.dts if packet.pts is None else packet.pts) + shift
            packet.dts, packet.pts = packet.dts + shift, shown
            end = max(end, float((shown + (packet.duration or 0)) * packet.time_base))
            # MP4's time neither stands still nor goes back.
            if (time := float(packet.dts * packet.time_base)) > self._last.get(place, time - 1):
                self._last[place] = time
                packet.stream = self._copies[place]
                assert self._file
                self._file.mux(packet)
        return end - offset

    def _open(self, kind: str, streams: Sequence[Stream], title: str) -> None:
        self._form = [kind, *map(_form, streams)]
        options = {"movflags": "+faststart"} if kind == ".mp4" else {}
        self._file = av.open(self._into, "w", format=kind[1:], container_options=options)
        self._file.metadata["title"] = title
        self._copies = [self._file.add_stream_from_template(stream) for stream in streams]


def _form(stream: Stream) -> object:
    """What must be alike in parts that become one."""
    codec = stream.codec_context
    size = (codec.width, codec.height) if isinstance(codec, av.VideoCodecContext) else ()
    rate = (codec.sample_rate, codec.channels) if isinstance(codec, av.AudioCodecContext) else ()
    return codec.name, codec.extradata, size, rate


def _packets(taken: InputContainer, streams: list[Stream]) -> Iterator[Packet[Stream]]:
    """Those that a file can have, from the first picture up to where the recording breaks off; none
    where there is no picture."""
    video = streams[0]
    waiting: list[Packet[Stream]] = []
    shows = False
    with suppress(av.FFmpegError):
        for packet in taken.demux(streams):
            if packet.dts is None or packet.is_corrupt:
                continue
            if shows:
                yield packet
            elif packet.stream is not video:
                waiting.append(packet)
            elif packet.is_keyframe:  # it needs no other picture
                shows = True
                yield from (*waiting, packet)


def _marks(chapters: Sequence[tuple[str, float]], length: float) -> list[Mark]:
    """The chapters as FFmpeg has them, in milliseconds."""
    end = round(length * 1000)
    titles = {round(at * 1000): title for title, at in sorted(chapters, key=lambda each: each[1])}
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
