"""What is to be said: turns, each of which ends in exactly one of spoken, interrupted or failed.

Everything here is a pure decision on frozen values.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from avatar_client import AvatarError, LimitReached, RequestRefused, ServiceFailed, SessionGone
from sessions.limits import Patience
from speech import Recording

MAX_TEXT = 5_000
"""Characters in one turn: about six minutes of speech. The service states no limit of its own."""

MAX_NAME = 100
"""Characters of a recording's name that are shown."""

WORDS_A_SECOND = 2.2
"""A slow speaker's pace; the voices of the simulator say 2.6 to 3.4 words a second."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Seconds before a turn that was certainly not acted on is sent again, at first and at most."""

TRY_FOR = 30.0
"""Seconds from the first try, after which such a turn has failed."""

MAX_HELD = 40 * 2**20
"""Bytes of recordings that one session holds: those that wait, and those that failed and may be
asked for again."""

SESSION_NOT_FOUND = "Session not found"
"""A 404 with these words is about the session (Kaltura Control API); with others, it may be that
the service does not know the call."""

UNHEARD = "No sound was heard, though the service took what was to be said."
MISSED = "You were away while the avatar said this."
AGAIN = "It is sent again by itself."
MAYBE_SAID = "It may have been said all the same, so it is not repeated by itself."
CUT = "Its beginning was said; the rest may be missing."


class TurnState(StrEnum):
    """Where a turn stands; the last three are its end, and it never leaves them."""

    QUEUED = "queued"
    SENDING = "sending"  # the request may be on the wire: it may have been heard
    SENT = "sent"  # the service has accepted it; no sound yet
    SPEAKING = "speaking"
    SPOKEN = "spoken"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class TurnEvent(StrEnum):
    """What can happen to a turn."""

    SEND = "send"
    ACCEPT = "accept"
    SPEAKING_START = "speakingStart"
    SPEAKING_END = "speakingEnd"
    PAUSE = "pause"  # it is silent, and not over
    OVERDUE = "overdue"  # it has no sound, or its end was not told: the time it can take is over
    INTERRUPT = "interrupt"
    FAIL = "fail"
    RETRY = "retry"  # sending failed, and the service certainly did not act on it
    LOSE = "lose"  # sending failed, and the service may have acted on it


ENDED = frozenset({TurnState.SPOKEN, TurnState.INTERRUPTED, TurnState.FAILED})
ACCEPTED = frozenset({TurnState.SENT, TurnState.SPEAKING, TurnState.SPOKEN})
AT_THE_SERVICE = frozenset({TurnState.SENDING, TurnState.SENT, TurnState.SPEAKING})

MOVES: dict[tuple[TurnState, TurnEvent], TurnState] = {
    (TurnState.QUEUED, TurnEvent.SEND): TurnState.SENDING,
    (TurnState.QUEUED, TurnEvent.INTERRUPT): TurnState.INTERRUPTED,
    (TurnState.QUEUED, TurnEvent.FAIL): TurnState.FAILED,
    (TurnState.SENDING, TurnEvent.ACCEPT): TurnState.SENT,
    # The first sound can reach the stage before the answer to say-text reaches us.
    (TurnState.SENDING, TurnEvent.SPEAKING_START): TurnState.SPEAKING,
    (TurnState.SENDING, TurnEvent.INTERRUPT): TurnState.INTERRUPTED,
    (TurnState.SENDING, TurnEvent.FAIL): TurnState.FAILED,
    (TurnState.SENDING, TurnEvent.RETRY): TurnState.QUEUED,
    (TurnState.SENDING, TurnEvent.LOSE): TurnState.FAILED,
    (TurnState.SENT, TurnEvent.SPEAKING_START): TurnState.SPEAKING,
    (TurnState.SENT, TurnEvent.ACCEPT): TurnState.SENT,  # one more part of it
    (TurnState.SENT, TurnEvent.OVERDUE): TurnState.SPOKEN,
    (TurnState.SENT, TurnEvent.INTERRUPT): TurnState.INTERRUPTED,
    (TurnState.SENT, TurnEvent.FAIL): TurnState.FAILED,
    (TurnState.SPEAKING, TurnEvent.SPEAKING_END): TurnState.SPOKEN,
    (TurnState.SPEAKING, TurnEvent.PAUSE): TurnState.SENT,
    (TurnState.SPEAKING, TurnEvent.OVERDUE): TurnState.SPOKEN,
    (TurnState.SPEAKING, TurnEvent.INTERRUPT): TurnState.INTERRUPTED,
    (TurnState.SPEAKING, TurnEvent.FAIL): TurnState.FAILED,
    (TurnState.SPEAKING, TurnEvent.ACCEPT): TurnState.SPEAKING,  # with a warning
    # The sound was of an earlier turn. (A lost turn that was heard to begin was not lost.)
    (TurnState.SPEAKING, TurnEvent.RETRY): TurnState.QUEUED,
}
"""Every move a turn can make. An event that is not listed for a state changes nothing."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said. `reason` is a sentence for the visitor, where there is one.

    `maybe_said`: it has failed, and the service may have said it all the same. `asked_at`: seconds
    on the event loop's clock. `recording`: a person's own, whose name is the `text`; its sound is
    let go of once it has been said.
    """

    text: str
    turn_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: TurnState = TurnState.QUEUED
    reason: str | None = None
    maybe_said: bool = False
    asked_at: float = 0.0
    recording: Recording | None = None

    @property
    def kind(self) -> Literal["text", "audio"]:
        """What the visitor gave."""
        return "text" if self.recording is None else "audio"

    @property
    def has_ended(self) -> bool:
        """Spoken, interrupted or failed."""
        return self.state in ENDED

    @property
    def longest(self) -> float:
        """Seconds that it can take at the slowest, generously."""
        if self.recording is not None:
            return 4.0 + 1.5 * self.recording.duration
        syllables = max(len(self.text.split()), len(self.text) / 6)
        return 4.0 + 2 * syllables / WORDS_A_SECOND

    def after(self, event: TurnEvent, reason: str | None = None) -> Turn:
        """This turn after `event`, for this `reason`; itself where the table lists no such move."""
        state = MOVES.get((self.state, event))
        if state is None:
            return self
        if event in (TurnEvent.SPEAKING_START, TurnEvent.SPEAKING_END, TurnEvent.PAUSE):
            reason = self.reason  # the service's warning, which holds to the end
        recording = self.recording
        if recording is not None and state in (TurnState.SPOKEN, TurnState.INTERRUPTED):
            recording = replace(recording, audio=b"")
        return replace(
            self,
            state=state,
            reason=reason,
            maybe_said=event is TurnEvent.LOSE,
            recording=recording,
        )


Turns = tuple[Turn, ...]


class TextRejected(ValueError):
    """A text that can't be a turn; its message is the sentence for the visitor."""


_CONTROLS = re.compile(r"[^\S\n\t ]|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def checked(text: str) -> str:
    """`text` as it will be said: trimmed, with blanks for control characters.

    Raises `TextRejected` where nothing is left, or more than `MAX_TEXT` characters.
    """
    text = _CONTROLS.sub(" ", text).strip()
    if not text:
        raise TextRejected("Text is required: type what the avatar should say.")
    if len(text) > MAX_TEXT:
        raise TextRejected(
            f"This text has {len(text):,} characters and the avatar says at most {MAX_TEXT:,} at a"
            " time. Shorten it, or say it in parts."
        )
    return text


def asked(text: str, now: float) -> Turn:
    """A turn that says `text`, asked for at `now`. Raises `TextRejected`."""
    return Turn(checked(text), asked_at=now)


def checked_name(recording: Recording) -> str:
    """What the page calls a recording: its name on one line, without control characters."""
    name = " ".join(_CONTROLS.sub(" ", recording.name).split())
    return name[:MAX_NAME] or "Recording"


def at_the_service(turns: Turns) -> Turn | None:
    """The turn the service has or may have; there is one at a time, because we hold the queue.

    Kaltura's interrupt is documented to clear the service's queue, and was seen not to
    (kaltura/intelligent-agents-sdk, August 2026); with one turn there at a time both are right.
    """
    return next((t for t in turns if t.state in AT_THE_SERVICE), None)


def next_queued(turns: Turns) -> Turn | None:
    """The oldest turn that has not been sent."""
    return next((t for t in turns if t.state is TurnState.QUEUED), None)


# Decisions on sending and waiting.


def kind_of(error: AvatarError) -> str:
    """What failed and how, without a word of the service's."""
    return f"{type(error).__name__} {error.status or ''}".rstrip()


def is_about_the_call(error: AvatarError) -> bool:
    """Whether this 404 may mean that the service does not know the call, while the session lives.

    Whoever asks lets a keep-alive decide.
    """
    return (
        isinstance(error, SessionGone) and error.status == 404 and error.error != SESSION_NOT_FOUND
    )


def takes_no_text(error: AvatarError, busy: int) -> bool:
    """Whether a say-text that failed so is refused here for good, and was certainly not acted on.

    `busy`: how many 503 in a row it has had by now, this one included. A 503 says "not handled"
    (RFC 9110), but there are proxies that say it of a call whose answer they have lost, so it is
    tried once more, as the same turn, and only while nothing is heard of it. A service was seen to
    answer every say-text with 503 and to say none of them (kaltura/intelligent-agents-sdk, August
    2026): that is what two in a row are taken for. A 404 counts where the session is known to live.
    """
    if error.sent != "yes":
        return False
    return error.status in (404, 405, 501) or (error.status == 503 and busy > 1)


def after_failed_send(
    error: AvatarError, tries: int, since_first: float, *, kind: Literal["text", "audio"] = "text"
) -> tuple[TurnEvent, str, float | None]:
    """What a say that failed means for its turn: the event, the reason, the pause before the next.

    `tries`: how often it was sent by now, `since_first`: seconds since the first time; `kind`: with
    say-text or with say-audio, of which nobody has seen what a 503 means. The pause, in seconds, is
    there for RETRY alone.
    """
    if isinstance(error, RequestRefused) or error.status == 501:
        return TurnEvent.FAIL, str(error), None
    not_handled = isinstance(error, LimitReached) or (error.status == 503 and kind == "text")
    if error.sent == "no" or not_handled:
        # A 503's Retry-After is not obeyed: the second answer decides in any case, see
        # `takes_no_text`. To wait a minute for it, longer than TRY_FOR, would let nothing be said.
        wait = None if error.status == 503 else error.retry_after
        pause = pause_before_next(tries, since_first, wait)
        if pause is not None:
            return TurnEvent.RETRY, f"{error} {AGAIN}", pause
        often = "1 try" if tries == 1 else f"{tries} tries"
        return TurnEvent.FAIL, f"{error} It was not said, after {often}.", None
    if error.sent == "maybe" or isinstance(error, ServiceFailed):
        return TurnEvent.LOSE, f"{error} {MAYBE_SAID}", None
    return TurnEvent.FAIL, str(error), None


def pause_before_next(tries: int, since_first: float, retry_after: float | None) -> float | None:
    """Seconds to wait after `tries` tries, or None to give up.

    `since_first`: seconds since the first try; `retry_after`: seconds the service asks to wait.
    """
    pause = max(min(FIRST_PAUSE * 2.0 ** (tries - 1), LONGEST_PAUSE), retry_after or 0.0)
    return pause if since_first + pause <= TRY_FOR else None


def give_up(
    turn: Turn, since: float, *, missed: bool, back_at: float | None, patience: Patience
) -> tuple[float, TurnEvent, str | None]:
    """Until when to wait for more news of a turn at the service, and what it means to have none.

    `since`: when it came into its state. `missed`: the stage that could hear it has gone
    meanwhile; `back_at`: when a stage had the picture again since. All in seconds on one clock.
    A person's recording may begin with a silence, so its sound may come as late as it ends.
    """
    spoken = since + turn.longest * patience.speech
    # A reason that comes with an accepted turn: the service said that it has no sound.
    if turn.state is TurnState.SENT and not turn.reason:
        if not missed:
            silence = turn.recording.duration if turn.recording else 0.0
            return since + patience.first_sound + silence, TurnEvent.FAIL, UNHEARD
        turn = replace(turn, reason=MISSED)
    if back_at is not None:
        spoken = min(spoken, back_at + patience.after_return)
    return spoken, TurnEvent.OVERDUE, turn.reason
