"""The wire is pinned: each page in simulator/contract, against the client and the simulator."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from avatar_client import (
    AsyncAvatarClient,
    AvatarClient,
    CatalogItem,
    Media,
    RequestRefused,
    Said,
    ServiceFailed,
    Session,
    TurnServer,
)
from simulator.exchange import request_page
from tests.support.app_process import ROOT, environment
from tests.support.simulator_process import SimulatorProcess, running_simulator
from tests.wire import CREATES, FIXTURES, OF_A_SESSION, filled, play

BASE_URL = "https://api.example/v1/avatar-session"
VALUES = {
    "ks": "a-ks",
    "token": "a.token",
    "sessionId": "session-1",
    "turnId": "turn-1",
    "avatarId": "ava",
    "voiceId": "warm",
    "text": "Hello there.",
    "audio": "\x00\xffmp3",
    "whepUrl": "https://media.example/whep/1",
    "plainUrl": "https://media.example/plain/1",
    "url": "turn.example",
    "username": "user",
    "credential": "secret",
    "itemId": "item-1",
    "imageUrl": "https://cdn.example/ava.png",
    "name": "Ava",
    "description": "Calm.",
    "language": "English",
}
COMMAND_WITHOUT_PYTEST = """
import runpy, sys
sys.modules["pytest"] = None
runpy.run_module("tests.wire", run_name="__main__")
"""
SESSION = Session("session-1", "a.token")
TURN = TurnServer("turn.example", "user", "secret")
MEDIA = Media("https://media.example/whep/1", TURN, "https://media.example/plain/1")
FACE = CatalogItem("item-1", "Ava", "https://cdn.example/ava.png")
VOICE = CatalogItem("item-1", "Ava", None, "Calm.", "English")
CREATE = ("create", ("ava",), {"voice_id": "warm", "speed": 1.1})
SAY = ("say_text", (SESSION, "Hello there."), {"turn_id": "turn-1"})
AUDIO = (SESSION, b"\x00\xffmp3")
CALLS: dict[str, tuple[tuple[str, tuple[Any, ...], dict[str, Any]], object]] = {
    **dict.fromkeys(CREATES, (CREATE, SESSION)),
    "catalog-visual": (("catalog", ("Visual",), {}), (FACE,)),
    "catalog-voice": (("catalog", ("Voice",), {}), (VOICE,)),
    "init-client": (("init_client", (SESSION,), {}), MEDIA),
    "say-text": (SAY, Said("turn-1", None)),
    "say-text-chunk": ((SAY[0], SAY[1], SAY[2] | {"is_final": False}), Said("turn-1", None)),
    "say-text-503": (SAY, ServiceFailed),
    "say-audio": (
        ("say_audio", AUDIO, {"duration": 1.25, "turn_id": "turn-1"}),
        Said("turn-1", None),
    ),
    "interrupt": (("interrupt", (SESSION,), {}), None),
    "keep-alive": (("keep_alive", (SESSION,), {}), None),
    "end": (("end", (SESSION,), {}), None),
}
EVERY_CALL = {*CREATES, *OF_A_SESSION, "catalog-visual", "catalog-voice"}
HTTPS_OWN = {"host", "content-length"}


class Service:
    """Takes one pinned request and gives its answer; to any other it says 404."""

    def __init__(self, name: str) -> None:
        self.pinned = filled(FIXTURES[name].request, VALUES)
        self.answer = filled(FIXTURES[name].answer, VALUES)
        self.refused: list[dict[str, Any]] = []
        self.taken: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer `request`."""
        if (page := request_page(request)) != self.pinned:
            self.refused.append(page)
            return httpx.Response(404)
        self.taken.append(request)
        return httpx.Response(self.answer["status"], json=self.answer["json"])


def blocking(service: Service, verb: str, *args: Any, **options: Any) -> Any:
    """What `AvatarClient` makes of the answer."""
    with AvatarClient("a-ks", BASE_URL, transport=httpx.MockTransport(service)) as client:
        return getattr(client, verb)(*args, **options)


def awaitable(service: Service, verb: str, *args: Any, **options: Any) -> Any:
    """What `AsyncAvatarClient` makes of the answer."""

    async def ask() -> Any:
        transport = httpx.MockTransport(service)
        async with AsyncAvatarClient("a-ks", BASE_URL, transport=transport) as client:
            return await getattr(client, verb)(*args, **options)

    return asyncio.run(ask())


@pytest.mark.parametrize("door", [blocking, awaitable])
@pytest.mark.parametrize("name", sorted(FIXTURES))
def test_the_client_sends_what_is_pinned(door: Callable[..., Any], name: str) -> None:
    """Method, path, headers and body leave exactly as on the page, once, and nothing else does but
    the other pinned forms of create; the answer on the page is understood."""
    (verb, args, options), value = CALLS[name]
    service = Service(name)
    try:
        got = door(service, verb, *args, **options)
    except ServiceFailed as failed:
        got = type(failed)
    assert got == value, service.refused
    (request,) = service.taken
    assert set(request.headers) == HTTPS_OWN | {h.lower() for h in service.pinned["headers"]}
    others = [filled(FIXTURES[form].request, VALUES) for form in CREATES if form != name]
    assert all(verb == "create" and page in others for page in service.refused)


def test_no_form_of_create_is_sent_that_is_not_pinned() -> None:
    """A service that knows none of them is asked in each, once."""
    service = Service("end")
    with pytest.raises(RequestRefused):
        blocking(service, "create", "ava", voice_id="warm", speed=1.1)
    pinned = [filled(FIXTURES[form].request, VALUES) for form in CREATES]
    assert sorted(map(str, service.refused)) == sorted(map(str, pinned))


def answered(*flags: str) -> dict[str, list[str]]:
    """What the simulator makes of every pinned request: names of answers, and what is wrong."""
    turn = ("--turn-url", "turn.example", "--turn-username", "u", "--turn-credential", "c")
    with running_simulator(*turn, *flags) as simulator, httpx.Client(timeout=30) as http:
        told = dict(play(http, simulator.base_url, "a-test"))
        assert {session["endedBy"] for session in simulator.sessions()} == {"end"}
        return told


def test_the_simulator_answers_as_pinned() -> None:
    """Every request is accepted, and its answer is the one on the page, no field more or less."""
    assert answered() == {name: [] for name in EVERY_CALL}


def test_the_live_dialect() -> None:
    """create in the one form that was seen to work, and 503 for every text; all else as pinned."""
    told = answered("--dialect", "live")
    assert told["create-at-create-id"] == told["say-text-503"] == told["say-audio"] == []
    assert told.keys() == EVERY_CALL - {"say-text", "say-text-chunk"} - {*CREATES} | {
        "create-at-create-id",
        "create-404",
        "say-text-503",
        "say-text-chunk-503",
    }


def test_the_documented_dialect() -> None:
    """create in the one form of the endpoint's own page; all else as pinned."""
    told = answered("--dialect", "documented")
    assert told.keys() == EVERY_CALL - {*CREATES} | {
        "create",
        "create-at-create-id-404",
    }
    assert [name for name in EVERY_CALL if told.get(name)] == []


def test_what_was_opened_is_ended_when_a_call_breaks() -> None:
    """Whatever comes instead of an answer: the session is paid for."""
    with running_simulator() as simulator, httpx.Client(timeout=30) as http:
        simulator.ask_mood(call="keep-alive", reset=True)
        with pytest.raises(httpx.TransportError):
            dict(play(http, simulator.base_url, "a-test"))
        assert [session["endedBy"] for session in simulator.sessions()] == ["end"]


@pytest.mark.parametrize(
    ("ks", "elsewhere", "told"),
    [("invalid", "", "The catalog named no visual"), ("", "https://a.example", "no credentials")],
)
def test_the_command_where_nothing_can_be_tried(
    simulator: SimulatorProcess, tmp_path: Path, ks: str, elsewhere: str, told: str
) -> None:
    """A sentence, and no traceback; it needs nothing but what `make run` has installed."""
    base_url = f"{elsewhere}/v1/avatar-session" if elsewhere else simulator.base_url
    ran = subprocess.run(
        [sys.executable, "-c", COMMAND_WITHOUT_PYTEST, base_url],
        cwd=ROOT,
        env=environment(tmp_path, {"AVATAR_KS": ks}),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.returncode == 1
