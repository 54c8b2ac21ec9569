"""Keeps each visitor's show beside the ledger: in memory, in a folder, or in Redis."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections import OrderedDict
from pathlib import Path
from typing import Literal, Protocol

import redis.asyncio
from redis.exceptions import RedisError

Part = Literal["show", "scene"]
"""The show itself, as `files.saved` has it, and where it stands."""

MOST = 500 * 2**20
"""Bytes that a server keeps in memory."""

DAYS = 30
"""How long a show is kept that nobody opens."""


class Store(Protocol):
    """Two files for each visitor. A store that can't be reached keeps nothing, and raises nothing
    but `OSError`."""

    async def keep(self, visitor: str, part: Part, content: bytes) -> None:
        """Keep `content` instead of what was kept before."""
        ...

    async def kept(self, visitor: str, part: Part) -> bytes | None:
        """What was kept last."""
        ...

    async def aclose(self) -> None:
        """Close it. Idempotent."""
        ...


class MemoryStore:
    """Keeps shows as long as the process lives, of the visitors who were here last."""

    def __init__(self, most: int = MOST) -> None:
        self._kept: OrderedDict[tuple[str, Part], bytes] = OrderedDict()
        self._most = most

    async def keep(self, visitor: str, part: Part, content: bytes) -> None:
        """See `Store`."""
        self._kept[visitor, part] = content
        self._kept.move_to_end((visitor, part))
        while len(self._kept) > 2 and sum(map(len, self._kept.values())) > self._most:
            self._kept.popitem(last=False)

    async def kept(self, visitor: str, part: Part) -> bytes | None:
        """See `Store`."""
        return self._kept.get((visitor, part))

    async def aclose(self) -> None:
        """See `Store`."""


class FolderStore:
    """Keeps shows in files that this user alone can read. What is older than `DAYS` is removed
    once a day."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swept_at = 0.0

    async def keep(self, visitor: str, part: Part, content: bytes) -> None:
        """See `Store`."""
        await asyncio.to_thread(self._write, self._path(visitor, part), content)

    async def kept(self, visitor: str, part: Part) -> bytes | None:
        """See `Store`."""
        return await asyncio.to_thread(_read, self._path(visitor, part))

    async def aclose(self) -> None:
        """See `Store`."""

    def _path(self, visitor: str, part: str) -> Path:
        # A visitor's name comes from a cookie.
        return self._folder / f"{hashlib.sha256(visitor.encode()).hexdigest()[:32]}.{part}"

    def _write(self, path: Path, content: bytes) -> None:
        now = time.time()
        if self._swept_at < now - 86_400:
            self._swept_at = now
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for old in self._folder.iterdir():
                if old.stat().st_mtime < now - DAYS * 86_400:
                    old.unlink(missing_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}.new")
        new.touch(mode=0o600)
        new.write_bytes(content)
        new.replace(path)


class RedisStore:
    """Keeps shows in the Redis of the ledger, which several servers share."""

    def __init__(self, url: str) -> None:
        self._redis = redis.asyncio.from_url(url, socket_timeout=5)

    async def keep(self, visitor: str, part: Part, content: bytes) -> None:
        """See `Store`."""
        try:
            await self._redis.set(_key(visitor, part), content, ex=DAYS * 86_400)
        except RedisError as error:
            raise OSError(str(error)) from error

    async def kept(self, visitor: str, part: Part) -> bytes | None:
        """See `Store`."""
        try:
            kept = await self._redis.get(_key(visitor, part))
        except RedisError as error:
            raise OSError(str(error)) from error
        assert kept is None or isinstance(kept, bytes)
        return kept

    async def aclose(self) -> None:
        """See `Store`."""
        await self._redis.aclose()


def store_beside(ledger_url: str, state_folder: Path) -> Store:
    """The store that lives as long as the ledger at `ledger_url` (AVATAR_LEDGER_URL) does."""
    if ledger_url == "memory:":
        return MemoryStore()
    if ledger_url.startswith(("redis:", "rediss:")):
        return RedisStore(ledger_url)
    if ledger_url.startswith("sqlite:///"):
        return FolderStore(Path(ledger_url.removeprefix("sqlite:///")).with_suffix(".shows"))
    return FolderStore(state_folder / "shows")


def _key(visitor: str, part: Part) -> str:
    return f"talking-avatar:show:{visitor}:{part}"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
