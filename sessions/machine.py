"""What a session does next: one pure function of its state, an event and the time.

`step` decides; `session.py` carries out its effects and reports their results as new events.
Nothing here waits, calls or reads a clock, so a test can walk through it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

from avatar_client import AvatarError, RequestRefused, ServiceUnreachable, SessionGone
from sessions import events, turns
from sessions.custody import CUT_SHORT
from sessions.life import At, HandOver, Hearing, KeepingAlive, Life
from sessions.limits import LimitName, Limits, Patience
from sessions.parts import Part, chunks
from sessions.state import LIVE, Phase, PhaseEvent, Sight, State
from sessions.troubles import ASKED_AGAIN, ENDS_UNSEEN, SLOW, WORDS, Trouble
from sessions.turns import AT_THE_SERVICE, ENDED, Turn, TurnEvent, TurnState, with_room
from speech import Recording, SayAs

WELCOME = "Hello! I am your avatar assistant."
"""Spoken as soon as the avatar is seen, as in the vendor's example."""

EARLY = 1.0
"""Seconds before the known end of a sound, from which on a speakingEnd is believed."""

LATE = 1.5
"""Seconds of silence after that end, until the turn is over."""

SETTLES = 2.0
"""Seconds after the last chunk of a text, in which a silence may lie between two chunks."""

AHEAD = 1.5
"""Seconds before the end of a recording, at which the next one is sent. An interrupt may not clear
a turn that has not begun (kaltura/intelligent-agents-sdk, August 2026), so little is sent ahead."""

SURVIVES = 4.0
"""Seconds after an interrupt, in which an unbegun turn may still be heard (same source)."""

ABANDONED = 2.0
"""Seconds after an answered interrupt, in which the interrupted say is still waited for: one that
hangs must not hold up the next turn."""

LOOK_AGAIN = 1.0
"""Seconds between two keep-alives at least, however urgent they are."""

NOTICED = 1.5
"""Seconds without a stage, until the page says so: a reload takes less."""

MOVES = 5.0
"""Seconds that the next part waits at most for the picture, which moves to another stage."""

AT_START = 0.5
"""The same for a start from a page whose stage should be there."""

PICTURE = {
    Sight.STALLED: Trouble.STALLED,
    Sight.REFUSED: Trouble.REFUSED,
    Sight.TAKEN: Trouble.TAKEN,
    Sight.FAILED: Trouble.MISSING,
}
"""The sights that are a trouble of the picture."""

GOING_ON = frozenset({Phase.CREATING, Phase.CONNECTING, Phase.READY})
"""The phases of a session whose end has not been asked for."""

HEARD = frozenset({TurnState.SENT, TurnState.SPEAKING})
"""The states of a turn whose first part has no good answer yet, once its sound has begun."""

GONE = "The session is no longer there: the service has ended it. Start the avatar again."
GOES_ON = "The session may still be live at the service: this server goes on trying to end it."
MEANWHILE = "The session ended meanwhile."
UNBEGUN = "Interrupted before it began."


def begun(
    limits: Limits,
    patience: Patience,
    now: float,
    *,
    watched: bool,
    takes_text: bool = True,
    welcome: str = WELCOME,
    say_as: SayAs | None = None,
) -> Life:
    """A new session, before its create is sent.

    `watched`: the visitor has a stage open. `takes_text`: the service is not known to refuse texts;
    otherwise the server voice speaks from the first word on. `welcome`: what the avatar says once
    it is seen, empty for nothing; `say_as`: how that is said.
    """
    first = Turn(welcome, say_as=say_as) if welcome else None
    life = Life(limits, patience, first, now, now, now, watched, unwatched_since=now)
    life = replace(life, shown=replace(life.shown, server_voice=not takes_text))
    return _Step(life, now).begin()


def step(life: Life, event: events.Event, now: float) -> tuple[Life, list[events.Effect]]:
    """The session after `event` at `now`, and the effects to carry out.

    `now`: seconds on the event loop's clock. An event that comes too late changes nothing.
    """
    return _Step(life, now).take(event)


def _keep_alive_at(alive: KeepingAlive) -> float:
    return min(alive.due, alive.sent_at + LOOK_AGAIN) if alive.urgent else alive.due


class _Step:
    """One call of `step`: `life` and `effects` grow into its result."""

    def __init__(self, life: Life, now: float) -> None:
        self.life = life
        self.now = now
        self.effects: list[events.Effect] = []

    def begin(self) -> Life:
        """The new session; its first alarm is the driver's, see `Life.wakes_at`."""
        self._show(since=self.now)
        self._set_alarm()
        return self.life

    def take(self, event: events.Event) -> tuple[Life, list[events.Effect]]:
        """See `step`."""
        if self._is_busy():
            self._set(active_at=self.now)
        before = self.life.shown
        match event:
            case events.Ended() if self.life.shown.phase is Phase.ENDING:
                self._ended(event.failure, event.details)
            case events.CutShort() if self.life.shown.phase in LIVE:
                self._end(CUT_SHORT, None)
                self._ended(CUT_SHORT)
            case _ if self.life.shown.phase in GOING_ON:
                self._handle(event)
                self._go_on()
        self._renew_limit()
        self._renew_trouble()
        shown = self.life.shown
        if (shown.phase, shown.trouble) != (before.phase, before.trouble):
            self._show(since=self._since(shown))
        self._set_alarm()
        return self.life, self.effects

    def _since(self, shown: State) -> float:
        """When the phase, or the trouble, began that is shown from now on."""
        if shown.trouble is Trouble.SLOW:
            return self._slow_at() - SLOW
        if shown.trouble is None and shown.phase in (Phase.CREATING, Phase.CONNECTING):
            return self.life.started_at  # a start is counted as a whole
        if shown.trouble is Trouble.SILENT and self.life.alive:
            return self.life.alive.last_good
        return self.now

    def _handle(self, event: events.Event) -> None:
        match event:
            case events.Tick():
                self._set(wakes_at=math.inf)
            case events.Opened():
                due = self.now + self.life.patience.keep_alive_every
                self._set(alive=KeepingAlive(self.now, due, self.now - LOOK_AGAIN))
                if self.life.shown.server_voice:
                    self.effects.append(events.WarmUp())
                self.effects.append(events.Attach())
            case events.Attached(error=AvatarError() as error):
                self._end(str(error), None, error.details)
            case events.Attached(session_id, avatar):
                shown = self.life.shown.after(PhaseEvent.CREATED)
                self._show(shown, avatar=avatar, session_id=session_id)
                self._set(unseen_since=self.now)
            case events.Say(turn):
                self._queue(turn)
            case events.Interrupt():
                self._set(active_at=self.now)
                self._move_all({TurnState.QUEUED}, TurnEvent.INTERRUPT, UNBEGUN)
                self._interrupt()
            case events.Stay():
                unseen = self.now if self.life.unseen_since is not None else None
                self._set(active_at=self.now, granted_at=self.now, unseen_since=unseen)
            case events.End(problem, notice, details, wait):
                self._end(problem, notice, details)
                self._set(wait=wait)
            case events.Watched(watched):
                moves_until = self.now + MOVES if self._moves(watched) else 0.0
                self._set(watched=watched, unwatched_since=self.now, moves_until=moves_until)
                if self._at_the_service():
                    self._set_hearing(missed=True, back_at=None)
            case events.Saw(sight, sentence):
                self._saw(sight, sentence)
            case events.Sent():
                self._sent(event)
            case events.Interrupted(call, error):
                self._interrupted(call, error)
            case events.KeptAlive(error):
                self._kept_alive(error)
            case events.Made():
                self._made(event)

    # Small changes.

    def _set(self, **changes: Any) -> None:
        self.life = replace(self.life, **changes)

    def _show(self, shown: State | None = None, **changes: Any) -> None:
        self.life = replace(self.life, shown=replace(shown or self.life.shown, **changes))

    def _set_hearing(self, **changes: Any) -> None:
        self.life = replace(self.life, hearing=replace(self.life.hearing, **changes))

    def _set_hand_over(self, **changes: Any) -> None:
        assert self.life.hand_over
        self.life = replace(self.life, hand_over=replace(self.life.hand_over, **changes))

    def _is_busy(self) -> bool:
        return not all(turn.state in ENDED for turn in self.life.shown.turns)

    def _at_the_service(self) -> Turn | None:
        return next((t for t in self.life.shown.turns if t.state in AT_THE_SERVICE), None)

    def _turn(self, turn_id: str) -> Turn:
        return next(t for t in self.life.shown.turns if t.turn_id == turn_id)

    def _queue(self, turn: Turn) -> None:
        turns = (*self.life.shown.turns, turn)
        self._show(turns=with_room(turns) if turn.recording else turns, problem=None, details=None)

    def _moves(self, watched: bool) -> bool:
        """Whether the picture is on its way from one stage to another, which says when it has it.

        A browser's first picture takes half a second, and what is said before is not heard."""
        return watched and self.life.shown.phase is Phase.READY

    def _move(
        self,
        turn: Turn,
        event: TurnEvent,
        reason: str | None = None,
        details: str | None = None,
    ) -> None:
        after = turn.after(event, reason, details)
        if after is turn:
            return
        after = after.timed(event, self.now)
        self._set(since=self.now)
        self._show(turns=tuple(after if t is turn else t for t in self.life.shown.turns))
        if after.state in ENDED:
            self.effects.append(
                events.Note(
                    "say",
                    after.state,
                    since=turn.asked_at,
                    reason=after.reason,
                    turn=after,
                    quoted=self.life.quoted,
                )
            )

    def _move_all(
        self,
        states: Iterable[TurnState],
        event: TurnEvent,
        reason: str | None = None,
        details: str | None = None,
    ) -> None:
        for turn in self.life.shown.turns:
            if turn.state in states and turn.state not in ENDED:
                self._move(turn, event, reason, details)

    # The end.

    def _end(self, problem: str | None, notice: str | None, details: str | None = None) -> None:
        """From now on the session is being ended, and nothing more is said."""
        self._set(problem=problem, notice=notice, details=details, hand_over=None, interrupts=0)
        self._show(self.life.shown.after(PhaseEvent.END), interrupting=False)
        if problem is None:
            self._move_all(TurnState, TurnEvent.INTERRUPT, MEANWHILE)
        else:
            maybe_said = f"{problem} {turns.MAYBE_SAID}"
            self._move_all({TurnState.SENDING}, TurnEvent.LOSE, maybe_said, details)
            self._move_all(TurnState, TurnEvent.FAIL, problem, details)

    def _ended(self, failure: str | None, details: str | None = None) -> None:
        problem, notice = self.life.problem, self.life.notice
        if failure is not None and failure != CUT_SHORT:
            problem = f"{problem or failure} {GOES_ON}"
        event = PhaseEvent.ENDED if problem is None else PhaseEvent.FAIL
        # The stage lets go of the picture only now: a client SDK does it by an end of its own.
        self._show(
            self.life.shown.after(event),
            avatar=None,
            problem=problem,
            notice=notice if problem is None else None,
            details=self.life.details or details,
            again_at=None if self.life.wait is None else self.now + self.life.wait,
        )

    # What the visitor and the stage do.

    def _interrupt(self) -> None:
        if self.life.shown.phase is Phase.READY:
            over = self.life.hand_over
            sending = over is not None and over.at is At.SENDING
            self._call_interrupt(over.turn_id if over and sending else None)

    def _call_interrupt(self, beside: str | None = None) -> None:
        self._set(interrupts=self.life.interrupts + 1)
        self._show(interrupting=True)
        self.effects.append(events.SendInterrupt(self.now, beside))

    def _saw(self, sight: Sight, sentence: str | None) -> None:
        shown, hearing = self.life.shown, self.life.hearing
        match sight:
            case Sight.PLAYING | Sight.RESUMED:
                self._show(shown.after(PhaseEvent.PLAYING))
                self._set(picture=None, unseen_since=None, moves_until=0.0)
                if hearing.missed and hearing.back_at is None:
                    self._set_hearing(back_at=self.now)
                if shown.phase is Phase.CONNECTING and self.life.welcome:
                    self._queue(replace(self.life.welcome, asked_at=self.now))
            case Sight.SPEAKING_START:
                self._speaking_start()
            case Sight.SPEAKING_END:
                self._speaking_end()
            case Sight.STALLED | Sight.REFUSED | Sight.TAKEN | Sight.FAILED:
                if shown.phase is not Phase.CREATING:
                    trouble = PICTURE[sight]
                    self._set(picture=(trouble, sentence or WORDS[trouble].sentence))
                    if self.life.unseen_since is None:
                        self._set(unseen_since=self.now)
                    self._keep_alive_soon()
            case Sight.DEAF:
                self._set(deaf=True)
                self._show(remark=sentence)
            case Sight.REMARK:
                self._show(remark=sentence)
            case Sight.GONE:
                self._end(GONE, None)

    def _speaking_start(self) -> None:
        turn, hearing = self._at_the_service(), self.life.hearing
        if turn is None:
            if self.now < self.life.may_survive:
                self._set(may_survive=0.0)
                self._interrupt()
            return
        over_at = hearing.over_at
        if not hearing.heard and hearing.taken_at is not None and over_at is not None:
            late = self.now - hearing.taken_at
            # Later than a service begins, the silence is in the recording, and in its length.
            if late <= self.life.patience.first_sound:
                over_at += late
        self._set_hearing(missed=False, back_at=None, heard=True, over_at=over_at)
        # Until the service has taken this turn, the sound may be of one whose answer was lost.
        one_was_lost = any(t.maybe_said for t in self.life.shown.turns)
        if turn.state is not TurnState.SENDING or not one_was_lost:
            self._move(turn, TurnEvent.SPEAKING_START)

    def _speaking_end(self) -> None:
        if turn := self._at_the_service():
            self._set_hearing(missed=False, back_at=None)
            hearing = self.life.hearing
            early = hearing.over_at is not None and self.now < hearing.over_at - EARLY
            event = TurnEvent.PAUSE if hearing.more or early else TurnEvent.SPEAKING_END
            if turn.state is TurnState.SENDING and hearing.heard:  # see _speaking_start
                self._set_hearing(over_at=self.now)
            if self.life.interrupts:  # its answer may come later than the silence, or never
                event = TurnEvent.INTERRUPT
            self._silent(turn, event)

    def _silent(self, turn: Turn, event: TurnEvent, reason: str | None = None) -> None:
        """The sound is over, or is no longer waited for; a turn whose rest is lost has failed."""
        hearing, details = self.life.hearing, None
        if hearing.broken is not None and event is not TurnEvent.PAUSE:
            event, reason, details = TurnEvent.FAIL, hearing.broken, hearing.details
        self._move(turn, event, reason, details)

    # What the service and the server voice answer.

    def _sent(self, sent: events.Sent) -> None:
        over = self.life.hand_over
        if over is None or over.turn_id != sent.turn_id or over.at is not At.SENDING:
            return
        if sent.error:
            kind = turns.kind_of(sent.error)
            self._set(quoted=(sent.error.error, kind) if sent.error.error else None)
            self._set_hand_over(busy=over.busy + 1 if sent.error.status == 503 else 0)
            self._not_taken(sent.error)
            return
        self._set(quoted=(sent.warning, "a warning") if sent.warning else None)
        turn, hearing = self._turn(over.turn_id), self.life.hearing
        is_heard = turn.state is TurnState.SENDING and hearing.heard and hearing.over_at is None
        self._time_part(over.part)
        self._move(turn, TurnEvent.ACCEPT, sent.warning)
        if is_heard:
            self._move(self._turn(over.turn_id), TurnEvent.SPEAKING_START)
        self._interrupt_if_overtaken(over.turn_id)
        self._taken()

    def _time_part(self, part: Part) -> None:
        """The service has taken `part`: its end may now be known."""
        hearing, content = self.life.hearing, part.content
        over_at, length, taken_at = hearing.over_at, hearing.length, hearing.taken_at
        if part.number == 1:
            taken_at = self.now
        if isinstance(content, Recording):
            over_at = max(self.now, over_at or self.now) + content.duration
            length = content.duration
        elif part.number > 1:
            over_at = self.now + SETTLES + EARLY
        self._set_hearing(more=not part.last, taken_at=taken_at, over_at=over_at, length=length)

    def _taken(self) -> None:
        """The service has the part: prepare the next one, if there is one."""
        over = self.life.hand_over
        assert over
        if over.rest:
            text, *rest = over.rest
            part = Part(text, over.part.number + 1, last=not rest)
            self._prepare(over.turn_id, part, rest=tuple(rest))
        elif over.part.last:
            self._set_hand_over(at=At.DONE)
        else:
            self._set_hand_over(at=At.MAKING, until=math.inf)
            self.effects.append(events.MakePiece(over.turn_id))

    def _prepare(
        self, turn_id: str, part: Part, at: At = At.READY, rest: tuple[str, ...] = ()
    ) -> None:
        self._set(hand_over=HandOver(turn_id, at, part, rest, began=self.now))

    def _not_taken(self, error: AvatarError, *, gone: bool | None = None) -> None:
        """A part was refused: send it again, let the server voice say it, or fail its turn.

        `gone`: whether the session is, if a keep-alive has told.
        """
        over = self.life.hand_over
        assert over
        part, turn = over.part, self._turn(over.turn_id)
        kind: Literal["text", "audio"] = "text" if isinstance(part.content, str) else "audio"
        is_first = part.number == 1
        if is_first and error.status == 503 and turn.state in HEARD:
            self._taken()  # whatever the answer: it is heard
            return
        if turns.is_about_the_call(error):
            if gone is None:
                self._set_hand_over(at=At.ASKING, error=error)
                return
            if not gone:
                error = RequestRefused(error.call, status=404, error=error.error, sent="yes")
        if kind == "text" and error.status == 503:
            self.effects.append(events.WarmUp())
        refused = kind == "text" and turns.takes_no_text(error, over.busy)
        event, reason, pause = TurnEvent.RETRY, None, None
        if not refused:
            event, reason, pause = turns.after_failed_send(
                error, over.tries, self.now - over.began, kind=kind
            )
        if event is not TurnEvent.RETRY:
            self._fail(turn, part, event, reason, error.details)
            if event is TurnEvent.LOSE:
                self._interrupt_if_overtaken(turn.turn_id)
        elif is_first and self.life.interrupts:
            self._move(turn, TurnEvent.INTERRUPT, UNBEGUN)
        elif is_first and (error.status != 503 or refused):
            self._move(turn, event, reason, error.details if reason else None)
        if isinstance(error, SessionGone):
            self._end(str(error), None, error.details)
        elif refused:
            self._show(server_voice=True)
            self.effects.append(events.NoteTextRefused())
            assert isinstance(part.content, str)
            self._speak("".join((part.content, *over.rest)))
        elif pause is None:
            self._set_hand_over(at=At.DONE)
        else:
            self._set_hand_over(at=At.PAUSING, until=self.now + pause)

    def _fail(
        self,
        turn: Turn,
        part: Part,
        event: TurnEvent,
        reason: str | None,
        details: str | None = None,
    ) -> None:
        """`part` and the parts after it can't be said; the sound of those before is awaited."""
        if part.number == 1:
            self._move(turn, event, reason, details)
        turn = self._turn(turn.turn_id)
        if turn.state is TurnState.FAILED:
            self._show(problem=reason, details=details)
        elif turn.state not in ENDED and not (part.number == 1 and part.last):
            reason = f"{reason} {turns.CUT}"
            over_at = self.life.hearing.over_at
            if over_at is None:
                over_at = self.now + SETTLES + EARLY
            self._set_hearing(more=False, broken=reason, details=details, over_at=over_at)
            self._show(problem=reason, details=details)

    def _interrupt_if_overtaken(self, turn_id: str) -> None:
        """An interrupt on another connection may have been handled before the turn: repeat it."""
        if self._turn(turn_id).state is TurnState.INTERRUPTED:
            self._call_interrupt()

    def _interrupted(self, call: events.SendInterrupt, error: AvatarError | None) -> None:
        self._set(interrupts=max(0, self.life.interrupts - 1))
        if error:
            self._show(problem=str(error), details=error.details)
            self.effects.append(events.Note("interrupt", "failed", call.asked_at, str(error)))
            self._keep_alive_soon()
        elif call.beside and self._was_taken(call.beside):
            # On two connections, the service may have handled the interrupt before the text.
            self._set(interrupts=self.life.interrupts + 1)
            self.effects.append(events.SendInterrupt(call.asked_at))
            return
        else:
            if self._at_the_service() and self._is_unbegun():
                self._set(may_survive=self.now + SURVIVES)
            self._show(interrupts=self.life.shown.interrupts + 1)
            self._move_all(AT_THE_SERVICE, TurnEvent.INTERRUPT)
            if (over := self.life.hand_over) and over.at is At.SENDING:
                self._set_hand_over(until=min(over.until, self.now + ABANDONED))
            self.effects.append(events.Note("interrupt", "done", call.asked_at))
        self._show(interrupting=self.life.interrupts > 0)

    def _was_taken(self, turn_id: str) -> bool:
        over, turn = self.life.hand_over, self._turn(turn_id)
        sending = over and over.turn_id == turn_id and over.at is At.SENDING
        return not sending and (turn.state in AT_THE_SERVICE or turn.maybe_said)

    def _is_unbegun(self) -> bool:
        """The service has a part of the turn that has not been heard to begin."""
        hearing = self.life.hearing
        ahead = hearing.over_at is not None and self.now < hearing.over_at - hearing.length
        return not hearing.heard or (hearing.length > 0 and ahead)

    def _kept_alive(self, error: AvatarError | None) -> None:
        alive, over = self.life.alive, self.life.hand_over
        assert alive
        alive = replace(alive, calling=False)
        if over and over.at is At.ASKING and over.error:
            self._not_taken(over.error, gone=isinstance(error, SessionGone))
        elif error is not None and (
            isinstance(error, SessionGone)
            or self.now - alive.last_good > self.life.patience.unheard
        ):
            self._end(str(error), None, error.details)
        elif error is not None:
            alive = replace(alive, notice=str(error), details=error.details)
        if error is None:
            alive = replace(alive, last_good=self.now, notice=None, details=None)
        self._set(alive=alive)

    def _made(self, made: events.Made) -> None:
        over = self.life.hand_over
        if over is None or over.turn_id != made.turn_id or over.at is not At.MAKING:
            return
        number = over.part.number + 1
        if made.failure is not None:
            nothing = Part("", number, last=False)
            self._fail(self._turn(over.turn_id), nothing, TurnEvent.FAIL, made.failure)
            self._set_hand_over(at=At.DONE)
        elif made.piece is None:
            self._set_hearing(more=False)
            self._set_hand_over(at=At.DONE)
        else:
            part = Part(made.piece, number, last=False)
            self._prepare(over.turn_id, part, At.READY if number == 1 else At.WAITING)

    # What goes on by itself: limits, keep-alives, the hand-over.

    def _go_on(self) -> None:
        self._end_at_limit()
        if self.life.alive and self.life.shown.phase in GOING_ON:
            self._keep_alive()
            while self._hand_over():
                pass

    def _renew_limit(self) -> None:
        """Find out which limit will end the session, and when."""
        life, shown = self.life, self.life.shown
        ends_at: float | None = None
        limit: LimitName | None = None
        if shown.phase in (Phase.CONNECTING, Phase.READY):
            ends_at, limit = life.granted_at + life.limits.max_seconds, "max"
            idle = life.active_at + life.limits.idle_seconds
            if idle < ends_at and not self._is_busy():
                ends_at, limit = idle, "idle"
            if life.unseen_since is not None:
                unseen = life.unseen_since + life.limits.unseen_seconds
                ends_at, limit = min((ends_at, limit), (unseen, "unseen"))
        if (ends_at, limit) != (shown.ends_at, shown.limit):
            self._show(ends_at=ends_at, limit=limit)

    def _renew_trouble(self) -> None:
        """Find out what is wrong at present; the first of these that is."""
        trouble: Trouble | None = None
        notice = self.life.shown.notice
        if self.life.shown.phase in GOING_ON:
            trouble, notice = self._trouble()
        elif self.life.shown.phase is Phase.ENDING:
            notice = None
        if (trouble, notice) != (self.life.shown.trouble, self.life.shown.notice):
            self._show(trouble=trouble, notice=notice)
            if self.life.shown.problem is None:
                alive = self.life.alive if trouble is Trouble.SILENT else None
                self._show(details=alive.details if alive else None)

    def _trouble(self) -> tuple[Trouble | None, str | None]:
        life, alive = self.life, self.life.alive
        if self.now >= self._noticed_at():
            return Trouble.NO_STAGE, WORDS[Trouble.NO_STAGE].sentence
        if life.picture:
            trouble, sentence = life.picture
            if trouble is not Trouble.STALLED:  # which mostly is over in a moment
                sentence += " " + ENDS_UNSEEN.format(life.limits.unseen_seconds)
            return trouble, sentence
        if alive and alive.notice:
            goes_on = ASKED_AGAIN.format(life.patience.unheard)
            return Trouble.SILENT, f"{alive.notice} {goes_on}"
        if self.now >= self._slow_at():
            return Trouble.SLOW, WORDS[Trouble.SLOW].sentence
        return None, None

    def _noticed_at(self) -> float:
        """When the page says that no stage is there."""
        life = self.life
        if life.watched:
            return math.inf
        patience = AT_START if life.shown.phase is Phase.CREATING else NOTICED
        return life.unwatched_since + patience

    def _slow_at(self) -> float:
        """When the page says that the answer which is awaited is late."""
        life, over = self.life, self.life.hand_over
        if life.shown.phase is Phase.CREATING:
            return (life.started_at if life.watched else math.inf) + SLOW
        return over.sent_at + SLOW if over and over.at is At.SENDING else math.inf

    def _end_at_limit(self) -> None:
        life, shown = self.life, self.life.shown
        if shown.limit is not None and shown.ends_at is not None and shown.ends_at <= self.now:
            sentence = life.limits.sentence(shown.limit)
            self.effects.append(events.Note("limit", shown.limit, life.started_at, sentence))
            is_trouble = shown.limit == "unseen"
            self._end(*((sentence, None) if is_trouble else (None, sentence)))

    def _set_alarm(self) -> None:
        alive, shown, over = self.life.alive, self.life.shown, self.life.hand_over
        times = []
        if shown.phase in GOING_ON:
            times += [at for at in (self._noticed_at(), self._slow_at()) if at > self.now]
        if alive and shown.phase in GOING_ON:
            times += [] if shown.ends_at is None else [shown.ends_at]
            times += [] if alive.calling else [_keep_alive_at(alive)]
            times += [over.until] if over else []
            times += [at for at in (self.life.moves_until,) if at > self.now]
        wakes_at = min(times, default=math.inf)
        if wakes_at != self.life.wakes_at:
            self._set(wakes_at=wakes_at)
            self.effects.append(events.WakeAt(wakes_at))

    def _keep_alive_soon(self) -> None:
        """The session may be gone."""
        if self.life.alive:
            self._set(alive=replace(self.life.alive, urgent=True))

    def _keep_alive(self) -> None:
        alive, over = self.life.alive, self.life.hand_over
        assert alive
        if alive.calling:
            return
        asking = over is not None and over.at is At.ASKING
        if asking or _keep_alive_at(alive) <= self.now:
            due = alive.due
            if due <= self.now:
                due = max(due + self.life.patience.keep_alive_every, self.now)
            alive = replace(alive, due=due, sent_at=self.now, urgent=False, calling=True)
            self._set(alive=alive)
            self.effects.append(events.SendKeepAlive())

    def _hand_over(self) -> bool:
        """Move the hand-over one move on, or begin the next turn's; False when it has to wait."""
        is_shown = self.life.watched and self.now >= self.life.moves_until
        over, may_send = self.life.hand_over, is_shown and not self.life.interrupts
        if over is None:
            queued = next((t for t in self.life.shown.turns if t.state is TurnState.QUEUED), None)
            if queued is None or not may_send:
                return False
            self._begin(queued)
            return True
        turn = self._turn(over.turn_id)
        if turn.state in ENDED and over.at is not At.SENDING:
            self._set(hand_over=None)
            return True
        match over.at:
            case At.READY if may_send:
                self._send(over, turn)
            case At.PAUSING if over.until <= self.now:
                if over.part.number == 1 and turn.state in HEARD:
                    self._taken()  # in spite of a 503: it is heard
                else:
                    self._set_hand_over(at=At.READY, until=math.inf)
            case At.SENDING if over.until <= self.now:
                self._abandon(over)
            case At.WAITING if self._next_part_at() <= self.now:
                self._set_hand_over(at=At.READY, until=math.inf)
            case At.WAITING | At.DONE:
                until, event, reason = self._give_up(turn)
                if until > self.now:
                    if over.at is At.WAITING:
                        until = min(until, self._next_part_at())
                    self._set_hand_over(until=until)
                    return False
                self._silent(turn, event, reason)
            case _:
                return False
        return True

    def _abandon(self, over: HandOver) -> None:
        """The interrupted part has no answer: as one whose answer was lost, it may yet be heard."""
        self._set(may_survive=self.now + SURVIVES)
        self.effects.append(events.StopSending())
        call = "say-text" if isinstance(over.part.content, str) else "say-audio"
        lost = ServiceUnreachable(call, error="interrupted meanwhile", sent="maybe")
        self._sent(events.Sent(over.turn_id, lost))

    def _begin(self, turn: Turn) -> None:
        if turn.recording is not None:
            self._prepare(turn.turn_id, Part(turn.recording))
            return
        first, *rest = chunks(turn.text, turn.say_as)
        self._prepare(turn.turn_id, Part(first, last=not rest), rest=tuple(rest))
        if self.life.shown.server_voice:
            self._speak(turn.text)

    def _speak(self, text: str) -> None:
        """Let the server voice say `text`: the present part and the rest."""
        over = self.life.hand_over
        assert over
        before = Part("", over.part.number - 1, last=False)
        self._set_hand_over(at=At.MAKING, part=before, rest=(), until=math.inf)
        say_as = self._turn(over.turn_id).say_as
        self.effects.append(events.MakePiece(over.turn_id, text, say_as))

    def _send(self, over: HandOver, turn: Turn) -> None:
        if over.part.number == 1:
            self._move(turn, TurnEvent.SEND)
            self._set(hearing=Hearing(more=not over.part.last))
        self._set_hand_over(at=At.SENDING, tries=over.tries + 1, sent_at=self.now)
        self.effects.append(events.SendPart(over.turn_id, over.part, turn.say_as))

    def _give_up(self, turn: Turn) -> tuple[float, TurnEvent, str | None]:
        """Until when to wait for more of `turn`, and what to conclude if nothing comes.

        Public apps found that `speakingEnd` can fail to come.
        """
        hearing, since = self.life.hearing, self.life.since
        if turn.state is TurnState.SENT and hearing.heard and hearing.over_at is not None:
            until = math.inf if hearing.more else max(since, hearing.over_at) + LATE
            return until, TurnEvent.OVERDUE, turn.reason
        if self.life.deaf and turn.state is TurnState.SENT and not turn.reason:
            turn = replace(turn, reason=turns.DEAF)
        return turns.give_up(
            turn,
            since,
            missed=hearing.missed,
            back_at=hearing.back_at,
            patience=self.life.patience,
        )

    def _next_part_at(self) -> float:
        """When a part of the server voice can follow the one before."""
        hearing = self.life.hearing
        if hearing.over_at is None:
            return 0.0  # the part before is text
        if not (hearing.heard or hearing.missed):
            return math.inf
        return hearing.over_at - min(hearing.length, AHEAD)
