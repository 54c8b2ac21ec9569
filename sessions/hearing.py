"""What is heard of the turn that the service has, until that turn has ended."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Literal

from sessions import turns
from sessions.limits import Patience
from sessions.present import Present
from sessions.turns import Turn, TurnEvent, TurnState

EARLY = 1.0
"""Seconds before the sound that we know of can be over, in which a speakingEnd is believed."""

LATE = 1.5
"""Seconds of silence after it, from which on it is over."""

SETTLES = 2.0
"""Seconds after the last of several chunks of text, in which a silence may lie between two."""

AHEAD = 1.5
"""Seconds before the end of a recording, in which the next one is sent: an interrupt may not clear
what has not begun (kaltura/intelligent-agents-sdk, August 2026), so there is little of it."""


class Hearing:
    """One turn after the other: what the stages tell, and what is known of its length.

    A turn in several parts, or a recording in which somebody pauses, falls silent before it is
    over: then it is SENT again, until the next sound.
    """

    def __init__(self, present: Present, patience: Patience) -> None:
        self._present = present
        self._patience = patience
        # The stage that could hear it has gone, and when one had the picture again.
        self._missed = False
        self._back_at: float | None = None
        self.begin()

    def begin(self) -> None:
        """Another turn is handed over, or the same one once more."""
        self._missed, self._back_at = False, None
        self._heard = False
        self._more = False
        self._broken: str | None = None
        self._taken_at: float | None = None  # the first part
        # When the parts at the service should have been heard out, where that is known; the length
        # of the last of them.
        self._over_at: float | None = None
        self._length = 0.0

    # What the stages report.

    def attend(self) -> None:
        """It is another stage than until now, or none."""
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
        turn = self._present.state.said
        if turn is None:
            return
        self._missed, self._back_at = False, None
        self._present.nudge()
        if event is TurnEvent.SPEAKING_END:
            self._end(turn, TurnEvent.PAUSE if self._goes_on() else event)
            return
        if not self._heard and self._taken_at is not None and self._over_at is not None:
            late = self._present.now() - self._taken_at
            # Later than a service begins, the silence is in the recording, and in its length.
            if late <= self._patience.first_sound:
                self._over_at += late
        self._heard = True
        self._present.move_turn(turn, event)

    # What is known of its length.

    def taken(self, seconds: float | None, *, is_first: bool, last: bool) -> None:
        """The service has one part more, that lasts so long; None for a text."""
        now = self._present.now()
        self._more = not last
        if is_first:
            self._taken_at = now
        if seconds is not None:
            self._over_at = max(now, self._over_at or now) + seconds
            self._length = seconds
        elif not is_first:
            self._over_at = now + SETTLES + EARLY

    def whole(self) -> None:
        """No part of it is still to come."""
        self._more = False
        self._present.nudge()

    def cut(self, reason: str) -> None:
        """What is left of it can't be said: it is heard out, and has failed."""
        self._more, self._broken = False, reason
        if self._over_at is None:
            self._over_at = self._present.now() + SETTLES + EARLY
        self._present.nudge()

    @property
    def is_unbegun(self) -> bool:
        """The service has something of it that has not been heard to begin."""
        ahead = self._over_at is not None and self._present.now() < self._over_at - self._length
        return not self._heard or (self._length > 0 and ahead)

    # Waiting.

    async def out(self, turn: Turn) -> None:
        """Until it has ended: when the stage tells, or else when it can't take longer.

        Public apps found that `speakingEnd` can fail to come.
        """
        await self._follow(turn, lambda: math.inf)

    async def room(self, turn: Turn) -> None:
        """Until it has ended, or its next recording may be sent: the one before is nearly over."""
        await self._follow(turn, self._room_at)

    async def _follow(self, turn: Turn, enough_at: Callable[[], float]) -> None:
        present, state, since = self._present, None, 0.0
        while not (turn := present.turn(turn)).has_ended:
            if turn.state is not state:
                state, since = turn.state, present.now()
            deadline, event, reason = self._given_up(turn, since)
            if (enough := enough_at()) <= present.now():
                return
            try:
                async with asyncio.timeout_at(min(deadline, enough)):
                    await present.change()
            except TimeoutError:
                if present.now() >= deadline:
                    self._end(turn, event, reason)

    def _given_up(self, turn: Turn, since: float) -> tuple[float, TurnEvent, str | None]:
        if turn.state is TurnState.SENT and self._heard and self._over_at is not None:
            if self._more:
                return math.inf, TurnEvent.OVERDUE, turn.reason
            return max(since, self._over_at) + LATE, TurnEvent.OVERDUE, turn.reason
        return turns.give_up(
            turn, since, missed=self._missed, back_at=self._back_at, patience=self._patience
        )

    def _goes_on(self) -> bool:
        early = self._over_at is not None and self._present.now() < self._over_at - EARLY
        return self._more or early

    def _room_at(self) -> float:
        if self._over_at is None:
            return 0.0  # there is only text before it
        if not (self._heard or self._missed):
            return math.inf
        return self._over_at - min(self._length, AHEAD)

    def _end(self, turn: Turn, event: TurnEvent, reason: str | None = None) -> None:
        if self._broken is not None and event is not TurnEvent.PAUSE:
            event, reason = TurnEvent.FAIL, self._broken
        self._present.move_turn(turn, event, reason)
