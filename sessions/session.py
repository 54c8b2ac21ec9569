"""One live session at Kaltura: carries out the effects of `machine.step`, and reports back."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any

from avatar_client import AvatarError, Said, ServiceUnreachable, Session
from sessions import audit, events
from sessions.custody import Custody
from sessions.ledger import LedgerUnreachable
from sessions.life import Life
from sessions.machine import step
from sessions.parts import Part
from sessions.server_voice import NoVoice, Voice
from sessions.service import Service
from sessions.state import LIVE, Choices, DirectAvatar, Display, Phase, SdkAvatar, State
from speech import Recording, SayAs

MAY_EXIST = (
    "A session may have been opened all the same: it is listed as unknown on the page Sessions."
)
BUG = "Something went wrong in this server: start the avatar again."

_log = logging.getLogger(__name__)


class LiveSession:
    """One session at the service: `live()` runs it, `happened()` tells it of every event.

    It runs on one event loop. `life` comes from `machine.begun`; `changed` is called with each new
    `state`.
    """

    def __init__(
        self,
        life: Life,
        custody: Custody,
        service: Service,
        voice: Voice,
        display: Display,
        changed: Callable[[State], None],
    ) -> None:
        self.custody = custody
        self._life = life
        self._service = service
        self._voice = voice
        self._display = display
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._now = self._loop.time
        self._over = asyncio.Event()
        self._needed = asyncio.Event()  # a stage is there, or has been, or the session is over
        self._tasks: set[asyncio.Task[None]] = set()
        self._sending: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._pieces: AsyncGenerator[Recording] | None = None
        self._speed = 1.0
        self._wake_at(life.wakes_at)
        if life.watched:
            self._needed.set()

    @property
    def waits_for_a_stage(self) -> bool:
        """Nothing was opened yet, because no stage was there to show it."""
        return not self._needed.is_set()

    @property
    def state(self) -> State:
        """Its public state now."""
        return self._life.shown

    @property
    def age(self) -> float:
        """Seconds since the start."""
        return self._now() - self._life.started_at

    async def live(self, choices: Choices) -> None:
        """Create the session, look after it, and end it exactly once.

        Raises nothing for an error of the service. To end it, send `End` and await this, so that no
        create under way is lost. Cancelled, it leaves the session to the janitor. It is created
        once a stage is there: nothing is paid for that nobody can see.
        """
        self._speed = choices.speed
        try:
            try:
                await self._needed.wait()
                if await self.custody.open(choices, is_wanted=lambda: not self._over.is_set()):
                    self.happened(events.Opened())
                    await self._over.wait()
            except (AvatarError, LedgerUnreachable) as error:
                may_exist = f" {MAY_EXIST}" if self.custody.may_exist else ""
                problem = f"{error}{may_exist}"
                details = error.details if isinstance(error, AvatarError) else None
                wait = error.retry_after if isinstance(error, AvatarError) else None
                self.happened(events.End(problem, details=details, wait=wait))
            except Exception as error:
                self._failed(error)
            await self._stop()
            self.happened(await self._end())
        finally:
            if self._life.shown.phase in LIVE:
                self.happened(events.CutShort())
            if self.custody.session:
                self._service.forget_picture(self.custody.session)
            self.custody.let_go()

    def happened(self, event: events.Event) -> None:
        """Take the next step, and begin its effects."""
        before = self._life.shown
        self._life, effects = step(self._life, event, self._now())
        if self._life.shown.phase is Phase.ENDING:
            self._over.set()
        if self._life.watched or self._over.is_set():
            self._needed.set()
        for effect in effects:
            self._carry_out(effect)
        if self._life.shown != before:
            self._changed(self._life.shown)

    def _carry_out(self, effect: events.Effect) -> None:
        match effect:
            case events.Note():
                self._note(effect)
            case events.SendPart(turn_id, part, say_as):
                self._sending = self._begin(self._send(turn_id, part, say_as))
            case events.StopSending():
                if self._sending:
                    self._sending.cancel()
            case events.NoteTextRefused():
                self._service.note_text_refused()
            case events.SendInterrupt():
                self._begin(self._interrupt(effect))
            case events.SendKeepAlive():
                self._begin(self._keep_alive())
            case events.MakePiece(turn_id, text, say_as):
                self._begin(self._make_piece(turn_id, text, say_as))
            case events.WakeAt(time):
                self._wake_at(time)
            case events.WarmUp():
                self._voice.warm_up()
            case events.Attach():
                self._begin(self._attach())

    def _begin(self, doing: Coroutine[Any, Any, events.Event]) -> asyncio.Task[None]:
        async def run() -> None:
            try:
                event = await doing
            except Exception as error:
                self._failed(error)
            else:
                self.happened(event)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _failed(self, error: Exception) -> None:
        """A bug of ours: the session is ended all the same."""
        _log.error("A session failed with %s: %s", type(error).__name__, error)
        self.happened(events.End(problem=BUG))

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _end(self) -> events.Ended:
        try:
            await self.custody.end(self._life.problem or self._life.notice, self._life.quoted)
        except AvatarError as error:
            return events.Ended(str(error), error.details)
        except Exception as error:  # a bug of ours: the janitor tries again
            _log.error("An end failed with %s: %s", type(error).__name__, error)
            return events.Ended(BUG)
        return events.Ended()

    def _wake_at(self, time: float) -> None:
        if self._alarm:
            self._alarm.cancel()
        if time < math.inf:
            self._alarm = self._loop.call_at(time, self.happened, events.Tick())

    # The effects: calls to the service, and to the server voice.

    @property
    def _session(self) -> Session:
        assert self.custody.session
        return self.custody.session

    async def _answer(self, call: Awaitable[object]) -> AvatarError | None:
        try:
            await self._service.ask(call)
        except AvatarError as error:
            return error
        return None

    async def _send(self, turn_id: str, part: Part, say_as: SayAs | None) -> events.Event:
        client, content = self._service.client, part.content
        part_id = part.turn_id(turn_id)
        call: Awaitable[Said]
        if isinstance(content, str):
            spoken = say_as.spoken(content) if say_as else content
            call = client.say_text(self._session, spoken, turn_id=part_id, is_final=part.last)
        else:
            call = client.say_audio(
                self._session, content.audio, duration=content.duration, turn_id=part_id
            )
        try:
            said = await self._service.ask(call)
        except AvatarError as error:
            return events.Sent(turn_id, error)
        return events.Sent(turn_id, warning=said.warning)

    async def _interrupt(self, call: events.SendInterrupt) -> events.Event:
        error = await self._answer(self._service.client.interrupt(self._session))
        return events.Interrupted(call, error)

    async def _keep_alive(self) -> events.Event:
        every = self._life.patience.keep_alive_every
        try:
            async with asyncio.timeout(every):
                error = await self._answer(self._service.client.keep_alive(self._session))
                return events.KeptAlive(error)
        except TimeoutError:  # the call was cancelled, and `ask` could not note its failure
            late = ServiceUnreachable("keep-alive", error=f"within {every:g} s", sent="maybe")
            self._service.note(late)
            return events.KeptAlive(late)

    async def _attach(self) -> events.Event:
        session, (way, sdk_url) = self._session, (self._display.way, self._display.sdk_url)
        try:
            # Here, whatever shows it: an SDK in a browser would ask again at each reload.
            media = await self._service.picture_of(session)
        except AvatarError as error:
            return events.Attached(session.session_id, None, error)
        seen_at = (media.whep_url, media.turn, media.plain_url)
        if way == "sdk":
            known = (session.session_id, self._service.client.base_url, sdk_url, session.token)
            return events.Attached(session.session_id, SdkAvatar(*known, *seen_at))
        return events.Attached(session.session_id, DirectAvatar(session.session_id, *seen_at))

    async def _make_piece(
        self, turn_id: str, text: str | None, say_as: SayAs | None
    ) -> events.Event:
        if text is not None:
            self._pieces = self._voice.recordings(text, self._speed, say_as)
        assert self._pieces
        try:
            return events.Made(turn_id, await anext(self._pieces, None))
        except NoVoice as problem:
            return events.Made(turn_id, None, str(problem))

    def _note(self, note: events.Note) -> None:
        session, turn = self.custody.session, note.turn
        audit.note(
            note.event,
            self.custody.visitor,
            session=session.session_id if session else None,
            turn=turn.turn_id if turn else None,
            outcome=note.outcome,
            duration=None if note.since is None else self._now() - note.since,
            reason=note.reason,
            text=turn.text if turn else None,
            quoted=note.quoted,
        )
