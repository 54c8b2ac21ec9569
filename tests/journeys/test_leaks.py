"""No text that Python makes of our objects or errors has a secret in it."""

from __future__ import annotations

import base64
import gc
import traceback
from typing import Literal
from urllib.parse import quote

import pytest

from avatar_client import AsyncAvatarClient, AvatarError
from server import settings
from server.kaltura_session import AdminKs
from sessions.desk import Desk
from sessions.ledger import LedgerUnreachable, ledger_at
from sessions.state import Display, Phase, Way
from tests.support.app_process import free_port
from tests.support.canaries import CANARIES, MADE, PARTNER_ID, going_live, leaks
from tests.support.desk_visitor import AVA, Visitor, open_janitor
from tests.support.redis_server import RedisServer, redis_server
from tests.support.simulator_process import SimulatorProcess

__all__ = ["redis_server"]

KS = CANARIES["AVATAR_KS"]
OURS = ("avatar_client", "server", "sessions", "redis", "httpx")
"""The modules, ours and those that are given a secret, whose objects somebody may print."""


@pytest.mark.parametrize(
    "text",
    [
        f"say {KS}",
        KS[::-1],
        KS.encode().hex(),
        KS.encode().hex().upper(),
        quote(KS),
        "".join(f"%{ord(c):02X}" for c in KS),
        *(base64.b64encode(f"{'x' * n}{KS} and more".encode()).decode() for n in range(6)),
        base64.urlsafe_b64encode(f"?>{KS}?>".encode()).decode(),
        KS.lower(),
    ],
)
def test_a_secret_is_found_however_it_is_spelled(text: str) -> None:
    """What the canary tests rest on."""
    assert leaks(KS, [b"", f"before {text} after".encode()])
    assert not leaks(KS, [f"before {text[: len(text) // 2]} after".encode()])


def texts_of_objects() -> list[bytes]:
    """The repr of every object of these modules, and its str where it is no string itself."""
    objects = [o for o in gc.get_objects() if str(type(o).__module__).split(".")[0] in OURS]
    assert {"Desk", "Janitor", "LiveSession", "Session", "Entry", "AsyncAvatarClient"} <= {
        type(o).__name__ for o in objects
    }
    shown = [*map(repr, objects), *(str(o) for o in objects if not isinstance(o, str))]
    return [text.encode() for text in shown]


@pytest.mark.anyio
@pytest.mark.parametrize(("way", "how"), [("sdk", "given"), ("direct", "made")])
async def test_no_object_shows_a_secret(
    simulator: SimulatorProcess,
    redis_server: RedisServer,
    way: Way,
    how: Literal["given", "made"],
) -> None:
    """Settings, client, desk, session, janitor, ledger, and what libraries keep for them."""
    chosen = settings.read(
        going_live(how),
        {"AVATAR_BASE_URL": simulator.base_url, "AVATAR_LEDGER_URL": redis_server.url},
    )
    redis_server.flush()
    async with (
        AsyncAvatarClient(chosen.credential, chosen.base_url) as client,
        open_janitor(client, chosen.ledger_url) as janitor,
    ):
        desk = Desk(client, janitor, display=Display(way))
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            await visitor.until_phase(Phase.CONNECTING)
            texts = texts_of_objects()
            (entry,) = await janitor.entries()
        await desk.close()
    assert entry.token
    for secret in (*CANARIES.values(), MADE, RedisServer.password, entry.token):
        found = leaks(secret, texts)
        assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "url",
    ["redis://:{}@[", "redis://:{}@host:x/0", "redis://:{}@host/0?a=b", "mysql://me:{}@host/db"],
)
def test_a_ledgers_address_that_is_none_is_not_repeated(url: str) -> None:
    """The sentence names the setting, and not the password in it."""
    with pytest.raises(ValueError, match="AVATAR_LEDGER_URL") as raised:
        ledger_at(url.format(RedisServer.password))
    assert not leaks(RedisServer.password, [printed(raised.value)])


def printed(error: BaseException) -> bytes:
    """An error as it is shown and logged, with all that led to it."""
    return "".join([str(error), repr(error), *traceback.format_exception(error)]).encode()


@pytest.mark.anyio
async def test_no_error_of_the_ledger_shows_its_password(redis_server: RedisServer) -> None:
    """Where nobody listens, and where the password is a wrong one."""
    wrong = "CanaryOfAWrongPassword5xN2"
    for password, port in ((RedisServer.password, free_port()), (wrong, redis_server.port)):
        ledger = ledger_at(f"redis://:{password}@127.0.0.1:{port}/0")
        with pytest.raises(LedgerUnreachable) as raised:
            await ledger.read()
        await ledger.aclose()
        assert not leaks(password, [printed(raised.value)])


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 401, 503])
async def test_no_error_of_the_service_shows_the_ks(
    simulator: SimulatorProcess, status: int
) -> None:
    """Whatever the service repeats of it, in its words and in its headers."""
    body = f'{{"success": false, "error": "Invalid: {KS}, {KS.encode().hex()}"}}'
    simulator.ask_mood(call="create", status=status, body=body, headers={"X-Echo": KS})
    async with AsyncAvatarClient(KS, simulator.base_url) as client:
        with pytest.raises(AvatarError) as raised:
            await client.create("ava")
    simulator.clear_moods()
    assert not leaks(KS, [printed(raised.value)])


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 401, 503])
async def test_no_error_of_the_service_shows_a_ks_that_was_made(
    simulator: SimulatorProcess, status: int
) -> None:
    """Nor what it was made from, which a service might find out."""
    secret = CANARIES["AVATAR_ADMIN_SECRET"]
    source = AdminKs(PARTNER_ID, secret)
    body = f'{{"success": false, "error": "Invalid: {source.current()}, {secret}"}}'
    simulator.ask_mood(call="create", status=status, body=body, times=2)
    async with AsyncAvatarClient(source, simulator.base_url) as client:
        with pytest.raises(AvatarError) as raised:
            await client.create("ava")
    simulator.clear_moods()
    assert not leaks(MADE, [printed(raised.value)])
    assert not leaks(secret, [printed(raised.value)])
