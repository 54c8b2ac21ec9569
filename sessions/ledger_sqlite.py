"""The ledger as one SQLite file, for the servers of one machine."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from sessions.ledger import Entry, LedgerUnreachable, Reading, Sign, from_texts, to_text
from sessions.owners import OwnerLocks

T = TypeVar("T")

VERSION = 1
"""The table's version, in the file's `user_version`. Entries live only a day, so another version is
refused, not converted."""

BUSY_WITHIN = 2.0
"""Seconds to wait while another server writes."""

_log = logging.getLogger(__name__)


class SqliteLedger:
    """Entries in the file `path`, owners' locks in a folder beside it; see `Ledger`.

    Only this user can read them, and the folder `private`. SQLite does not work on a network drive:
    several machines share a Redis.

    Each use opens the file anew, so that it meets what is on the disk: a connection that is kept
    answers from its own memory, whatever has become of the file. One that was good and is damaged
    is set aside and made anew, and the next `Reading` says so.
    """

    def __init__(self, path: Path, *, private: Path | None = None) -> None:
        self._path = path
        self._private = private
        self._owners = path.with_name(f"{path.name}-owners")
        self._locks = OwnerLocks(self._owners)
        self._was_good = False
        self._made_anew: str | None = None
        # One thread: writes keep their order.
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
        """Read all rows and locks, and check the whole file; writes nothing."""

        def read(file: sqlite3.Connection) -> Reading:
            entries = checked(file)
            owners = self._locks.owners().union(e.owner for e in entries)
            signs = {o: Sign(self._locks.is_held(o)) for o in owners}
            made_anew, self._made_anew = self._made_anew, None
            return Reading(entries, signs, made_anew)

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
        await self._in_worker(lambda _: self._locks.hold(owner))

    async def leave(self, owner: str) -> None:
        """Free the lock; its file stays if entries do."""

        def leave(file: sqlite3.Connection) -> None:
            self._locks.let_go(owner)
            if all(e.owner != owner for e in _entries(file)):
                self._locks.remove(owner)

        await self._in_worker(leave)

    async def bury(self, owner: str) -> None:
        """Remove the lock's file."""
        await self._in_worker(lambda _: self._locks.remove(owner))

    async def aclose(self) -> None:
        """Wait for the use under way."""
        with suppress(RuntimeError):  # closed before
            await asyncio.get_running_loop().run_in_executor(self._worker, lambda: None)
        self._worker.shutdown(wait=False)

    async def _write(self, statement: str, *values: str) -> int:
        def write(file: sqlite3.Connection) -> int:
            file.execute("BEGIN IMMEDIATE")  # waits for another writer, as a write alone may not
            changed = file.execute(statement, values).rowcount
            file.execute("COMMIT")
            return changed

        return await self._in_worker(write)

    async def _in_worker(self, act: Callable[[sqlite3.Connection], T]) -> T:
        def acted() -> T:
            with closing(self._opened()) as file:
                done = act(file)
            self._was_good = True
            return done

        def mended() -> T:
            try:
                return acted()
            except (sqlite3.Error, UnicodeDecodeError, _OtherVersion) as error:
                if not (self._was_good and _is_damage(error)):
                    raise
            self._set_aside()
            return acted()

        def told() -> T:
            try:
                return mended()
            except (sqlite3.Error, UnicodeDecodeError, OSError) as error:
                raise self._unusable(error) from None

        return await asyncio.get_running_loop().run_in_executor(self._worker, told)

    def _unusable(self, error: Exception) -> LedgerUnreachable:
        advice = "see that this user may write there and that the disk is not full, or set"
        advice += " AVATAR_LEDGER_URL to another place"
        if not isinstance(error, OSError) and _is_damage(error):
            advice = "move it away, and a new one is made"
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, UnicodeDecodeError):  # it quotes what is in the file
            reason = "it is damaged"
        return LedgerUnreachable(f"The ledger {self._path} can't be used ({reason}): {advice}.")

    # In the worker.

    def _opened(self) -> sqlite3.Connection:
        self._make()
        file = sqlite3.connect(self._path, timeout=BUSY_WITHIN, isolation_level=None)
        file.text_factory = bytes  # no error quotes a row, which has a token in it
        try:
            self._set_up(file)
        except BaseException:
            file.close()
            raise
        return file

    def _set_aside(self) -> None:
        """Rename a damaged file, with its journal, unless another server has done it by now."""
        with FileLock(self._owners / "mending", mode=0o600, timeout=BUSY_WITHIN):
            with suppress(sqlite3.Error, UnicodeDecodeError, _OtherVersion):
                with closing(self._opened()) as file:
                    checked(file)
                return
            left = self._readable()
            aside = self._path.with_name(f"{self._path.name}-damaged-{secrets.token_hex(4)}")
            # The journal first: it would be played into the new file.
            for tail in ("-journal", "-wal", "-shm", ""):
                with suppress(FileNotFoundError):
                    os.replace(f"{self._path}{tail}", f"{aside}{tail}")
            self._was_good = False
            with closing(self._opened()) as file:
                rows = [(entry.entry_id, to_text(entry)) for entry in left]
                file.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?)", rows)
        self._tell(f"was damaged, and is set aside as {aside.name}")

    def _readable(self) -> tuple[Entry, ...]:
        """What is left in a damaged file: perhaps entries of servers that are gone."""
        texts: list[bytes] = []
        with (
            suppress(sqlite3.Error, UnicodeDecodeError),
            closing(sqlite3.connect(self._path, timeout=BUSY_WITHIN)) as file,
        ):
            file.text_factory = bytes
            texts.extend(text for (text,) in file.execute("SELECT entry FROM entries"))
        return from_texts(text for text in texts if isinstance(text, bytes))

    def _tell(self, what: str) -> None:
        self._made_anew = (
            f"The ledger {self._path} {what}. It is made anew from the sessions that the running"
            " servers know: one that a server had left behind may be missing in it."
        )
        _log.warning("%s", self._made_anew)

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
        # No write-ahead log, where a row may stay for long while the file without it is checked.
        file.execute("PRAGMA journal_mode = DELETE")
        file.execute("PRAGMA synchronous = FULL")  # a commit outlives a power cut
        file.execute("PRAGMA secure_delete = ON")  # a token is not left in a free page
        if _version_of(file) == VERSION:
            return
        file.execute("BEGIN IMMEDIATE")
        (tables,) = file.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if _version_of(file) == 0 and tables == 0:
            file.execute("CREATE TABLE entries (entry_id TEXT PRIMARY KEY, entry TEXT NOT NULL)")
            file.execute(f"PRAGMA user_version = {VERSION}")
            if self._was_good and self._made_anew is None:
                self._tell("was removed or emptied")
        elif _version_of(file) != VERSION:
            raise _OtherVersion(
                f"{self._path} is not a ledger of this version of the app: move it away when the"
                " sessions in it have ended, or set AVATAR_LEDGER_URL to another file."
            )
        file.execute("COMMIT")


class _OtherVersion(LedgerUnreachable):
    """The file is a later version's, or another program's."""


def _entries(file: sqlite3.Connection) -> tuple[Entry, ...]:
    rows = file.execute("SELECT entry FROM entries").fetchall()
    return from_texts(text for (text,) in rows if isinstance(text, bytes))


def checked(file: sqlite3.Connection) -> tuple[Entry, ...]:
    """The entries. Raises `sqlite3.DatabaseError` for a damage that shows anywhere in the file."""
    file.execute("BEGIN")  # another server's write between the statements is no damage
    (found,) = file.execute("PRAGMA integrity_check(1)").fetchone()
    entries = _entries(file)
    (rows,) = file.execute("SELECT count(*) FROM entries").fetchone()
    file.execute("COMMIT")
    if found != b"ok" or rows != len(entries):
        raise sqlite3.DatabaseError("it is damaged")
    return entries


def _version_of(file: sqlite3.Connection) -> int:
    (version,) = file.execute("PRAGMA user_version").fetchone()
    return int(version)


def _is_damage(error: Exception) -> bool:
    """Not a file that is busy, full or forbidden."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & 0xFF in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _make_private(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o077:
        with suppress(PermissionError):  # a drive without modes
            path.chmod(mode)
