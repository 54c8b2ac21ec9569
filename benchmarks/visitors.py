"""What many visitors with live sessions cost one server, media aside.

`python -m benchmarks.visitors [--visitors N] [--rounds N]`: one table on stdout, about three
minutes. The visitors are bare clients of the app's WebSockets, the service is one that answers at
once, and a second app with one visitor is the floor: one click here, one click there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager

import httpx
import psutil

from benchmarks.bare_visitor import BareVisitor, visiting
from benchmarks.recording_api import API
from benchmarks.table import Row, Target, table
from tests.support.app_process import ROOT, App, running_app

KEEP_ALIVE_EVERY = 10.0
"""Seconds. Source: Kaltura Control API."""
WATCHED = 35.0
"""Seconds in which nobody clicks: three keep-alives of each."""
APART = 0.35
"""Seconds between two clicks: a rerun has been drawn by then."""


class Service:
    """The recording API from outside."""

    def __init__(self, origin: str) -> None:
        self.base_url = origin + API
        self._origin = origin

    def calls(self) -> list[tuple[str, str, str, float]]:
        """Call, session id, text and Unix seconds of everything that came in."""
        return [tuple(call) for call in httpx.get(f"{self._origin}/calls").json()]

    def lateness(self) -> list[float]:
        """Milliseconds from when a keep-alive was due to when it came, for each.

        They are due every 10 s from the answer to create on.
        """
        began, counted, late = {}, dict[str, int](), []
        for call, session_id, _, at in self.calls():
            if call == "create":
                began[session_id] = at
            elif call == "keep-alive":
                counted[session_id] = counted.get(session_id, 0) + 1
                due = began[session_id] + KEEP_ALIVE_EVERY * counted[session_id]
                late.append(1000 * (at - due))
        return late

    def received_at(self) -> dict[str, float]:
        """When each text came in, in Unix seconds."""
        return {text: at for call, _, text, at in self.calls() if call == "say-text"}


class Usage:
    """What a server uses."""

    def __init__(self, app: App) -> None:
        self._process = psutil.Process(app.process.pid)

    def memory(self) -> float:
        """Kilobytes that are resident."""
        return float(self._process.memory_info().rss) / 1000

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        times = self._process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def recording_api() -> Iterator[Service]:
    """The service, as a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.recording_api"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield Service(json.loads(process.stdout.readline())["origin"])
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def visitors(count: int, rounds: int) -> list[Row]:
    """Keep-alives, clicks, processor and memory with `count` live sessions; clicks beside one."""
    with recording_api() as service:
        settings = {
            "AVATAR_KS": "bench",
            "AVATAR_BASE_URL": service.base_url,
            "AVATAR_MAX_SESSIONS": str(count),
        }
        with running_app(**settings) as full, running_app(**settings) as empty:
            return asyncio.run(_measure(service, full, empty, count, rounds))


async def _measure(service: Service, full: App, empty: App, count: int, rounds: int) -> list[Row]:
    usage = Usage(full)
    async with AsyncExitStack() as stack:

        async def arrive(app: App) -> BareVisitor:
            visitor = await stack.enter_async_context(visiting(app.url))
            await visitor.start()
            return visitor

        alone = await arrive(empty)
        crowd = [await arrive(full)]
        memory = usage.memory()
        crowd += [await arrive(full) for _ in range(count - 1)]
        memory = (usage.memory() - memory) / (count - 1)
        cpu, began = usage.cpu(), time.monotonic()
        await asyncio.sleep(WATCHED)
        cpu = 100 * (usage.cpu() - cpu) / (time.monotonic() - began)
        seen, floor = await _clicks(service, crowd, alone, rounds)
        late = service.lateness()
    return [
        Row(f"Keep-alive after its time, {count} visitors", "ms", late, target=Target("p95", 1000)),
        Row(
            f"Click to request at the API, {count} visitors and 1",
            "ms",
            seen,
            floor,
            Target("ratio", 1.5),
        ),
        Row(f"Server's use of a core, {count} live sessions", "%", [cpu]),
        Row("Server's memory, a live session", "kB", [memory]),
    ]


async def _clicks(
    service: Service, crowd: Sequence[BareVisitor], alone: BareVisitor, rounds: int
) -> tuple[list[float], list[float]]:
    """Milliseconds from click to request: each of the crowd in turn, and the one, alternately."""
    clicks: dict[str, tuple[bool, float]] = {}
    for number in range(rounds):
        for visitor in (crowd[number % len(crowd)], alone):
            text = f"Number {len(clicks)}."
            clicks[text] = (visitor is alone, await visitor.say(text))
            await asyncio.sleep(APART)
            await visitor.until_quiet()
    received = service.received_at()
    took = [(1000 * (received[text] - at), is_alone) for text, (is_alone, at) in clicks.items()]
    return [ms for ms, is_alone in took if not is_alone], [ms for ms, is_alone in took if is_alone]


def main() -> None:
    """Measure, and print the table; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser("python -m benchmarks.visitors", description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=100, help="clicks here and there")
    flags = parser.parse_args()
    rows = visitors(flags.visitors, flags.rounds)
    print(table(rows))
    sys.exit(not all(row.holds for row in rows))


if __name__ == "__main__":
    main()
