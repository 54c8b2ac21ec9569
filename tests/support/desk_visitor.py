"""A visitor of the desk without a browser: it watches as a stage does, and reports when told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from avatar_client import ANSWER_TIMEOUT, AsyncAvatarClient, Dialect
from sessions.desk import CLOSING, Desk, Refused, View, Watch
from sessions.janitor import Janitor
from sessions.ledger import Entry, ledger_at
from sessions.limits import Limits, Patience
from sessions.server_voice import Voice
from sessions.service import end_entry
from sessions.state import LIVE, Choices, Display, Phase, Sight, State, Way
from sessions.turns import Turn, TurnState
from tests.support.simulator_process import SimulatorProcess, eventually

AVA = Choices("68b5a1f3c2d94e0017a4e6c1")


async def at_the_simulator(look: Callable[[], Any], within: float = 10.0) -> Any:
    """What `look` sees over there as soon as it is true; the desk's loop goes on meanwhile."""
    return await asyncio.to_thread(eventually, look, within)


def ended(simulator: SimulatorProcess, session_id: str) -> Callable[[], bool]:
    """Whether the session has ended by our own call."""
    return lambda: simulator.session(session_id)["endedBy"] == "end"


def has_come(simulator: SimulatorProcess) -> Callable[[], bool]:
    """Whether the call that a mood was asked for has come, and every one of the moods is spent."""
    return lambda: not simulator.moods()


async def until_ledger(
    desk: Desk, seen: Callable[[tuple[Entry, ...]], object], within: float = 10.0
) -> tuple[Entry, ...]:
    """The entries of the desk's ledger, as soon as `seen` is true of them."""
    async with asyncio.timeout(within):
        # A ledger tells nobody when it has changed.
        while not seen(entries := await desk.janitor.entries()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return entries


class StageSeen:
    """One stage of a visitor: the state that it was shown last, and what it reports."""

    def __init__(self, desk: Desk, visitor: str, watch: Watch) -> None:
        self.state = State()
        self._desk = desk
        self._visitor = visitor
        self._watch = watch

    @property
    def shows(self) -> bool:
        """It has the avatar."""
        return self._watch.is_holder and self.state.avatar is not None

    @property
    def elsewhere(self) -> bool:
        """Another stage has the avatar."""
        return not self._watch.is_holder and self.state.avatar is not None

    def report(self, event: str, session_id: str = "", sentence: str | None = None) -> None:
        """What this stage would tell, or ask for."""
        match event:
            case "take":
                self._watch.take()
            case "stay":
                self._desk.stay(self._visitor)
            case "start":
                if self.state.phase not in LIVE:
                    self._watch.take()
                with suppress(Refused):  # the page's callback says so
                    self._desk.start(self._visitor, click="stage")
            case _:
                self._watch.saw(Sight(event), session_id, sentence)


class Visitor:
    """One visitor of `desk`; `phases` is every phase that was shown, in order."""

    def __init__(self, desk: Desk, name: str = "a-visitor") -> None:
        self.desk = desk
        self.name = name
        self.phases: list[str] = []
        self._stages: list[StageSeen] = []
        self._news = asyncio.Condition()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[StageSeen]:
        """One more stage is there, and has its first view, while this is open."""
        first = asyncio.Event()

        async def follow() -> None:
            with self.desk.watch(self.name) as watch:
                stage = StageSeen(self.desk, self.name, watch)
                self._stages.append(stage)
                try:
                    async for view in watch.views:
                        stage.state = view.state
                        if self.phases[-1:] != [view.state.phase]:
                            self.phases.append(view.state.phase)
                        async with self._news:
                            self._news.notify_all()
                        first.set()
                finally:
                    self._stages.remove(stage)

        following = asyncio.create_task(follow())
        try:
            await first.wait()
            yield self._stages[-1]
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
        """What the first stage would tell of the session it shows."""
        self._stages[0].report(event, self.view.state.session_id or "", message)

    def hear(self) -> None:
        """The stage hears the avatar begin and end."""
        self.report("speakingStart")
        self.report("speakingEnd")

    async def start(self) -> str:
        """Start, be shown the picture, and hear the welcome out; returns the session id."""
        self.desk.start(self.name, AVA)
        view = await self.until_phase(Phase.CONNECTING)
        self.report("playing")
        await self.until_turn(self.view.state.turns[0], TurnState.SENT)
        self.hear()
        assert view.state.session_id
        return view.state.session_id


@asynccontextmanager
async def open_janitor(client: AsyncAvatarClient, ledger_url: str) -> AsyncIterator[Janitor]:
    """A janitor of the ledger at `ledger_url`, both closed at the end."""
    ledger = ledger_at(ledger_url)
    try:
        async with Janitor(ledger, partial(end_entry, client)) as janitor:
            yield janitor
    finally:
        await ledger.aclose()


@asynccontextmanager
async def open_desk(
    simulator: SimulatorProcess,
    *,
    base_url: str = "",
    timeout: float = ANSWER_TIMEOUT,  # noqa: ASYNC109  # the client's
    way: Way = "direct",
    limits: Limits = Limits(grace=0.2),  # noqa: B008  # frozen
    patience: Patience = Patience(),  # noqa: B008  # frozen
    ledger_url: str = "memory:",
    closing: float = CLOSING,
    voice: Voice | None = None,
    dialect: Dialect = "auto",
) -> AsyncIterator[Desk]:
    """A desk in front of `simulator` (through `base_url`, if there is something between).

    Closed at the end; visitors need not be seen for 0.5 s.
    """
    async with (
        AsyncAvatarClient(
            "a-test", base_url or simulator.base_url, dialect=dialect, timeout=timeout
        ) as client,
        open_janitor(client, ledger_url) as janitor,
    ):
        desk = Desk(
            client,
            janitor,
            display=Display(way),
            limits=limits,
            patience=patience,
            first_sight=0.5,
            closing=closing,
            voice=voice,
        )
        try:
            yield desk
        finally:
            await desk.close()
