"""A viewer without a browser: receives a session's sound and picture through WHEP.

For tests and benchmarks. Times of arrival are `time.monotonic()`, loudness is the root mean square
of samples from -1 to 1. `python -m tests.support.whep_peer URL` watches until it is killed, and
prints "watching" when the first picture is there.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from numpy.typing import NDArray

from preflight.peer import AUDIBLE, answered, forget, loudness_of, next_frame

MOUTH = (slice(412, 512), slice(300, 420))
"""Rows and columns of a picture in which a face's mouth moves."""


@dataclass(frozen=True, slots=True)
class Packet:
    """20 ms of sound: when it came, its place in the stream (seconds), and how loud it is."""

    at: float
    media_time: float
    loudness: float


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture: when it came, its place in the stream (seconds), its luma."""

    at: float
    media_time: float
    luma: NDArray[np.uint8]

    @property
    def mouth(self) -> NDArray[np.int16]:
        """The part where the mouth is, signed so that two can be subtracted."""
        return self.luma[MOUTH].astype(np.int16)


@dataclass(slots=True)
class WhepPeer:
    """`async with WhepPeer(whep_url) as peer:` watches until the block is left.

    Keeps every sound packet, and the last `keep` pictures; `frames` counts all pictures.
    """

    whep_url: str
    keep: int = 250
    packets: list[Packet] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    frames: int = 0
    _connection: RTCPeerConnection = field(init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _location: str | None = None
    _leave: bool = True

    async def __aenter__(self) -> WhepPeer:
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.on("track", self._receive)
        for kind in ("video", "audio"):
            self._connection.addTransceiver(kind, direction="recvonly")
        try:
            await self._connection.setLocalDescription()
            sdp, self._location = await answered(
                self.whep_url, self._connection.localDescription.sdp
            )
            await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        except BaseException:
            await self._connection.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._location and self._leave:
            await forget(self._location)
        await self.vanish()

    async def vanish(self) -> None:
        """Go without DELETE, as a browser does that is killed."""
        self._leave = False
        await self._connection.close()
        await asyncio.gather(*self._tasks)

    async def until(self, seen: Callable[[WhepPeer], bool], within: float = 15.0) -> None:
        """Return as soon as `seen(peer)` is true; fails after `within` seconds."""
        deadline = time.monotonic() + within
        while not seen(self):
            assert time.monotonic() < deadline, f"Not within {within} s: {self}"
            await asyncio.sleep(0.01)

    def loud(self, since: float = 0.0) -> list[Packet]:
        """The audible packets that came after `since`."""
        return [p for p in self.packets if p.at > since and p.loudness > AUDIBLE]

    def quiet_for(self, seconds: float) -> bool:
        """Whether nothing audible came in the last `seconds`, and packets kept coming."""
        recent = [p for p in self.packets if p.at > time.monotonic() - seconds]
        return len(recent) > seconds * 25 and not any(p.loudness > AUDIBLE for p in recent)

    @property
    def ended(self) -> bool:
        """Whether the other side has hung up."""
        return self._connection.connectionState in ("closed", "failed") or all(
            task.done() for task in self._tasks
        )

    def __str__(self) -> str:
        return (
            f"{self.frames} pictures, {len(self.packets)} packets, {len(self.loud())} audible,"
            f" {self._connection.connectionState}"
        )

    def _receive(self, track: MediaStreamTrack) -> None:
        hear = self._hear if track.kind == "audio" else self._look
        self._tasks.append(asyncio.ensure_future(hear(track)))

    async def _hear(self, track: MediaStreamTrack) -> None:
        while (frame := await next_frame(track)) is not None:
            assert isinstance(frame, av.AudioFrame)
            packet = Packet(time.monotonic(), _media_time(frame), loudness_of(frame))
            self.packets.append(packet)

    async def _look(self, track: MediaStreamTrack) -> None:
        while (frame := await next_frame(track)) is not None:
            assert isinstance(frame, av.VideoFrame)
            luma = frame.to_ndarray(format="gray8").astype(np.uint8, copy=False)
            self.frames += 1
            self.pictures.append(Picture(time.monotonic(), _media_time(frame), luma))
            del self.pictures[: -self.keep]


def _media_time(frame: av.AudioFrame | av.VideoFrame) -> float:
    assert frame.pts is not None
    assert frame.time_base is not None
    return float(frame.pts * frame.time_base)


async def _watch(whep_url: str) -> None:
    async with WhepPeer(whep_url, keep=1) as peer:
        await peer.until(lambda p: p.frames > 0)
        print("watching", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_watch(sys.argv[1]))
