"""One browser that watches a session: a WebRTC connection that only sends."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Callable

import aioice.ice
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.stats import RTCTransportStats

from simulator.media import Clock, PictureTrack, SoundTrack, Source

SILENCE = 6.0
"""Seconds without a packet from the browser after which it counts as gone. A living one reports
about once a second. For a killed one we would encode until ICE consent runs out, 30 s."""
SIGN_OF_LIFE = 2.5
"""Seconds in which a living browser has certainly reported."""
OFFERS_H264 = re.compile("^a=rtpmap:[0-9]+ H264/", re.MULTILINE | re.IGNORECASE)

logger = logging.getLogger(__name__)


class Unusable(Exception):
    """The offer can't be answered; the message says why."""


class Viewer:
    """A connection to one browser. `left` is called once, when it is lost or closed.

    With `h264_only` a browser that can't receive H264 gets no picture, and an answer that says so.
    `heard_at`: when the browser last sent something, by the loop's clock.
    """

    def __init__(self, left: Callable[[Viewer], None], h264_only: bool) -> None:
        self.viewer_id = secrets.token_urlsafe(12)
        self.gone = False
        self.heard_at = asyncio.get_running_loop().time()
        self._left = left
        self._h264_only = h264_only
        # Without a list of its own aiortc asks Google's STUN server: 5 s when that is unreachable.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.on("connectionstatechange", self._look)
        self._watch: asyncio.Task[None] | None = None

    async def answer(self, offer: str, clock: Clock, source: Source) -> str:
        """The SDP answer that sends what the offer can receive. Raises `Unusable`."""
        pictures = not self._h264_only or OFFERS_H264.search(offer)
        try:
            if self._h264_only and pictures:
                codecs = RTCRtpSender.getCapabilities("video").codecs
                self._connection.addTransceiver("video", "sendonly").setCodecPreferences(
                    [codec for codec in codecs if codec.mimeType in ("video/H264", "video/rtx")]
                )
            await self._connection.setRemoteDescription(
                RTCSessionDescription(without_mdns(offer), "offer")
            )
            kinds = {transceiver.kind for transceiver in self._connection.getTransceivers()}
            if not kinds:
                raise Unusable("The offer asks for neither audio nor video.")
            # Both tracks get the media stream id of the connection, so the browser syncs them.
            if "audio" in kinds:
                self._connection.addTrack(SoundTrack(clock, source))
            if "video" in kinds and pictures:
                self._connection.addTrack(PictureTrack(clock, source))
            for transceiver in self._connection.getTransceivers():
                if transceiver.kind == "video" and not pictures:
                    transceiver.direction = "inactive"
            await self._connection.setLocalDescription()
        except Unusable:
            raise
        except Exception as error:
            # aiortc's parser raises ValueError, KeyError, IndexError, AssertionError and its own.
            raise Unusable(f"The offer is not SDP that can be answered: {error!r}") from error
        self._watch = asyncio.create_task(self._leave_when_silent())
        return self._connection.localDescription.sdp

    async def is_there(self) -> bool:
        """Whether a living browser is at the other end; takes up to `SIGN_OF_LIFE` seconds."""
        heard = await self._received()
        loop = asyncio.get_running_loop()
        until = loop.time() + SIGN_OF_LIFE
        while not self.gone and loop.time() < until:
            if await self._received() != heard:
                return True
            await asyncio.sleep(0.05)
        return False

    async def close(self) -> None:
        """Hang up. May be called again."""
        if self._watch and self._watch is not asyncio.current_task():
            self._watch.cancel()
        self._leave()
        await self._connection.close()

    def _look(self) -> None:
        if self._connection.connectionState in ("failed", "closed"):
            self._leave()

    def _leave(self) -> None:
        if not self.gone:
            self.gone = True
            self._left(self)

    async def _leave_when_silent(self) -> None:
        heard, loop = -1, asyncio.get_running_loop()
        while loop.time() < self.heard_at + SILENCE:
            if (received := await self._received()) != heard:
                heard, self.heard_at = received, loop.time()
            await asyncio.sleep(1)
        self._leave()

    async def _received(self) -> int:
        """Bytes that the browser has sent us."""
        reports = (await self._connection.getStats()).values()
        return sum(r.bytesReceived for r in reports if isinstance(r, RTCTransportStats))


def without_mdns(offer: str) -> str:
    """The offer without candidates under a `.local` name.

    To look up Chromium's took 1.2 s; the browser's first packet tells its address sooner. The mark
    of the list's end goes too, for that address is still to come.
    """
    return "".join(
        line
        for line in offer.splitlines(keepends=True)
        if not (line.startswith("a=candidate:") and ".local " in line)
        and not line.startswith("a=end-of-candidates")
    )


_find_addresses = aioice.ice.get_host_addresses


def host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """Every IPv4 address of this machine, and loopback."""
    return list(dict.fromkeys([*_find_addresses(True, False), "127.0.0.1"]))


# aioice leaves loopback out and takes no list; an IPv6 candidate more costs each connection time.
aioice.ice.get_host_addresses = host_addresses
