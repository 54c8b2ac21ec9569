"""The ledger as hashes in a Redis, for servers on several machines."""

from __future__ import annotations

import asyncio
import hashlib
import platform
import secrets
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from sessions.ledger import Entry, LedgerUnreachable, Reading, Sign, from_texts, to_text
from sessions.owners import OwnerLocks

T = TypeVar("T")

ENTRIES = "{talking-avatar}:1:entries"
BEATS = "{talking-avatar}:1:beats"
SECRETS = "{talking-avatar}:1:secrets"
"""The braces keep all on one node of a cluster; 1 is the version of their format."""

CLAIM = """
local found = redis.call('HGET', KEYS[1], ARGV[1])
if found == ARGV[3] then return 1 end
local beat = redis.call('HGET', KEYS[2], ARGV[4]) or ''
if found ~= ARGV[2] or beat ~= ARGV[5] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""
"""A repeated claim succeeds again: redis-py repeats a call whose answer was lost."""


class RedisLedger:
    """Entries and beats in the Redis at `url`, owners' locks in the folder `state`; see `Ledger`.

    `patience`: seconds for one answer, connecting included. Raises `ValueError` with a sentence for
    an invalid URL.
    """

    def __init__(self, url: str, state: Path, *, patience: float = 2.0) -> None:
        self._patience = patience
        try:
            self._redis: Redis = Redis.from_url(
                url,
                decode_responses=True,
                encoding_errors="replace",
                # `_ask` limits the time. redis-py does it with asyncio.wait_for, which up to Python
                # 3.11 can swallow a cancel (CPython issue 81839): a closing server then hung.
                socket_connect_timeout=None,
                socket_timeout=None,
                # A restarted Redis has dropped our connection: try once more, on a new one.
                retry=Retry(NoBackoff(), 1),
            )
            # Wrong options show only here.
            connection = self._redis.connection_pool.make_connection()  # type: ignore[no-untyped-call]
            host, port, db = (dict(connection.repr_pieces())[n] for n in ("host", "port", "db"))
            str(host).encode("idna")
        except (ValueError, TypeError, KeyError):  # its message may quote the password
            raise ValueError(
                "AVATAR_LEDGER_URL is no address of a Redis: give it as"
                " redis://user:password@host:6379/0, with %-escapes in the password."
            ) from None
        self._place = f"{host}:{port}/{db}"
        # With the machine's name: several machines can share a home folder, but not locks.
        name = hashlib.sha256(f"{platform.node()} {self._place}".encode()).hexdigest()[:12]
        self._locks = OwnerLocks(state / f"owners-{name}")

    async def record(self, entry: Entry) -> None:
        """Write one field; as durable as this Redis is."""
        await self._ask(self._redis.hset(ENTRIES, entry.entry_id, to_text(entry)))

    async def forget(self, entry_id: str) -> None:
        """Delete one field."""
        await self._ask(self._redis.hdel(ENTRIES, entry_id))

    async def read(self) -> Reading:
        """Read both hashes in one transaction."""
        return await self._ask(self._read())

    async def _read(self) -> Reading:
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hvals(ENTRIES)
            pipeline.hgetall(BEATS)
            texts, beats = await pipeline.execute()
        return await asyncio.to_thread(self._reading, from_texts(texts), beats)

    def _reading(self, entries: tuple[Entry, ...], beats: dict[str, str]) -> Reading:
        owners = self._locks.owners().union(beats, (e.owner for e in entries))
        return Reading(entries, {o: Sign(self._is_held(o), beats.get(o, "")) for o in owners})

    def _is_held(self, owner: str) -> bool | None:
        try:
            return self._locks.is_held(owner)
        except OSError:
            return None

    async def claim(self, entry: Entry, claimed: Entry, sign: Sign) -> bool:
        """Compare and replace in one script at the Redis."""
        arguments = (entry.entry_id, to_text(entry), to_text(claimed), entry.owner, sign.beat)
        done = await self._ask(self._redis.eval(CLAIM, 2, ENTRIES, BEATS, *arguments))
        return bool(done)

    async def beat(self, owner: str) -> None:
        """Count up, and hold the lock, which servers on this machine see at once."""
        with suppress(OSError):  # in a read-only home, the beats are enough
            await asyncio.to_thread(self._locks.hold, owner)
        await self._ask(self._redis.hincrby(BEATS, owner, 1))

    async def leave(self, owner: str) -> None:
        """Free the lock; its file stays if entries do."""
        await asyncio.to_thread(self._locks.let_go, owner)
        texts = await self._ask(self._redis.hvals(ENTRIES))
        if all(e.owner != owner for e in from_texts(texts)):
            await self.bury(owner)

    async def bury(self, owner: str) -> None:
        """Remove the beat and the lock's file."""
        await self._ask(self._redis.hdel(BEATS, owner))
        with suppress(OSError):
            await asyncio.to_thread(self._locks.remove, owner)

    async def shared_key(self) -> bytes:
        """A random key that every server of this ledger has, made by the first one to ask."""
        await self._ask(self._redis.hsetnx(SECRETS, "visitors", secrets.token_hex(32)))
        return str(await self._ask(self._redis.hget(SECRETS, "visitors"))).encode()

    async def aclose(self) -> None:
        """Close the connections."""
        with suppress(RedisError, OSError):
            await self._redis.aclose()

    async def _ask(self, answer: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._patience):
                return await answer
        except (RedisError, OSError) as error:
            reason = str(error).rstrip(".") or "no answer in time"
            raise LedgerUnreachable(
                f"The ledger at {self._place} can't be reached ({reason}): see that this Redis runs"
                " and that AVATAR_LEDGER_URL is right."
            ) from None
