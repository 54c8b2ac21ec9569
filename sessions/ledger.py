"""The record of every session that may be paid for; it outlives the process that wrote it.

An entry exists from before create is sent until the end is confirmed. It holds the session's token,
to end it, and never the KS. Each store implements `Ledger`; `ledger_at` chooses one by its URL.
`janitor.py` acts on the entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Protocol, runtime_checkable

import platformdirs

from avatar_client import Secret


@dataclass(frozen=True, slots=True)
class Entry:
    """One session that may be paid for. `created_at`: Unix seconds, before create.

    `session_id` and `token`, both needed to end it, are set once create was answered. `unknown`:
    the answer of create was lost; the session may be live, and can't be ended.
    """

    entry_id: str
    owner: str
    visitor: str
    avatar_id: str
    base_url: str
    created_at: float
    session_id: str | None = None
    token: str | None = field(default=None, repr=False)
    unknown: bool = False

    def __post_init__(self) -> None:
        if self.token is not None:
            object.__setattr__(self, "token", Secret(self.token))


class LedgerUnreachable(Exception):
    """The ledger could not be read or written; the message is the sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Sign:
    """An owner's sign of life.

    `locked`: whether its lock is held; an owner with a free lock is dead. None if this machine
    can't see its lock. `beat` changes every few seconds while it lives, on a ledger with beats.
    """

    locked: bool | None
    beat: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A ledger at one moment: the entries, oldest first, and each owner's sign of life.

    `made_anew`: a sentence, in the first reading of a store that was damaged or lost and is new.
    """

    entries: tuple[Entry, ...]
    signs: Mapping[str, Sign]
    made_anew: str | None = None


class Ledger(Protocol):
    """A store of entries. Each method but `aclose` raises `LedgerUnreachable`."""

    async def record(self, entry: Entry) -> None:
        """Insert `entry`, or replace the one with its id."""

    async def forget(self, entry_id: str) -> None:
        """Remove an entry; harmless if there is none."""

    async def read(self) -> Reading:
        """All entries, and the sign of life of every owner."""
        ...

    async def claim(self, entry: Entry, claimed: Entry, sign: Sign) -> bool:
        """Replace `entry` by `claimed` if it and its owner's `sign.beat` are unchanged.

        True for one caller at most.
        """
        ...

    async def beat(self, owner: str) -> None:
        """Give a sign of life of `owner`, of this process; first before it has entries."""

    async def leave(self, owner: str) -> None:
        """`owner`, of this process, stops: others may claim its entries."""

    async def bury(self, owner: str) -> None:
        """Forget a dead owner whose entries have all been claimed."""

    async def aclose(self) -> None:
        """Close files and connections."""


@runtime_checkable
class SharedLedger(Protocol):
    """A ledger of several servers, which share a secret, too."""

    async def shared_key(self) -> bytes:
        """A random key, the same for each of them. Raises `LedgerUnreachable`."""
        ...


class MemoryLedger:
    """Entries in memory: they end with this process, as the simulator's sessions do."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    async def record(self, entry: Entry) -> None:
        """See `Ledger`, here and below."""
        self._entries[entry.entry_id] = entry

    async def forget(self, entry_id: str) -> None:
        """Remove an entry."""
        self._entries.pop(entry_id, None)

    async def read(self) -> Reading:
        """No signs: the one owner need not be watched."""
        return Reading(oldest_first(self._entries.values()), {})

    async def claim(self, entry: Entry, claimed: Entry, sign: Sign) -> bool:
        """Replace an unchanged entry."""
        if self._entries.get(entry.entry_id) != entry:
            return False
        self._entries[entry.entry_id] = claimed
        return True

    async def beat(self, owner: str) -> None:
        """Nothing to do."""

    async def leave(self, owner: str) -> None:
        """Nothing to do."""

    async def bury(self, owner: str) -> None:
        """Nothing to do."""

    async def aclose(self) -> None:
        """Nothing to close."""


def state_folder() -> Path:
    """Where this user's servers keep what outlives them."""
    return platformdirs.user_state_path("talking-avatar", appauthor=False)


def ledger_at(url: str) -> Ledger:
    """The ledger that `url` (AVATAR_LEDGER_URL) names; an unreachable place fails at its first use.

    "" is an SQLite file in the user's state folder, `sqlite:///path` another one, relative to the
    working folder (`sqlite:////path` from the root, `sqlite:///C:/path` on Windows), `redis://…` or
    `rediss://…` a Redis that several servers share, `memory:` a `MemoryLedger`. Raises `ValueError`
    with a sentence that shows no password.
    """
    # The stores are imported where they are used: redis alone takes 0.15 s.
    state = state_folder()
    kind, _, place = url.partition("///")
    if url == "memory:":
        return MemoryLedger()
    if url.startswith(("redis://", "rediss://")):
        from sessions.ledger_redis import RedisLedger

        return RedisLedger(url, state)
    if url == "" or (kind == "sqlite:" and place.strip("/") not in ("", ":memory:")):
        from sessions.ledger_sqlite import SqliteLedger

        if url == "":
            return SqliteLedger(state / "ledger.sqlite", private=state)
        return SqliteLedger(Path(place).absolute())
    raise ValueError(
        "AVATAR_LEDGER_URL can be empty, sqlite:///path, redis://host:6379/0, rediss://… or memory:"
        " and is none of these: correct it in .env."
    )


def to_text(entry: Entry) -> str:
    """`entry` as JSON for a store; equal entries give equal texts."""
    return json.dumps(asdict(entry))


def from_texts(texts: Iterable[str | bytes]) -> tuple[Entry, ...]:
    """The entries in `texts`, oldest first; a text that is no entry is left out."""
    return oldest_first(entry for text in texts if (entry := _from_text(text)))


def oldest_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """`entries`, sorted by `created_at`."""
    return tuple(sorted(entries, key=lambda e: (e.created_at, e.entry_id)))


_KINDS: dict[str, tuple[type, ...]] = {
    "created_at": (float,),
    "session_id": (str, type(None)),
    "token": (str, type(None)),
    "unknown": (bool,),
}


def _from_text(text: str | bytes) -> Entry | None:
    try:
        found = json.loads(text)
        values = {f.name: found[f.name] for f in fields(Entry)}
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    fits = all(isinstance(value, _KINDS.get(name, (str,))) for name, value in values.items())
    return Entry(**values) if fits else None
