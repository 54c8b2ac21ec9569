"""One visitor at the desk: the session, and the stages that are connected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

from sessions import events
from sessions.clicks import Told
from sessions.session import LiveSession
from sessions.state import LIVE, Choices, Sight, State, Way
from sessions.turns import ACCEPTED, ENDED, Turn, TurnState
from speech import SayAs

SHOWN_AFTER = 0.01
"""Seconds from a change until the pages are told of it, with those that follow: to make and send a
message takes time in which a request to the service would wait. A page draws every 16 ms."""


@dataclass(frozen=True, slots=True)
class View:
    """The state that a visitor's page and stages show; `revision` grows with every change of what
    the page's widgets show of it.

    `refusal`: why a verb of the stage was refused, until the next verb; `refusals` counts them.
    `stopping`: so is this server.
    """

    state: State = field(default_factory=State)
    revision: int = 0
    way: Way = "sdk"
    refusal: str | None = None
    refusals: int = 0
    stopping: bool = False

    @property
    def can_interrupt(self) -> bool:
        """Whether there is something to stop, see `saying`."""
        turns = self.state.turns
        return any(t.state not in ENDED for t in turns) or any(t.maybe_said for t in turns[-1:])

    @property
    def saying(self) -> Turn | None:
        """The turn Interrupt would stop: the one at the service, else the next in the queue.

        Else the last one, if the service may be saying it although its answer was lost.
        """
        known = self.state.said or self.state.queued
        return known or next((t for t in self.state.turns[-1:] if t.maybe_said), None)


def _for_widgets(view: View) -> tuple[object, ...]:
    """What the page's widgets show of a view: the conversation is none of them.

    The box keeps the newest text until it has been accepted or has failed.
    """
    state = view.state
    newest = state.turns[-1] if state.turns else None
    return (
        *(state.phase, state.trouble, state.session_id, state.server_voice),
        *(state.problem, state.notice, state.remark, state.details),
        *(view.can_interrupt, view.refusal, view.stopping),
        newest and (newest.turn_id, newest.state in ACCEPTED, newest.state is TurnState.FAILED),
    )


@dataclass(slots=True, eq=False)
class Visit:
    """One visitor. `stages`: the connected ones; the first, the holder, shows the avatar.

    `followers` are called with each view. `life` runs the session. `leaving`: the timer that ends
    the visit. `told`: the clicks that may be told a second time; `clicked` is set at the next one.
    """

    view: View
    choices: Choices | None = None
    say_as: SayAs | None = None
    session: LiveSession | None = None
    life: asyncio.Task[None] | None = None
    stages: list[Watch] = field(default_factory=list)
    leaving: asyncio.TimerHandle | None = None
    followers: list[Callable[[View], None]] = field(default_factory=list)
    told: tuple[Told, ...] = ()
    clicked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def live(self) -> LiveSession | None:
        """The session, while it may be paid for."""
        return self.session if self.session and self.session.state.phase in LIVE else None

    def enter(self, stage: Watch) -> None:
        """Add a stage."""
        self.stages.append(stage)
        if stage.is_holder:
            self._watched()

    def leave(self, stage: Watch) -> None:
        """Remove a stage; the next one becomes the holder."""
        held = stage.is_holder
        self.stages.remove(stage)
        if held:
            self._watched()

    def take(self, stage: Watch) -> None:
        """Make `stage` the holder."""
        if not stage.is_holder:
            self.stages.remove(stage)
            self.stages.insert(0, stage)
            self._watched()

    def tell(self, told: Told) -> None:
        """Keep the first report of a click."""
        self.told += (told,)
        self.clicked.set()
        self.clicked = asyncio.Event()

    def show_state(self, state: State) -> None:
        """Show the new state of the session."""
        self.show(state=state)

    def refuse(self, sentence: str) -> None:
        """Show why a verb of the stage was refused."""
        self.show(refusal=sentence, refusals=self.view.refusals + 1)

    def redraw(self) -> None:
        """Have the page draw its widgets again, for news that the view does not have."""
        self.view = replace(self.view, revision=self.view.revision + 1)
        self.show()

    def show(self, **changes: object) -> None:
        """Change the view, and tell every stage."""
        view = replace(self.view, **changes)  # type: ignore[arg-type]
        changed = _for_widgets(view) != _for_widgets(self.view)
        self.view = replace(view, revision=view.revision + changed)
        for stage in self.stages:
            stage.news.set()
        for follower in self.followers:
            follower(self.view)

    def happened(self, event: events.Event) -> None:
        """Tell the session, if there is one; one that has ended ignores it."""
        if self.session:
            self.session.happened(event)

    def _watched(self) -> None:
        """Tell the session and the stages that the holder has changed."""
        self.happened(events.Watched(bool(self.stages)))
        for stage in self.stages:
            stage.news.set()


class Watch:
    """One connected stage of a visitor. On the desk's event loop."""

    def __init__(self, visit: Visit) -> None:
        self.news = asyncio.Event()
        """Set while there is a view that the stage has not shown."""
        self._visit = visit

    @property
    async def views(self) -> AsyncIterator[View]:
        """The present view, and then the newest one after each change: after one of the phase at
        once, so that none is left out, after others `SHOWN_AFTER` later."""
        while True:
            self.news.clear()
            view = self._visit.view
            yield view
            await self.news.wait()
            if self._visit.view.state.phase is view.state.phase:
                await asyncio.sleep(SHOWN_AFTER)

    @property
    def is_holder(self) -> bool:
        """Whether this stage shows the avatar: a session has one viewer."""
        return self._visit.stages[:1] == [self]

    def take(self) -> None:
        """Show the avatar here instead of in another tab."""
        self._visit.take(self)

    def saw(self, sight: Sight, session_id: str, sentence: str | None = None) -> None:
        """Report a sight of session `session_id`.

        Dropped if that is not the visitor's present session, or this stage is not the holder.
        """
        session = self._visit.session
        if session and self.is_holder and session.state.session_id == session_id:
            session.happened(events.Saw(sight, sentence))
