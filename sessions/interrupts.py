"""The interrupts of one session: under way beside everything else, on connections of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from avatar_client import AvatarError, Session
from sessions import turns
from sessions.hearing import Hearing
from sessions.present import Present
from sessions.service import Service
from sessions.state import Phase
from sessions.turns import Turn, TurnEvent, TurnState

SURVIVES = 4.0
"""Seconds after an interrupt in which what had not begun may be heard all the same: at the live
service such turns survive it (kaltura/intelligent-agents-sdk, August 2026)."""


class Interrupts:
    """Silences the service. `sending`: the turn of which a part is on its way, until the answer.

    Nothing happens before there is a `session`. `failed` is called when one has failed: the session
    may be gone.
    """

    def __init__(
        self, present: Present, service: Service, hearing: Hearing, failed: Callable[[], None]
    ) -> None:
        self.session: Session | None = None
        self.sending: Turn | None = None
        self._present = present
        self._service = service
        self._hearing = hearing
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()
        self._may_survive = 0.0  # until when

    @property
    def under_way(self) -> bool:
        """One has not been answered."""
        return bool(self._tasks)

    def start(self) -> None:
        """Have the service drop what it is saying."""
        if self.session is not None and self._present.state.phase is Phase.READY:
            task = asyncio.create_task(self._interrupt(self.session))
            self._tasks.add(task)
            task.add_done_callback(self._is_over)
            self._present.set(interrupting=True)

    def silence_survivor(self) -> None:
        """There is a sound; if nothing is to be heard, then of what was interrupted."""
        present = self._present
        if present.state.said is None and present.now() < self._may_survive:
            self._may_survive = 0.0
            self.start()

    async def catch_up(self, turn: Turn) -> None:
        """Interrupt overtook `turn` on another connection: the service may be saying it."""
        if self.session and self._present.turn(turn).state is TurnState.INTERRUPTED:
            await self._interrupt(self.session)

    async def stop(self) -> None:
        """Those under way are not waited for."""
        self.session = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _interrupt(self, session: Session) -> None:
        present, began, sending = self._present, self._present.now(), self.sending
        client = self._service.client
        try:
            await self._service.ask(client.interrupt(session))
            if sending and self._was_taken(sending):
                # On two connections, the service may have handled the interrupt before the text.
                await self._service.ask(client.interrupt(session))
        except AvatarError as error:
            present.set(problem=str(error))
            present.note("interrupt", "failed", since=began, reason=str(error))
            self._failed()
        else:
            if present.state.said and self._hearing.is_unbegun:
                self._may_survive = present.now() + SURVIVES
            present.set(interrupts=present.state.interrupts + 1)
            present.end_turns(turns.AT_THE_SERVICE, TurnEvent.INTERRUPT)
            present.note("interrupt", "done", since=began)

    def _was_taken(self, turn: Turn) -> bool:
        turn = self._present.turn(turn)
        return self.sending is None and (turn.state in turns.AT_THE_SERVICE or turn.maybe_said)

    def _is_over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._present.set(interrupting=bool(self._tasks))
        self._present.nudge()
