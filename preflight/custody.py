"""The session of a preflight, paid for as any is: it ends, whatever becomes of the rest."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from avatar_client import AsyncAvatarClient, AvatarError, Session
from sessions import audit
from sessions.janitor import Janitor
from sessions.ledger import Entry
from sessions.service import may_have_created
from sessions.state import Choices

WHY = "It was opened by a preflight."


class Custody:
    """On the ledger from before create until the end is confirmed, kept alive, audited.

    `keep_alive_every` in seconds.
    """

    def __init__(
        self,
        client: AsyncAvatarClient,
        janitor: Janitor,
        visitor: str,
        *,
        keep_alive_every: float = 10.0,
    ) -> None:
        self.session: Session | None = None
        self.opened_at = 0.0
        self._client = client
        self._janitor = janitor
        self._visitor = visitor
        self._keep_alive_every = keep_alive_every
        self._now = asyncio.get_running_loop().time
        self._entry: Entry | None = None
        self._create_sent = False  # and not certainly in vain
        self._keeping: asyncio.Task[None] | None = None

    async def open(self, choices: Choices) -> None:
        """Create it. Raises `AvatarError` and `LedgerUnreachable`."""
        self._entry = await self._janitor.open(
            visitor=self._visitor, avatar_id=choices.avatar_id, base_url=self._client.base_url
        )
        self._create_sent = True
        self.opened_at = self._now()
        try:
            self.session = await self._client.create(
                choices.avatar_id, voice_id=choices.voice_id, speed=choices.speed
            )
        except AvatarError as error:
            self._create_sent = may_have_created(error)
            self._note("start", "unknown" if self._create_sent else "failed", f"{WHY} {error}")
            raise
        self._entry = self._janitor.created(self._entry, self.session)
        self._keeping = asyncio.create_task(self._keep_alive(self.session))
        self._note("start", "created", WHY)

    async def end(self) -> None:
        """End it. Raises `AvatarError`; then it is for `let_go`."""
        assert self.session
        assert self._entry
        self._stop_keeping()
        try:
            await self._client.end(self.session)
        except AvatarError as error:
            self._note("end", "not confirmed", f"{WHY} {error}")
            raise
        self._janitor.settled(self._entry)
        self._entry = None
        self._note("end", "ended", WHY)

    def let_go(self) -> None:
        """What has not certainly ended is the janitor's from now on. Idempotent."""
        self._stop_keeping()
        entry, self._entry = self._entry, None
        if entry is not None:
            if self.session is not None:
                self._janitor.end_later(entry)
            elif self._create_sent:
                self._janitor.lost(entry)
            else:
                self._janitor.settled(entry)

    def _stop_keeping(self) -> None:
        if self._keeping:
            self._keeping.cancel()

    async def _keep_alive(self, session: Session) -> None:
        while True:
            await asyncio.sleep(self._keep_alive_every)
            with suppress(AvatarError):  # the step that is under way tells what is wrong
                await self._client.keep_alive(session)

    def _note(self, event: audit.Event, outcome: str, reason: str) -> None:
        audit.note(
            event,
            self._visitor,
            session=self.session.session_id if self.session else None,
            outcome=outcome,
            duration=self._now() - self.opened_at,
            reason=reason,
        )
