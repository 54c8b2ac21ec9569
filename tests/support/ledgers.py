"""Ledgers for tests: each store, as one server or several see it, in a place of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from avatar_client import Session
from sessions.janitor import Janitor
from sessions.ledger import Entry, Ledger
from tests.support.ledger_owner import TOKEN, VISIT, ledger_on, until
from tests.support.redis_server import RedisServer

each_store = pytest.mark.parametrize("store", ["sqlite", "redis", "memory"], indirect=True)
each_kept = pytest.mark.parametrize("store", ["sqlite", "redis"], indirect=True)
on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
on_redis = pytest.mark.parametrize("store", ["redis"], indirect=True)

BEAT = 0.05
LEASE = 0.4
"""Seconds; a server under test beats and looks that often, and takes others for dead after it."""


def an_entry(name: str, **changes: object) -> Entry:
    """An entry like any other, with an id of this name."""
    values = VISIT | {"owner": "a-server", "created_at": 1_000.5} | changes
    return Entry(name, **values)  # type: ignore[arg-type]


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


async def ids(ledger: Ledger) -> list[str]:
    """Of all entries, in the order of reading."""
    return [entry.entry_id for entry in (await ledger.read()).entries]


class Service:
    """Ends sessions; `troubles` are raised first, one for each try."""

    def __init__(self, *troubles: Exception) -> None:
        self.tries = 0
        self.ended: list[str] = []
        self._troubles = list(troubles)

    async def end(self, entry: Entry) -> None:
        """As the API's end, and that of many sessions at a time."""
        self.tries += 1
        await asyncio.sleep(0)
        if self._troubles:
            raise self._troubles.pop(0)
        assert entry.session_id
        assert entry.token == TOKEN
        self.ended.append(entry.session_id)


def a_janitor(ledger: Ledger, service: Service, **settings: Any) -> Janitor:
    """One whose times are short."""
    quick: dict[str, Any] = {
        "beat": BEAT,
        "look": 0.05,
        "lease": LEASE,
        "pauses": lambda: repeat(0.01),
    }
    return Janitor(ledger, service.end, **(quick | settings))


async def opened(janitor: Janitor, session_id: str) -> Entry:
    """The entry of a session that was created."""
    return janitor.created(await janitor.open(**VISIT), Session(session_id, TOKEN))


async def kept(ledger: Ledger, *session_ids: str | None) -> tuple[Entry, ...]:
    """Waits until the ledger has these sessions, in this order, and no other."""

    async def entries() -> list[tuple[Entry, ...]]:
        read = (await ledger.read()).entries
        return [read] if [entry.session_id for entry in read] == [*session_ids] else []

    return (await until(entries))[0]


async def answered(answer: bool) -> bool:
    """For `until`."""
    return answer
