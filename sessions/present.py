"""The present state of a session: where alone it changes, and where to wait for a change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from sessions import audit, turns
from sessions.limits import Limits
from sessions.state import Phase, PhaseEvent, State
from sessions.turns import Turn, TurnEvent, TurnState

T = TypeVar("T")


class Present:
    """The state of one session of `visitor`, which has just been started.

    `changed` is called after each change of `state`. `session_id` is there from create on. `quoted`
    is what the service said last on a text, and what stands for it in an audit log without texts.
    All of it runs on one event loop, whose clock is `now`.
    """

    def __init__(self, visitor: str, limits: Limits, changed: Callable[[], None]) -> None:
        self.state = State().after(PhaseEvent.START)
        self.session_id: str | None = None
        self.quoted: tuple[str, str] | None = None
        self.now = asyncio.get_running_loop().time
        self._visitor = visitor
        self._limits = limits
        self._changed = changed
        self._moved = asyncio.Event()
        self._granted_at = self._active_at = self.now()

    def set(self, state: State | None = None, **changes: Any) -> None:
        """Become `state` with these `changes`; nothing happens where that is no change."""
        before = self.state
        state = replace(state or before, **changes)
        if turns.any_open(before.turns):
            self._active_at = self.now()
        state = self._with_limit(state)
        if state == before:
            return
        self.state = state
        for was, turn in zip(before.turns, state.turns, strict=False):  # new ones are at the end
            if turn.has_ended and not was.has_ended:
                self._note_turn(turn)
        self.nudge()
        self._changed()

    def move_turn(self, turn: Turn, event: TurnEvent, reason: str | None = None) -> None:
        """`event` has happened to `turn`."""
        self.set(turns=turns.after(self.state.turns, turn.turn_id, event, reason))

    def end_turns(
        self, states: Iterable[TurnState], event: TurnEvent, reason: str | None = None
    ) -> None:
        """`event` has happened to every turn in `states`."""
        self.set(turns=turns.all_after(self.state.turns, states, event, reason))

    def turn(self, turn: Turn) -> Turn:
        """`turn` as it is now."""
        return next(t for t in self.state.turns if t.turn_id == turn.turn_id)

    def touch(self, *, stay: bool = False) -> None:
        """The visitor acts; with `stay`, the session may last as long again as it may at all."""
        self._active_at = self.now()
        if stay:
            self._granted_at = self._active_at
        self.set()

    def note(
        self,
        event: audit.Event,
        outcome: str,
        *,
        since: float | None = None,
        reason: str | None = None,
    ) -> None:
        """A line in the audit log. `since`: when it began, by `now`."""
        audit.note(
            event,
            self._visitor,
            session=self.session_id,
            outcome=outcome,
            duration=None if since is None else self.now() - since,
            reason=reason,
            quoted=self.quoted,
        )

    def nudge(self) -> None:
        """Who waits looks again."""
        self._moved.set()

    async def change(self) -> None:
        """Wait for the next change. Whoever calls has looked just before, without waiting since."""
        self._moved.clear()
        await self._moved.wait()

    async def until(self, seen: Callable[[], T | None]) -> T:
        """What `seen` returns as soon as that is not None."""
        while (found := seen()) is None:
            await self.change()
        return found

    def _note_turn(self, turn: Turn) -> None:
        audit.note(
            "say",
            self._visitor,
            session=self.session_id,
            turn=turn.turn_id,
            outcome=turn.state,
            duration=self.now() - turn.asked_at,
            reason=turn.reason,
            text=turn.text,
            quoted=self.quoted,
        )

    def _with_limit(self, state: State) -> State:
        if state.phase not in (Phase.CONNECTING, Phase.READY):
            return replace(state, ends_at=None, limit=None)
        ends_at, limit = self._limits.next_end(
            granted_at=self._granted_at,
            active_at=self._active_at,
            busy=turns.any_open(state.turns),
        )
        return replace(state, ends_at=ends_at, limit=limit)
