"""What one session says: hands its turns over one at a time, part by part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from enum import Enum, auto
from itertools import count
from typing import Literal

from avatar_client import AvatarError, RequestRefused, Session, SessionGone
from sessions import turns
from sessions.hearing import Hearing
from sessions.interrupts import Interrupts
from sessions.limits import Patience
from sessions.own_voice import NoVoice, Voice
from sessions.parts import Part, chunks
from sessions.present import Present
from sessions.service import Service, kind_of
from sessions.turns import Turn, TurnEvent, TurnState
from speech import Recording

UNBEGUN = "Interrupted before it began."


class Fate(Enum):
    """What became of a part that was handed over."""

    TAKEN = auto()  # the service has it
    OVER = auto()  # its turn has ended, or what is left of it can't be said
    REFUSED = auto()  # the service takes no text


class Saying:
    """The mouth of one session. The verbs ask and return at once; `go_on` does the rest.

    While no stage is `attended`, nothing new is said: nobody would hear it. `failed` is called when
    the session may be gone. `voice` speaks where the service takes no text.
    """

    def __init__(
        self,
        present: Present,
        service: Service,
        patience: Patience,
        voice: Voice,
        failed: Callable[[], None],
        *,
        attended: bool,
    ) -> None:
        self._present = present
        self._service = service
        self._voice = voice
        self._hearing = Hearing(present, patience)
        self._interrupts = Interrupts(present, service, self._hearing, failed)
        self._attended = attended

    # The verbs.

    def say(self, text: str, recording: Recording | None = None) -> Turn:
        """Queue `text`, already `turns.checked`, or a recording of that name; return its turn."""
        turn = Turn(text, asked_at=self._present.now(), recording=recording)
        self._present.set(turns=(*self._present.state.turns, turn), problem=None)
        return turn

    def interrupt(self) -> None:
        """Drop what is queued at once, and have the service drop what it is saying."""
        present = self._present
        present.touch()
        present.end_turns({TurnState.QUEUED}, TurnEvent.INTERRUPT, UNBEGUN)
        self._interrupts.start()

    # What the stages report.

    def attend(self, attended: bool) -> None:
        """A stage is there, or none is any more; it is another one than until now."""
        self._attended = attended
        self._hearing.attend()

    def playing(self) -> None:
        """The stage has the picture."""
        self._hearing.playing()

    def speaking(self, event: Literal[TurnEvent.SPEAKING_START, TurnEvent.SPEAKING_END]) -> None:
        """The stage hears the avatar, or no longer does."""
        if event is TurnEvent.SPEAKING_START:
            self._interrupts.silence_survivor()
        self._hearing.speaking(event)

    # Its life.

    async def go_on(self, session: Session, speed: float = 1.0) -> None:
        """Say what there is to be said, until cancelled. Raises `SessionGone`.

        `speed`: of our own voice, 1.0 is normal.
        """
        self._interrupts.session = session
        while True:
            turn = await self._present.until(self._next_turn)
            await self._say(session, turn, speed)
            await self._hearing.out(turn)

    async def stop(self) -> None:
        """The interrupts that are under way are not waited for."""
        await self._interrupts.stop()

    def _may_send(self) -> bool:
        # Behind an interrupt that is under way, a new turn would be dropped with the old ones.
        return self._attended and not self._interrupts.under_way

    def _next_turn(self) -> Turn | None:
        return turns.next_queued(self._present.state.turns) if self._may_send() else None

    async def _say(self, session: Session, turn: Turn, speed: float) -> None:
        """Hand `turn` over, until the service has all of it, or it has ended."""
        self._hearing.begin()
        if turn.recording is not None:
            await self._hand_over(session, turn, Part(turn.recording))
            return
        texts, fate = chunks(turn.text), Fate.REFUSED
        left = len(texts)
        if not self._present.state.own_voice:
            for number, text in enumerate(texts, 1):
                part = Part(text, number, last=number == len(texts))
                fate = await self._hand_over(session, turn, part)
                if fate is not Fate.TAKEN:
                    break
                left -= 1
        if fate is Fate.REFUSED:
            self._present.set(own_voice=True)
            rest = "".join(texts[len(texts) - left :])
            await self._say_ourselves(session, turn, rest, speed, first=len(texts) - left + 1)

    async def _say_ourselves(
        self, session: Session, turn: Turn, text: str, speed: float, *, first: int
    ) -> None:
        """Hand over `text`, what is left of `turn`, in our own voice: part number `first` on."""
        numbers = count(first)
        try:
            async with aclosing(self._voice.recordings(text, speed)) as recordings:
                async for recording in recordings:
                    part = Part(recording, next(numbers), last=False)
                    if not part.is_first:
                        await self._hearing.room(turn)
                    if await self._hand_over(session, turn, part) is not Fate.TAKEN:
                        return
        except NoVoice as problem:
            self._fail(turn, Part("", next(numbers), last=False), TurnEvent.FAIL, str(problem))
        else:
            self._hearing.whole()

    async def _hand_over(self, session: Session, turn: Turn, part: Part) -> Fate:
        """Send `part` until the service has it, or the turn has ended. Raises `SessionGone`."""
        present = self._present
        began, busy = present.now(), 0
        for tries in count(1):
            await present.until(lambda: present.turn(turn).has_ended or self._may_send() or None)
            if present.turn(turn).has_ended:
                return Fate.OVER
            if part.is_first:
                present.move_turn(turn, TurnEvent.SEND)
                self._hearing.begin()
            error = await self._send(session, turn, part)
            if error is None:
                return Fate.TAKEN
            busy = busy + 1 if error.status == 503 else 0
            outcome = await self._judge(
                session,
                turn,
                part,
                error,
                tries=tries,
                busy=busy,
                since_first=present.now() - began,
            )
            if isinstance(outcome, Fate):
                return outcome
            with suppress(TimeoutError):
                async with asyncio.timeout(outcome):
                    await present.until(lambda: present.turn(turn).has_ended or None)
            if part.is_first and present.turn(turn).state is TurnState.SPEAKING:
                return Fate.TAKEN  # in spite of a 503: it is heard
        raise AssertionError

    async def _send(self, session: Session, turn: Turn, part: Part) -> AvatarError | None:
        """Send it once; what went wrong, if anything did."""
        present, client = self._present, self._service.client
        turn_id, content = part.turn_id(turn.turn_id), part.content
        if isinstance(content, str):
            seconds = None
            call = client.say_text(session, content, turn_id=turn_id, is_final=part.last)
        else:
            seconds = content.duration
            call = client.say_audio(session, content.audio, duration=seconds, turn_id=turn_id)
        self._interrupts.sending = turn
        try:
            said = await self._service.ask(call)
        except AvatarError as error:
            self._interrupts.sending = None
            present.quoted = (error.error, kind_of(error)) if error.error else None
            return error
        self._interrupts.sending = None
        present.quoted = (said.warning, "a warning") if said.warning else None
        self._hearing.taken(seconds, is_first=part.is_first, last=part.last)
        present.move_turn(turn, TurnEvent.ACCEPT, said.warning)
        await self._interrupts.catch_up(turn)
        return None

    async def _judge(
        self,
        session: Session,
        turn: Turn,
        part: Part,
        error: AvatarError,
        *,
        tries: int,
        busy: int,
        since_first: float,
    ) -> Fate | float:
        """What has become of a part whose sending failed, or the seconds until it is sent again.

        `tries`, of which the last `busy` were answered with 503. Raises `SessionGone`.
        """
        present = self._present
        kind: Literal["text", "audio"] = "text" if isinstance(part.content, str) else "audio"
        state = present.turn(turn).state
        if part.is_first and error.status == 503 and state is TurnState.SPEAKING:
            return Fate.TAKEN  # whatever the answer: it is heard
        if turns.is_about_the_call(error) and not await self._is_gone(session):
            error = RequestRefused(error.call, status=404, error=error.error, sent="yes")
        if kind == "text" and error.status == 503:
            self._voice.warm_up()
        if kind == "text" and turns.takes_no_text(error, busy):
            event, reason = TurnEvent.RETRY, None
            outcome: Fate | float = Fate.REFUSED
        else:
            event, reason, pause = turns.after_failed_send(error, tries, since_first, kind=kind)
            outcome = Fate.OVER if pause is None else pause
        if event is not TurnEvent.RETRY:
            self._fail(turn, part, event, reason)
            if event is TurnEvent.LOSE:
                await self._interrupts.catch_up(turn)
        elif part.is_first and self._interrupts.under_way:
            present.move_turn(turn, TurnEvent.INTERRUPT, UNBEGUN)
        elif part.is_first and (error.status != 503 or outcome is Fate.REFUSED):
            present.move_turn(turn, event, reason)
        if isinstance(error, SessionGone):
            raise error
        return outcome

    async def _is_gone(self, session: Session) -> bool:
        """A keep-alive tells: a call that the service does not know is answered with 404, too."""
        try:
            await self._service.ask(self._service.client.keep_alive(session))
        except SessionGone:
            return True
        except AvatarError:
            pass  # no news of the session
        return False

    def _fail(self, turn: Turn, part: Part, event: TurnEvent, reason: str | None) -> None:
        """`part` and what follows it can't be said. What was said before is heard out."""
        present = self._present
        if part.is_first:
            present.move_turn(turn, event, reason)
        turn = present.turn(turn)
        if turn.state is TurnState.FAILED:
            present.set(problem=reason)
        elif not turn.has_ended and not (part.is_first and part.last):
            reason = f"{reason} {turns.CUT}"
            self._hearing.cut(reason)
            present.set(problem=reason)
