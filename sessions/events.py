"""What can happen to a session, and what is then to be done about it: both are data."""

from __future__ import annotations

from dataclasses import dataclass

from avatar_client import AvatarError
from sessions.audit import Event as AuditEvent
from sessions.parts import Part
from sessions.state import DirectAvatar, SdkAvatar, Sight
from sessions.turns import Turn
from speech import Recording

# What can happen.


@dataclass(frozen=True, slots=True)
class Opened:
    """Create was answered: the session exists."""


@dataclass(frozen=True, slots=True)
class Attached:
    """The browser can be told where the avatar is; or the service did not say."""

    session_id: str
    avatar: SdkAvatar | DirectAvatar | None
    error: AvatarError | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """The visitor asks for a turn."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The visitor asks for silence."""


@dataclass(frozen=True, slots=True)
class Stay:
    """The visitor asks for more time."""


@dataclass(frozen=True, slots=True)
class End:
    """The end is asked for. `problem` or `notice` says why, where the visitor did not ask."""

    problem: str | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """End was answered, or there was nothing to end. `failure`: why that is not confirmed."""

    failure: str | None = None


@dataclass(frozen=True, slots=True)
class CutShort:
    """The server stops, and waits no longer."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Another stage shows the avatar from now on, or none does any more."""

    watched: bool


@dataclass(frozen=True, slots=True)
class Saw:
    """The stage tells what it sees or hears; `sentence` says more where there is more."""

    sight: Sight
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A part was answered. `warning`: the service took it, and says something about it."""

    turn_id: str
    error: AvatarError | None = None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An interrupt was answered. `call` is the effect that asked for it."""

    call: SendInterrupt
    error: AvatarError | None = None


@dataclass(frozen=True, slots=True)
class KeptAlive:
    """A keep-alive was answered."""

    error: AvatarError | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The server voice has made a piece of the turn, or None where the turn has no more.

    `failure`: it can't speak this.
    """

    turn_id: str
    piece: Recording | None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """The time has come that `WakeAt` named."""


Event = (
    Opened
    | Attached
    | Say
    | Interrupt
    | Stay
    | End
    | Ended
    | CutShort
    | Watched
    | Saw
    | Sent
    | Interrupted
    | KeptAlive
    | Made
    | Tick
)


# What is to be done.


@dataclass(frozen=True, slots=True)
class Attach:
    """Find out what the browser needs to show the avatar; answer with `Attached`."""


@dataclass(frozen=True, slots=True)
class SendPart:
    """Hand this part over; answer with `Sent`."""

    turn_id: str
    part: Part


@dataclass(frozen=True, slots=True)
class SendInterrupt:
    """Have the service fall silent; answer with `Interrupted`.

    `asked_at`: when. `beside`: the turn whose part is on its way on another connection, so the
    service may handle this first.
    """

    asked_at: float
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class SendKeepAlive:
    """Tell the service that the session is wanted; answer with `KeptAlive`."""


@dataclass(frozen=True, slots=True)
class MakePiece:
    """Have the server voice begin with `text`, or go on (None); answer with `Made`."""

    turn_id: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class WarmUp:
    """The server voice may be needed soon."""


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Answer with `Tick` at this time, and at no other; infinity is never."""

    time: float


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the audit log, as `audit.note` takes it. `since`: when it began."""

    event: AuditEvent
    outcome: str
    since: float | None = None
    reason: str | None = None
    turn: Turn | None = None
    quoted: tuple[str, str] | None = None


Effect = Attach | SendPart | SendInterrupt | SendKeepAlive | MakePiece | WarmUp | WakeAt | Note
