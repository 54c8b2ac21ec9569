"""A viewer for a terminal: this process itself watches, through aiortc."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import compress

import aiortc
import av
import httpx
import numpy as np
from aioice.stun import TransactionError, TransactionFailed
from aioice.turn import create_turn_endpoint
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from avatar_client import Media, TurnServer, is_loopback
from preflight.relays import Relay, login_of, relays_of
from preflight.sightings import Sight, Sightings

AUDIBLE = 0.01
"""Loudness (root mean square, full scale 1) from which a packet is a voice; silence through Opus
stays below 0.001."""
HOLD = 0.7
"""Seconds without a voice after which it is quiet: between two sentences it is less."""
PATIENCE = 10.0
"""Seconds for a whole answer about the picture, as in the stage."""
LONGEST_ANSWER = 100_000
"""Bytes of SDP; aiortc's has 3,000."""
GATHERING = 6.0
"""Seconds for the relays to answer, all at once."""


class PictureRefused(Exception):
    """The address of the picture answered with another status than 201, which is `str()`."""


class Peer:
    """`preflight.sightings.Viewer`. Tries every way to the relay at once, takes the best one."""

    name = f"this terminal (aiortc {aiortc.__version__})"
    place = "from this machine"

    @asynccontextmanager
    async def watching(self, media: Media, sightings: Sightings) -> AsyncIterator[None]:
        """See `Viewer.watching`."""
        watch = asyncio.create_task(_watch(media, sightings))
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch


async def _watch(media: Media, sightings: Sightings) -> None:
    """Watch until cancelled; any other end is noted."""
    peer, route = await _opened(media.turn, sightings)
    tasks: list[asyncio.Task[None]] = []
    resource: str | None = None

    def receive(track: MediaStreamTrack) -> None:
        watch = _hear if track.kind == "audio" else _see
        tasks.append(asyncio.create_task(watch(track, sightings)))

    def look() -> None:
        if peer.iceConnectionState == "completed":
            sightings.note(Sight.CONNECTED, route)
        if peer.iceConnectionState == "failed":
            sightings.note(Sight.NO_WAY)

    peer.on("track", receive)
    peer.on("iceconnectionstatechange", look)
    try:
        answer, resource = await answered(media.whep_url, peer.localDescription.sdp)
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await asyncio.Event().wait()
    except PictureRefused as refused:
        sightings.note(Sight.REFUSED, str(refused))
    except (httpx.TransportError, TimeoutError):
        sightings.note(Sight.UNANSWERED)
    except Exception:  # aiortc raises anything at an answer that it can't use
        sightings.note(Sight.GARBLED)
    finally:
        if resource:
            await forget(resource)
        await peer.close()
        await asyncio.gather(*tasks)


async def _opened(turn: TurnServer | None, sightings: Sightings) -> tuple[RTCPeerConnection, str]:
    """A connection with its offer made, by the first relay that lets us in or by none; its route.

    aiortc takes one relay a connection, and keeps to itself why a relay gave nothing.
    """
    relays = relays_of(turn)
    knocks = (_lets_in(turn, relay, sightings) for relay in relays if turn)
    relay = next(compress(relays, await asyncio.gather(*knocks)), None)
    configuration = aiortc.RTCConfiguration([], bundlePolicy=aiortc.RTCBundlePolicy.MAX_BUNDLE)
    if turn and relay:
        configuration.iceServers = [aiortc.RTCIceServer(relay.url, *login_of(turn))]
        configuration.iceTransportPolicy = aiortc.RTCIceTransportPolicy.RELAY
    peer = RTCPeerConnection(configuration)
    for kind in ("video", "audio"):
        peer.addTransceiver(kind, direction="recvonly")
    await peer.setLocalDescription()
    return peer, relay.route if relay else "direct"


async def _lets_in(turn: TurnServer, relay: Relay, sightings: Sightings) -> bool:
    """Whether the relay can be used that way; its refusal or its silence is noted."""
    if ":" in relay.host:  # aiortc 1.16 takes no IPv6 address of a relay
        return False
    username, credential = login_of(turn)
    try:
        async with asyncio.timeout(GATHERING):
            place, _ = await create_turn_endpoint(
                asyncio.DatagramProtocol,
                server_addr=(relay.host, relay.port),
                username=username,
                password=credential,
                ssl=relay.protocol == "TLS",
                transport="udp" if relay.protocol == "UDP" else "tcp",
            )
    except TransactionFailed as failed:
        sightings.note(Sight.TURNED_AWAY, str(failed.response.error_code))
    except (OSError, UnicodeError, TransactionError):  # UnicodeError: a name that is no host's
        pass
    else:
        place.close()
        return True
    sightings.note(Sight.SHUT, str(relay))
    return False


async def answered(whep_url: str, offer: str) -> tuple[str, str | None]:
    """The answer to an offer, and the resource to `forget`: one of the same server, or none.

    Raises `PictureRefused`, `ValueError` for what is too long to be an answer, and httpx's
    `TransportError` or `TimeoutError` where nobody answers.
    """
    headers = {"Content-Type": "application/sdp", "Accept-Encoding": "identity"}
    sdp = bytearray()
    async with (
        asyncio.timeout(PATIENCE),
        _http_for(whep_url) as http,
        http.stream("POST", whep_url, content=offer, headers=headers) as answer,
    ):
        if answer.status_code not in (200, 201):
            raise PictureRefused(answer.status_code)
        async for some in answer.aiter_raw():
            sdp += some
            if len(sdp) > LONGEST_ANSWER:
                raise ValueError("This is no SDP.")
    return sdp.decode(), release_url(answer.headers.get("Location"), whep_url)


async def forget(resource: str) -> None:
    """Tell the service that nobody watches any more; it reaps what it misses."""
    with suppress(httpx.HTTPError, TimeoutError):
        async with (
            asyncio.timeout(PATIENCE),
            _http_for(resource) as http,
            http.stream("DELETE", resource),
        ):
            pass


def release_url(location: str | None, asked: str) -> str | None:
    """The address to DELETE, which frees the viewer's place; None where there is none to use.

    Where a Location does not begin with the address that was asked, that address's prefix is
    missing in it: then it is that address with the end of the path, `/viewer/…`
    (kaltura/intelligent-agents-sdk, November 2026), as in components/stage/js/media/addresses.js.
    No other server is asked: a browser would ask that one first whether it may (CORS).
    """
    url = httpx.URL(asked)
    try:
        plain = url.join(location or "")
    except (httpx.InvalidURL, ValueError):
        return None
    if not location:
        return None
    # A server behind a TLS proxy may name itself by http.
    is_behind_tls = plain.scheme == "http" and url.scheme == "https" and plain.host == url.host
    if (plain.scheme, plain.netloc) != (url.scheme, url.netloc) and not is_behind_tls:
        return None
    path, there = _path_of(url).rstrip("/"), _path_of(plain)
    suffix = re.search(r"/viewer/(?!.*/viewer/).*$", there)
    if suffix is None or there.startswith(f"{path}/"):
        return str(url.copy_with(path=there, query=plain.query or None))
    return str(url.copy_with(path=path + suffix[0], query=plain.query or url.query or None))


def _path_of(url: httpx.URL) -> str:
    """As it is spelled, with its escapes."""
    return url.raw_path.partition(b"?")[0].decode()


def _http_for(url: str) -> httpx.AsyncClient:
    """No proxy that the environment names can see our own loopback."""
    return httpx.AsyncClient(timeout=PATIENCE, trust_env=not is_loopback(httpx.URL(url).host))


async def next_frame(track: MediaStreamTrack) -> av.AudioFrame | av.VideoFrame | None:
    """The next one; None where the other side has hung up."""
    try:
        frame = await track.recv()
    except MediaStreamError:
        return None
    assert isinstance(frame, av.AudioFrame | av.VideoFrame)
    return frame


def loudness_of(frame: av.AudioFrame) -> float:
    """Root mean square of its samples, full scale 1."""
    samples = frame.to_ndarray().astype(np.float32) / 32768
    return float(np.sqrt(np.mean(samples**2)))


async def _see(track: MediaStreamTrack, sightings: Sightings) -> None:
    if await next_frame(track):
        sightings.note(Sight.PICTURE)
    while await next_frame(track):
        pass


async def _hear(track: MediaStreamTrack, sightings: Sightings) -> None:
    now = asyncio.get_running_loop().time
    heard_at: float | None = None
    while frame := await next_frame(track):
        assert isinstance(frame, av.AudioFrame)
        if loudness_of(frame) > AUDIBLE:
            if heard_at is None:
                sightings.note(Sight.SOUND)
            heard_at = now()
        elif heard_at is not None and now() - heard_at > HOLD:
            heard_at = None
            sightings.note(Sight.QUIET)
