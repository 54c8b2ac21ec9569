"""All live sessions of this server: one per visitor, ended when the visitor has gone.

A visitor is one browser; its name gives no rights. The verbs can be called from any thread. They
decide on the desk's event loop and return at once; `view` shows their results.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import NoReturn, TypeVar, cast

from avatar_client import AsyncAvatarClient
from sessions import audit, events, turns
from sessions.catalog import Catalog, CatalogReader
from sessions.clicks import Click, Told, Verb, twin
from sessions.custody import Custody
from sessions.janitor import Janitor
from sessions.limits import TOO_MANY_STARTS, Limits, Patience
from sessions.machine import WELCOME, begun
from sessions.operator import BY_OPERATOR, Operator
from sessions.rates import Rate
from sessions.server_voice import ServerVoice, Voice
from sessions.service import Service
from sessions.session import LiveSession
from sessions.state import Choices, Display, Phase, State
from sessions.turns import Turn
from sessions.visit import View, Visit, Watch
from speech import Recording, SayAs

__all__ = ["Catalog", "Desk", "Refused", "View", "Watch"]

T = TypeVar("T")

FIRST_SIGHT = 10.0
"""Seconds in which a stage of a visitor who started has to connect; until then nothing is paid."""

LATE = 5.0
"""Seconds after its click, from which on a text is not said. A server that hung, or a network that
stood still, has kept it, and an audience would hear it out of place: a person decides whether it is
still wanted. The other verbs are done however late: they calm, or it is seen what they do."""

STAGE_TELLS = 0.5
"""Seconds that the page's report of a click on Speak waits for the stage's, which alone knows how
old the click is. The stage's is on its way first; when a server that hung goes on, it may read the
page's first (seen once in some 20 runs of a test)."""

CLOSING = 4.0
"""Seconds that a stopping server gives its sessions to end. What has not ended then is left to the
janitor, a create that was not answered as unknown: a process that takes long to stop is killed."""

FORGET_AFTER = 60.0
"""Seconds for which a visitor without a stage can still read how the session ended."""

NO_STAGE = (
    "Nothing was started, because the page's own connection to this server did not come up, and"
    " nobody would have seen the avatar. Reload the page; if it happens again, whoever runs this"
    " server has to let WebSockets through to /stage/channel."
)

TOO_LATE = (
    "This text reached the server {:.0f} s after it was asked for, so it was not said. It is still"
    " in its box: say it again if it is wanted now."
)

RESTARTED = (
    "This server was restarted, and the session ended with it: nothing more is paid for. Start the"
    " avatar again."
)

AWAY = "The session was ended, because this page was away for {} s (AVATAR_GRACE_SECONDS)."

STOPPING = "This server is stopping: start the avatar again in a moment."

NOTHING_CHOSEN = "Choose an avatar first, or type the id of one from your Kaltura account."

NOT_READY = "There is no avatar to say this yet: press Start Avatar first."

TOO_MANY_RECORDINGS = (
    "As many recordings as one session can hold wait to be said: say this one when some have been."
)

NOT_KEPT = "That is no longer kept, so it can't be said again: type it, or record it anew."

NOT_LISTED = "That session is no longer listed: refresh the list."


class Refused(Exception):
    """A verb that is not possible now; the message is a sentence for the visitor."""


class Desk:
    """Looks after every session of this server. Create and close it on its event loop.

    `voice` speaks where the service takes no text: by default a `ServerVoice`. It is closed with
    the desk. `welcome`: what each avatar says first, empty for nothing. `say_as`: how every
    visitor's texts are said. `first_sight` and `closing` in seconds.
    """

    server_id: str
    """Another one after a restart, so that a page can tell that its session is gone."""

    def __init__(
        self,
        client: AsyncAvatarClient,
        janitor: Janitor,
        *,
        display: Display,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        patience: Patience = Patience(),  # noqa: B008  # frozen
        voice: Voice | None = None,
        welcome: str = WELCOME,
        say_as: SayAs | None = None,
        first_sight: float = FIRST_SIGHT,
        closing: float = CLOSING,
    ) -> None:
        self.server_id = uuid.uuid4().hex
        self.janitor = janitor
        self.service = Service(client)
        self._voice = voice or ServerVoice()
        self._welcome = welcome
        self._say_as = say_as
        self._display = display
        self._limits = limits
        self._starts = Rate(
            limits.starts_at_once,
            limits.starts_a_minute / 60,
            clock=asyncio.get_running_loop().time,
        )
        self._patience = patience
        self._first_sight = first_sight
        self._closing_within = closing
        self._catalog = CatalogReader(self.service, self._catalog_changed)
        self.operator = Operator(self.service, janitor)
        self._visits: dict[str, Visit] = {}
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._closing = False
        self._guests = 0

    # The verbs. `click`: who reports a click on a button of the page. The page and the stage both
    # report each click, and the second report changes nothing. None: it was no such click.

    def start(
        self,
        visitor: str,
        choices: Choices | None = None,
        *,
        click: Click | None = None,
        welcome: str | None = None,
    ) -> None:
        """Begin a session for `visitor`; while one is live, this changes nothing.

        `choices` are by default those of the last `choose`. `welcome`: what the avatar says first,
        empty for nothing, by default the server's. Raises `Refused` if there are none, if
        the server is stopping, if it has as many sessions as it may have, or if this visitor has
        started too often.
        """
        words = self._welcome if welcome is None else welcome
        self._do(
            visitor,
            "start",
            lambda visit: self._start(visitor, visit, choices, click, words),
            click,
        )

    def choose(self, visitor: str, choices: Choices) -> None:
        """Keep the choices of `visitor` for a `start` without any."""

        def choose() -> None:
            self._visit(visitor).choices = choices

        if self.choices(visitor) != choices:
            self._on_loop(choose)

    def keep_say_as(self, visitor: str, say_as: SayAs) -> None:
        """Say the texts of `visitor` by this table from now on, and where it has no row by ours."""

        def keep() -> None:
            self._visit(visitor).say_as = say_as

        self._on_loop(keep)

    def say(
        self,
        visitor: str,
        text: str,
        *,
        click: Click | None = None,
        age: float = 0.0,
        say_as: SayAs | None = None,
    ) -> Turn:
        """Queue `text` for the avatar of `visitor`. `age`: seconds since it was asked for.
        `say_as`: a table of its own, over those of the visitor and of the server.

        Raises `turns.TextRejected` for a text that can't be said, `Refused` if no avatar is ready,
        or if it was asked for `LATE` seconds ago.
        """
        if age > LATE:
            self._refuse_late(visitor, text, click, age)
        if click == "page":
            self._hear_stage_first(visitor, text)
        return self._do(
            visitor,
            "say",
            lambda visit: self._say(visit, self._turn_of(visit, text, say_as)),
            click,
            text,
        )

    def say_recording(self, visitor: str, recording: Recording) -> Turn:
        """Queue the visitor's own `recording`, as `say` does a text.

        Raises `Refused` if no avatar is ready, or if those that wait hold more than
        `turns.MAX_HELD`.
        """

        def say(visit: Visit) -> Turn:
            waiting = (t for t in visit.view.state.turns if t.state not in turns.ENDED)
            if turns.held(waiting) + len(recording.audio) > turns.MAX_HELD:
                raise Refused(TOO_MANY_RECORDINGS)
            name, now = turns.checked_name(recording), self._loop.time()
            return self._say(visit, Turn(name, asked_at=now, recording=recording))

        return self._do(visitor, "say", say)

    def say_again(self, visitor: str, turn_id: str) -> Turn:
        """Queue the text or the recording of this turn once more, as another turn.

        Raises `Refused` if no avatar is ready, or if that turn, or its sound, is no longer there.
        """

        def say(visit: Visit) -> Turn:
            said = next((t for t in visit.view.state.turns if t.turn_id == turn_id), None)
            if said is None or (said.recording and not said.recording.audio):
                raise Refused(NOT_KEPT)
            again = replace(said.anew(), asked_at=self._loop.time())
            return self._say(visit, again)

        return self._do(visitor, "say", say)

    def interrupt(self, visitor: str, *, click: Click | None = None) -> None:
        """Silence the avatar of `visitor` and drop the queued turns; harmless without any."""
        self._do(visitor, "interrupt", lambda visit: visit.happened(events.Interrupt()), click)

    def end(self, visitor: str, *, click: Click | None = None) -> None:
        """End the session of `visitor`; harmless with none."""
        self._do(visitor, "end", lambda visit: visit.happened(events.End()), click)

    def stay(self, visitor: str) -> None:
        """Count the longest time of the session of `visitor` anew; harmless with none."""
        self._on_loop(lambda: self._visit(visitor).happened(events.Stay()))

    def lost(self, visitor: str) -> None:
        """A page of `visitor` has shown a session of this server before it was restarted."""

        def tell() -> None:
            visit = self._visit(visitor)
            if visit.view.state == State():
                visit.show(state=State(notice=RESTARTED))

        self._on_loop(tell)

    # For the pages.

    def is_watched(self, visitor: str) -> bool:
        """Whether a stage of `visitor` is connected, which asks for the page's runs."""
        visit = self._visits.get(visitor)
        return bool(visit and visit.stages)

    def view(self, visitor: str) -> View:
        """The present view of `visitor`."""
        visit = self._visits.get(visitor)
        return visit.view if visit else View()

    def choices(self, visitor: str) -> Choices | None:
        """The choices of `visitor`, for a page that comes back; None before the first."""
        visit = self._visits.get(visitor)
        return visit.choices if visit else None

    def say_as(self, visitor: str) -> SayAs | None:
        """The table of `visitor`; None before the first."""
        visit = self._visits.get(visitor)
        return visit.say_as if visit else None

    def redraw(self, visitor: str) -> None:
        """Draw the page of `visitor` again, if it is open: a task of its own has finished."""

        def redraw() -> None:
            if visit := self._visits.get(visitor):
                visit.redraw()

        self._on_loop(redraw)

    @property
    def catalog(self) -> Catalog:
        """The avatars and voices to choose from, as far as they are known."""
        return self._catalog.catalog

    def refresh_catalog(self) -> None:
        """Read the catalog in the background, see `CatalogReader.refresh`."""
        self._on_loop(self._catalog.refresh)

    def health(self) -> dict[str, object]:
        """The health of this server, as JSON.

        `status` is "ok" if a session can be started, else "full", "stopping" or "error". `ledger`
        is "ok" or "unreachable". `service` comes from the last call: "ok", "unreachable", "refused"
        (the KS) or "unknown".
        """
        lives = self._lives()
        ledger, service = self.janitor.reachable, self.service.standing
        if self._closing:
            status = "stopping"
        elif not ledger or service in ("unreachable", "refused"):
            status = "error"
        else:
            status = "full" if self._is_full else "ok"
        return {
            "status": status,
            "activeSessions": len(lives) + self._guests,
            "oldestSeconds": max((round(live.age, 1) for live in lives), default=None),
            "ledger": "ok" if ledger else "unreachable",
            "service": service,
        }

    # The operator's side.

    def refresh_entries(self, visitor: str) -> None:
        """Read `operator.entries` in the background, then draw the page of `visitor` again."""
        self._on_loop(lambda: self.operator.refresh(lambda: self._visit(visitor).redraw()))

    def end_entry(self, entry_id: str) -> None:
        """End one of `operator.entries` in the background; forget it if it is unknown.

        Raises `Refused` if it is not listed.
        """

        def end() -> None:
            for visit in self._visits.values():
                if visit.session and visit.life and visit.session.custody.keeps(entry_id):
                    visit.session.happened(events.End(notice=BY_OPERATOR))
                    self.operator.await_end(asyncio.wait({visit.life}))
                    return
            listed = self.operator.entries or ()
            entry = next((e for e in listed if e.entry_id == entry_id), None)
            if entry is None:
                raise Refused(NOT_LISTED)
            self.operator.end(entry)

        self._on_loop(end)

    # For stages, shows and preflights, on the loop.

    def follow(self, visitor: str, follower: Callable[[View], None]) -> Callable[[], None]:
        """Call `follower` with each view of `visitor` from now on; the result ends that.

        A visitor who is followed is not forgotten.
        """
        followers = self._visit(visitor).followers
        followers.append(follower)
        return lambda: followers.remove(follower) if follower in followers else None

    @contextmanager
    def watch(self, visitor: str) -> Iterator[Watch]:
        """One more stage of `visitor` is connected while this is open.

        When the last one has gone, the session ends after `Limits.grace`, and the visitor is
        forgotten `FORGET_AFTER` later.
        """
        visit = self._visit(visitor)
        stage = Watch(visit)
        if visit.leaving:
            visit.leaving.cancel()
            visit.leaving = None
        visit.enter(stage)
        try:
            yield stage
        finally:
            visit.leave(stage)
            if not visit.stages:
                self._leave_later(visitor, visit, self._limits.grace)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Make room for a session that belongs to no visitor, while this is open.

        Raises `Refused` if the server is stopping or full.
        """
        if self._closing:
            raise Refused(STOPPING)
        if self._is_full:
            raise Refused(self._limits.full)
        self._guests += 1
        try:
            yield
        finally:
            self._guests -= 1

    async def close(self) -> None:
        """End every session within `closing` seconds; the rest is the janitor's. Idempotent."""
        self._closing = True
        for visit in self._visits.values():
            if visit.leaving:
                visit.leaving.cancel()
            visit.show(stopping=True)
            visit.happened(events.End(notice=STOPPING))
        self._catalog.close()
        lives = [v.life for v in self._visits.values() if v.life and not v.life.done()]
        if lives:
            _, late = await asyncio.wait(lives, timeout=self._closing_within)
            for life in late:
                life.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.operator.close()
        self._voice.close()

    # Inside.

    def _on_loop(self, act: Callable[[], T]) -> T:
        """Run `act`, which never waits, on the loop's thread; pass on its result or error."""

        async def run() -> T:
            return act()

        return act() if threading.get_ident() == self._thread else self._wait_for(run())

    def _wait_for(self, doing: Coroutine[object, object, T]) -> T:
        """What comes of `doing` on the loop, for another thread."""
        try:
            return asyncio.run_coroutine_threadsafe(doing, self._loop).result(timeout=10)
        except (RuntimeError, TimeoutError):  # the loop is closed, or no longer turns
            doing.close()
            raise Refused(STOPPING) from None

    def _do(
        self,
        visitor: str,
        verb: Verb,
        act: Callable[[Visit], T],
        click: Click | None = None,
        text: str = "",
    ) -> T:
        """Run `act` on the loop, or return its earlier result for a click that was told before."""

        def do() -> T:
            visit, now = self._visit(visitor), self._loop.time()
            if click is not None:
                visit.told, before = twin(visit.told, verb, click, text, now)
                if before:
                    if isinstance(before.outcome, Refused):
                        raise before.outcome
                    return cast("T", before.outcome)  # of the same verb
            if visit.view.refusal:
                visit.show(refusal=None)
            outcome = act(visit)
            if click is not None:
                visit.tell(Told(verb, click, text, now, outcome))
            return outcome

        try:
            return self._on_loop(do)
        except (Refused, turns.TextRejected) as error:
            # A stage calls on the loop, and without a click no callback of the page tells of it.
            if click is None and threading.get_ident() == self._thread:
                self._visit(visitor).refuse(str(error))
            raise

    def _hear_stage_first(self, visitor: str, text: str) -> None:
        """Wait until the stage, if there is one, has told of this say. Not on the loop."""

        async def hear() -> None:
            visit, now = self._visit(visitor), self._loop.time()
            with suppress(TimeoutError):
                async with asyncio.timeout(STAGE_TELLS):
                    while visit.stages and not twin(visit.told, "say", "page", text, now)[1]:
                        await visit.clicked.wait()

        if threading.get_ident() != self._thread:
            self._wait_for(hear())

    def _refuse_late(self, visitor: str, text: str, click: Click | None, age: float) -> None:
        """Refuse a say, and the other report of the same click. On the loop."""
        visit, refusal = self._visit(visitor), Refused(TOO_LATE.format(age))
        if click is not None:
            visit.tell(Told("say", click, text, self._loop.time(), refusal))
        else:
            visit.refuse(str(refusal))
        raise refusal

    def _start(
        self,
        visitor: str,
        visit: Visit,
        choices: Choices | None,
        click: Click | None,
        welcome: str,
    ) -> None:
        if visit.live:
            return
        if self._closing:
            self._not_started(visit, STOPPING)
        choices = choices or visit.choices
        if choices is None:
            raise Refused(NOTHING_CHOSEN)
        if self._is_full:
            full = self._limits.full
            if click != "stage":  # the page reports the same click
                audit.note("limit", visitor, outcome="sessions", reason=full)
            self._not_started(visit, full)
        if not self._starts.allows(visitor):
            audit.refusal("starts", visitor, TOO_MANY_STARTS)
            self._not_started(visit, TOO_MANY_STARTS)
        session = LiveSession(
            begun(
                self._limits,
                self._patience,
                self._loop.time(),
                watched=bool(visit.stages),
                takes_text=self.service.takes_text,
                welcome=welcome,
                say_as=self._say_as_of(visit),
            ),
            Custody(self.service, self.janitor, visitor),
            self.service,
            self._voice,
            self._display,
            visit.show_state,
        )
        visit.session, visit.choices = session, choices
        visit.life = asyncio.create_task(session.live(choices))
        visit.show(state=session.state)
        if not visit.stages:
            self._leave_later(visitor, visit, self._first_sight)

    def _say_as_of(self, visit: Visit) -> SayAs | None:
        """Theirs and ours; None where both are empty."""
        if not visit.say_as:
            return self._say_as
        return visit.say_as.over(self._say_as) if self._say_as else visit.say_as

    def _turn_of(self, visit: Visit, text: str, own: SayAs | None) -> Turn:
        say_as = self._say_as_of(visit)
        if own:
            say_as = own.over(say_as) if say_as else own
        return Turn(turns.checked(text, say_as), asked_at=self._loop.time(), say_as=say_as)

    def _not_started(self, visit: Visit, problem: str) -> NoReturn:
        """Say so on the stage and in the status line, too."""
        visit.show(state=replace(visit.view.state, phase=Phase.ERROR, problem=problem, notice=None))
        raise Refused(problem)

    def _say(self, visit: Visit, turn: Turn) -> Turn:
        if visit.session is None or visit.view.state.phase is not Phase.READY:
            raise Refused(NOT_READY)
        visit.session.happened(events.Say(turn))
        return turn

    @property
    def _is_full(self) -> bool:
        return len(self._lives()) + self._guests >= self._limits.max_sessions

    def _lives(self) -> list[LiveSession]:
        return [visit.live for visit in list(self._visits.values()) if visit.live]

    def _visit(self, visitor: str) -> Visit:
        """The visit of `visitor`; a new one is forgotten soon, unless a stage connects."""
        visit = self._visits.get(visitor)
        if visit is None:
            visit = self._visits[visitor] = Visit(View(way=self._display.way))
            self._leave_later(visitor, visit, FORGET_AFTER)
        return visit

    def _leave_later(self, visitor: str, visit: Visit, seconds: float) -> None:
        if visit.leaving:
            visit.leaving.cancel()
        visit.leaving = self._loop.call_later(seconds, self._gone, visitor, visit)

    def _gone(self, visitor: str, visit: Visit) -> None:
        visit.leaving = None
        if visit.live:
            away = AWAY.format(f"{self._limits.grace:g}")
            waits = visit.live.waits_for_a_stage
            visit.happened(events.End(problem=NO_STAGE) if waits else events.End(notice=away))
            self._leave_later(visitor, visit, FORGET_AFTER)
        elif visit.followers:
            self._leave_later(visitor, visit, FORGET_AFTER)
        elif self._visits.get(visitor) is visit:
            del self._visits[visitor]

    def _catalog_changed(self) -> None:
        for visit in self._visits.values():
            visit.redraw()
