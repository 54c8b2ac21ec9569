"""The stores of shows, each with the real thing behind it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from show.store import DAYS, FolderStore, MemoryStore, RedisStore, Store, store_beside
from tests.support.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    """A Redis of this module's."""
    with running_redis() as server:
        yield server


@asynccontextmanager
async def opened(kind: str, folder: Path, server: RedisServer) -> AsyncIterator[Store]:
    """A store of this kind."""
    store = store_beside(
        {"memory": "memory:", "folder": f"sqlite:///{folder}/a.db", "redis": server.url}[kind],
        folder,
    )
    try:
        yield store
    finally:
        await store.aclose()


@pytest.mark.parametrize("kind", ["memory", "folder", "redis"])
async def test_what_was_kept_last_is_there(
    kind: str, tmp_path: Path, redis_server: RedisServer
) -> None:
    """Each visitor's own, in two parts."""
    async with opened(kind, tmp_path, redis_server) as store:
        assert await store.kept("ada", "show") is None
        await store.keep("ada", "show", b"first")
        await store.keep("ada", "show", b"second \0\xff")
        await store.keep("ada", "scene", b"here")
        await store.keep("bob", "scene", b"there")
        assert await store.kept("ada", "show") == b"second \0\xff"
        assert await store.kept("ada", "scene") == b"here"
        assert await store.kept("bob", "scene") == b"there"


@pytest.mark.parametrize("kind", ["folder", "redis"])
async def test_it_outlives_its_process(
    kind: str, tmp_path: Path, redis_server: RedisServer
) -> None:
    """Where the ledger does."""
    async with opened(kind, tmp_path, redis_server) as store:
        await store.keep("eve", "show", b"kept")
    async with opened(kind, tmp_path, redis_server) as store:
        assert await store.kept("eve", "show") == b"kept"


async def test_a_folder_is_its_users_alone(tmp_path: Path) -> None:
    """A visitor's name can't lead out of it, and what is old is removed."""
    folder = tmp_path / "shows"
    store = FolderStore(folder)
    await store.keep("../../outside", "show", b"kept")
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    long_ago = time.time() - (DAYS + 1) * 86_400
    os.utime(file, (long_ago, long_ago))
    await FolderStore(folder).keep("ada", "show", b"new")
    assert [kept.read_bytes() for kept in folder.iterdir()] == [b"new"]


async def test_a_redis_that_is_away_is_an_oserror() -> None:
    """The show goes on without it."""
    store = RedisStore("redis://127.0.0.1:9/0")
    with pytest.raises(OSError, match=r".+"):
        await store.keep("ada", "show", b"x")
    with pytest.raises(OSError, match=r".+"):
        await store.kept("ada", "show")
    await store.aclose()


def test_the_store_is_beside_the_ledger(tmp_path: Path) -> None:
    """The simulator's is in memory, any other in the user's folder by default."""
    assert isinstance(store_beside("memory:", tmp_path), MemoryStore)
    assert isinstance(store_beside("", tmp_path), FolderStore)


async def test_memory_has_an_end() -> None:
    """What was kept first is forgotten first."""
    store = MemoryStore(most=30)
    for number in range(6):
        await store.keep(f"visitor-{number}", "show", bytes(10))
    kept = [await store.kept(f"visitor-{number}", "show") for number in range(6)]
    assert [part is not None for part in kept] == [False, False, False, True, True, True]
