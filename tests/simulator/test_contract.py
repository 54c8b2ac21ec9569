"""Each page of the contract, against the client and against the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from avatar_client import (
    AsyncAvatarClient,
    AvatarClient,
    AvatarError,
    CatalogItem,
    CredentialRefused,
    Media,
    RequestRefused,
    Said,
    ServiceFailed,
    Session,
    TurnServer,
)
from simulator.check import CREATES, filled
from simulator.exchange import CALLS, CONTRACT, request_page
from tests.simulator.test_check import checked
from tests.support.simulator_process import running_simulator

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
    "loadingVideo": "https://cdn.example/ava.mp4",
    "voiceSampleUrl": "https://cdn.example/warm.mp3",
    "name": "Ava",
    "description": "Calm.",
    "language": "English",
}
SESSION = Session("session-1", "a.token")
TURN = TurnServer("turn.example", "user", "secret")
MEDIA = Media("https://media.example/whep/1", TURN, "https://media.example/plain/1")
FACE = CatalogItem("item-1", "Ava", "https://cdn.example/ava.png")
VOICE = CatalogItem("item-1", "Ava", None, "Calm.", "English")
CREATE = ("create", ("ava",), {"voice_id": "warm", "speed": 1.1})
SAY = ("say_text", (SESSION, "Hello there."), {"turn_id": "turn-1"})
AUDIO = (SESSION, b"\x00\xffmp3")
ASKED: dict[str, tuple[tuple[str, tuple[Any, ...], dict[str, Any]], object]] = {
    **dict.fromkeys(CREATES, (CREATE, SESSION)),
    "catalog-visual": (("catalog", ("Visual",), {}), (FACE,)),
    "catalog-voice": (("catalog", ("Voice",), {}), (VOICE,)),
    "catalog-visual-invalid-ks": (("catalog", ("Visual",), {}), CredentialRefused),
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
NEVER_SENT = {"catalog", "catalog-get"}
"""Calls of the service that the client has no use for."""
HTTPS_OWN = {"host", "content-length"}


class Service:
    """Takes one pinned request and gives its answer; to any other it says 404."""

    def __init__(self, name: str) -> None:
        self.pinned = filled(CONTRACT[name].request, VALUES)
        self.answer = filled(CONTRACT[name].answer, VALUES)
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
@pytest.mark.parametrize("name", sorted(CONTRACT.keys() - NEVER_SENT))
def test_the_client_sends_what_is_pinned(door: Callable[..., Any], name: str) -> None:
    """Method, path, headers and body leave exactly as on the page, once, and nothing else does but
    the other pinned forms of create; the answer on the page is understood."""
    (verb, args, options), value = ASKED[name]
    service = Service(name)
    try:
        got = door(service, verb, *args, **options)
    except AvatarError as failed:
        got = type(failed)
    assert got == value, service.refused
    (request,) = service.taken
    assert set(request.headers) == HTTPS_OWN | {h.lower() for h in service.pinned["headers"]}
    others = [filled(CONTRACT[form].request, VALUES) for form in CREATES if form != name]
    assert all(verb == "create" and page in others for page in service.refused)


def test_no_form_of_create_is_sent_that_is_not_pinned() -> None:
    """A service that knows none of them is asked in each, once."""
    service = Service("end")
    with pytest.raises(RequestRefused):
        blocking(service, "create", "ava", voice_id="warm", speed=1.1)
    pinned = [filled(CONTRACT[form].request, VALUES) for form in CREATES]
    assert sorted(map(str, service.refused)) == sorted(map(str, pinned))


@pytest.mark.parametrize(
    ("dialect", "differs"),
    [
        ("documented", {"create-at-create-id": 404}),
        ("live", {"create": 404, "say-text": 503, "say-text-chunk": 503}),
    ],
)
def test_the_simulator_answers_as_pinned(dialect: str, differs: dict[str, int]) -> None:
    """Every request is taken, and its answer is the one on the page, no field more or less, but
    for what the service was seen to refuse in this dialect."""
    turn = ("--turn-url", "turn.example", "--turn-username", "u", "--turn-credential", "c")
    with running_simulator(*turn, "--dialect", dialect) as simulator:
        told = checked(simulator.base_url).told
        assert {session["endedBy"] for session in simulator.sessions()} == {"end"}
    refused = {f"{name}-{status}" for name, status in differs.items()}
    assert told.keys() == CALLS - differs.keys() | refused
    assert {told[name] for name in told.keys() & CONTRACT.keys()} == {"as in the contract"}
