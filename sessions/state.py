"""The public state of a session: its phase, its picture, its turns. All values are frozen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from avatar_client import TurnServer
from sessions.limits import LimitName
from sessions.troubles import UNSEEN, Trouble
from sessions.turns import AT_THE_SERVICE, Turn, TurnState


class Phase(StrEnum):
    """Where a session stands, in the words of the vendor's status line where it has one."""

    IDLE = "idle"  # nothing is live, nothing is paid for
    CREATING = "creating"  # create is under way: a session may exist
    CONNECTING = "connecting"  # it exists; the stage has no picture yet
    READY = "ready"  # the visitor sees the avatar
    ENDING = "ending"  # end is under way
    ERROR = "error"  # nothing is live; `problem` says why


class PhaseEvent(StrEnum):
    """What can happen to a phase."""

    START = "start"
    CREATED = "created"
    PLAYING = "playing"
    END = "end"
    ENDED = "ended"
    FAIL = "fail"


PHASES: dict[tuple[Phase, PhaseEvent], Phase] = {
    (Phase.IDLE, PhaseEvent.START): Phase.CREATING,
    (Phase.ERROR, PhaseEvent.START): Phase.CREATING,
    (Phase.CREATING, PhaseEvent.CREATED): Phase.CONNECTING,
    (Phase.CREATING, PhaseEvent.END): Phase.ENDING,
    (Phase.CONNECTING, PhaseEvent.PLAYING): Phase.READY,
    (Phase.CONNECTING, PhaseEvent.END): Phase.ENDING,
    (Phase.READY, PhaseEvent.END): Phase.ENDING,
    (Phase.ENDING, PhaseEvent.ENDED): Phase.IDLE,
    (Phase.ENDING, PhaseEvent.FAIL): Phase.ERROR,
}
"""Every move of a phase. An event that is not listed for a phase changes nothing."""


class Sight(StrEnum):
    """What a stage sees or hears of its session, in the client SDK's words where it has one."""

    PLAYING = "playing"  # the picture is there
    RESUMED = "resumed"  # the picture is there again
    STALLED = "stalled"  # the picture has stopped
    REFUSED = "refused"  # the picture is refused, and asked for again
    TAKEN = "taken"  # the same, because somebody else is watching
    FAILED = "failed"  # the picture does not come
    DEAF = "deaf"  # the browser has no sound output: what is not heard may have been said
    SPEAKING_START = "speakingStart"
    SPEAKING_END = "speakingEnd"
    REMARK = "remark"  # the avatar is not shown as the settings say
    GONE = "gone"  # the media server knows no such session


Way = Literal["sdk", "direct"]
"""How browsers show the avatar: through a client SDK, or straight from `whepUrl`."""

LIVE = frozenset({Phase.CREATING, Phase.CONNECTING, Phase.READY, Phase.ENDING})


@dataclass(frozen=True, slots=True)
class Choices:
    """The visitor's choices before a start. Ids are Kaltura's; a `speed` of 1.0 is normal."""

    avatar_id: str
    voice_id: str | None = None
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Display:
    """How this server shows avatars. `sdk_url` is empty for the client SDK of the stage itself."""

    way: Way = "sdk"
    sdk_url: str = ""


@dataclass(frozen=True, slots=True)
class SdkAvatar:
    """The data with which a client SDK attaches to a session; no other message has its token.

    The rest is that of `DirectAvatar`, so that no SDK need ask the service for it.
    """

    session_id: str
    base_url: str
    sdk_url: str
    token: str = field(repr=False)
    whep_url: str
    turn: TurnServer | None
    plain_url: str | None = None


@dataclass(frozen=True, slots=True)
class DirectAvatar:
    """The data that a WHEP player needs, as init-client answered it."""

    session_id: str
    whep_url: str
    turn: TurnServer | None
    plain_url: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The public state of a session at one moment.

    Sentences: `problem` tells of a request that failed, `notice` of the present `trouble` or of an
    end without a failure, `remark` of a deviation from the settings.
    `details`: the facts behind `problem` or `notice`, for an engineer.
    `interrupts` counts the answered interrupt calls; `interrupting`: one has no answer yet.
    `ends_at`: when `limit` will end the session, in seconds on the event loop's clock.
    `server_voice`: the service takes no text, so the server voice speaks for the rest of the
    session. `since`: when the phase or the trouble began, on that clock; `again_at`: before when
    the service wants no other start.
    """

    phase: Phase = Phase.IDLE
    trouble: Trouble | None = None
    since: float = 0.0
    again_at: float | None = None
    session_id: str | None = None
    avatar: SdkAvatar | DirectAvatar | None = None
    turns: tuple[Turn, ...] = ()
    problem: str | None = None
    notice: str | None = None
    remark: str | None = None
    details: str | None = None
    interrupts: int = 0
    interrupting: bool = False
    ends_at: float | None = None
    limit: LimitName | None = None
    server_voice: bool = False

    def after(self, event: PhaseEvent) -> State:
        """This state after `event`; the same state if `PHASES` has no such move."""
        phase = PHASES.get((self.phase, event))
        return self if phase is None else replace(self, phase=phase)

    @property
    def word(self) -> str:
        """The phase for the status line: not "ready" while nobody sees the avatar."""
        is_away = self.phase is Phase.READY and self.trouble in UNSEEN
        return "reconnecting" if is_away else self.phase

    @property
    def said(self) -> Turn | None:
        """The turn that the service has, or may have. There is at most one: the queue is ours.

        Kaltura documents that interrupt clears the service's queue; it was seen not to
        (kaltura/intelligent-agents-sdk, August 2026). With one turn at a time either is right.
        """
        return next((t for t in self.turns if t.state in AT_THE_SERVICE), None)

    @property
    def queued(self) -> Turn | None:
        """The oldest turn that was not sent."""
        return next((t for t in self.turns if t.state is TurnState.QUEUED), None)
