"""The ledger as one SQLite file, for the servers of one machine."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sessions.ledger import Entry, LedgerUnreachable, Reading, Sign, from_texts, to_text
from sessions.owners import OwnerLocks

T = TypeVar("T")

VERSION = 1
"""The table's version, in the file's `user_version`. Entries live only a day, so another version is
refused, not converted."""

BUSY_WITHIN = 2.0
"""Seconds to wait while another server writes."""


class SqliteLedger:
    """Entries in the file `path`, owners' locks in a folder beside it; see `Ledger`.

    Only this user can read them, and the folder `private`. SQLite does not work on a network drive:
    several machines share a Redis.
    """

    def __init__(self, path: Path, *, private: Path | None = None) -> None:
        self._path = path
        self._private = private
        self._locks = OwnerLocks(path.with_name(f"{path.name}-owners"))
        self._file: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        # One thread: SQLite's connection stays in it, and writes keep their order.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="ledger")

    async def record(self, entry: Entry) -> None:
        """Write one row; it is on the disk when this returns."""
        await self._write(
            "INSERT OR REPLACE INTO entries VALUES (?, ?)", entry.entry_id, to_text(entry)
        )

    async def forget(self, entry_id: str) -> None:
        """Delete one row, and overwrite its bytes in the file."""
        await self._write("DELETE FROM entries WHERE entry_id = ?", entry_id)

    async def read(self) -> Reading:
        """Read all rows and locks; writes nothing."""

        def read() -> Reading:
            entries = self._entries()
            owners = self._locks.owners().union(e.owner for e in entries)
            return Reading(entries, {o: Sign(self._locks.is_held(o)) for o in owners})

        return await self._in_worker(read)

    async def claim(self, entry: Entry, claimed: Entry, sign: Sign) -> bool:
        """Replace an unchanged row. No beat is compared: a dead owner's lock stays free."""
        changed = await self._write(
            "UPDATE entries SET entry = ? WHERE entry_id = ? AND entry = ?",
            *(to_text(claimed), entry.entry_id, to_text(entry)),
        )
        return changed == 1

    async def beat(self, owner: str) -> None:
        """Hold the lock, which is the sign of life."""

        def beat() -> None:
            self._opened()
            self._locks.hold(owner)

        await self._in_worker(beat)

    async def leave(self, owner: str) -> None:
        """Free the lock; its file stays if entries do."""

        def leave() -> None:
            self._locks.let_go(owner)
            if all(e.owner != owner for e in self._entries()):
                self._locks.remove(owner)

        await self._in_worker(leave)

    async def bury(self, owner: str) -> None:
        """Remove the lock's file."""
        await self._in_worker(lambda: self._locks.remove(owner))

    async def aclose(self) -> None:
        """Close the file after the write under way."""
        with suppress(RuntimeError):  # closed before
            await asyncio.get_running_loop().run_in_executor(self._worker, self._close)
        self._worker.shutdown(wait=False)

    async def _write(self, statement: str, *values: str) -> int:
        return await self._in_worker(lambda: self._opened().execute(statement, values).rowcount)

    async def _in_worker(self, act: Callable[[], T]) -> T:
        def acted() -> T:
            try:
                return act()
            except LedgerUnreachable:
                self._close()
                raise
            except (sqlite3.Error, OSError) as error:
                self._close()
                raise self._unusable(error) from None

        return await asyncio.get_running_loop().run_in_executor(self._worker, acted)

    def _unusable(self, error: Exception) -> LedgerUnreachable:
        advice = "see that this user may write there and that the disk is not full, or set"
        advice += " AVATAR_LEDGER_URL to another place"
        if getattr(error, "sqlite_errorcode", 0) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            advice = "move it away, and a new one is made"
        reason = getattr(error, "strerror", None) or str(error)
        return LedgerUnreachable(f"The ledger {self._path} can't be used ({reason}): {advice}.")

    # In the worker.

    def _entries(self) -> tuple[Entry, ...]:
        rows = self._opened().execute("SELECT entry FROM entries").fetchall()
        return from_texts(text for (text,) in rows)

    def _opened(self) -> sqlite3.Connection:
        """The open file; a replaced one is opened anew, as SQLite would write on to the old one."""
        if self._file and self._identity != self._found():
            self._close()
        if self._file is None:
            self._make()
            self._identity = self._found()
            self._file = sqlite3.connect(self._path, timeout=BUSY_WITHIN, isolation_level=None)
            self._set_up(self._file)
        return self._file

    def _close(self) -> None:
        if self._file:
            with suppress(sqlite3.Error):
                self._file.close()
            self._file = None

    def _found(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _make(self) -> None:
        """Create the file with mode 0600, which SQLite also gives to the files beside it.

        An existing file is not opened: closing it would free the locks of another SQLite connection
        of this process (sqlite.org/howtocorrupt.html, 2.2).
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        _make_private(self._path, 0o600)
        if self._private:
            _make_private(self._private, 0o700)

    def _set_up(self, file: sqlite3.Connection) -> None:
        file.execute("BEGIN IMMEDIATE")
        (version,) = file.execute("PRAGMA user_version").fetchone()
        (tables,) = file.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version == 0 and tables == 0:
            file.execute("CREATE TABLE entries (entry_id TEXT PRIMARY KEY, entry TEXT NOT NULL)")
            file.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise LedgerUnreachable(
                f"{self._path} is not a ledger of this version of the app: move it away when the"
                " sessions in it have ended, or set AVATAR_LEDGER_URL to another file."
            )
        file.execute("COMMIT")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")  # a commit outlives a power cut
        file.execute("PRAGMA secure_delete = ON")  # a token is not left in a free page


def _make_private(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o077:
        with suppress(PermissionError):  # a drive without modes
            path.chmod(mode)
