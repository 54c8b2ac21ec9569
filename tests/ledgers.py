"""Ledgers for tests: each store, as one server or several see it, in a place of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from sessions.ledger import Entry, Ledger, LedgerUnreachable, ledger_at
from sessions.ledger_redis import RedisLedger
from tests.redis_server import RedisServer

T = TypeVar("T")

KEPT = ("sqlite", "redis")
"""The stores that outlive a server."""


VISIT = {"visitor": "a-visitor", "avatar_id": "ava", "base_url": "https://service.example/v1/x"}
"""What is known of a session before it is created."""


async def until(look: Callable[[], Awaitable[T]], within: float = 10.0) -> T:
    """What `look` returns as soon as that is true; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        try:
            seen: T | None = await look()
        except LedgerUnreachable:
            seen = None
        if seen:
            return seen
        assert time.monotonic() < deadline, f"Not within {within} s; last seen: {seen!r}"
        await asyncio.sleep(0.01)


def an_entry(name: str, **changes: object) -> Entry:
    """An entry like any other, with an id of this name."""
    values = VISIT | {"owner": "a-server", "created_at": 1_000.5} | changes
    return Entry(name, **values)  # type: ignore[arg-type]


def ledger_on(url: str, state: Path) -> Ledger:
    """The ledger at `url` on the machine whose state folder is `state`."""
    return RedisLedger(url, state, patience=1.0) if url.startswith("redis") else ledger_at(url)


@dataclass(slots=True)
class Store:
    """One place for entries, that any number of ledgers open."""

    kind: str
    url: str
    state: Path
    opened: list[Ledger] = field(default_factory=list)

    def open(self, machine: str = "this") -> Ledger:
        """As another server sees it, on this machine or one of another name."""
        if self.kind == "memory" and self.opened:
            return self.opened[0]
        ledger = ledger_on(self.url, self.state / machine)
        self.opened.append(ledger)
        return ledger


@pytest.fixture
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty one of the kind that the test is parametrised with."""
    kind: str = request.param
    url = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path}/place/ledger.sqlite"}.get(kind)
    if url is None:
        server: RedisServer = request.getfixturevalue("redis_server")
        server.flush()
        url = server.url
    store = Store(kind, url, tmp_path / "state")
    yield store
    for ledger in store.opened:
        await ledger.aclose()
