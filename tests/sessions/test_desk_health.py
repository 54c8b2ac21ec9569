"""What /health says, from the calls that were made anyway."""

from __future__ import annotations

import base64

import pytest

from avatar_client import (
    AsyncAvatarClient,
    AvatarError,
    CredentialRefused,
    LimitReached,
    RequestRefused,
    ServiceFailed,
    ServiceUnreachable,
    SessionGone,
)
from sessions.service import Service, Standing, standing_after
from sessions.state import Phase
from tests.support.desk_visitor import AVA, Visitor, open_desk
from tests.support.simulator_process import SimulatorProcess


@pytest.mark.parametrize(
    ("error", "standing"),
    [
        (None, "ok"),
        (ServiceUnreachable("keep-alive", sent="no"), "unreachable"),
        (ServiceUnreachable("say-text", sent="maybe"), "unreachable"),
        (ServiceFailed("create", status=502, sent="yes"), "unreachable"),
        (ServiceFailed("say-text", status=504, sent="yes"), "unreachable"),
        (ServiceFailed("create", status=500, sent="yes"), "ok"),
        (ServiceFailed("create", status=503, sent="yes"), "ok"),
        (ServiceFailed("create", status=200, sent="yes"), "ok"),
        (ServiceFailed("say-text", status=503, sent="yes"), "ok"),
        (CredentialRefused("create", status=401, sent="yes"), "refused"),
        (CredentialRefused("create", status=403, sent="yes"), "refused"),
        (CredentialRefused("create", status=200, sent="yes"), "refused"),
        (CredentialRefused("create", sent="no"), "refused"),
        (CredentialRefused("say-text", status=401, sent="yes"), "ok"),
        (SessionGone("keep-alive", status=410, sent="yes"), "ok"),
        (LimitReached("create", status=429, sent="yes"), "ok"),
        (RequestRefused("create", status=400, sent="yes"), "ok"),
        (RequestRefused("create", sent="no"), None),
        # A catalog that fails costs the pictures, unless a create would fail as well.
        (ServiceUnreachable("catalog", sent="no"), "unreachable"),
        (CredentialRefused("catalog", status=401, sent="yes"), "refused"),
        (CredentialRefused("catalog", status=200, sent="yes"), "refused"),
        (CredentialRefused("catalog", sent="no"), "refused"),
        (CredentialRefused("catalog", status=403, sent="yes"), None),
        (ServiceUnreachable("catalog", sent="maybe"), None),
        (ServiceFailed("catalog", status=502, sent="yes"), None),
        (ServiceFailed("catalog", status=504, sent="yes"), None),
        (ServiceFailed("catalog", status=200, sent="yes"), None),
        (RequestRefused("catalog", status=400, sent="yes"), None),
    ],
    ids=str,
)
def test_how_the_service_stands(error: AvatarError | None, standing: Standing | None) -> None:
    """Whoever answers is reachable; only what a start needs makes it refused. None: no news."""
    assert standing_after(error) == standing


@pytest.mark.anyio
async def test_an_expired_ks_is_refused_without_a_call() -> None:
    """What the client sees to have expired keeps a start away as a 401 does."""
    expired = base64.b64encode(b"0123456789abcdef0123" * 2 + b"|1;1;1700000000;2;3;;").decode()
    async with AsyncAvatarClient(expired, "http://127.0.0.1:9/v1/avatar-session") as client:
        service = Service(client)
        with pytest.raises(CredentialRefused, match="expired on 2023-11-14"):
            await service.ask(client.catalog("Visual"))
        assert service.standing == "refused"
        with pytest.raises(RequestRefused):
            await service.ask(client.create(""))
        assert service.standing == "refused"


@pytest.mark.anyio
async def test_health_follows_the_calls(simulator: SimulatorProcess) -> None:
    """Unknown before the first one; a KS that is refused is an error until the next good call."""
    async with open_desk(simulator) as desk:
        health = desk.health()
        assert health == {
            "status": "ok",
            "activeSessions": 0,
            "oldestSeconds": None,
            "ledger": "ok",
            "service": "unknown",
        }
        visitor = Visitor(desk)
        async with visitor.watching():
            simulator.ask_mood(call="create", status=401)
            desk.start(visitor.name, AVA)
            await visitor.until_phase(Phase.ERROR)
            health = desk.health()
            assert (health["status"], health["service"]) == ("error", "refused")
            await visitor.start()
            health = desk.health()
            assert (health["status"], health["service"]) == ("ok", "ok")
            assert health["activeSessions"] == 1
            assert isinstance(health["oldestSeconds"], float)
