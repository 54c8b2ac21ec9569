"""What one session says: hands its turns over one at a time, and sees each to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Literal

from avatar_client import AvatarError, Session, SessionGone
from sessions import turns
from sessions.limits import Patience
from sessions.present import Present
from sessions.service import Service, kind_of
from sessions.state import Phase
from sessions.turns import Turn, TurnEvent, TurnState

UNBEGUN = "Interrupted before it began."


class Saying:
    """The mouth of one session. The verbs ask and return at once; `go_on` does the rest.

    While no stage is `attended`, nothing new is said: nobody would hear it. `failed` is called when
    an interrupt has failed: the session may be gone.
    """

    def __init__(
        self,
        present: Present,
        service: Service,
        patience: Patience,
        failed: Callable[[], None],
        *,
        attended: bool,
    ) -> None:
        self._present = present
        self._service = service
        self._patience = patience
        self._failed = failed
        self._attended = attended
        self._session: Session | None = None
        self._interrupts: set[asyncio.Task[None]] = set()
        self._sending: Turn | None = None  # its say-text has not been answered
        # The stage that could hear the turn at the service has gone, and when one had it again.
        self._missed = False
        self._back_at: float | None = None

    # The verbs.

    def say(self, text: str) -> Turn:
        """Queue `text`, already `turns.checked`, and return its turn."""
        turn = Turn(text, asked_at=self._present.now())
        self._present.set(turns=(*self._present.state.turns, turn), problem=None)
        return turn

    def interrupt(self) -> None:
        """Drop what is queued at once, and have the service drop what it is saying."""
        present = self._present
        present.touch()
        present.end_turns({TurnState.QUEUED}, TurnEvent.INTERRUPT, UNBEGUN)
        if self._session is not None and present.state.phase is Phase.READY:
            task = asyncio.create_task(self._interrupt(self._session))
            self._interrupts.add(task)
            task.add_done_callback(self._interrupt_is_over)
            present.set(interrupting=True)

    # What the stages report.

    def attend(self, attended: bool) -> None:
        """A stage is there, or none is any more; it is another one than until now."""
        self._attended = attended
        if self._present.state.said:
            self._missed, self._back_at = True, None
        self._present.nudge()

    def playing(self) -> None:
        """The stage has the picture: if the turn is still being said, it will hear it soon."""
        if self._missed and self._back_at is None:
            self._back_at = self._present.now()
            self._present.nudge()

    def speaking(self, event: Literal[TurnEvent.SPEAKING_START, TurnEvent.SPEAKING_END]) -> None:
        """The stage hears the avatar, or no longer does."""
        if turn := self._present.state.said:
            self._missed, self._back_at = False, None
            self._present.nudge()
            self._present.move_turn(turn, event)

    # Its life.

    async def go_on(self, session: Session) -> None:
        """Say what there is to be said, until cancelled. Raises `SessionGone`."""
        self._session = session
        while True:
            turn = await self._present.until(self._next_turn)
            await self._hand_over(session, turn)
            await self._until_it_ends(turn)

    async def stop(self) -> None:
        """The interrupts that are under way are not waited for."""
        self._session = None
        for task in self._interrupts:
            task.cancel()
        await asyncio.gather(*self._interrupts, return_exceptions=True)

    def _may_send(self) -> bool:
        # Behind an interrupt that is under way, a new turn would be dropped with the old ones.
        return self._attended and not self._interrupts

    def _next_turn(self) -> Turn | None:
        return turns.next_queued(self._present.state.turns) if self._may_send() else None

    async def _hand_over(self, session: Session, turn: Turn) -> None:
        """Send `turn` until the service has it, or the turn has ended."""
        present = self._present
        began = present.now()
        for tries in count(1):
            present.move_turn(turn, TurnEvent.SEND)
            self._missed, self._back_at = False, None
            pause = await self._send(session, turn, tries, began)
            if pause is None:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await present.until(lambda: present.turn(turn).has_ended or None)
            await present.until(lambda: present.turn(turn).has_ended or self._may_send() or None)
            if present.turn(turn).has_ended:
                return

    async def _send(self, session: Session, turn: Turn, tries: int, began: float) -> float | None:
        """Send it once; the pause, in seconds, if it is to be sent again. Raises `SessionGone`."""
        present, say_text = self._present, self._service.client.say_text
        event, pause = TurnEvent.ACCEPT, None
        # Once: a text that the client repeats by itself can't be stopped by an interrupt.
        call = say_text(session, turn.text, turn_id=turn.turn_id, once=True)
        self._sending = turn
        try:
            said = await self._service.ask(call)
        except AvatarError as error:
            self._sending = None
            present.quoted = (error.error, kind_of(error)) if error.error else None
            event, reason, pause = turns.after_failed_send(error, tries, present.now() - began)
            if event is TurnEvent.RETRY and self._interrupts:
                event, reason = TurnEvent.INTERRUPT, UNBEGUN
            present.move_turn(turn, event, reason)
            if present.turn(turn).state is TurnState.FAILED:
                present.set(problem=reason)
            if isinstance(error, SessionGone):
                raise
        else:
            self._sending = None
            present.quoted = (said.warning, "a warning") if said.warning else None
            present.move_turn(turn, event, said.warning)
        acted_on = event in (TurnEvent.ACCEPT, TurnEvent.LOSE)
        if acted_on and present.turn(turn).state is TurnState.INTERRUPTED:
            # Interrupt overtook it on another connection: the service may be saying it.
            await self._interrupt(session)
        return pause

    async def _until_it_ends(self, turn: Turn) -> None:
        """The stage tells when; where it does not, the time the turn can take at most decides.

        Public apps found that `speakingEnd` can fail to come.
        """
        present, state, since = self._present, None, 0.0
        while not (turn := present.turn(turn)).has_ended:
            if turn.state is not state:
                state, since = turn.state, present.now()
            deadline, event, reason = turns.give_up(
                turn, since, missed=self._missed, back_at=self._back_at, patience=self._patience
            )
            try:
                async with asyncio.timeout_at(deadline):
                    await present.change()
            except TimeoutError:
                present.move_turn(turn, event, reason)

    async def _interrupt(self, session: Session) -> None:
        present, began, sending = self._present, self._present.now(), self._sending
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
            present.set(interrupts=present.state.interrupts + 1)
            present.end_turns(turns.AT_THE_SERVICE, TurnEvent.INTERRUPT)
            present.note("interrupt", "done", since=began)

    def _was_taken(self, turn: Turn) -> bool:
        turn = self._present.turn(turn)
        return self._sending is None and (turn.state in turns.AT_THE_SERVICE or turn.maybe_said)

    def _interrupt_is_over(self, task: asyncio.Task[None]) -> None:
        self._interrupts.discard(task)
        self._present.set(interrupting=bool(self._interrupts))
        self._present.nudge()
