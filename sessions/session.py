"""One live session at Kaltura, from create to its one end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from avatar_client import AvatarError, Session
from sessions import turns
from sessions.janitor import Janitor
from sessions.keep_alive import KeepAlive
from sessions.ledger import Entry, LedgerUnreachable
from sessions.limits import Limits, Patience
from sessions.own_voice import Voice
from sessions.present import Present
from sessions.saying import Saying
from sessions.service import Service, may_have_created
from sessions.state import LIVE, Choices, DirectAvatar, Display, Phase, PhaseEvent, SdkAvatar, State
from sessions.turns import Turn, TurnEvent, TurnState
from speech import Recording

WELCOME = "Hello! I am your avatar assistant."
"""Spoken as soon as the avatar is seen, as in the vendor's example."""

MAY_EXIST = (
    "A session may have been opened all the same: it is listed as unknown on the page Sessions."
)
GOES_ON = "The session may still be live at the service: this server goes on trying to end it."
GONE = "The session is no longer there: the service has ended it. Start the avatar again."
BUG = "Something went wrong in this server: start the avatar again."
CUT_SHORT = "This server stopped before the session had ended."
MEANWHILE = "The session ended meanwhile."

_log = logging.getLogger(__name__)


class NotStarted(Exception):
    """No session was opened, or none that is known; the message is the sentence."""


@dataclass(frozen=True, slots=True)
class House:
    """What all sessions of this server have in common."""

    service: Service
    janitor: Janitor
    display: Display
    limits: Limits
    patience: Patience
    voice: Voice


class LiveSession:
    """One session at the service. `live()` is its whole life; the verbs ask and return at once.

    All of it runs on one event loop. `changed` is called after each change of `state`; `attended`:
    a stage of the visitor's is there.
    """

    def __init__(
        self, house: House, visitor: str, changed: Callable[[], None], *, attended: bool
    ) -> None:
        self._service = house.service
        self._janitor = house.janitor
        self._display = house.display
        self._limits = house.limits
        self._visitor = visitor
        self._present = Present(visitor, house.limits, changed)
        self._keep_alive = KeepAlive(self._present, house.service, house.patience)
        self._saying = Saying(
            self._present,
            house.service,
            house.patience,
            house.voice,
            failed=self._keep_alive.look_now,
            attended=attended,
        )
        self._end_asked = asyncio.Event()
        self._speed = 1.0
        self._problem: str | None = None
        self._notice: str | None = None
        self._session: Session | None = None
        self._create_sent = False  # and not certainly in vain
        self._started_at = self._present.now()
        self._entry: Entry | None = None  # while it is this session that looks after it

    @property
    def state(self) -> State:
        """What is known of it now."""
        return self._present.state

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return self._present.now() - self._started_at

    def keeps(self, entry_id: str) -> bool:
        """This is the session of that entry of the ledger, and looks after it."""
        return self._entry is not None and self._entry.entry_id == entry_id

    # The verbs: start is `live`.

    def say(self, text: str) -> Turn:
        """Queue `text`, already `turns.checked`, and return its turn."""
        return self._saying.say(text)

    def say_recording(self, name: str, recording: Recording) -> Turn:
        """Queue `recording`, which the page calls `name`, and return its turn."""
        return self._saying.say(name, recording)

    def interrupt(self) -> None:
        """Drop what is queued at once, and have the service drop what it is saying."""
        self._saying.interrupt()

    def stay(self) -> None:
        """Last as long again as a session may at all."""
        self._present.touch(stay=True)

    def end(self, *, problem: str | None = None, notice: str | None = None) -> None:
        """Ask for the end; `problem` or `notice` says why where the visitor did not ask for it.

        A create that is under way is awaited first: it may have cost money.
        """
        if not self._end_asked.is_set():
            self._problem, self._notice = problem, notice
            self._end_asked.set()
            self._present.set(self.state.after(PhaseEvent.END))

    # What the stages report.

    def attend(self, attended: bool) -> None:
        """A stage is there, or none is any more; it is another one than until now."""
        self._saying.attend(attended)

    def playing(self) -> None:
        """The visitor sees the avatar: greet, the first time."""
        first = self.state.phase is Phase.CONNECTING
        self._present.set(self.state.after(PhaseEvent.PLAYING), notice=None)
        self._saying.playing()
        if first:
            self.say(WELCOME)

    def speaking(self, event: Literal[TurnEvent.SPEAKING_START, TurnEvent.SPEAKING_END]) -> None:
        """The stage hears the avatar, or no longer does."""
        self._saying.speaking(event)

    def trouble(self, sentence: str) -> None:
        """The stage has no picture: say so, and ask the service at once whether we still live."""
        if self.state.phase in (Phase.CONNECTING, Phase.READY):
            self._present.set(notice=sentence)
            self._keep_alive.look_now()

    def remark(self, sentence: str | None) -> None:
        """The stage shows it in another way than this server was set to, and says why."""
        self._present.set(remark=sentence)

    # Its life.

    async def live(self, choices: Choices) -> None:
        """Create, look after, and end the session: the end is asked for exactly once.

        Never raises for what the service does. `end()` and await it, so that a create under way is
        never lost; cancelled, it leaves to the janitor what there may be to end.
        """
        self._speed = choices.speed
        try:
            problem = await self._until_over(choices)
            await self._leave(problem)
        finally:
            self._cut_short()

    async def _until_over(self, choices: Choices) -> str | None:
        """Everything but the end; the sentence of what failed, if anything did."""
        try:
            self._session = await self._create(choices)
            if self._session is not None:
                await self._attend(self._session)
        except (NotStarted, AvatarError) as error:
            return str(error)
        except Exception as error:  # a bug of ours: the session is ended all the same
            _log.error("A session failed with %s: %s", type(error).__name__, error)
            return BUG
        return None

    async def _create(self, choices: Choices) -> Session | None:
        """A new session, that the ledger knows; None where the end was asked for meanwhile.

        Raises `NotStarted`.
        """
        present, began = self._present, self._present.now()
        client = self._service.client
        try:
            self._entry = await self._janitor.open(
                visitor=self._visitor, avatar_id=choices.avatar_id, base_url=client.base_url
            )
            if self._end_asked.is_set():
                present.note("start", "not needed", since=began)
                return None
            self._create_sent = True
            create = client.create(
                choices.avatar_id, voice_id=choices.voice_id, speed=choices.speed
            )
            session = await self._service.ask(create)
        except LedgerUnreachable as error:
            present.note("start", "failed", since=began, reason=str(error))
            raise NotStarted(str(error)) from None
        except AvatarError as error:
            self._create_sent = may_have_created(error)
            outcome = "unknown" if self._create_sent else "failed"
            present.note("start", outcome, since=began, reason=str(error))
            raise NotStarted(f"{error} {MAY_EXIST}" if self._create_sent else str(error)) from None
        except asyncio.CancelledError:
            outcome = "unknown" if self._create_sent else "failed"
            present.note("start", outcome, since=began, reason=CUT_SHORT)
            raise
        self._entry = self._janitor.created(self._entry, session)
        present.session_id = session.session_id
        present.note("start", "created", since=began)
        return session

    async def _attend(self, session: Session) -> None:
        """Everything between create and end; returns when the end was asked for.

        Raises `AvatarError` when the session can't go on.
        """
        if self._end_asked.is_set():
            return
        duties = [
            asyncio.create_task(self._end_asked.wait()),
            asyncio.create_task(self._keep_alive.go_on(session)),
            asyncio.create_task(self._show_and_say(session)),
            asyncio.create_task(self._mind_the_limits()),
        ]
        try:
            done, _ = await asyncio.wait(duties, return_when=asyncio.FIRST_COMPLETED)
            for duty in done:
                duty.result()
        finally:
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, self._saying.stop(), return_exceptions=True)

    async def _leave(self, problem: str | None) -> None:
        """End the session, if there is one, and see to it that the ledger knows."""
        present, problem = self._present, problem or self._problem
        present.set(self.state.after(PhaseEvent.END))
        self._end_turns(problem)
        if self._session is not None and self._entry is not None:
            failure: str | None = None
            try:
                await self._service.ask(self._service.client.end(self._session))
            except AvatarError as error:
                failure = str(error)
            except Exception as error:  # a bug of ours: the janitor tries again
                _log.error("An end failed with %s: %s", type(error).__name__, error)
                failure = BUG
            if failure is None:
                self._janitor.settled(self._entry)
                self._entry = None
            present.note(
                "end",
                "not confirmed" if failure else "ended",
                since=self._started_at,
                reason=problem or failure or self._notice,
            )
            if failure is not None:
                problem = f"{problem or failure} {GOES_ON}"
        self._hand_back()
        event = PhaseEvent.ENDED if problem is None else PhaseEvent.FAIL
        notice = self._notice if problem is None else None
        # The stage lets go of the picture only now: a client SDK does it by an end of its own.
        present.set(self.state.after(event), avatar=None, problem=problem, notice=notice)

    def _cut_short(self) -> None:
        """What is still live here has been cancelled."""
        if self.state.phase in LIVE:
            self._present.set(self.state.after(PhaseEvent.END))
            self._end_turns(CUT_SHORT)
            self._hand_back()
            failed = self.state.after(PhaseEvent.FAIL)
            self._present.set(failed, avatar=None, problem=CUT_SHORT, notice=None)

    def _end_turns(self, problem: str | None) -> None:
        if problem is None:
            self._present.end_turns(TurnState, TurnEvent.INTERRUPT, MEANWHILE)
        else:
            maybe_said = f"{problem} {turns.MAYBE_SAID}"
            self._present.end_turns({TurnState.SENDING}, TurnEvent.LOSE, maybe_said)
            self._present.end_turns(TurnState, TurnEvent.FAIL, problem)

    def _hand_back(self) -> None:
        """The entry, if it is still ours to look after, is the janitor's from now on."""
        entry, self._entry = self._entry, None
        if entry is None:
            return
        if self._session is not None:
            self._janitor.end_later(entry)
        elif self._create_sent:
            self._janitor.lost(entry)
        else:
            self._janitor.settled(entry)

    # Its duties.

    async def _show_and_say(self, session: Session) -> None:
        avatar = await self._avatar(session)
        created = self.state.after(PhaseEvent.CREATED)
        self._present.set(created, avatar=avatar, session_id=session.session_id)
        await self._saying.go_on(session, self._speed)

    async def _avatar(self, session: Session) -> SdkAvatar | DirectAvatar:
        client = self._service.client
        if self._display.way == "sdk":
            return SdkAvatar(
                session.session_id,
                base_url=client.base_url,
                sdk_url=self._display.sdk_url,
                token=session.token,
            )
        media = await self._service.ask(client.init_client(session))
        return DirectAvatar(session.session_id, media.whep_url, media.turn, media.plain_url)

    async def _mind_the_limits(self) -> None:
        """Ends the session when a limit is met."""
        present = self._present
        while True:
            ends_at, limit = self.state.ends_at, self.state.limit
            try:
                async with asyncio.timeout_at(ends_at):
                    while self.state.ends_at == ends_at:
                        await present.change()
            except TimeoutError:
                break
        if limit is not None:
            sentence = self._limits.sentence(limit)
            present.note("limit", limit, since=self._started_at, reason=sentence)
            self.end(notice=sentence)
