"""The preflights of one server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from preflight.run import Preflight
from preflight.sightings import Viewer
from preflight.steps import Results
from server.services import Services
from sessions import audit
from sessions.desk import Refused
from sessions.rates import Rate

BUSY = "Another preflight is running on this server: wait until it is over, half a minute or so."

TOO_OFTEN = "Preflight ran very often from this browser: wait half a minute, then run it again."

CLOSING = 3.0
"""Seconds that a stopping server gives a preflight to end its session."""


class Preflights:
    """One at a time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._running: asyncio.Task[Results] | None = None
        self._preflight: Preflight | None = None
        self._starts = Rate(10, 1 / 15)  # each opens a session, which may be paid for

    def start(self, visitor: str, viewer: Viewer, changed: Callable[[], None]) -> Preflight:
        """Begin one in the background. On the loop.

        Raises `Refused` while one runs, and where this visitor has begun too many.
        """
        if self._running and not self._running.done():
            raise Refused(BUSY)
        if not self._starts.allows(visitor):
            audit.refusal("preflights", visitor, TOO_OFTEN)
            raise Refused(TOO_OFTEN)
        preflight = self._preflight = Preflight(self._services, visitor, viewer, changed)
        self._running = asyncio.create_task(preflight.run())
        return preflight

    async def close(self) -> None:
        """End the one that runs; a session it can't end in time is the janitor's. Idempotent."""
        if self._running and self._preflight:
            self._preflight.leave()
            _, late = await asyncio.wait({self._running}, timeout=CLOSING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
