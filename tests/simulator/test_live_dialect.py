"""`--dialect live`: as strict as the service was seen to be, so that what runs here runs there."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

import av
import httpx
import pytest
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)

from simulator.dialects import DIALECTS
from simulator.mouth import SIZE
from simulator.server import application
from tests.simulator.test_api import refusal
from tests.support.recordings import recording
from tests.support.served import served
from tests.support.simulator_caller import AVATAR, KS, Caller
from tests.support.simulator_process import SimulatorProcess, eventually, running_simulator

pytestmark = pytest.mark.anyio

SDP = {"Content-Type": "application/sdp"}


@pytest.fixture(scope="module")
def live() -> Iterator[SimulatorProcess]:
    """One simulator for the file's tests."""
    with running_simulator("--dialect", "live") as simulator:
        yield simulator


def create(live: SimulatorProcess, ks: str = "good", **body: object) -> httpx.Response:
    """The live form of create."""
    body = {"visualConfig": {"id": AVATAR}, **body}
    headers = {"Authorization": f"KS {ks}"}
    return live.http.post(f"{live.base_url}/create", json=body, headers=headers)


@contextmanager
def session(live: SimulatorProcess) -> Iterator[Caller]:
    """A live session, ended afterwards."""
    opened = create(live).raise_for_status().json()
    caller = Caller(live, opened["sessionId"], opened["token"])
    yield caller
    caller.call("end")


@asynccontextmanager
async def offering(*codecs: str) -> AsyncIterator[RTCPeerConnection]:
    """A player that can receive these, and has made its offer."""
    player = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    known = RTCRtpReceiver.getCapabilities("video")
    assert known
    pictures = player.addTransceiver("video", "recvonly")
    pictures.setCodecPreferences([codec for codec in known.codecs if codec.mimeType in codecs])
    player.addTransceiver("audio", "recvonly")
    try:
        await player.setLocalDescription()
        yield player
    finally:
        await player.close()


async def watch(http: httpx.AsyncClient, url: str, player: RTCPeerConnection) -> httpx.Response:
    """The service's answer to the player's offer."""
    return await http.post(url, content=player.localDescription.sdp, headers=SDP)


async def received(player: RTCPeerConnection, answer: str, kind: str) -> object:
    """The first picture or sound that comes after this answer."""
    await player.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    (track,) = (t.receiver.track for t in player.getTransceivers() if t.kind == kind)
    return await asyncio.wait_for(track.recv(), 10)


async def test_a_program_written_for_the_service(live: SimulatorProcess) -> None:
    """As the vendor's open-source SDK does it: create with the KS, init-client once, WHEP for a
    picture in H264, a recording, the viewer's place given back by its suffix, and the end."""
    say_text = {"json": {"text": "Hello.", "turnId": "t", "isFinal": True}}
    say_audio = {
        "data": {"turnId": "a-turn", "duration": "1"},
        "files": {"audio": ("speech.mp3", recording("mp3"), "audio/mpeg")},
    }
    async with httpx.AsyncClient() as http, offering("video/VP8", "video/H264") as player:
        create = {"visualConfig": {"id": AVATAR}, "clientId": "kaltura-avatar-sdk"}
        opened = await http.post(f"{live.base_url}/create", json=create, headers=KS)
        session_id, token = opened.json()["sessionId"], opened.json()["token"]

        async def call(name: str, **body: Any) -> httpx.Response:
            headers = {"Authorization": f"Bearer {token}"}
            url = f"{live.base_url}/{session_id}/{name}"
            return await http.post(url, headers=headers, **(body or {"json": {}}))

        whep_url = (await call("init-client")).json()["whepUrl"]
        answer = await watch(http, whep_url, player)
        assert answer.status_code == 201
        picture = await received(player, answer.text, "video")
        assert isinstance(picture, av.VideoFrame)
        assert (picture.width, picture.height) == (SIZE, SIZE)
        assert "VP8" not in answer.text

        statuses = [(await call("say-text", **say_text)).status_code for _ in range(3)]
        assert statuses == [503, 503, 503]
        assert (await call("say-audio", **say_audio)).json() == {"success": True}
        assert (await call("keep-alive")).json() == {"success": True}
        assert (await call("interrupt")).json() == {"success": True}

        _, _, viewer = answer.headers["location"].partition("/viewer/")
        assert (await http.delete(f"{whep_url}/viewer/{viewer}")).status_code == 200
        assert (await call("end")).json() == {"success": True}
        for name in ("say-audio", "keep-alive", "end"):
            assert refusal(await call(name)) == (404, "Session not found")
        assert (await watch(http, whep_url, player)).status_code == 404


async def test_a_browser_without_h264(live: SimulatorProcess) -> None:
    """It is answered, and told that no picture comes; the sound does."""
    with session(live) as caller:
        async with httpx.AsyncClient() as http, offering("video/VP8") as player:
            answer = await watch(http, caller.whep_url(), player)
            assert answer.status_code == 201
            picture, sound = answer.text.split("\nm=")[1:]
            assert picture.startswith("video")
            assert "a=inactive" in picture
            assert "a=sendonly" in sound
            assert await received(player, answer.text, "audio")


async def test_a_viewers_place_is_held() -> None:
    """Until a DELETE comes to the address of the offer, or as long has passed as the place is held.
    A Location resolved as it stands leads nowhere: the service's lacks a part."""
    assert DIALECTS["live"].place_held == 30
    dialect = replace(DIALECTS["live"], place_held=2.0)
    simulator = application(
        max_sessions=1, idle_timeout=60, engine="", dialect=dialect, turn={}, host="127.0.0.1"
    )
    async with httpx.AsyncClient() as http:
        with served(simulator) as origin:
            base_url = f"{origin}/v1/avatar-session"
            body = {"visualConfig": {"id": AVATAR}}
            opened = (await http.post(f"{base_url}/create", json=body, headers=KS)).json()
            bearer = {"Authorization": f"Bearer {opened['token']}"}
            init_client = f"{base_url}/{opened['sessionId']}/init-client"
            whep_url = (await http.post(init_client, headers=bearer)).json()["whepUrl"]

            async with offering("video/H264") as player:
                answer = await watch(http, whep_url, player)
                assert (await watch(http, whep_url, player)).status_code == 409
            location = answer.headers["location"]
            assert location.startswith("/")
            preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "DELETE"}
            missed = urljoin(whep_url, location)
            assert (await http.options(missed, headers=preflight)).status_code == 200
            assert (await http.delete(missed)).status_code == 404
            async with offering("video/H264") as player:
                assert (await watch(http, whep_url, player)).status_code == 409
                viewer = location.partition("/viewer/")[2]
                assert (await http.delete(f"{whep_url}/viewer/{viewer}")).status_code == 200
                assert (await watch(http, whep_url, player)).status_code == 201
            async with offering("video/H264") as player:
                assert (await watch(http, whep_url, player)).status_code == 409
                deadline = time.monotonic() + 20
                while (await watch(http, whep_url, player)).status_code == 409:
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.2)
            async with offering("video/H264") as player:
                assert (await watch(http, whep_url, player)).status_code == 409


def test_a_token_is_no_ks(live: SimulatorProcess) -> None:
    """A session's token and any other JWT are refused where a KS belongs."""
    with session(live) as caller:
        foreign = ".".join(
            base64.urlsafe_b64encode(part).rstrip(b"=").decode()
            for part in (json.dumps({"alg": "none"}).encode(), b"{}", b"")
        )
        for ks in (caller.token, foreign, "invalid", "expired"):
            assert refusal(create(live, ks)) == (401, "Invalid Kaltura Session")
        assert refusal(create(live, "forbidden"))[0] == 403
        with_dots = create(live, "a.good.one").json()
        Caller(live, with_dots["sessionId"], with_dots["token"]).call("end")


@pytest.mark.parametrize("path", ["list", "get"])
def test_the_catalog_answers_a_bad_ks_as_kaltura_does(live: SimulatorProcess, path: str) -> None:
    """With 200 and an exception in the body."""
    for headers in ({"Authorization": "KS invalid"}, {}):
        answer = live.http.post(f"{live.origin}/v1/catalog-item/{path}", json={}, headers=headers)
        assert answer.status_code == 200
        assert (answer.json()["objectType"], answer.json()["code"]) == (
            "KalturaAPIException",
            "INVALID_KS",
        )


def test_an_interrupt_leaves_what_has_not_begun(live: SimulatorProcess) -> None:
    """It ends what is heard, and the next turn begins then, not before."""
    with session(live) as caller:
        caller.say_audio(recording("mp3", 20.0), 20.0, "long")
        caller.say_audio(recording("mp3", 0.3), 0.3, "short")
        eventually(lambda: caller.turns()[0]["startedAt"])
        caller.call("interrupt")
        eventually(lambda: caller.outcomes() == ["interrupted", "spoken"])
        long, short = caller.turns()
        assert short["startedAt"] >= long["endedAt"]
        caller.call("interrupt")
        assert caller.outcomes() == ["interrupted", "spoken"]
