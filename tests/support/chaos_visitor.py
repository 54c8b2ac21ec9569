"""Visitors of a desk who go on, whatever happens, and what must be true of them afterwards."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sessions.desk import Desk, Refused, View
from sessions.state import Phase
from sessions.turns import ENDED, Turn
from tests.support.chaos_proxy import SEED
from tests.support.desk_visitor import AVA, Visitor
from tests.support.simulator_process import SimulatorProcess

LOOK = 0.03
"""Seconds between two looks at the service."""

SOUND = 0.1
"""Seconds after which no more is heard of what a turn began with, see `ShortVoice`."""

AWAY = 0.4
"""Seconds, at most, for which a visitor goes away: half of the time for longer than the grace."""


class ChaosVisitor(Visitor):
    """`seen` is every turn, as it was seen last. The seed and the name draw what is done."""

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__(desk, name)
        self.seen: dict[str, Turn] = {}
        self._draw = random.Random(f"{SEED}/{name}")
        self._heard: dict[str, int] = {}
        self._sounding: dict[str, float] = {}

    async def say_all(self, texts: Sequence[str]) -> None:
        """Each of them once, a few at a time.

        Some are interrupted; some sessions are ended, and some left alone for a while.
        """
        left = list(texts)
        while left:
            async with self.watching():
                await self._until_over()
                for text in left[: self._draw.randint(1, 3)]:
                    with suppress(Refused):  # the session has ended meanwhile
                        self.desk.say(self.name, text)
                        left.remove(text)
                whim = self._draw.random()
                if whim < 0.15:
                    self.desk.interrupt(self.name)
                elif whim < 0.25:
                    self.desk.end(self.name)
                if whim < 0.9:
                    await self._until_over()
            if whim >= 0.9:
                await asyncio.sleep(self._draw.uniform(0, AWAY))
        async with self.watching():
            await self._until_over()
            self.desk.end(self.name)
            await self.until(lambda view: self._note(view) and not self._is_live(view), within=20)

    def look_at(self, session: dict[str, Any] | None) -> None:
        """Report what a stage would see and hear of `session`, as the service tells of it."""
        if not self._stages or session is None:
            return
        if self.view.state.phase is Phase.CONNECTING:
            self.report("playing")
        for turn in session["turns"]:
            if turn["startedAt"]:
                self._hear(turn)

    def _hear(self, turn: dict[str, Any]) -> None:
        """Report the sound of each chunk of a turn, and the silence after it."""
        turn_id, length = turn["turnId"], 1 + len(turn["text"])
        if length > self._heard.get(turn_id, 0):
            self._heard[turn_id] = length
            self._sounding[turn_id] = time.monotonic() + SOUND
            self.report("speakingStart")
        is_over = turn["endedAt"] or time.monotonic() > self._sounding.get(turn_id, math.inf)
        if is_over and self._sounding.pop(turn_id, None):
            self.report("speakingEnd")

    async def _until_over(self) -> None:
        """The avatar is there, and nothing is being said, nor waits to be."""
        await self.until(lambda view: self._goes_on(view) and is_silent(view), within=60)

    def _goes_on(self, view: View) -> bool:
        self._note(view)
        if not self._is_live(view):
            self.desk.start(self.name, AVA)
        return view.state.phase is Phase.READY

    def _note(self, view: View) -> bool:
        for turn in view.state.turns:
            before = self.seen.get(turn.turn_id, turn)
            assert turn == before or before.state not in ENDED, (before, turn)
            self.seen[turn.turn_id] = turn
        return True

    def _is_live(self, view: View) -> bool:
        return view.state.phase not in (Phase.IDLE, Phase.ERROR)


def is_silent(view: View) -> bool:
    """Nothing is being said, nor waits to be."""
    return all(turn.state in ENDED for turn in view.state.turns)


async def stages_see(simulator: SimulatorProcess, visitors: Sequence[ChaosVisitor]) -> None:
    """Until it is cancelled: each visitor's stage reports what the simulator does, and no more."""
    while True:
        sessions = {s["sessionId"]: s for s in await asyncio.to_thread(simulator.sessions)}
        for visitor in visitors:
            visitor.look_at(sessions.get(visitor.view.state.session_id or ""))
        await asyncio.sleep(LOOK)
