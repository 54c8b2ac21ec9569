"""What many visitors with live sessions cost one server, media aside.

The visitors are bare clients of the app's WebSockets, and a second app with one visitor is the
floor: one click here, one click there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

import psutil

from benchmarks.bare_visitor import BareVisitor, visiting
from benchmarks.proxy import Proxy
from benchmarks.table import Row, Target
from benchmarks.world import live, noted_simulator
from tests.support.app_process import App, running_app
from tests.support.simulator_caller import AVATAR
from tests.support.simulator_process import SimulatorProcess

COUNT = 50
"""Visitors with a live session."""
KEEP_ALIVE_EVERY = 10.0
"""Seconds. Source: Kaltura Control API."""
WATCHED = 35.0
"""Seconds in which nobody clicks: three keep-alives of each."""
APART = 0.35
"""Seconds between two clicks: a rerun has been drawn by then."""


def visitors(rounds: int) -> list[Row]:
    """Keep-alives, clicks, processor and memory with `COUNT` live sessions; clicks beside one."""
    with noted_simulator() as (simulator, api):
        # An avatar that is set needs no catalog: a bare visitor does not wait for one.
        settings = {**live(simulator), "AVATAR_ID": AVATAR, "AVATAR_MAX_SESSIONS": str(COUNT)}
        with running_app(**settings) as full, running_app(**settings) as empty:
            return asyncio.run(_measure(simulator, api, full, empty, rounds))


async def _measure(
    simulator: SimulatorProcess, api: Proxy, full: App, empty: App, rounds: int
) -> list[Row]:
    process = psutil.Process(full.process.pid)
    async with AsyncExitStack() as stack:

        async def arrive(app: App) -> BareVisitor:
            visitor = await stack.enter_async_context(visiting(app.url))
            await visitor.start()
            return visitor

        alone = await arrive(empty)
        crowd = [await arrive(full)]
        memory = process.memory_info().rss / 1000
        crowd += [await arrive(full) for _ in range(COUNT - 1)]
        memory = (process.memory_info().rss / 1000 - memory) / (COUNT - 1)
        cpu, began = sum(process.cpu_times()[:2]), time.monotonic()
        await asyncio.sleep(WATCHED)
        cpu = 100 * (sum(process.cpu_times()[:2]) - cpu) / (time.monotonic() - began)
        seen, floor = await _clicks(api, crowd, alone, rounds)
        late = _lateness(simulator, api)
    clicks = f"Click to request at the API, {COUNT} visitors and 1"
    return [
        Row(f"Keep-alive after its time, {COUNT} visitors", "ms", late, target=Target("p95", 1000)),
        Row(clicks, "ms", seen, floor, Target("ratio", 1.5)),
        Row(f"Server's use of a core, {COUNT} live sessions", "%", [cpu]),
        Row("Server's memory, a live session", "kB", [memory]),
    ]


async def _clicks(
    api: Proxy, crowd: Sequence[BareVisitor], alone: BareVisitor, rounds: int
) -> tuple[list[float], list[float]]:
    """Milliseconds from click to request: each of the crowd in turn, and the one, alternately."""
    seen, floor = list[float](), list[float]()
    for number in range(rounds):
        for visitor, took in ((crowd[number % len(crowd)], seen), (alone, floor)):
            clicked = await visitor.say(f"Number {number}.")
            await asyncio.sleep(APART)
            await visitor.until_quiet()
            arrived = api.arrivals("say-text", visitor.session_id)[-1]
            took.append(1000 * (arrived - clicked))
    return seen, floor


def _lateness(simulator: SimulatorProcess, api: Proxy) -> list[float]:
    """Milliseconds from when a keep-alive was due to when it came, for each.

    They are due every 10 s from the answer to create on.
    """
    return [
        1000 * (at - session["createdAt"] - KEEP_ALIVE_EVERY * number)
        for session in simulator.sessions()
        for number, at in enumerate(api.arrivals("keep-alive", session["sessionId"]), 1)
    ]
