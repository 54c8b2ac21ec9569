"""What can be in the way on the network: each failure of a preflight by its cause."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import httpx
import pytest
import trustme
from aiortc import RTCConfiguration, RTCPeerConnection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from avatar_client import Media, TurnServer
from preflight import failures
from preflight.network import reach
from preflight.peer import Peer, answered, release_url
from preflight.relays import any_of, login_of, relays_of
from preflight.run import Waits
from preflight.sightings import Sight, Sighting, Sightings
from preflight.steps import Outcome, StepFailed
from tests.support.app_process import free_port
from tests.support.preflights import (
    Saw,
    assert_all_ended,
    no_moods,
    only,
    outcomes,
    tried,
)
from tests.support.served import served
from tests.support.simulator_process import SimulatorProcess, running_simulator
from tests.support.turn_server import CREDENTIAL, USERNAME, turn_server
from tests.support.turn_server import TurnServer as TurnServerProcess

__all__ = ["no_moods", "turn_server"]

pytestmark = pytest.mark.anyio

HOSTS = ("api", "srs", "turn")


async def test_a_name_that_is_not_found() -> None:
    """The IT department is told which name, and which port."""
    results = await tried("https://avatar.invalid/v1/avatar-session", Saw())
    assert outcomes(results) == only("network")
    assert "avatar.invalid was looked up and not found" in results["network"].detail
    assert "HTTPS (TCP 443)" in results["network"].to_do
    assert "to avatar.invalid" in results["network"].to_do


async def test_a_port_where_nobody_is() -> None:
    """A connection that is refused is told with its port."""
    port = free_port()
    results = await tried(f"http://127.0.0.1:{port}/v1/avatar-session", Saw())
    assert outcomes(results) == only("network")
    assert f"127.0.0.1 refused the connection on TCP port {port}" in results["network"].detail


@contextmanager
def listening(backlog: int = 1) -> Iterator[int]:
    """The port of somebody who never says anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(backlog)
        yield int(listener.getsockname()[1])


async def test_a_service_that_says_nothing() -> None:
    """A connection that is taken and not answered is no refusal."""
    with listening() as port, pytest.raises(StepFailed) as failure:
        await reach(f"http://127.0.0.1:{port}/v1/avatar-session", patience=0.3)
    assert "took the connection and did not answer" in str(failure.value)


async def test_a_proxy_that_does_not_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, and what it must let through."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        place = f"127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        monkeypatch.setenv("HTTPS_PROXY", f"http://{place}")
        results = await tried("https://avatar.invalid/v1/avatar-session", Saw())
    assert outcomes(results) == only("network")
    assert f"through the proxy {place}" in results["network"].detail
    assert "403" in results["network"].detail
    assert "connect to avatar.invalid, port 443" in results["network"].to_do


async def test_a_firewall_that_drops_packets() -> None:
    """No answer to the first packet: a queue of connections that is full is as silent as that."""
    with (
        listening(0) as port,
        socket.create_connection(("127.0.0.1", port)),
        pytest.raises(StepFailed) as failure,
    ):
        await reach(f"http://127.0.0.1:{port}/v1/avatar-session", patience=0.3)
    assert "a firewall drops it" in str(failure.value)
    assert f"allow outgoing HTTPS (TCP {port})" in failure.value.to_do


async def test_a_firewall_that_reads_along() -> None:
    """A certificate of an authority that nobody knows: who must exempt what is said."""
    certificate = trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem
    with certificate.tempfile() as pem, served(Starlette(), ssl_certfile=pem) as url:
        results = await tried(f"{url}/v1/avatar-session", Saw())
    assert outcomes(results) == only("network")
    assert "certificate of 127.0.0.1 is not trusted here" in results["network"].detail
    assert "exempt 127.0.0.1" in results["network"].to_do


async def test_a_service_without_tls(simulator: SimulatorProcess) -> None:
    """Something else may answer in its place."""
    results = await tried(simulator.base_url.replace("http:", "https:"), Saw())
    assert outcomes(results) == only("network")
    assert "does not speak TLS" in results["network"].detail


async def test_the_picture_is_refused(simulator: SimulatorProcess) -> None:
    """By its HTTP status, and the host; its path, which may be a key, is not told."""
    simulator.ask_mood(call="whep", status=503, times=None)
    results = await tried(simulator.base_url, Peer())
    assert outcomes(results) == only("ice")
    host = f"127.0.0.1, port {simulator.port}"
    assert results["ice"].detail == f"{host}, where the picture is, refused it with HTTP 503."
    assert_all_ended(simulator)


def media_at(whep_url: str, turn_url: str = "") -> str:
    """What init-client answers where the picture is there."""
    turn = {"url": turn_url, "username": "a", "credential": "canary-of-the-turn"}
    return json.dumps({"success": True, "whepUrl": whep_url, "turn": turn})


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "v=0\r\n", ""])
async def test_something_else_is_where_the_picture_should_be(
    simulator: SimulatorProcess, body: str
) -> None:
    """A guest network's page, or what aiortc can't use: at once, and the session is ended."""
    simulator.ask_mood(call="whep", status=200, body=body)
    results = await tried(simulator.base_url, Peer(), waits=Waits())
    assert outcomes(results) == only("ice")
    assert "but not with a picture" in results["ice"].detail
    assert "without a filter" in results["ice"].to_do
    assert_all_ended(simulator)


async def test_the_simulator_is_not_looked_for_through_a_proxy(
    simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's proxy, which the environment names, can't see this machine's own loopback."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    results = await tried(simulator.base_url, Peer(), waits=Waits(picture=8.0, sound=0.5))
    assert results["picture"].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("location", "is_released"),
    [
        ("/resource/1", True),
        ("resource/1", True),
        ("{url}/resource/1", True),
        ("http://localhost:{port}/resource/1", False),
        ("http://127.0.0.1:1/resource/1", False),
        ("//192.0.2.1/resource/1", False),
        ("https://127.0.0.1:{port}/resource/1", False),
        ("file:///etc/passwd", False),
        ("http://[", False),
    ],
)
async def test_a_viewers_place_is_released_at_its_server_alone(
    location: str, is_released: bool
) -> None:
    """Whatever a Location names: DELETE goes to the server that gave the picture, or nowhere."""

    async def answer(request: Request) -> Response:
        port = request.url.port
        named = location.format(url=f"http://127.0.0.1:{port}", port=port)
        return Response("v=0", 201, headers={"Location": named})

    site = Starlette(routes=[Route("/whep", answer, methods=["POST"])])
    with served(site) as url:
        _, resource = await answered(f"{url}/whep", "v=0")
        assert (resource is not None) is is_released
        assert resource is None or resource == f"{url}/resource/1"


async def test_nobody_is_where_the_picture_should_be(simulator: SimulatorProcess) -> None:
    """Whoever watches must reach another host than the server does: both are told."""
    port = free_port()
    simulator.ask_mood(call="init-client", status=200, body=media_at(f"http://127.0.0.1:{port}/"))
    results = await tried(simulator.base_url, Peer())
    assert outcomes(results) == only("ice")
    assert f"127.0.0.1, port {port}" in results["ice"].detail
    assert "from the computers of all who watch" in results["ice"].to_do
    assert_all_ended(simulator)


async def answer_of_nobody() -> str:
    """The SDP answer of a peer that has hung up: nothing that is sent there comes to anybody."""
    asking, answering = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    for kind in ("video", "audio"):
        asking.addTransceiver(kind, direction="recvonly")
    await asking.setLocalDescription()
    await answering.setRemoteDescription(asking.localDescription)
    await answering.setLocalDescription()
    await answering.close()
    await asking.close()
    return str(answering.localDescription.sdp)


async def test_a_network_without_udp(simulator: SimulatorProcess) -> None:
    """No relay, no way: the IT department is told what to open, and towards whom."""
    simulator.ask_mood(call="whep", status=201, body=await answer_of_nobody())
    results = await tried(simulator.base_url, Peer())
    assert outcomes(results) == only("ice")
    assert "found no way from this machine to 127.0.0.1" in results["ice"].detail
    assert "allow outgoing UDP to 127.0.0.1" in results["ice"].to_do
    assert_all_ended(simulator)


async def test_a_relay_that_can_not_be_reached(simulator: SimulatorProcess) -> None:
    """Which of its ports are shut is told, and no credential."""
    port = free_port()
    turn = f"turn:127.0.0.1:{port}?transport=tcp"
    whep_url = f"{simulator.origin}/whep/a-key"
    simulator.ask_mood(call="init-client", status=200, body=media_at(whep_url, turn))
    simulator.ask_mood(call="whep", status=201, body=await answer_of_nobody())
    results = await tried(simulator.base_url, Peer())
    assert outcomes(results) == only("ice")
    assert f"The relay could not be used on TCP port {port}." in results["ice"].detail
    assert f"outgoing TCP port {port} to 127.0.0.1" in results["ice"].to_do
    assert not any("canary" in str(result) for result in results.values())
    assert_all_ended(simulator)


async def test_a_relay_that_refuses_its_credential(
    simulator: SimulatorProcess, turn_server: TurnServerProcess
) -> None:
    """It can be reached, so the network is as it should be."""
    whep_url = f"{simulator.origin}/whep/a-key"
    body = media_at(whep_url, turn_server.tcp)  # the name and password there are none of its own
    simulator.ask_mood(call="init-client", status=200, body=body)
    simulator.ask_mood(call="whep", status=201, body=await answer_of_nobody())
    results = await tried(simulator.base_url, Peer(), waits=Waits(way=3.0))
    assert outcomes(results) == only("ice")
    assert "127.0.0.1 was reached, and refused its own credential (401)" in results["ice"].detail
    assert "not a matter of your network" in results["ice"].to_do
    assert_all_ended(simulator)


@pytest.mark.parametrize(
    ("turn_url", "route", "said"),
    [
        ("", "direct", ""),
        ("relay.example.com", "relay UDP", ""),
        ("relay.example.com", "relay TLS", "UDP port 80 or UDP port 443 to relay.example.com"),
        ("turn:relay.example.com:80?transport=tcp", "relay TCP", ""),
    ],
)
async def test_a_route_that_will_do(turn_url: str, route: str, said: str) -> None:
    """Where UDP has a port of its own, and is not let through, that is told beside the tick."""
    relays = relays_of(TurnServer(turn_url, "a", "b") if turn_url else None)
    detail = failures.way(route, "from here", relays)
    assert detail.startswith(f"{route[0].upper()}{route[1:]}, from here to the service.")
    assert detail.endswith("to the service.") is not bool(said)
    assert said in detail


async def test_the_ways_to_a_relay() -> None:
    """A bare host has four, any other address is one; without a port, it is the protocol's."""
    assert any_of(relays_of(TurnServer("relay.example.com", "a", "b"))) == (
        "UDP port 80, UDP port 443, TCP port 80 or TLS over TCP port 443 to relay.example.com"
    )
    for url, way in (
        ("turn:relay.example.com:3478", "UDP port 3478 to relay.example.com"),
        ("turns:relay.example.com:5349", "TLS over TCP port 5349 to relay.example.com"),
        ("turn:10.0.0.1:443?transport=tcp", "TCP port 443 to 10.0.0.1"),
    ):
        assert any_of(relays_of(TurnServer(url, "a", "b"))) == way
    for url in ("", "turn:", "stun:stun.example.com", "not:an:address"):
        assert relays_of(TurnServer(url, "a", "b")) == ()
    assert relays_of(None) == ()


FOUR = (
    "turn:{}:80?transport=udp",
    "turn:{}:443?transport=udp",
    "turn:{}:80?transport=tcp",
    "turns:{}:443?transport=tcp",
)


@pytest.mark.parametrize(
    ("url", "ways"),
    [
        *(
            (url, [way.format("relay.example.com") for way in FOUR])
            for url in (
                *("relay.example.com", "relay.example.com/", " relay.example.com\n"),
                *(
                    "turn:relay.example.com",
                    "turns:relay.example.com/",
                    "TURNS://relay.example.com",
                ),
                *("turn:relay.example.com?transport=tcp", "turn:relay.example.com/?transport=udp"),
            )
        ),
        *(
            (url, [way.format("[2001:db8::1]") for way in FOUR])
            for url in ("[2001:db8::1]", "2001:db8::1", "turn:2001:db8::1/")
        ),
        ("relay.example.com:3478/", ["turn:relay.example.com:3478"]),
        ("turn:relay.example.com:80?transport=udp", ["turn:relay.example.com:80?transport=udp"]),
        ("TURNS:r.example:443/?transport=TCP", ["turns:r.example:443?transport=tcp"]),
        ("turn:[2001:db8::1]:80", ["turn:[2001:db8::1]:80"]),
    ],
)
async def test_every_form_of_a_relay(url: str, ways: list[str]) -> None:
    """Each names what it names for the stage, see ice.test.mjs."""
    assert [relay.url for relay in relays_of(TurnServer(url, "", ""))] == ways


async def test_a_relay_without_a_login() -> None:
    """The live service's own opens it."""
    assert login_of(TurnServer("relay.example.com", "", "")) == ("kaltura", "avatar")
    assert login_of(TurnServer("relay.example.com", "a", "b")) == ("a", "b")


@pytest.mark.parametrize(
    ("location", "asked", "released"),
    [
        ("/w/1/viewer/7", "https://m.example/w/1", "https://m.example/w/1/viewer/7"),
        ("/w/1/7", "https://m.example/w/1", "https://m.example/w/1/7"),
        ("/s/9/viewer/7", "https://m.example/eu/s/9", "https://m.example/eu/s/9/viewer/7"),
        ("/s/viewer/7", "https://m.example/eu/s/?a=b", "https://m.example/eu/s/viewer/7?a=b"),
        ("/s/viewer/7?t=1", "https://m.example/eu/s?a=b", "https://m.example/eu/s/viewer/7?t=1"),
        ("/eu/s/viewer/7", "https://m.example/eu/s?a=b", "https://m.example/eu/s/viewer/7"),
        ("viewer/7", "https://m.example/eu/s", "https://m.example/eu/s/viewer/7"),
        ("viewer/7", "https://m.example/eu/s/", "https://m.example/eu/s/viewer/7"),
        ("?viewer=7", "https://m.example/eu/s", "https://m.example/eu/s?viewer=7"),
        ("/s%2F9/viewer/7", "https://m.example/eu/s%2F9", "https://m.example/eu/s%2F9/viewer/7"),
        ("https://m.example/s/viewer/7", "https://m.example/a/s", "https://m.example/a/s/viewer/7"),
        ("http://m.example/s/viewer/7", "https://m.example/a/s", "https://m.example/a/s/viewer/7"),
        ("http://127.0.0.1:81/v/7", "http://127.0.0.1:80/w", None),
        *(
            (location, "https://m.example/w", None)
            for location in (
                *(None, "", "https://[", "https://n.example/viewer/7", "ftp://m.example/viewer/7"),
                *(
                    "http://127.0.0.1:9200/index",
                    "https://localhost/viewer/7",
                    "javascript:alert(1)",
                ),
            )
        ),
    ],
)
async def test_where_a_viewers_place_is_released(
    location: str | None, asked: str, released: str | None
) -> None:
    """In either form of Location, and nowhere that a service should not send us."""
    assert release_url(location, asked) == released


async def test_kalturas_hosts_are_named_to_a_firewall() -> None:
    """Those of both regions, with their ports, whichever part of the way is shut."""
    media = Media("https://srs.avatar.us.kaltura.ai/w", TurnServer("turn.example.com", "", ""))
    shut = Sightings()
    failed = [
        failures.unreached("https://api.avatar.us.kaltura.ai/v1", [httpx.ConnectTimeout("")], None),
        failures.no_way(Sighting(Sight.UNANSWERED, "", 0.0), shut, media, "from here"),
        failures.no_way(None, shut, media, "from here"),
        failures.no_way(None, shut, replace(media, turn=None), "from here"),
    ]
    hosts = [f"{name}.avatar.{region}.kaltura.ai" for region in ("us", "eu") for name in HOSTS]
    for each in failed:
        assert all(word in each.to_do for word in (*hosts, "80 and 443", "TCP", "UDP"))


@pytest.mark.parametrize("drip", [b"", b"X-Drip: 1\r\n"])
async def test_a_service_that_drips(drip: bytes) -> None:
    """Its answer never ends: there is one deadline for all of it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while not reader.at_eof():
                writer.write(drip)
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(StepFailed, match="answer"):
            await reach(f"http://127.0.0.1:{port}/v1/avatar-session", patience=0.2)


async def test_an_answer_without_end_is_no_picture() -> None:
    """Where the picture should be, no more is read than an answer may have."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"v=0\r\n" * 1000
            # Else the server never learns that its caller has gone, and takes a whole processor.
            await asyncio.sleep(0)

    async def answer(_: Request) -> StreamingResponse:
        return StreamingResponse(endless(), 201)

    with (
        served(Starlette(routes=[Route("/", answer, methods=["POST"])])) as url,
        pytest.raises(ValueError, match="no SDP"),
    ):
        await answered(f"{url}/", "v=0")


async def test_a_terminal_over_a_relay(turn_server: TurnServerProcess) -> None:
    """The relay is used where there is one, and the route names it."""
    turn = ("--turn-username", USERNAME, "--turn-credential", CREDENTIAL)
    with running_simulator("--turn-url", turn_server.tcp, *turn) as simulator:
        results = await tried(simulator.base_url, Peer(), waits=Waits())
    assert outcomes(results) == {}
    assert "Relay TCP, from this machine" in results["ice"].detail
