"""Ends every session for certain: keeps this server's entries, and takes over dead servers'."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import repeat
from typing import Literal, Self, TypeVar

from avatar_client import AvatarError, Session
from sessions.ledger import Entry, Ledger, LedgerUnreachable, Reading
from sessions.owners import LifeWatch, new_owner

T = TypeVar("T")

DAY = 86_400.0
"""Seconds for which a session's token lives, about (kaltura/intelligent-agents-sdk, August 2026):
an older entry can't be ended with it."""

CLOSING = 2.0
"""Seconds that a stopping server gives the ends and the writes under way: with the desk's own, it
has stopped well within the 10 s that Docker waits before it kills."""

LONGEST_WAIT = 600.0
"""Seconds between two tries to end a session, whatever Retry-After asks for."""

_log = logging.getLogger(__name__)


def pauses() -> Iterator[float]:
    """Seconds between two tries to end a session: 0.5, 1, 2 … 16, then 30 each time."""
    yield from (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
    yield from repeat(30.0)


class Janitor:
    """Keeps the entries of one server (owner) while its `async with` is open, on one event loop.

    `end` ends a session at the service, and raises `AvatarError` if that is not confirmed.
    Seconds: `beat` between two of our signs of life; `look` between two looks at the others';
    `lease` without a sign, until another owner is dead; `closing` for ends and writes under way
    when the server stops; `pauses` between two tries to end a session. `now`: Unix seconds, only
    for the age of entries.
    """

    def __init__(
        self,
        ledger: Ledger,
        end: Callable[[Entry], Awaitable[None]],
        *,
        beat: float = 3.0,
        look: float = 2.0,
        lease: float = 9.0,
        closing: float = CLOSING,
        pauses: Callable[[], Iterator[float]] = pauses,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.owner = new_owner()
        self.remark: str | None = None
        """The ledger was made anew since this server began: a sentence for the operator."""
        self._ledger = ledger
        self._end_at_service = end
        self._beat_every = beat
        self._look_every = look
        self._closing = closing
        self._pauses = pauses
        self._now = now
        self._watch = LifeWatch(lease)
        self._failing: set[str] = set()  # the uses of the ledger whose last try failed
        self._known = False  # our first sign of life is on the ledger
        self._mine: dict[str, Entry] = {}
        self._unwritten: dict[str, Entry | None] = {}  # None: to be forgotten
        self._settled: set[str] = set()
        self._to_write = asyncio.Event()
        self._ending: dict[str, asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._duties: list[asyncio.Task[None]] = []
        self._closed = False

    # For custody and operator.

    async def open(self, *, visitor: str, avatar_id: str, base_url: str) -> Entry:
        """Write an entry before create is sent. Raises `LedgerUnreachable`: then don't send it."""
        entry = Entry(
            uuid.uuid4().hex, self.owner, visitor, avatar_id, base_url, float(self._now())
        )
        self._mine[entry.entry_id] = entry
        try:
            if not self._known:
                await self._beat()
            await self._use("write", self._ledger.record(entry))
        except BaseException:  # cancelled or failed: it may have been written
            self.settled(entry)
            raise
        return entry

    def created(self, entry: Entry, session: Session) -> Entry:
        """Add the session's id and token to `entry` once create was answered. Returns at once."""
        entry = replace(entry, session_id=session.session_id, token=session.token)
        self._keep(entry)
        return entry

    def has(self, session: Session) -> bool:
        """Whether this server has an entry of `session`."""
        return any(entry.session_id == session.session_id for entry in self._mine.values())

    async def has_twin(self, entry: Entry) -> bool:
        """Whether the ledger has another entry of the same session, such as another server's.

        False while the ledger is away.
        """
        try:
            entries = await self.entries()
        except LedgerUnreachable:
            return False
        same = (entry.base_url, entry.session_id)
        twins = (e.entry_id for e in entries if (e.base_url, e.session_id) == same)
        return any(entry_id != entry.entry_id for entry_id in twins)

    def lost(self, entry: Entry) -> None:
        """Mark `entry` as unknown: the answer of create was lost, or was another session's, and the
        session may be live."""
        self._keep(replace(entry, session_id=None, token=None, unknown=True))

    def settled(self, entry: Entry) -> None:
        """Remove `entry`, also another server's, and stop an end of it that is under way here.

        Its end is confirmed, create certainly made nothing, or the operator forgets it.
        """
        ending = self._ending.get(entry.entry_id)
        if ending and ending is not asyncio.current_task():
            ending.cancel()
        self._mine.pop(entry.entry_id, None)
        self._settled.add(entry.entry_id)
        self._put(entry.entry_id, None)

    def end_later(self, entry: Entry) -> None:
        """Try to end the session, again and again, until that is confirmed."""
        entry = self._mine.get(entry.entry_id, entry)
        if entry.session_id is None:
            self.lost(entry)
        elif entry.entry_id not in self._ending and not self._closed:
            self._mine[entry.entry_id] = entry
            task = asyncio.create_task(self._end(entry))
            self._ending[entry.entry_id] = task
            task.add_done_callback(lambda _: self._ending.pop(entry.entry_id, None))

    async def entries(self) -> tuple[Entry, ...]:
        """All entries of every server, oldest first. Raises `LedgerUnreachable`."""
        gone = {entry_id for entry_id, entry in self._unwritten.items() if entry is None}
        reading = await self._read()
        return tuple(
            self._mine.get(entry.entry_id, entry)
            for entry in reading.entries
            if entry.entry_id not in gone
        )

    def is_mine(self, entry: Entry) -> bool:
        """Whether this server is the owner of `entry`."""
        return entry.owner == self.owner

    @property
    def reachable(self) -> bool:
        """Whether the last beat, the last read and the last write of the ledger worked."""
        return not self._failing

    # The life of the janitor.

    async def __aenter__(self) -> Self:
        with suppress(LedgerUnreachable):
            await self._beat()
        # Each by itself: a slow look or write must not delay the beat.
        self._looking = asyncio.create_task(self._every(self._look_every, self._look))
        self._duties = [
            self._looking,
            asyncio.create_task(self._every(self._beat_every, self._beat)),
            asyncio.create_task(self._write()),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Wait at most `closing` seconds for ends and writes; the rest stays on the ledger.

        Idempotent. Does not close the ledger.
        """
        if self._closed:
            return
        self._closed = True
        if self._looking:
            self._looking.cancel()
        if self._ending:
            await asyncio.wait(self._ending.values(), timeout=self._closing)
        tasks = [*self._duties, *self._ending.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self._closing)
        with suppress(TimeoutError, LedgerUnreachable):
            async with asyncio.timeout(self._closing):
                await self._write_all()
                await self._use("write", self._ledger.leave(self.owner))

    async def _every(self, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + seconds
            await self._try(act)
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _try(self, act: Callable[[], Awaitable[None]]) -> bool:
        try:
            await act()
        except LedgerUnreachable:
            return False  # logged by `_use`
        except Exception as error:  # a bug of ours: the janitor must go on
            _log.error("The janitor failed with %s: %s", type(error).__name__, error)
            return False
        return True

    async def _use(self, how: Literal["beat", "read", "write"], answer: Awaitable[T]) -> T:
        """Await an answer of the ledger, and note whether this kind of use works.

        Each kind counts by itself: with a full disk a ledger can still be read.
        """
        try:
            result = await answer
        except LedgerUnreachable as error:
            self._watch.start_anew()
            if not self._failing:
                _log.warning("%s Until then no session is started.", error)
            self._failing.add(how)
            raise
        if how in self._failing:
            self._failing.remove(how)
            if not self._failing:
                _log.warning("The ledger can be used again.")
        return result

    async def _read(self) -> Reading:
        reading = await self._use("read", self._ledger.read())
        if reading.made_anew:
            self.remark = reading.made_anew
            for entry in self._mine.values():
                self._put(entry.entry_id, self._unwritten.get(entry.entry_id, entry))
        return reading

    async def _beat(self) -> None:
        await self._use("beat", self._ledger.beat(self.owner))
        self._known = True

    # Our entries.

    def _keep(self, entry: Entry) -> None:
        self._mine[entry.entry_id] = entry
        self._put(entry.entry_id, entry)

    def _put(self, entry_id: str, entry: Entry | None) -> None:
        self._unwritten[entry_id] = entry
        self._to_write.set()

    async def _write(self) -> None:
        while True:
            await self._to_write.wait()
            self._to_write.clear()
            if not await self._try(self._write_all):
                await asyncio.sleep(self._beat_every)
                self._to_write.set()

    async def _write_all(self) -> None:
        while self._unwritten:
            entry_id, entry = next(iter(self._unwritten.items()))
            write = self._ledger.record(entry) if entry else self._ledger.forget(entry_id)
            await self._use("write", write)
            if self._unwritten.get(entry_id, self) is entry:  # it has not changed meanwhile
                del self._unwritten[entry_id]

    def _compare(self, entries: tuple[Entry, ...]) -> None:
        """Correct our entries on the ledger: it may have lost data, or restored old data."""
        found = {entry.entry_id: entry for entry in entries}
        for entry_id, entry in list(self._mine.items()):
            there = found.get(entry_id)
            if there is None and entry.unknown and entry_id not in self._unwritten:
                del self._mine[entry_id]  # another server's operator has forgotten it
                continue
            if there is None or (there != entry and self.is_mine(there)):
                self._put(entry_id, entry)
            if entry.unknown and self._is_old(entry):
                self.settled(entry)
        for entry in filter(self.is_mine, entries):
            if entry.entry_id in self._mine:
                continue
            if entry.entry_id in self._settled or not (entry.session_id or entry.unknown):
                self._put(entry.entry_id, None)
            else:  # claimed by a call whose answer was lost
                self._keep(entry)
                self.end_later(entry)

    def _is_old(self, entry: Entry) -> bool:
        return abs(self._now() - entry.created_at) > DAY

    # The others'.

    async def _look(self) -> None:
        forgotten = self._settled - self._unwritten.keys()
        asked = time.monotonic()
        reading = await self._read()
        others = {owner: sign for owner, sign in reading.signs.items() if owner != self.owner}
        dead = self._watch.dead(others, asked=asked, answered=time.monotonic())
        self._settled -= forgotten - {entry.entry_id for entry in reading.entries}
        self._compare(reading.entries)
        for owner in dead:
            left = [entry for entry in reading.entries if entry.owner == owner]
            claims = [await self._claim(entry, reading) for entry in left]
            if all(claims):
                await self._use("write", self._ledger.bury(owner))

    async def _claim(self, entry: Entry, reading: Reading) -> bool:
        """Take over a dead owner's entry and end its session, unless another server was quicker."""
        claimed = replace(entry, owner=self.owner, unknown=entry.session_id is None)
        sign = reading.signs[entry.owner]
        if not await self._use("write", self._ledger.claim(entry, claimed, sign)):
            return False
        self._mine[entry.entry_id] = claimed
        self.end_later(claimed)
        return True

    async def _end(self, entry: Entry) -> None:
        for attempt, pause in enumerate(self._pauses(), 1):
            try:
                await self._end_at_service(entry)
            except AvatarError as error:
                sentence, wait = str(error), error.retry_after or 0.0
            except Exception as error:  # a bug of ours, or a broken entry
                sentence, wait = type(error).__name__, 0.0
            else:
                break
            if self._is_old(entry):
                _log.warning("Session %s can't be ended any more: %s", entry.session_id, sentence)
                break
            if attempt == 1:
                _log.warning("Session %s has not ended yet: %s", entry.session_id, sentence)
            await asyncio.sleep(max(pause, min(wait, LONGEST_WAIT)))
        self.settled(entry)
