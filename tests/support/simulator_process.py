"""The simulator as a process of its own, for tests and benchmarks that talk to it over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
T = TypeVar("T")


def eventually(look: Callable[[], T], within: float = 10.0) -> T:
    """What `look` returns as soon as that is true; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < deadline, f"Not within {within} s; last seen: {seen!r}"
        Event().wait(0.02)
    return seen


@dataclass(frozen=True, slots=True)
class SimulatorProcess:
    """A running simulator: `base_url` as its ready line says, `http` to call it with."""

    base_url: str
    process: subprocess.Popen[str]
    http: httpx.Client

    @property
    def origin(self) -> str:
        """`http://host:port`."""
        return self.base_url.removesuffix("/v1/avatar-session")

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.origin.rpartition(":")[2])

    def sessions(self) -> list[dict[str, Any]]:
        """The list of `/simulator/sessions`."""
        sessions: list[dict[str, Any]] = self.http.get(f"{self.origin}/simulator/sessions").json()
        return sessions

    def created_from_now(self) -> Callable[[], list[dict[str, Any]]]:
        """Asks for what was created since, oldest first.

        Not by its place in the list: that forgets the oldest one for each that comes, once it is
        full (`ENDED_KEPT`), and one simulator sees more than that in a whole run.
        """
        earlier = {session["sessionId"] for session in self.sessions()}
        return lambda: [s for s in self.sessions() if s["sessionId"] not in earlier]

    def session(self, session_id: str) -> dict[str, Any]:
        """One entry of that list."""
        return next(s for s in self.sessions() if s["sessionId"] == session_id)

    def ask_mood(self, **mood: object) -> None:
        """Put a mood into force: `call=…`, and what it shall answer."""
        self.http.post(f"{self.origin}/simulator/moods", json=mood).raise_for_status()

    def moods(self) -> list[dict[str, Any]]:
        """Those in force: one with a count is gone when so many calls have come."""
        moods: list[dict[str, Any]] = self.http.get(f"{self.origin}/simulator/moods").json()
        return moods

    @contextmanager
    def counting(self, call: str) -> Iterator[Callable[[], int]]:
        """Tells how often `call` has come since, all of it answered as it should be."""
        most = 1_000
        self.ask_mood(call=call, delay=0.001, times=most)
        yield lambda: most - next((m["times"] for m in self.moods() if m["call"] == call), 0)
        self.clear_moods()

    def clear_moods(self) -> None:
        """Every call answers as it should again."""
        self.http.delete(f"{self.origin}/simulator/moods").raise_for_status()


@contextmanager
def running_simulator(*flags: str, stderr: int | None = None) -> Iterator[SimulatorProcess]:
    """`python -m simulator` on a free port with these flags more; gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0", "--exit-with-parent", *flags],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        ready = process.stdout.readline()
        with httpx.Client() as http:
            yield SimulatorProcess(json.loads(ready)["baseUrl"], process, http)
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def simulator() -> Iterator[SimulatorProcess]:
    """One simulator for the whole run. Leave it as you found it: no live session, no mood."""
    with running_simulator() as process:
        yield process
        eventually(lambda: all(s["state"] == "ended" for s in process.sessions()), within=20)
