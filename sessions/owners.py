"""Which owners live: told by locks for servers of this machine, and by beats for others.

A server holds a lock on a file of its own. The system frees it however the process ends, so a
killed server is found at once, and a suspended one is never taken for dead.
"""

from __future__ import annotations

import os
import platform
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from sessions.ledger import Sign

HOLD_WITHIN = 1.0
"""Seconds to take our own lock: another server may be probing it at that moment."""


def new_owner() -> str:
    """A name for one run of a server: its host, its process id, and random digits."""
    host = re.sub(r"[^A-Za-z0-9.-]", "", platform.node())[:60] or "server"
    return f"{host}-{os.getpid()}-{secrets.token_hex(4)}"


class OwnerLocks:
    """The locks in `folder`, one file per owner, named after it. Methods raise `OSError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, FileLock] = {}

    def hold(self, owner: str) -> None:
        """Take and keep the lock of `owner`; take it again if its file was removed."""
        if owner in self._held:
            if self._path(owner).exists():
                return
            self._held.pop(owner).release()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self._lock(owner)
        lock.acquire(timeout=HOLD_WITHIN)
        self._held[owner] = lock

    def let_go(self, owner: str) -> None:
        """Free the lock of `owner`; its file stays and shows that `owner` is dead."""
        if lock := self._held.pop(owner, None):
            lock.release()

    def owners(self) -> set[str]:
        """All owners with a file here, alive or dead."""
        return {path.stem for path in self._folder.glob("*.lock")}

    def is_held(self, owner: str) -> bool | None:
        """Whether `owner` lives; None if it has no file here."""
        if owner in self._held:
            return True
        if not self._is_name(owner) or not self._path(owner).exists():
            return None
        try:
            with self._lock(owner).acquire(blocking=False):
                return False
        except Timeout:
            return True

    def remove(self, owner: str) -> None:
        """Remove the file of `owner`, unless its lock is held."""
        self.let_go(owner)
        if self._is_name(owner) and self._path(owner).exists():
            # On Windows an open file can't be removed, and filelock does it at the release.
            lock = self._lock(owner, preserve=False)
            with suppress(Timeout), lock.acquire(blocking=False), suppress(PermissionError):
                self._path(owner).unlink(missing_ok=True)

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}.lock"

    def _is_name(self, owner: str) -> bool:
        """Whether `owner` is safe in a path: others can write into a shared ledger."""
        return re.fullmatch(r"[\w.-]{1,120}", owner, re.ASCII) is not None

    def _lock(self, owner: str, *, preserve: bool = True) -> FileLock:
        return FileLock(
            self._path(owner),
            mode=0o600,
            # A lock is taken in one worker thread and probed in another.
            thread_local=False,
            fallback_to_soft=False,
            preserve_lock_file=preserve,
        )


class LifeWatch:
    """Finds dead owners by their signs, in seconds of a monotonic clock.

    An owner without a visible lock is dead if its sign stayed the same for `lease`, while we looked
    at it regularly. After a gap, the watch starts anew: the ledger may have been away, or this
    machine asleep.
    """

    def __init__(self, lease: float) -> None:
        self._lease = lease
        self._asked = 0.0
        self._since: dict[tuple[str, Sign], float] = {}

    def start_anew(self) -> None:
        """Forget all that was seen."""
        self._since.clear()

    def dead(self, signs: Mapping[str, Sign], *, asked: float, answered: float) -> list[str]:
        """The dead owners by `signs`, read between `asked` and `answered`."""
        if asked - self._asked > self._lease / 2:
            self.start_anew()
        self._asked = asked
        since = {seen: self._since.get(seen, answered) for seen in signs.items()}
        dead = {
            (owner, sign)
            for (owner, sign), first in since.items()
            if sign.locked is False or (sign.locked is None and asked - first > self._lease)
        }
        # An owner that shows itself again is watched for a new lease.
        self._since = {seen: first for seen, first in since.items() if seen not in dead}
        return [owner for owner, _ in dead]
