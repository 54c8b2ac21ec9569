"""A visitor of the desk without a browser: it watches as a stage does, and reports when told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

from avatar_client import AsyncAvatarClient
from sessions.desk import Desk, View
from sessions.session import Patience
from sessions.state import Choices, Display, Phase
from sessions.turns import Turn, TurnState
from tests.simulator_process import SimulatorProcess

AVA = Choices("68b5a1f3c2d94e0017a4e6c1")


class Visitor:
    """One visitor of `desk`; `phases` is every phase that was shown, in order."""

    def __init__(self, desk: Desk, name: str = "a-visitor") -> None:
        self.desk = desk
        self.name = name
        self.phases: list[str] = []
        self._news = asyncio.Condition()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """The stage is there, and has its first view, while this is open."""
        first = asyncio.Event()

        async def follow() -> None:
            with self.desk.watch(self.name) as messages:
                async for message in messages:
                    if self.phases[-1:] != [message["phase"]]:
                        self.phases.append(str(message["phase"]))
                    async with self._news:
                        self._news.notify_all()
                    first.set()

        following = asyncio.create_task(follow())
        try:
            await first.wait()
            yield
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    @property
    def view(self) -> View:
        """What the visitor sees now."""
        return self.desk.view(self.name)

    async def until(self, seen: Callable[[View], object], within: float = 10.0) -> View:
        """The first view for which `seen` is true."""
        try:
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(lambda: seen(self.view))
        except TimeoutError:
            raise AssertionError(f"Not within {within} s; last seen: {self.view}") from None
        return self.view

    async def until_phase(self, phase: Phase) -> View:
        """The first view in `phase`."""
        return await self.until(lambda view: view.state.phase is phase)

    async def until_turn(self, turn: Turn, state: TurnState) -> Turn:
        """`turn`, once it is in `state`."""
        view = await self.until(
            lambda view: any(
                t.turn_id == turn.turn_id and t.state is state for t in view.state.turns
            )
        )
        return next(t for t in view.state.turns if t.turn_id == turn.turn_id)

    def report(self, event: str, message: str | None = None) -> None:
        """What the stage would tell of the session it shows."""
        self.desk.report(self.name, event, self.view.state.session_id or "", message)

    async def start(self) -> str:
        """Start, be shown the picture, and hear the welcome out; returns the session id."""
        self.desk.start(self.name, AVA)
        view = await self.until_phase(Phase.CONNECTING)
        self.report("playing")
        await self.until_turn(self.view.state.turns[0], TurnState.SENT)
        self.report("speakingStart")
        self.report("speakingEnd")
        assert view.state.session_id
        return view.state.session_id


@asynccontextmanager
async def open_desk(
    simulator: SimulatorProcess,
    *,
    way: Literal["sdk", "direct"] = "direct",
    grace: float = 0.2,
    patience: Patience = Patience(),  # noqa: B008  # frozen
) -> AsyncIterator[Desk]:
    """A desk in front of `simulator`, closed at the end; visitors need not be seen for 0.5 s."""
    async with AsyncAvatarClient("a-test", simulator.base_url) as client:
        desk = Desk(client, display=Display(way), grace=grace, first_sight=0.5, patience=patience)
        try:
            yield desk
        finally:
            await desk.close()
