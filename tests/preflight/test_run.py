"""A preflight, from the settings to the end of its session: each failure by its cause."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import av
import pytest
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from avatar_client import Media
from preflight.peer import Peer
from preflight.run import Preflight, Waits
from preflight.server import Preflights
from preflight.sightings import Sight, Sightings
from preflight.steps import STEPS, Outcome
from server.services import Services
from server.settings import Settings
from sessions.desk import Refused
from tests.support.desk_visitor import Visitor
from tests.support.other_catalog import other_catalog
from tests.support.preflights import (
    CONNECTED,
    VISITOR,
    Saw,
    assert_all_ended,
    no_moods,
    only,
    outcomes,
    tried,
    tried_with,
)
from tests.support.redis_server import running_redis
from tests.support.served import served
from tests.support.services import services_at
from tests.support.simulator_process import SimulatorProcess

__all__ = ["no_moods"]

pytestmark = pytest.mark.anyio


async def test_everything_works(simulator: SimulatorProcess, tmp_path: Path) -> None:
    """Every step has its tick and its time; the session is ended, off the ledger, and audited."""
    changes: list[tuple[str, ...]] = []
    log = tmp_path / "audit"
    async with services_at(simulator.base_url, audit_log=str(log)) as services:

        def changed() -> None:
            changes.append(tuple(r.outcome for r in preflight.results))

        preflight = Preflight(services, VISITOR, Peer(), changed)
        results = await preflight.run()
        assert await services.janitor.entries() == ()
    assert outcomes({r.step.name: r for r in results}) == {}
    assert all(result.seconds is not None and result.to_do == "" for result in results)
    assert results[5].detail == "Direct, from this machine to the service."
    # Progress as it goes: each step is seen to be tried before it has passed.
    assert len(changes) == 2 * len(STEPS) + 1
    session = simulator.sessions()[-1]
    assert (session["state"], session["endedBy"]) == ("ended", "end")
    assert session["interrupts"] == 1
    assert [turn["outcome"] for turn in session["turns"]] == ["interrupted"]
    report = preflight.report()
    assert "It works here." in report
    assert "a-test" not in report
    assert session["sessionId"] not in report
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["event"], line["outcome"]) for line in lines] == [
        ("start", "created"),
        ("end", "ended"),
    ]
    assert {line["session"] for line in lines} == {session["sessionId"]}


def readable_ks(seconds: int) -> str:
    """A KS of version 1, which tells that it is good for so long from now."""
    fields = f"123;123;{int(time.time()) + seconds};2;1234.5;someone;*"
    return base64.b64encode(f"{'a' * 40}|{fields}".encode()).decode()


async def test_a_ks_that_has_expired(simulator: SimulatorProcess) -> None:
    """It is told without a request, and no session is tried to be opened."""
    results = await tried(simulator.base_url, Saw(), ks=readable_ks(-3600))
    assert outcomes(results) == only("ks")
    assert results["ks"].detail == "It expired 1.0 hours ago."
    assert "AVATAR_PARTNER_ID" in results["ks"].to_do


async def test_a_ks_that_tells_how_long_it_lasts(simulator: SimulatorProcess) -> None:
    """Its time left is told, where it can be read."""
    simulator.ask_mood(call="create", status=429)
    results = await tried(simulator.base_url, Saw(), ks=readable_ks(7190))
    assert results["ks"].detail == "It lasts another 2.0 hours."


@pytest.mark.parametrize(
    ("ks", "said"), [("invalid", "401"), ("expired", "401"), ("forbidden", "403")]
)
async def test_a_wrong_ks(simulator: SimulatorProcess, ks: str, said: str) -> None:
    """The service tells at the first call; it is a matter of the account, not of the network."""
    results = await tried(simulator.base_url, Saw(), ks=ks)
    assert outcomes(results) == only("create")
    assert said in results["create"].detail
    assert "not a matter of your network" in results["create"].to_do
    assert "AVATAR_KS" in results["create"].to_do


@pytest.mark.parametrize(
    ("mood", "said", "to_do"),
    [
        ({"status": 429}, "HTTP 429", "account has reached its limit"),
        ({"status": 503}, "HTTP 503", "the service failed"),
        ({"status": 400, "body": "No such avatar", "times": None}, "No such avatar", "AVATAR_ID"),
        ({"reset": True}, "the connection broke", "not to cut off"),
    ],
    ids=["limit", "failure", "request", "cut"],
)
async def test_create_fails(
    simulator: SimulatorProcess, mood: dict[str, object], said: str, to_do: str
) -> None:
    """Whose matter it is, is told: the account's, Kaltura's, the settings', the network's."""
    simulator.ask_mood(call="create", **mood)
    async with services_at(simulator.base_url) as services:
        results = await tried_with(services, Saw())
        # An answer that was lost may have opened a session, which only people can look for.
        assert [entry.unknown for entry in await services.janitor.entries()] == [True] * (
            "reset" in mood
        )
    assert outcomes(results) == only("create")
    assert said in results["create"].detail
    assert to_do in results["create"].to_do


@pytest.mark.parametrize("mood", [{"status": 302}, {"status": 403}, {"status": 200}])
async def test_something_answers_in_the_services_place(
    simulator: SimulatorProcess, mood: dict[str, object]
) -> None:
    """A proxy's page that blocks, or a guest network's that asks to sign in: it is told as that."""
    page = "<!DOCTYPE html><title>Sign in</title><p>Welcome to the guest network."
    simulator.ask_mood(call="create", body=page, **mood)
    results = await tried(simulator.base_url, Saw())
    assert outcomes(results) == only("create")
    assert "answered in its place" in results["create"].to_do
    assert "to 127.0.0.1 without a filter" in results["create"].to_do


async def test_as_many_sessions_as_there_may_be(simulator: SimulatorProcess) -> None:
    """A preflight is counted as any session is."""
    async with services_at(simulator.base_url, max_sessions=1) as services:
        assert services.desk
        visitor = Visitor(services.desk, "another")
        async with visitor.watching():
            await visitor.start()
            created = simulator.created_from_now()
            results = await tried_with(services, Saw())
    assert outcomes(results) == only("create")
    assert "1 live session" in results["create"].detail
    assert "on the page Sessions" in results["create"].to_do
    assert not created()


async def test_a_ledger_that_is_away(simulator: SimulatorProcess) -> None:
    """What can't be written down is not paid for: create is not sent."""
    created = simulator.created_from_now()
    with running_redis() as redis:
        redis.stop()
        results = await tried(simulator.base_url, Saw(), ledger_url=redis.url)
    assert outcomes(results) == only("create")
    assert "can't be reached" in results["create"].detail
    assert "AVATAR_LEDGER_URL" in results["create"].to_do
    assert redis.password not in str(results)
    assert not created()


async def test_a_catalog_without_a_face(simulator: SimulatorProcess) -> None:
    """With no avatar in the settings either, there is nothing to create a session with."""
    with other_catalog(simulator, lambda _: JSONResponse({"objects": [], "totalCount": 0})) as url:
        results = await tried(url, Saw())
    assert outcomes(results) == only("create")
    assert "the catalog names none" in results["create"].detail
    assert "AVATAR_ID" in results["create"].to_do


async def test_something_is_wrong_with_this_app(simulator: SimulatorProcess) -> None:
    """It is told as ours, without a traceback, and the session is ended."""

    class Broken(Saw):
        @asynccontextmanager
        async def watching(self, _: Media, __: Sightings) -> AsyncIterator[None]:
            raise ZeroDivisionError("canary of a bug")
            yield

    results = await tried(simulator.base_url, Broken())
    assert outcomes(results) == only("ice")
    assert results["ice"].detail == "This app failed (ZeroDivisionError)."
    assert "not a matter of your network" in results["ice"].to_do
    assert_all_ended(simulator)


@pytest.mark.parametrize(
    ("mood", "to_do"),
    [
        ({"status": 500}, "the service failed"),
        ({"status": 401}, "the session ended early"),
        ({"status": 404}, "the session ended early"),
    ],
)
async def test_init_client_fails(
    simulator: SimulatorProcess, mood: dict[str, object], to_do: str
) -> None:
    """The session that is there is ended all the same."""
    simulator.ask_mood(call="init-client", times=None, **mood)
    results = await tried(simulator.base_url, Saw())
    assert outcomes(results) == only("init-client")
    assert to_do in results["init-client"].to_do
    assert_all_ended(simulator)


class Dark(MediaStreamTrack):
    """A track on which nothing ever comes."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    async def recv(self) -> av.VideoFrame:
        """Never returns."""
        await asyncio.Event().wait()
        raise AssertionError


@contextmanager
def dark_service() -> Iterator[str]:
    """The address of a picture that connects, and sends none."""
    connections: list[RTCPeerConnection] = []

    async def answer(request: Request) -> Response:
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        connections.append(connection)
        for kind in ("video", "audio"):
            connection.addTrack(Dark(kind))
        offer = (await request.body()).decode()
        await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await connection.setLocalDescription()
        return Response(connection.localDescription.sdp, 201, media_type="application/sdp")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        for connection in connections:
            await connection.close()

    routes = [Route("/", answer, methods=["POST"])]
    with served(Starlette(routes=routes, lifespan=lifespan)) as url:
        yield f"{url}/"


async def test_no_picture(simulator: SimulatorProcess) -> None:
    """There is a connection, over which nothing comes."""
    with dark_service() as whep_url:
        body = json.dumps({"success": True, "whepUrl": whep_url})
        simulator.ask_mood(call="init-client", status=200, body=body)
        results = await tried(simulator.base_url, Peer(), waits=Waits(picture=0.5, sound=0.5))
    assert outcomes(results) == only("picture") | only("sound")
    assert results["ice"].detail == "Direct, from this machine to the service."
    assert "no picture came over it" in results["picture"].detail
    assert_all_ended(simulator)


@pytest.mark.parametrize("comes", [True, False])
async def test_a_browser_without_h264(simulator: SimulatorProcess, comes: bool) -> None:
    """It is told what to use instead: beside the tick where the picture is another, as the
    simulator's, and as the reason where none comes."""
    seen = [CONNECTED, (Sight.NO_H264, "")] + [(Sight.PICTURE, "")] * comes
    step = (await tried(simulator.base_url, Saw(*seen)))["picture"]
    assert step.outcome is (Outcome.PASSED if comes else Outcome.FAILED)
    assert "does not decode H264" in step.detail
    assert "use Chrome, Edge or Safari" in (step.detail if comes else step.to_do)


async def test_where_text_is_known_to_be_refused_none_is_sent(simulator: SimulatorProcess) -> None:
    """What a session of this server learnt, a preflight knows, and the other way round."""
    with simulator.counting("say-text") as asked:
        async with services_at(simulator.base_url, dialect="live") as services:
            results = await tried_with(services, Saw(CONNECTED, (Sight.PICTURE, "")))
        assert asked() == 0
    assert "because the service takes no text" not in results["ice"].detail
    (turn,) = simulator.sessions()[-1]["turns"]
    assert turn["kind"] == "audio"


async def test_no_sound(simulator: SimulatorProcess) -> None:
    """The service took the text, and nobody hears a thing."""
    simulator.ask_mood(call="say-text", status=200, body='{"success": true}')
    results = await tried(simulator.base_url, Peer(), waits=Waits(sound=0.5))
    assert outcomes(results) == only("sound")
    assert "no voice was heard" in results["sound"].detail
    assert_all_ended(simulator)


async def test_a_service_that_takes_no_text(simulator: SimulatorProcess) -> None:
    """The same is said by the server voice, heard and interrupted, and the step says so."""
    simulator.ask_mood(call="say-text", status=503, times=2)
    results = await tried(simulator.base_url, Peer(), waits=Waits())
    assert outcomes(results) == {}
    assert "because the service takes no text" in results["sound"].detail
    (turn,) = simulator.sessions()[-1]["turns"]
    assert (turn["kind"], turn["outcome"]) == ("audio", "interrupted")


async def test_an_interrupt_that_interrupts_nothing(simulator: SimulatorProcess) -> None:
    """It is answered, and the voice goes on."""
    simulator.ask_mood(call="interrupt", status=200, body='{"success": true}')
    results = await tried(simulator.base_url, Peer(), waits=Waits(quiet=0.9))
    assert outcomes(results) == only("interrupt")
    assert "the voice went on" in results["interrupt"].detail
    assert_all_ended(simulator)


async def test_an_end_that_is_not_confirmed(simulator: SimulatorProcess) -> None:
    """The step fails, and the janitor goes on until the session has ended."""
    simulator.ask_mood(call="end", status=400)
    async with services_at(simulator.base_url) as services:
        results = await tried_with(services, Saw(CONNECTED))
        assert results["end"].outcome is Outcome.FAILED
        (entry,) = await services.janitor.entries()
        assert entry.session_id == simulator.sessions()[-1]["sessionId"]
        await asyncio.to_thread(assert_all_ended, simulator)


async def test_a_viewer_that_goes(simulator: SimulatorProcess) -> None:
    """The session is ended at once, and what was not tried yet is not tried."""
    async with services_at(simulator.base_url) as services:

        def leave_at_the_picture() -> None:
            if preflight.results[6].outcome is Outcome.TRYING:
                preflight.leave()

        preflight = Preflight(services, VISITOR, Saw(CONNECTED), leave_at_the_picture)
        results = {result.step.name: result for result in await preflight.run()}
        assert await services.janitor.entries() == ()
    assert outcomes(results) == {
        "picture": "failed",
        "sound": "not tried",
        "interrupt": "not tried",
    }
    assert "page that watched was closed" in results["picture"].detail


async def test_a_slow_one_keeps_its_session_alive(simulator: SimulatorProcess) -> None:
    """Where a step takes long, the service is told that the session is still wanted."""
    await tried(simulator.base_url, Saw(), waits=Waits(way=0.5, keep_alive_every=0.1))
    assert simulator.sessions()[-1]["keepAlives"] >= 2


async def test_one_at_a_time_and_none_when_the_server_stops(simulator: SimulatorProcess) -> None:
    """A second one is refused with a sentence; a stopping server ends the one that runs."""
    async with services_at(simulator.base_url) as services:
        waits_for_the_way = asyncio.Event()

        def look() -> None:
            if preflight.results[5].outcome is Outcome.TRYING:
                waits_for_the_way.set()

        preflights = Preflights(services)
        preflight = preflights.start("a-visitor", Saw(), look)
        with pytest.raises(Refused, match="Another preflight is running"):
            preflights.start("another", Saw(), lambda: None)
        async with asyncio.timeout(10):
            await waits_for_the_way.wait()
        await preflights.close()
        assert preflight.is_over
        assert await services.janitor.entries() == ()
    assert_all_ended(simulator)


async def test_settings_that_make_no_sense(tmp_path: Path) -> None:
    """Nothing else is tried."""
    services = Services()
    await services.open(Settings(audit_log=str(tmp_path)))
    preflight = Preflight(services, VISITOR, Saw(), lambda: None)
    results = {result.step.name: result for result in await preflight.run()}
    assert outcomes(results) == only("settings")
    assert "AVATAR_AUDIT_LOG" in results["settings"].detail
    assert "Service:    none" in preflight.report()
