"""Tells the service that one session is still wanted, and notices when it is no longer there."""

from __future__ import annotations

import asyncio

from avatar_client import AvatarError, ServiceUnreachable, Session, SessionGone
from sessions.limits import Patience
from sessions.present import Present
from sessions.service import Service

LOOK_AGAIN = 1.0
"""Seconds between two keep-alives, however often there is a reason for one."""


class KeepAlive:
    """The keep-alive of one session, at its interval, and in between when there is a reason."""

    def __init__(self, present: Present, service: Service, patience: Patience) -> None:
        self._present = present
        self._service = service
        self._patience = patience
        self._wanted = asyncio.Event()

    def look_now(self) -> None:
        """Ask at once: the session may be gone."""
        self._wanted.set()

    async def go_on(self, session: Session) -> None:
        """Until cancelled. A failure is a notice until the next success.

        Raises `SessionGone`, and after too long without a good answer the last `AvatarError`.
        """
        present, every = self._present, self._patience.keep_alive_every
        last_good = present.now()
        due, asked_at = last_good + every, last_good - LOOK_AGAIN
        ours: str | None = None
        while True:
            try:
                async with asyncio.timeout_at(due):
                    await self._wanted.wait()
                    await asyncio.sleep(asked_at + LOOK_AGAIN - present.now())
            except TimeoutError:
                due = max(due + every, present.now())
            self._wanted.clear()
            asked_at = present.now()
            try:
                await self._ask(session)
            except SessionGone:
                raise
            except AvatarError as error:
                ours = str(error)
                present.set(notice=ours)
                if present.now() - last_good > self._patience.unheard:
                    raise
            else:
                last_good = present.now()
                if present.state.notice == ours:
                    present.set(notice=None)

    async def _ask(self, session: Session) -> None:
        every = self._patience.keep_alive_every
        try:
            async with asyncio.timeout(every):
                await self._service.ask(self._service.client.keep_alive(session))
        except TimeoutError:  # the call was cancelled, and could tell nobody
            error = ServiceUnreachable("keep-alive", error=f"within {every:g} s", sent="maybe")
            self._service.note(error)
            raise error from None
