"""The server is killed with SIGKILL at random moments of every verb, and of a preflight."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from benchmarks.bare_visitor import BareVisitor, visiting
from sessions.ledger import Reading, ledger_at
from tests.support.app_process import App, running_app
from tests.support.chaos_proxy import SEED, Chaos, Fault, bad_service
from tests.support.redis_server import RedisServer, redis_server
from tests.support.simulator_caller import AVATAR
from tests.support.simulator_process import SimulatorProcess, eventually, running_simulator

__all__ = ["redis_server"]

TEXT = "A sentence that is none too short, and is said in parts. " * 6
VERBS: dict[str, list[dict[str, Any]]] = {
    "start": [],
    "say": [{"verb": "say", "text": TEXT}],
    "interrupt": [{"verb": "say", "text": TEXT}, {"verb": "interrupt"}],
    "end": [{"verb": "end"}],
    "preflight": [],
}
"""What a visitor asks of a live session; the first and the last of them begin theirs."""

LONGEST = 1.2
"""Seconds from the verbs to the kill, at most: each call takes up to `chaos_proxy.LATE`."""

LEASE = 20.0
"""Seconds in which a dead server's sessions are ended, on a ledger that no lock tells of, too."""


@pytest.mark.soak
@pytest.mark.parametrize(("store", "kills"), [("sqlite", 25), ("redis", 5)])
def test_kills(store: str, kills: int, request: pytest.FixtureRequest) -> None:
    """After the next start every session has ended, or is listed as one that may exist."""
    print(f"SEED={SEED}")
    draw = random.Random(f"{SEED}/{store}")
    late = Chaos(share=1.0, faults=(Fault.DELAY,))
    flags = ("--max-sessions", "1000", "--idle-timeout", "3600")
    with (
        running_simulator(*flags, "--engine", "tests.support.short_voice:load") as simulator,
        bad_service(simulator, late) as base_url,
        ledger_for(store, request) as ledger_url,
        running_app(
            AVATAR_KS="a-test",
            AVATAR_BASE_URL=base_url,
            AVATAR_ID=AVATAR,
            AVATAR_LEDGER_URL=ledger_url,
            AVATAR_MAX_SESSIONS="1000",
        ) as app,
    ):
        for _ in range(kills):
            asyncio.run(killed(app, draw.uniform(0, LONGEST)))
            app.start()
            app.until_it_answers()
            url = ledger_url or f"sqlite:///{app.folder}/talking-avatar/ledger.sqlite"
            eventually(lambda: all_known(simulator, url), within=LEASE)  # noqa: B023
        assert "Traceback" not in app.printed()


@contextmanager
def ledger_for(store: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The app's AVATAR_LEDGER_URL."""
    server: RedisServer | None = None
    if store == "redis":
        server = request.getfixturevalue("redis_server")
        server.flush()
    yield server.url if server else ""


async def killed(app: App, after: float) -> None:
    """Every verb is under way, each of a visitor of its own, and so many seconds later the server
    is gone."""
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(leaving(app)) for _ in VERBS]
        await asyncio.gather(
            *(
                visitor.start()
                for visitor, asks in zip(visitors, VERBS.values(), strict=True)
                if asks
            )
        )
        preflight = await stack.enter_async_context(visitors[-1].at("preflight/channel"))
        for visitor, (verb, asks) in zip(visitors, VERBS.items(), strict=True):
            if verb == "preflight":
                await preflight.send('{"event": "run"}')
            for ask in asks or [{"verb": "start"}][: verb == "start"]:
                await visitor.tell(ask)
        await asyncio.sleep(after)  # the moment is what is tried
        app.kill()


@asynccontextmanager
async def leaving(app: App) -> AsyncIterator[BareVisitor]:
    """A visitor whose connections may break."""
    with suppress(ConnectionClosed):
        async with visiting(app.url) as visitor:
            yield visitor


def all_known(simulator: SimulatorProcess, url: str) -> bool:
    """Nothing is live but what the ledger, as the page Sessions shows it, says may be."""
    live = {s["sessionId"] for s in simulator.sessions() if s["state"] == "live"}
    entries = asyncio.run(read(url)).entries
    unknown = sum(entry.unknown for entry in entries)
    return len(live) <= unknown and len(entries) == unknown


async def read(url: str) -> Reading:
    """The ledger there."""
    ledger = ledger_at(url)
    try:
        return await ledger.read()
    finally:
        await ledger.aclose()
