"""Tells the service that one session is still wanted, and notices when it is no longer there."""

from __future__ import annotations

import asyncio

from avatar_client import AvatarError, ServiceUnreachable, Session, SessionGone
from sessions.limits import Patience
from sessions.present import Present
from sessions.service import Service

UNANSWERED = "keep-alive was not answered in time. Check the network."


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

        Raises `SessionGone`, and `ServiceUnreachable` after too long without an answer.
        """
        present, every = self._present, self._patience.keep_alive_every
        last_good = present.now()
        due = last_good + every
        ours: str | None = None
        while True:
            try:
                async with asyncio.timeout_at(due):
                    await self._wanted.wait()
            except TimeoutError:
                due = max(due + every, present.now())
            self._wanted.clear()
            try:
                async with asyncio.timeout(every):
                    await self._service.ask(self._service.client.keep_alive(session))
            except SessionGone:
                raise
            except (AvatarError, TimeoutError) as error:
                ours = str(error) or UNANSWERED
                present.set(notice=ours)
                if present.now() - last_good > self._patience.unheard:
                    raise ServiceUnreachable("keep-alive", error=ours, sent="maybe") from None
            else:
                last_good = present.now()
                if present.state.notice == ours:
                    present.set(notice=None)
