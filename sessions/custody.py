"""One paid session, kept safe: opened, ended, or handed to the janitor. For sessions, Preflight."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from avatar_client import AvatarError, ServiceFailed, Session
from sessions import audit
from sessions.janitor import Janitor
from sessions.ledger import Entry, LedgerUnreachable
from sessions.service import Service, end_session, may_have_created
from sessions.state import Choices

ANOTHERS_SESSION = "it was a session of somebody else"
CUT_SHORT = "This server stopped before the session had ended."


class Custody:
    """Keeps a session on the ledger from before create until its end is confirmed.

    Call `open`, then `end`, and always `let_go`. `why` precedes each reason in the audit log.
    """

    def __init__(self, service: Service, janitor: Janitor, visitor: str, *, why: str = "") -> None:
        self.visitor = visitor
        self.session: Session | None = None
        self.may_exist = False
        """Create was sent, and an unknown session may have been opened."""
        self._now = asyncio.get_running_loop().time
        self.began = self._now()
        """When the session was asked for, in seconds on the event loop's clock."""
        self._service = service
        self._janitor = janitor
        self._why = why
        self._entry: Entry | None = None

    def keeps(self, entry_id: str) -> bool:
        """Whether this session is that entry of the ledger."""
        return self._entry is not None and self._entry.entry_id == entry_id

    async def open(
        self, choices: Choices, *, is_wanted: Callable[[], bool] = lambda: True
    ) -> Session | None:
        """Create the session; None if it no longer `is_wanted` once the ledger knows of it.

        Raises `AvatarError`, or `LedgerUnreachable` before anything is sent. An answer that names a
        known session was meant for another visitor: that session is left alone, and what was opened
        here stays unknown.
        """
        client = self._service.client
        try:
            self._entry = await self._janitor.open(
                visitor=self.visitor, avatar_id=choices.avatar_id, base_url=client.base_url
            )
            if not is_wanted():
                self._note("start", "not needed")
                return None
            self.may_exist = True
            session = await self._service.ask(
                client.create(choices.avatar_id, voice_id=choices.voice_id, speed=choices.speed)
            )
            if self._janitor.has(session):
                raise _anothers_session()
            self.session = session
            self._entry = self._janitor.created(self._entry, session)
            if await self._janitor.has_twin(self._entry):
                self.session = None
                raise _anothers_session()
        except (AvatarError, LedgerUnreachable) as error:
            self.may_exist = isinstance(error, AvatarError) and may_have_created(error)
            self._note("start", "unknown" if self.may_exist else "failed", str(error))
            raise
        except asyncio.CancelledError:
            self._note("start", "unknown" if self.may_exist else "failed", CUT_SHORT)
            raise
        self.may_exist = False
        self._note("start", "created")
        return self.session

    async def end(self, reason: str | None = None, quoted: tuple[str, str] | None = None) -> None:
        """End the session, if there is one. Raises `AvatarError`: then call `let_go`.

        `reason` and `quoted` are for the audit log, see `audit.note`.
        """
        if self.session is None or self._entry is None:
            return
        try:
            await self._service.ask(end_session(self._service.client, self.session))
        except AvatarError as error:
            self._note("end", "not confirmed", reason or str(error), quoted)
            raise
        self._janitor.settled(self._entry)
        self._entry = None
        self._note("end", "ended", reason, quoted)

    def let_go(self) -> None:
        """Leave the session to the janitor, unless its end is confirmed. Idempotent."""
        entry, self._entry = self._entry, None
        if entry is None:
            return
        if self.session is not None:
            self._janitor.end_later(entry)
        elif self.may_exist:
            self._janitor.lost(entry)
        else:
            self._janitor.settled(entry)

    def _note(
        self,
        event: audit.Event,
        outcome: str,
        reason: str | None = None,
        quoted: tuple[str, str] | None = None,
    ) -> None:
        audit.note(
            event,
            self.visitor,
            session=self.session.session_id if self.session else None,
            outcome=outcome,
            duration=self._now() - self.began,
            reason=f"{self._why} {reason or ''}".strip() or None,
            quoted=quoted,
        )


def _anothers_session() -> ServiceFailed:
    return ServiceFailed("create", status=200, error=ANOTHERS_SESSION, sent="yes")
