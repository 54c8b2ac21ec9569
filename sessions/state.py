"""What is known of a session at one moment: its phase, its picture, its turns.

Everything here is a pure decision on frozen values; `session.py` does the waiting.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from avatar_client import TurnServer
from sessions import turns
from sessions.limits import LimitName
from sessions.turns import Turn, Turns


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
"""Every move a phase can make. An event that is not listed for a phase changes nothing."""


class Sight(StrEnum):
    """What a stage can see of the session that it shows."""

    PLAYING = "playing"  # the first picture
    STALLED = "stalled"
    RESUMED = "resumed"
    SPEAKING_START = "speakingStart"
    SPEAKING_END = "speakingEnd"
    FAILED = "failed"  # no picture, and none to be expected
    GONE = "gone"  # the service knows no such session any more
    REMARK = "remark"  # it is shown in another way than was set


Way = Literal["sdk", "direct"]
"""How browsers show the avatar: through a client SDK, or straight from `whepUrl`."""

LIVE = frozenset({Phase.CREATING, Phase.CONNECTING, Phase.READY, Phase.ENDING})


@dataclass(frozen=True, slots=True)
class Choices:
    """What the visitor chose before the start; ids are Kaltura's, `speed` is 1.0 for normal."""

    avatar_id: str
    voice_id: str | None = None
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Display:
    """The way that this server shows it, and from where its client SDK is.

    `sdk_url` is empty for the client SDK that ships with the stage.
    """

    way: Way = "sdk"
    sdk_url: str = ""


@dataclass(frozen=True, slots=True)
class SdkAvatar:
    """What a client SDK needs to attach to a session; the one place where a token goes out."""

    session_id: str
    base_url: str
    sdk_url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DirectAvatar:
    """What a WHEP player needs, and no more."""

    session_id: str
    whep_url: str
    turn: TurnServer | None
    plain_url: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All that is known of a session at one moment.

    `problem` is the sentence of what was asked for and failed; `notice` the sentence of what is
    wrong by itself for the time being, or of why the session ended where nothing failed.
    `remark` says what goes on in this session in another way than was set.
    `interrupts` counts the interrupt calls that were answered, `interrupting` is true while one is
    under way. `ends_at`: when the session ends by itself, in seconds on the event loop's clock, and
    `limit` which limit that is. `own_voice`: the service takes no text, so this server's own voice
    speaks what is said, for the rest of the session.
    """

    phase: Phase = Phase.IDLE
    session_id: str | None = None
    avatar: SdkAvatar | DirectAvatar | None = None
    turns: Turns = ()
    problem: str | None = None
    notice: str | None = None
    remark: str | None = None
    interrupts: int = 0
    interrupting: bool = False
    ends_at: float | None = None
    limit: LimitName | None = None
    own_voice: bool = False

    def after(self, event: PhaseEvent) -> State:
        """This state after `event`; itself where the table lists no such move."""
        phase = PHASES.get((self.phase, event))
        return self if phase is None else replace(self, phase=phase)

    @property
    def said(self) -> Turn | None:
        """The turn that the service has, or may have."""
        return turns.at_the_service(self.turns)
