"""All live sessions of this server: one a visitor, each ended when its visitor is gone.

A visitor is a random id that one page holds. The verbs are safe to call from any thread, decide on
the desk's event loop, and return at once; what came of them is in `view`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from avatar_client import AsyncAvatarClient, AvatarError, CatalogItem
from sessions import turns
from sessions.session import LiveSession, Patience
from sessions.state import LIVE, Choices, Display, Phase, State
from sessions.turns import Turn, TurnEvent

T = TypeVar("T")

GRACE = 3.0
"""Seconds a visitor may be away before the session ends: a dropped connection of 0.5 s comes back,
and a reload is a new visitor."""

FIRST_SIGHT = 15.0
"""Seconds in which a visitor who started has to be seen at all."""

CLOSING = 45.0
"""Seconds that a stopping server gives its sessions to end: create alone may take 30."""

CATALOG_EVERY = 10.0
"""Seconds between two requests for a catalog that was not answered."""

FORGET_AFTER = 60.0
"""Seconds for which what became of an abandoned session can still be read."""

NO_STAGE = (
    "The session was ended, because the page's own connection to this server did not come up."
    " Reload the page; if it happens again, let WebSockets through your proxy."
)

STOPPING = "This server is stopping: start the avatar again in a moment."


class Refused(Exception):
    """What was asked for makes no sense now; its message is the sentence for the visitor."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """What can be chosen before the start; empty until the service has answered."""

    visuals: tuple[CatalogItem, ...] = ()
    voices: tuple[CatalogItem, ...] = ()

    @property
    def is_whole(self) -> bool:
        """There is nothing left to ask for."""
        return bool(self.visuals and self.voices)


@dataclass(frozen=True, slots=True)
class View:
    """What one visitor's page and stage show; `revision` moves with every change."""

    state: State = field(default_factory=State)
    revision: int = 0
    way: Literal["sdk", "direct"] = "sdk"

    @property
    def saying(self) -> Turn | None:
        """The turn Interrupt would stop: the one the service has, else the next in the queue."""
        return self.state.said or turns.next_queued(self.state.turns)

    def message(self) -> dict[str, object]:
        """For the stage, as JSON."""
        said = self.state.said
        return {
            "revision": self.revision,
            "phase": self.state.phase,
            "caption": said.text if said and said.state is not turns.TurnState.SENDING else None,
            "interrupts": self.state.interrupts,
            "interrupting": self.state.interrupting,
            "way": self.way,
            "avatar": self.state.avatar.message() if self.state.avatar else None,
        }


@dataclass(slots=True, eq=False)
class _Visit:
    """One visitor: what is live for them, and how many stages of theirs are connected."""

    choices: Choices | None = None
    session: LiveSession | None = None
    life: asyncio.Task[None] | None = None
    watchers: set[asyncio.Event] = field(default_factory=set)
    leaving: asyncio.TimerHandle | None = None
    seen: bool = False
    view: View = field(default_factory=View)


class Desk:
    """Looks after every session of this server. Open and close it on its event loop."""

    def __init__(
        self,
        client: AsyncAvatarClient,
        *,
        display: Display,
        grace: float = GRACE,
        first_sight: float = FIRST_SIGHT,
        patience: Patience = Patience(),  # noqa: B008  # frozen
    ) -> None:
        self.catalog = Catalog()
        self._client = client
        self._display = display
        self._grace = grace
        self._first_sight = first_sight
        self._patience = patience
        self._visits: dict[str, _Visit] = {}
        self._reading: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._closing = False
        self._catalog_asked = -CATALOG_EVERY

    # The verbs.

    def start(self, visitor: str, choices: Choices) -> None:
        """Begin a session for `visitor`; a second click while one is live changes nothing.

        Raises `Refused` when the server is stopping.
        """

        def start() -> None:
            if self._closing:
                raise Refused(STOPPING)
            visit = self._visit(visitor)
            if visit.view.state.phase in LIVE:
                return
            session = LiveSession(
                self._client,
                self._display,
                lambda: self._session_changed(visit, session),
                self._patience,
            )
            visit.session = session
            visit.choices = choices
            visit.life = asyncio.create_task(session.live(choices))
            self._session_changed(visit, session)
            if not visit.watchers:
                self._leave_later(visitor, visit, self._first_sight)

        self._on_loop(start)

    def choose(self, visitor: str, choices: Choices) -> None:
        """What `visitor` has chosen, for a start that the stage asks for at the click."""

        def choose() -> None:
            visit = self._visit(visitor)
            visit.choices = choices
            if not visit.watchers and not visit.leaving:
                self._leave_later(visitor, visit, FORGET_AFTER)

        known = self._visits.get(visitor)
        if known is None or known.choices != choices:
            self._on_loop(choose)

    def say(self, visitor: str, text: str) -> Turn:
        """Queue `text` for the avatar of `visitor`.

        Raises `turns.TextRejected` for a text that can't be said, `Refused` when no avatar is
        ready to say it.
        """
        text = turns.checked(text)

        def say() -> Turn:
            visit = self._visits.get(visitor)
            if visit is None or visit.session is None or visit.view.state.phase is not Phase.READY:
                raise Refused("There is no avatar to say this yet: press Start Avatar first.")
            return visit.session.say(text)

        return self._on_loop(say)

    def interrupt(self, visitor: str) -> None:
        """Silence the avatar of `visitor` and drop what is queued; harmless with nothing said."""
        self._tell(visitor, LiveSession.interrupt)

    def end(self, visitor: str) -> None:
        """End the session of `visitor`; harmless with none."""
        self._tell(visitor, LiveSession.end)

    # What is shown.

    def view(self, visitor: str) -> View:
        """What `visitor` sees now."""
        visit = self._visits.get(visitor)
        return visit.view if visit else View()

    def active(self) -> list[State]:
        """Every session that is, or may be, paid for."""
        return [v.view.state for v in self._visits.values() if v.view.state.phase in LIVE]

    @property
    def remembered(self) -> int:
        """How many visitors are known, with a session or without."""
        return len(self._visits)

    def refresh_catalog(self) -> None:
        """Ask for the catalog in the background, unless it is there or was asked for just now."""

        def refresh() -> None:
            now = time.monotonic()
            if self.catalog.is_whole or now - self._catalog_asked < CATALOG_EVERY:
                return
            self._catalog_asked = now
            self._reading = asyncio.create_task(self._read_catalog())

        self._on_loop(refresh)

    # The stage's side: on the loop.

    @contextmanager
    def watch(self, visitor: str) -> Iterator[AsyncIterator[dict[str, object]]]:
        """A stage of `visitor` is there while this is open; yields every view as a message.

        When the last one has gone, the session ends after the grace, and the visitor is forgotten
        some time later.
        """
        visit = self._visit(visitor)
        visit.seen = True
        if visit.leaving:
            visit.leaving.cancel()
            visit.leaving = None
        news = asyncio.Event()
        visit.watchers.add(news)
        try:
            yield self._messages(visit, news)
        finally:
            visit.watchers.discard(news)
            if not visit.watchers:
                self._leave_later(visitor, visit, self._grace)

    def report(self, visitor: str, event: str, session_id: str, message: str | None) -> None:
        """Take what a stage tells of the session it shows; news of another session is dropped."""
        visit = self._visits.get(visitor)
        if visit and visit.choices and event == "start":
            with suppress(Refused):  # the page's own click says so
                self.start(visitor, visit.choices)
        if visit is None or visit.session is None or visit.view.state.session_id != session_id:
            return
        match event:
            case "playing" | "resumed":
                visit.session.playing()
            case "speakingStart":
                visit.session.speaking(TurnEvent.SPEAKING_START)
            case "speakingEnd":
                visit.session.speaking(TurnEvent.SPEAKING_END)
            case "stalled" | "failed":
                visit.session.trouble(
                    message or "The picture has stopped; the page is reconnecting by itself."
                )

    async def close(self) -> None:
        """End every session, waiting at most `CLOSING` seconds. Idempotent."""
        self._closing = True
        for visit in self._visits.values():
            if visit.leaving:
                visit.leaving.cancel()
            if visit.session and visit.view.state.phase in LIVE:
                visit.session.end()
        if self._reading:
            self._reading.cancel()
        lives = [v.life for v in self._visits.values() if v.life and not v.life.done()]
        if lives:
            await asyncio.wait(lives, timeout=CLOSING)

    # Inside.

    def _on_loop(self, act: Callable[[], T]) -> T:
        """Run `act`, which never waits, on the loop's thread; raises what it raises."""

        async def run() -> T:
            return act()

        if threading.get_ident() == self._thread:
            return act()
        doing = run()
        try:
            return asyncio.run_coroutine_threadsafe(doing, self._loop).result(timeout=10)
        except (RuntimeError, TimeoutError):  # the loop is closed, or no longer turns
            doing.close()
            raise Refused(STOPPING) from None

    def _visit(self, visitor: str) -> _Visit:
        return self._visits.setdefault(visitor, _Visit(view=View(way=self._display.way)))

    def _tell(self, visitor: str, verb: Callable[[LiveSession], None]) -> None:
        def tell() -> None:
            visit = self._visits.get(visitor)
            if visit and visit.session and visit.view.state.phase in LIVE:
                verb(visit.session)

        self._on_loop(tell)

    def _session_changed(self, visit: _Visit, session: LiveSession) -> None:
        visit.view = View(session.state, visit.view.revision + 1, self._display.way)
        self._show(visit)

    def _show(self, visit: _Visit) -> None:
        for news in visit.watchers:
            news.set()

    async def _messages(
        self, visit: _Visit, news: asyncio.Event
    ) -> AsyncIterator[dict[str, object]]:
        while True:
            news.clear()
            yield visit.view.message()
            await news.wait()

    def _leave_later(self, visitor: str, visit: _Visit, seconds: float) -> None:
        if visit.leaving:
            visit.leaving.cancel()
        visit.leaving = self._loop.call_later(seconds, self._gone, visitor, visit)

    def _gone(self, visitor: str, visit: _Visit) -> None:
        visit.leaving = None
        if visit.session and visit.life and not visit.life.done():
            visit.session.end(None if visit.seen else NO_STAGE)
            self._leave_later(visitor, visit, FORGET_AFTER)
        elif self._visits.get(visitor) is visit:
            del self._visits[visitor]

    async def _read_catalog(self) -> None:
        async def items(type_: Literal["Visual", "Voice"]) -> tuple[CatalogItem, ...]:
            try:
                return await self._client.catalog(type_)
            except AvatarError:
                return ()  # it costs the names and pictures: an id can still be typed

        visuals, voices = await asyncio.gather(items("Visual"), items("Voice"))
        catalog = Catalog(visuals or self.catalog.visuals, voices or self.catalog.voices)
        if catalog == self.catalog:
            return
        self.catalog = catalog
        for visit in self._visits.values():
            visit.view = replace(visit.view, revision=visit.view.revision + 1)
            self._show(visit)
