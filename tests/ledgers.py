"""Ledgers for tests: each store, as one server or several see it, in a place of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sessions.ledger import Entry, Ledger
from tests.ledger_owner import VISIT, ledger_on
from tests.redis_server import RedisServer

KEPT = ("sqlite", "redis")
"""The stores that outlive a server."""


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
