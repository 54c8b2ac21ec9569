"""What the app stands on, in a test: opened at some service, or with the desk of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from server.services import NOT_STARTED, Services, services
from server.settings import Settings
from sessions.desk import Desk


@asynccontextmanager
async def services_at(base_url: str, **settings: Any) -> AsyncIterator[Services]:
    """All of it, on a ledger in memory unless `settings` say otherwise."""
    opened = Services()
    await opened.open(
        Settings(base_url=base_url, **{"ks": "a-test", "ledger_url": "memory:", **settings})
    )
    assert opened.problem is None
    try:
        yield opened
    finally:
        await opened.close()


@contextmanager
def the_pages_find(desk: Desk, base_url: str) -> Iterator[None]:
    """The pages of this process have `desk`, whose service is at `base_url`."""
    services.desk, services.problem = desk, None
    services.settings = Settings(ks="a-test", base_url=base_url)
    try:
        yield
    finally:
        services.desk, services.problem, services.settings = None, NOT_STARTED, Settings()
