"""One visitor at the desk: what is live for them, and which of their stages are there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from sessions.session import GONE, LiveSession
from sessions.state import LIVE, Choices, Sight
from sessions.turns import Turn, TurnEvent
from sessions.view import View

STALLED = "The picture has stopped; the page is reconnecting by itself."


@dataclass(slots=True, eq=False)
class Stage:
    """One stage that is there; `news` is set when it has something new to show."""

    news: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False)
class Visit:
    """One visitor. `seen`: a stage of theirs has been there.

    `clicked`: by verb and text, who told of a click first, until when on the loop's clock the other
    one tells of the same, and what it came to.
    """

    view: View
    choices: Choices | None = None
    session: LiveSession | None = None
    life: asyncio.Task[None] | None = None
    stages: list[Stage] = field(default_factory=list)
    leaving: asyncio.TimerHandle | None = None
    seen: bool = False
    clicked: dict[tuple[str, str], tuple[str, float, Turn | None]] = field(default_factory=dict)

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

    async def views(self, stage: Stage) -> AsyncIterator[View]:
        """Every view for `stage`, the present one first."""
        while True:
            stage.news.clear()
            yield self.view
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
    """One stage of a visitor, while it is there. On the event loop."""

    def __init__(self, visit: Visit, stage: Stage) -> None:
        self.views = visit.views(stage)
        """The present one first, one for each change."""
        self._visit = visit
        self._stage = stage

    @property
    def is_holder(self) -> bool:
        """This stage shows the avatar."""
        return self._stage is self._visit.holder

    def take(self) -> None:
        """Have this stage show it."""
        self._visit.take(self._stage)

    def saw(self, sight: Sight, session_id: str, sentence: str | None) -> None:
        """Take what this stage saw; of another session, or where it is no holder, it is dropped."""
        session = self._visit.session
        if not session or not self.is_holder or session.state.session_id != session_id:
            return
        match sight:
            case Sight.PLAYING | Sight.RESUMED:
                session.playing()
            case Sight.SPEAKING_START:
                session.speaking(TurnEvent.SPEAKING_START)
            case Sight.SPEAKING_END:
                session.speaking(TurnEvent.SPEAKING_END)
            case Sight.STALLED | Sight.FAILED:
                session.trouble(sentence or STALLED)
            case Sight.REMARK:
                session.remark(sentence)
            case Sight.GONE:
                session.end(problem=GONE)
