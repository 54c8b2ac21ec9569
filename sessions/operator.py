"""The operator's list of all sessions that may be paid for, on every server, and their ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from avatar_client import AvatarError
from sessions.janitor import Janitor
from sessions.ledger import Entry, LedgerUnreachable
from sessions.service import Service, end_entry

BY_OPERATOR = "The operator of this server has ended the session."

ENDS_WITHIN = 1.0
"""Seconds that a reading waits for ends under way."""

STARTING = "That session is being started by another server: end it when it is there."


class Operator:
    """`entries`: the ledger's, as last read; None before the first reading.

    The methods return at once; the work is done in the background of one event loop.
    """

    def __init__(self, service: Service, janitor: Janitor) -> None:
        self.entries: tuple[Entry, ...] | None = None
        self._unread: str | None = None
        self._not_ended: str | None = None
        self._service = service
        self._janitor = janitor
        self._ending: set[asyncio.Task[Any]] = set()
        self._reading: asyncio.Task[None] | None = None

    @property
    def problem(self) -> str | None:
        """Why the last reading, or else the last end, failed: a sentence."""
        return self._unread or self._not_ended

    def refresh(self, then: Callable[[], None]) -> None:
        """Read the ledger, after a short wait for ends under way, and call `then`."""
        self._reading = asyncio.create_task(self._read(then))

    def end(self, entry: Entry) -> None:
        """End a session that this server does not run; forget the entry if it is unknown."""
        self.await_end(self._end(entry))

    def await_end(self, end: Coroutine[Any, Any, object]) -> None:
        """Run `end`; the next reading waits for it."""
        task = asyncio.create_task(end)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Stop; a session whose end is not confirmed stays on the ledger."""
        tasks = [*self._ending, *filter(None, [self._reading])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _end(self, entry: Entry) -> None:
        self._not_ended = None
        if entry.unknown:
            self._janitor.settled(entry)
        elif entry.session_id is None:
            self._not_ended = STARTING
        else:
            try:
                await self._service.ask(end_entry(self._service.client, entry, BY_OPERATOR))
            except AvatarError as error:
                self._not_ended = str(error)
            else:
                self._janitor.settled(entry)

    async def _read(self, then: Callable[[], None]) -> None:
        if self._ending:
            await asyncio.wait(self._ending, timeout=ENDS_WITHIN)
        try:
            self.entries = await self._janitor.entries()
        except LedgerUnreachable as error:
            self._unread = str(error)
        else:
            self._unread = None
        then()
