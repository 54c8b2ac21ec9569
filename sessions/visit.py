"""One visitor at the desk: what is live for them, and which of their stages are there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from sessions import events, turns
from sessions.clicks import Told
from sessions.session import LiveSession
from sessions.state import LIVE, Choices, Sight, State, Way
from sessions.turns import Turn


@dataclass(frozen=True, slots=True)
class View:
    """What one visitor's page and stages show; `revision` moves with every change.

    `refusal`: why a verb that no page asked for was refused, until the next one.
    """

    state: State = field(default_factory=State)
    revision: int = 0
    way: Way = "sdk"
    refusal: str | None = None

    @property
    def saying(self) -> Turn | None:
        """The turn Interrupt would stop: the one the service has, else the next in the queue.

        Else the last one, where it may be being said although its answer was lost.
        """
        known = self.state.said or turns.next_queued(self.state.turns)
        return known or next((t for t in self.state.turns[-1:] if t.maybe_said), None)


@dataclass(slots=True, eq=False)
class Visit:
    """One visitor. `stages`: those that are there; the first one, the holder, shows the avatar.

    `seen`: one of them has been there. `told`: the clicks that may be told a second time.
    """

    view: View
    choices: Choices | None = None
    session: LiveSession | None = None
    life: asyncio.Task[None] | None = None
    stages: list[Watch] = field(default_factory=list)
    leaving: asyncio.TimerHandle | None = None
    seen: bool = False
    told: tuple[Told, ...] = ()

    @property
    def live(self) -> LiveSession | None:
        """The session, while it is, or may be, paid for."""
        return self.session if self.session and self.session.state.phase in LIVE else None

    def enter(self, stage: Watch) -> None:
        """One more stage is there."""
        self.seen = True
        self.stages.append(stage)
        if stage.is_holder:
            self._watched()

    def leave(self, stage: Watch) -> None:
        """It has gone, and the next one becomes the holder."""
        held = stage.is_holder
        self.stages.remove(stage)
        if held:
            self._watched()

    def take(self, stage: Watch) -> None:
        """It becomes the holder."""
        if not stage.is_holder:
            self.stages.remove(stage)
            self.stages.insert(0, stage)
            self._watched()

    def show_state(self, state: State) -> None:
        """The state of the session has changed."""
        self.show(state=state)

    def show(self, **changes: object) -> None:
        """The view with these `changes`, as a new revision, to the page and every stage."""
        self.view = replace(self.view, revision=self.view.revision + 1, **changes)  # type: ignore[arg-type]
        for stage in self.stages:
            stage.news.set()

    def happened(self, event: events.Event) -> None:
        """Tell the session, if there is one; harmless where it has ended."""
        if self.session:
            self.session.happened(event)

    def _watched(self) -> None:
        """The holder is another one, or there is none any more."""
        self.happened(events.Watched(bool(self.stages)))
        for stage in self.stages:
            stage.news.set()


class Watch:
    """One stage of a visitor, while it is there. On the desk's event loop."""

    def __init__(self, visit: Visit) -> None:
        self.news = asyncio.Event()
        """Set where the stage has something new to show."""
        self._visit = visit

    @property
    def views(self) -> AsyncIterator[View]:
        """Every view, the present one first."""
        return self._views()

    @property
    def is_holder(self) -> bool:
        """This stage shows the avatar: a session has one viewer."""
        return self._visit.stages[:1] == [self]

    def take(self) -> None:
        """Show the avatar here, and no longer in another tab."""
        self._visit.take(self)

    def saw(self, sight: Sight, session_id: str, sentence: str | None = None) -> None:
        """Take what this stage tells of the session that it shows.

        News of another session, or of a stage that does not show the avatar, is dropped.
        """
        session = self._visit.session
        if session and self.is_holder and session.state.session_id == session_id:
            session.happened(events.Saw(sight, sentence))

    async def _views(self) -> AsyncIterator[View]:
        while True:
            self.news.clear()
            yield self._visit.view
            await self.news.wait()
