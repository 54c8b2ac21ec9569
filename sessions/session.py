"""One live session at Kaltura, from create to its one end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from avatar_client import (
    AsyncAvatarClient,
    AvatarError,
    ServiceUnreachable,
    Session,
    SessionGone,
)
from sessions import turns
from sessions.state import Choices, DirectAvatar, Display, Phase, PhaseEvent, SdkAvatar, State
from sessions.turns import Turn, TurnEvent, TurnState

WELCOME = "Hello! I am your avatar assistant."
"""Spoken as soon as the avatar is seen, as in the vendor's example."""

MAY_BE_LIVE = "The session may still be live at the service until it misses our keep-alive."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a session waits, in seconds.

    `keep_alive_every` is Kaltura's (Control API). `unheard`: without one good keep-alive for so
    long, the session is given up; what the service itself waits is not documented, 70 s were seen
    to be survived (kaltura/intelligent-agents-sdk, August 2026). `first_sound`: from an accepted
    turn to its sound, before it has failed. `speech` scales the longest that a text can take.
    """

    keep_alive_every: float = 10.0
    unheard: float = 60.0
    first_sound: float = 10.0
    speech: float = 1.0


class LiveSession:
    """One session at the service. `live()` is its whole life; the verbs ask and return at once.

    All of it runs on one event loop. `changed` is called after each change of `state`.
    """

    def __init__(
        self,
        client: AsyncAvatarClient,
        display: Display,
        changed: Callable[[], None],
        patience: Patience,
    ) -> None:
        self.state = State().after(PhaseEvent.START)
        self._client = client
        self._display = display
        self._changed = changed
        self._patience = patience
        self._moved = asyncio.Event()
        self._end_asked = asyncio.Event()
        self._look_now = asyncio.Event()
        self._interrupts: set[asyncio.Task[None]] = set()
        self._session: Session | None = None
        self._why_ended: str | None = None

    # The verbs: start is `live`.

    def say(self, text: str) -> Turn:
        """Queue `text`, already `turns.checked`, and return its turn."""
        turn = Turn(text)
        self._set(turns=(*self.state.turns, turn), problem=None)
        return turn

    def interrupt(self) -> None:
        """Drop what is queued at once, and have the service drop what it is saying."""
        self._end_turns({TurnState.QUEUED}, TurnEvent.INTERRUPT, "Interrupted before it began.")
        if self._session is not None and self.state.phase is Phase.READY:
            task = asyncio.create_task(self._interrupt(self._session))
            self._interrupts.add(task)
            task.add_done_callback(self._interrupted)
            self._set(interrupting=True)

    def end(self, problem: str | None = None) -> None:
        """Ask for the end; `problem` says why where the visitor did not ask for it.

        A create that is under way is awaited first: it may have cost money.
        """
        self._why_ended = self._why_ended or problem
        self._end_asked.set()
        self._set(self.state.after(PhaseEvent.END))

    # What the stage reports.

    def playing(self) -> None:
        """The visitor sees the avatar: greet, the first time."""
        first = self.state.phase is Phase.CONNECTING
        self._set(self.state.after(PhaseEvent.PLAYING), notice=None)
        if first and self.state.phase is Phase.READY:
            self.say(WELCOME)

    def speaking(self, event: Literal[TurnEvent.SPEAKING_START, TurnEvent.SPEAKING_END]) -> None:
        """The stage hears the avatar, or no longer does."""
        if turn := self.state.said:
            self._move_turn(turn, event)

    def trouble(self, sentence: str) -> None:
        """The stage has no picture: say so, and ask the service at once whether we still live."""
        if self.state.phase in (Phase.CONNECTING, Phase.READY):
            self._set(notice=sentence)
            self._look_now.set()

    # Its life.

    async def live(self, choices: Choices) -> None:
        """Create, look after, and end the session: the end is asked for exactly once.

        Never raises for what the service does. Not to be cancelled: `end()` and await it, so that
        a create under way is never lost.
        """
        problem: str | None = None
        try:
            self._session = await self._client.create(
                choices.avatar_id, voice_id=choices.voice_id, speed=choices.speed
            )
            await self._attend(self._session)
        except AvatarError as error:
            problem = str(error)
        except Exception as error:  # a bug of ours: the session is ended all the same
            _log.error("A session failed with %s: %s", type(error).__name__, error)
            problem = "Something went wrong in this server: start the avatar again."
        finally:
            await self._leave(problem)

    async def _attend(self, session: Session) -> None:
        """Everything between create and end; returns when the end was asked for.

        Raises `AvatarError` when the session can't go on.
        """
        if self._end_asked.is_set():
            return
        duties = [
            asyncio.create_task(self._end_asked.wait()),
            asyncio.create_task(self._keep_alive(session)),
            asyncio.create_task(self._show_and_say(session)),
        ]
        try:
            done, _ = await asyncio.wait(duties, return_when=asyncio.FIRST_COMPLETED)
            for duty in done:
                duty.result()
        finally:
            for duty in (*duties, *self._interrupts):
                duty.cancel()
            await asyncio.gather(*duties, *self._interrupts, return_exceptions=True)

    async def _leave(self, problem: str | None) -> None:
        problem = problem or self._why_ended
        self._set(self.state.after(PhaseEvent.END))
        if problem is None:
            self._end_turns(TurnState, TurnEvent.INTERRUPT, "The session ended meanwhile.")
        else:
            self._end_turns(TurnState, TurnEvent.FAIL, problem)
        if self._session is not None:
            try:
                await self._client.end(self._session)
            except AvatarError as error:
                problem = f"{problem or error} {MAY_BE_LIVE}"
        event = PhaseEvent.ENDED if problem is None else PhaseEvent.FAIL
        # The stage lets go of the picture only now: a client SDK does it by an end of its own.
        self._set(self.state.after(event), avatar=None, problem=problem, notice=None)

    async def _keep_alive(self, session: Session) -> None:
        loop, every = asyncio.get_running_loop(), self._patience.keep_alive_every
        last_good = loop.time()
        due = last_good + every
        ours: str | None = None
        while True:
            try:
                async with asyncio.timeout_at(due):
                    await self._look_now.wait()
            except TimeoutError:
                due = max(due + every, loop.time())
            self._look_now.clear()
            try:
                async with asyncio.timeout(every):
                    await self._client.keep_alive(session)
            except SessionGone:
                raise
            except (AvatarError, TimeoutError) as error:
                ours = str(error) or "keep-alive was not answered in time. Check the network."
                self._set(notice=ours)
                if loop.time() - last_good > self._patience.unheard:
                    raise ServiceUnreachable("keep-alive", error=ours, sent="maybe") from None
            else:
                last_good = loop.time()
                if self.state.notice == ours:
                    self._set(notice=None)

    async def _show_and_say(self, session: Session) -> None:
        avatar = await self._avatar(session)
        self._set(
            self.state.after(PhaseEvent.CREATED), avatar=avatar, session_id=session.session_id
        )
        while True:
            turn = await self._next_turn()
            self._move_turn(turn, TurnEvent.SEND)
            try:
                said = await self._client.say_text(session, turn.text, turn_id=turn.turn_id)
            except AvatarError as error:
                if self._now(turn).state is not TurnState.INTERRUPTED:
                    self._move_turn(turn, TurnEvent.FAIL, str(error))
                    self._set(problem=str(error))
                if isinstance(error, SessionGone):
                    raise
            else:
                self._move_turn(turn, TurnEvent.ACCEPT, said.warning)
            if self._now(turn).state is TurnState.INTERRUPTED:
                # Interrupt overtook it on another connection: the service may be saying it.
                await self._interrupt(session)
            await self._until_it_ends(turn)

    async def _avatar(self, session: Session) -> SdkAvatar | DirectAvatar:
        if self._display.way == "sdk":
            return SdkAvatar(
                session.session_id,
                base_url=self._client.base_url,
                sdk_url=self._display.sdk_url,
                token=session.token,
            )
        media = await self._client.init_client(session)
        return DirectAvatar(session.session_id, media.whep_url, media.turn)

    async def _next_turn(self) -> Turn:
        while True:
            turn = turns.next_queued(self.state.turns)
            # Behind an interrupt that is under way, a new turn would be dropped with the old ones.
            if turn and not self._interrupts:
                return turn
            await self._move()

    async def _until_it_ends(self, turn: Turn) -> None:
        """The stage tells when; where it does not, the time the turn can take at most decides.

        Public apps found that `speakingEnd` can fail to come.
        """
        while not (turn := self._now(turn)).has_ended:
            end, why = TurnEvent.OVERDUE, turn.reason
            patience = turn.longest * self._patience.speech
            # A reason that comes with an accepted turn: the service said that it has no sound.
            if turn.state is TurnState.SENT and not turn.reason:
                patience = self._patience.first_sound
                end, why = TurnEvent.FAIL, "No sound was heard, though the service took the text."
            try:
                async with asyncio.timeout(patience):
                    while self._now(turn).state is turn.state:
                        await self._move()
            except TimeoutError:
                self._move_turn(turn, end, why)

    async def _interrupt(self, session: Session) -> None:
        try:
            await self._client.interrupt(session)
        except AvatarError as error:
            self._set(problem=str(error))
            self._look_now.set()  # the session may be gone
        else:
            self._set(interrupts=self.state.interrupts + 1)
            self._end_turns(turns.AT_THE_SERVICE, TurnEvent.INTERRUPT)

    def _interrupted(self, task: asyncio.Task[None]) -> None:
        self._interrupts.discard(task)
        self._set(interrupting=bool(self._interrupts))

    # One frozen state, changed in these places only.

    def _set(self, state: State | None = None, **changes: Any) -> None:
        state = replace(state or self.state, **changes)
        if state != self.state:
            self.state = state
            self._moved.set()
            self._changed()

    def _move_turn(self, turn: Turn, event: TurnEvent, reason: str | None = None) -> None:
        self._set(turns=turns.after(self.state.turns, turn.turn_id, event, reason))

    def _end_turns(
        self, states: Iterable[TurnState], event: TurnEvent, reason: str | None = None
    ) -> None:
        self._set(turns=turns.all_after(self.state.turns, states, event, reason))

    def _now(self, turn: Turn) -> Turn:
        return next(t for t in self.state.turns if t.turn_id == turn.turn_id)

    async def _move(self) -> None:
        self._moved.clear()
        await self._moved.wait()
