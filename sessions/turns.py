"""Turns: each ends in exactly one of spoken, interrupted or failed.

All functions are pure, all values frozen.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from avatar_client import AvatarError, LimitReached, RequestRefused, ServiceFailed, SessionGone
from sessions.limits import Patience
from speech import Recording, SayAs

MAX_TEXT = 5_000
"""Characters in one turn: about six minutes of speech. The service states no limit of its own."""

MAX_NAME = 100
"""Characters of a recording's name, at most."""

WORDS_A_SECOND = 2.2
"""A slow speaker's pace; the voices of the simulator say 2.6 to 3.4 words a second."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Seconds before a turn that was certainly not handled is sent again, at first and at most."""

TRY_FOR = 30.0
"""Seconds from its first try, after which such a turn has failed."""

MAX_HELD = 40 * 2**20
"""Bytes of recordings that one session holds, so that they can be said, and said again."""

SESSION_NOT_FOUND = "Session not found"
"""A 404 with these words is about the session (Kaltura Control API); any other may mean that the
service does not know the call."""

UNHEARD = "No sound was heard, though the service took the text or the recording."
MISSED = "You were away while the avatar said this."
DEAF = "This browser has no sound output, so nobody can tell how it was heard."
AGAIN = "It is sent again by itself."
MAYBE_SAID = "It may have been said all the same, so it is not repeated by itself."
CUT = "Its beginning was said; the rest may be missing."


class TurnState(StrEnum):
    """Where a turn stands; it never leaves one of the last three."""

    QUEUED = "queued"
    SENDING = "sending"  # the request may be on the wire, and may have been heard
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
    PAUSE = "pause"  # silent, but not over
    OVERDUE = "overdue"  # the longest time it can take has passed
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
"""Every move of a turn. An event that is not listed for a state changes nothing."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A thing said. `reason`: a sentence for the visitor about its state; `details`: the facts
    behind it, for an engineer.

    `maybe_said`: it has failed, but the service may have said it. `asked_at`, `taken_at` (by the
    service), `began_at` (its sound), `ended_at`: seconds on the event loop's clock. `recording`:
    the visitor's, with its name as the `text`; its audio may be dropped once the turn has ended,
    see `with_room`. `say_as`: how it is said, where that is not as the `text` is printed.
    """

    text: str
    turn_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: TurnState = TurnState.QUEUED
    reason: str | None = None
    details: str | None = None
    maybe_said: bool = False
    asked_at: float = 0.0
    taken_at: float | None = None
    began_at: float | None = None
    ended_at: float | None = None
    recording: Recording | None = None
    say_as: SayAs | None = field(default=None, repr=False, compare=False)  # frozen

    @property
    def kind(self) -> Literal["text", "audio"]:
        """Whether the visitor gave a text or a recording."""
        return "text" if self.recording is None else "audio"

    @property
    def longest(self) -> float:
        """Seconds that the slowest voice can take, generously."""
        if self.recording is not None:
            return 4.0 + 1.5 * self.recording.duration
        spoken = self.say_as.spoken(self.text) if self.say_as else self.text
        syllables = max(len(spoken.split()), len(spoken) / 6)
        return 4.0 + 2 * syllables / WORDS_A_SECOND

    def anew(self) -> Turn:
        """The same thing, to be said once more."""
        return Turn(self.text, recording=self.recording, say_as=self.say_as)

    def after(
        self, event: TurnEvent, reason: str | None = None, details: str | None = None
    ) -> Turn:
        """This turn after `event`, for `reason`; the same turn if `MOVES` has no such move."""
        state = MOVES.get((self.state, event))
        if state is None:
            return self
        if event in (TurnEvent.SPEAKING_START, TurnEvent.SPEAKING_END, TurnEvent.PAUSE):
            reason = self.reason  # the service's warning, which holds to the end
        return replace(
            self,
            state=state,
            reason=reason,
            details=details,
            maybe_said=event is TurnEvent.LOSE,
        )

    def timed(self, event: TurnEvent, now: float) -> Turn:
        """This turn, which `event` has brought into its state at `now`, with its times."""
        if self.state is TurnState.QUEUED:
            return replace(self, taken_at=None, began_at=None)
        if event is TurnEvent.ACCEPT and self.taken_at is None:
            return replace(self, taken_at=now)
        if event is TurnEvent.SPEAKING_START and self.began_at is None:
            return replace(self, began_at=now)
        if self.state in ENDED:
            return replace(self, ended_at=now)
        return self


def held(turns: Iterable[Turn]) -> int:
    """The bytes of sound in `turns`."""
    return sum(len(turn.recording.audio) for turn in turns if turn.recording)


def with_room(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """`turns`, the oldest ended ones without their sound, as many as make all hold `MAX_HELD`."""
    too_much, kept = held(turns) - MAX_HELD, list(turns)
    for place, turn in enumerate(turns):
        if too_much > 0 and turn.recording and turn.state in ENDED:
            too_much -= len(turn.recording.audio)
            kept[place] = replace(turn, recording=replace(turn.recording, audio=b""))
    return tuple(kept)


class TextRejected(ValueError):
    """A text that can't be a turn; its message is the sentence for the visitor."""


_CONTROLS = re.compile(r"[^\S\n\t ]|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def checked(text: str, say_as: SayAs | None = None) -> str:
    """`text` as it will be shown: trimmed, with blanks for control characters.

    Raises `TextRejected` if nothing or more than `MAX_TEXT` characters are left, or are to be said
    for it by `say_as`.
    """
    text = _CONTROLS.sub(" ", text).strip()
    if not text:
        raise TextRejected("Text is required: type what the avatar should say.")
    if len(text) > MAX_TEXT:
        raise TextRejected(
            f"This text has {len(text):,} characters and the avatar says at most {MAX_TEXT:,} at a"
            " time. Shorten it, or say it in parts."
        )
    if say_as and (spoken := len(say_as.spoken(text))) > MAX_TEXT:
        raise TextRejected(
            f"With its pronunciations this text has {spoken:,} characters and the avatar says at"
            f" most {MAX_TEXT:,} at a time. Shorten it, or say it in parts."
        )
    return text


def checked_name(recording: Recording) -> str:
    """The name of a recording for the page: one line, without control characters."""
    name = " ".join(_CONTROLS.sub(" ", recording.name).split())
    return name[:MAX_NAME] or "Recording"


# Decisions on sending and waiting.


def kind_of(error: AvatarError) -> str:
    """The kind and status of an error, without the service's words."""
    return f"{type(error).__name__} {error.status or ''}".rstrip()


def is_about_the_call(error: AvatarError) -> bool:
    """Whether this 404 may mean an unknown call in a live session; a keep-alive tells."""
    return (
        isinstance(error, SessionGone) and error.status == 404 and error.error != SESSION_NOT_FOUND
    )


def takes_no_text(error: AvatarError, busy: int) -> bool:
    """Whether `error` of a say-text means that the service takes no text, and has said none of it.

    `busy`: the 503 answers in a row, this one included. A 503 says "not handled" (RFC 9110), but a
    proxy may send it after losing the answer, so the turn is sent once more while nothing is heard.
    A service was seen to answer every say-text with 503 and to say none
    (kaltura/intelligent-agents-sdk, August 2026): two in a row are taken for that. Ask about a 404
    only if the session is known to live.
    """
    if error.sent != "yes":
        return False
    return error.status in (404, 405, 501) or (error.status == 503 and busy > 1)


def after_failed_send(
    error: AvatarError, tries: int, since_first: float, *, kind: Literal["text", "audio"] = "text"
) -> tuple[TurnEvent, str, float | None]:
    """What a failed say means for its turn: an event, its reason, and for RETRY a pause in seconds.

    `tries`: how often it was sent; `since_first`: seconds since the first try. `kind`: by say-text
    or by say-audio, where the meaning of a 503 is not known.
    """
    if isinstance(error, RequestRefused) or error.status == 501:
        return TurnEvent.FAIL, str(error), None
    not_handled = isinstance(error, LimitReached) or (error.status == 503 and kind == "text")
    if error.sent == "no" or not_handled:
        # A 503's Retry-After is not obeyed: the second answer decides, see `takes_no_text`. A wait
        # beyond TRY_FOR would only fail the turn.
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
    """Seconds to wait after `tries` tries, or None to give up. All arguments but `tries`: seconds.

    `since_first`: since the first try; `retry_after`: the wait that the service asks for.
    """
    pause = max(min(FIRST_PAUSE * 2.0 ** (tries - 1), LONGEST_PAUSE), retry_after or 0.0)
    return pause if since_first + pause <= TRY_FOR else None


def give_up(
    turn: Turn, since: float, *, missed: bool, back_at: float | None, patience: Patience
) -> tuple[float, TurnEvent, str | None]:
    """Until when to wait for news of a turn at the service, and the event and reason if none comes.

    `since`: when it came into its state. `missed`: the stage that could hear it has gone;
    `back_at`: when a stage had the picture again. Times are seconds on one clock. A recording may
    begin with silence, so its first sound may come as late as its end.
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
