"""Which owners live: by the locks of this machine's servers, and by the beats of the others.

A server holds a lock on a file of its own. The system frees it however the process ends, so what
was killed is found at once, and what merely stands still is never taken for dead.
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
"""Seconds to take our own lock; another server may be probing it in the very moment it is made."""


def new_owner() -> str:
    """A name for one run of a server, which says where to look for it."""
    host = re.sub(r"[^A-Za-z0-9.-]", "", platform.node())[:60] or "server"
    return f"{host}-{os.getpid()}-{secrets.token_hex(4)}"


class OwnerLocks:
    """The locks in `folder`, a file each, named after its owner. Methods raise `OSError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, FileLock] = {}

    def hold(self, owner: str) -> None:
        """Hold the lock of `owner` from now on; anew where its file has been removed."""
        if owner in self._held:
            if self._path(owner).exists():
                return
            self._held.pop(owner).release()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self._lock(owner)
        lock.acquire(timeout=HOLD_WITHIN)
        self._held[owner] = lock

    def let_go(self, owner: str) -> None:
        """Free the lock of `owner`, which leaves entries: its file says that it is dead."""
        if lock := self._held.pop(owner, None):
            lock.release()

    def owners(self) -> set[str]:
        """All that have a file here, alive or dead."""
        return {path.stem for path in self._folder.glob("*.lock")}

    def is_held(self, owner: str) -> bool | None:
        """Whether `owner` lives; `None` where it has no file here."""
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
        """Remove the file of `owner`, unless somebody holds it."""
        self.let_go(owner)
        if self._is_name(owner) and self._path(owner).exists():
            # On Windows an open file can't be removed, and filelock does it at the release.
            lock = self._lock(owner, preserve=False)
            with suppress(Timeout), lock.acquire(blocking=False), suppress(PermissionError):
                self._path(owner).unlink(missing_ok=True)

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}.lock"

    def _is_name(self, owner: str) -> bool:
        """Others can write into a shared ledger: no path may be made of what they wrote."""
        return re.fullmatch(r"[\w.-]{1,120}", owner, re.ASCII) is not None

    def _lock(self, owner: str, *, preserve: bool = True) -> FileLock:
        return FileLock(
            self._path(owner),
            mode=0o600,
            # Taken in one worker thread and asked for in another.
            thread_local=False,
            fallback_to_soft=False,
            preserve_lock_file=preserve,
        )


class LifeWatch:
    """What one observer has seen of the owners, and whom it may take for dead.

    Seconds of a monotonic clock: without a lock to tell, an owner is dead after `lease` in which
    its sign stayed the same while we looked all the time, at least twice. Else it might be the
    ledger that was away, or we, or all of us: a laptop that slept.
    """

    def __init__(self, lease: float) -> None:
        self._lease = lease
        self._asked = 0.0
        self._since: dict[tuple[str, Sign], float] = {}

    def start_anew(self) -> None:
        """What was seen does not count any more."""
        self._since.clear()

    def dead(self, signs: Mapping[str, Sign], *, asked: float, answered: float) -> list[str]:
        """The owners that are dead by `signs`, which were read between these two moments."""
        if asked - self._asked > self._lease / 2:
            self.start_anew()
        self._asked = asked
        since = {seen: self._since.get(seen, answered) for seen in signs.items()}
        dead = {
            (owner, sign)
            for (owner, sign), first in since.items()
            if sign.locked is False or (sign.locked is None and asked - first > self._lease)
        }
        # One that shows itself again has not been watched for a lease yet.
        self._since = {seen: first for seen, first in since.items() if seen not in dead}
        return [owner for owner, _ in dead]
