"""One visitor at the desk: what is live for them, and which of their stages are there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

from sessions.session import GONE, LiveSession
from sessions.state import LIVE, Choices
from sessions.turns import TurnEvent
from sessions.view import View

STALLED = "The picture has stopped; the page is reconnecting by itself."


@dataclass(slots=True, eq=False)
class Stage:
    """One stage that is there; `news` is set when it has something new to show."""

    news: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False)
class Visit:
    """One visitor. `seen`: a stage of theirs has been there.

    `clicked_until`: when, on the loop's clock, a start of the page's is no longer the click of
    which a stage has told already.
    """

    view: View
    choices: Choices | None = None
    session: LiveSession | None = None
    life: asyncio.Task[None] | None = None
    stages: list[Stage] = field(default_factory=list)
    leaving: asyncio.TimerHandle | None = None
    seen: bool = False
    clicked_until: float = 0.0

    @property
    def live(self) -> LiveSession | None:
        """The session, while it is, or may be, paid for."""
        return self.session if self.session and self.session.state.phase in LIVE else None

    @property
    def holder(self) -> Stage | None:
        """The stage that shows the avatar: the first that is there."""
        return self.stages[0] if self.stages else None

    def enter(self, stage: Stage) -> None:
        """One more stage is there."""
        self.seen = True
        self.stages.append(stage)
        if stage is self.holder:
            self._attend()

    def leave(self, stage: Stage) -> None:
        """It has gone, and the next one becomes the holder."""
        held = stage is self.holder
        self.stages.remove(stage)
        if held:
            self._attend()

    def take(self, stage: Stage) -> None:
        """It becomes the holder."""
        if stage is not self.holder:
            self.stages.remove(stage)
            self.stages.insert(0, stage)
            self._attend()

    def show(self, **changes: object) -> None:
        """The view with these `changes`, as a new revision, to the page and every stage."""
        self.view = replace(self.view, revision=self.view.revision + 1, **changes)  # type: ignore[arg-type]
        self._tell()

    async def messages(
        self, stage: Stage, clock: Callable[[], float]
    ) -> AsyncIterator[dict[str, object]]:
        """Every view for `stage`, the present one first."""
        while True:
            stage.news.clear()
            yield self.view.message(clock(), is_holder=stage is self.holder)
            await stage.news.wait()

    def _attend(self) -> None:
        """The holder is another one, or there is none any more."""
        if self.session:
            self.session.attend(bool(self.stages))
        self._tell()

    def _tell(self) -> None:
        for stage in self.stages:
            stage.news.set()


class Watch:
    """One stage of a visitor, while it is there. On the event loop, whose clock is `clock`.

    `start` and `stay` are what a click on the stage asks for.
    """

    def __init__(
        self,
        visit: Visit,
        stage: Stage,
        clock: Callable[[], float],
        start: Callable[[], None],
        stay: Callable[[], None],
    ) -> None:
        self.messages = visit.messages(stage, clock)
        """Every view as a message, the present one first."""
        self._visit = visit
        self._stage = stage
        self._start = start
        self._stay = stay

    def report(self, event: str, session_id: str, message: str | None) -> None:
        """Take what this stage tells of the session it shows, or what was clicked on it.

        News of another session, or of a stage that does not show the avatar, is dropped.
        """
        visit, session = self._visit, self._visit.session
        match event:
            case "start":
                if not visit.live:
                    visit.take(self._stage)
                    self._start()
            case "stay":
                self._stay()
            case "take":
                visit.take(self._stage)
            case _ if session and self._stage is visit.holder:
                if session.state.session_id == session_id:
                    _tell(session, event, message)


def _tell(session: LiveSession, event: str, message: str | None) -> None:
    match event:
        case "playing" | "resumed":
            session.playing()
        case "speakingStart":
            session.speaking(TurnEvent.SPEAKING_START)
        case "speakingEnd":
            session.speaking(TurnEvent.SPEAKING_END)
        case "stalled" | "failed":
            session.trouble(message or STALLED)
        case "remark":
            session.remark(message)
        case "gone":
            session.end(problem=GONE)
