"""Events, which happen to a session, and effects, which `machine.step` asks for: all are data."""

from __future__ import annotations

from dataclasses import dataclass

from avatar_client import AvatarError
from sessions.audit import Event as AuditEvent
from sessions.parts import Part
from sessions.state import DirectAvatar, SdkAvatar, Sight
from sessions.turns import Turn
from speech import Recording, SayAs


class Event:
    """Something that has happened to a session."""

    __slots__ = ()


class Effect:
    """Something that is now to be done."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """Create was answered: the session exists."""


@dataclass(frozen=True, slots=True)
class Attached(Event):
    """The service has told, or failed to tell, what a browser needs to show the avatar."""

    session_id: str
    avatar: SdkAvatar | DirectAvatar | None
    error: AvatarError | None = None


@dataclass(frozen=True, slots=True)
class Say(Event):
    """The visitor asks for a turn."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Interrupt(Event):
    """The visitor asks for silence."""


@dataclass(frozen=True, slots=True)
class Stay(Event):
    """The visitor asks for more time."""


@dataclass(frozen=True, slots=True)
class End(Event):
    """The session is to end. `problem` or `notice` says why, if it was not the visitor's wish.

    `wait`: seconds that the service asks to wait before another start.
    """

    problem: str | None = None
    notice: str | None = None
    details: str | None = None
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Ended(Event):
    """End was answered, or nothing existed. `failure`: why the end is not confirmed."""

    failure: str | None = None
    details: str | None = None


@dataclass(frozen=True, slots=True)
class CutShort(Event):
    """The server stops and waits no longer for an answer."""


@dataclass(frozen=True, slots=True)
class Watched(Event):
    """The holder has changed: another stage shows the avatar, or (False) none does."""

    watched: bool


@dataclass(frozen=True, slots=True)
class Saw(Event):
    """The stage reports a `sight`; some come with a `sentence` for the visitor."""

    sight: Sight
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Sent(Event):
    """A part was answered. `warning`: the service took it with a remark."""

    turn_id: str
    error: AvatarError | None = None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Interrupted(Event):
    """An interrupt was answered. `call` is the effect that sent it."""

    call: SendInterrupt
    error: AvatarError | None = None


@dataclass(frozen=True, slots=True)
class KeptAlive(Event):
    """A keep-alive was answered."""

    error: AvatarError | None = None


@dataclass(frozen=True, slots=True)
class Made(Event):
    """The server voice has made the next piece of the turn; None after the last one.

    `failure`: why it can't speak the text.
    """

    turn_id: str
    piece: Recording | None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Tick(Event):
    """The time that `WakeAt` named has come."""


@dataclass(frozen=True, slots=True)
class Attach(Effect):
    """Ask what a browser needs to show the avatar; answer with `Attached`."""


@dataclass(frozen=True, slots=True)
class SendPart(Effect):
    """Send this part to the service, a text as `say_as` has it; answer with `Sent`."""

    turn_id: str
    part: Part
    say_as: SayAs | None = None


@dataclass(frozen=True, slots=True)
class StopSending(Effect):
    """Wait no longer for the answer to the part under way; it may have been taken."""


@dataclass(frozen=True, slots=True)
class NoteTextRefused(Effect):
    """Note, for the sessions to come, that the service takes no text."""


@dataclass(frozen=True, slots=True)
class SendInterrupt(Effect):
    """Interrupt the avatar; answer with `Interrupted`.

    `asked_at`: when it was asked for. `beside`: a turn that is being sent on another connection, so
    the service may handle the interrupt first.
    """

    asked_at: float
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class SendKeepAlive(Effect):
    """Send a keep-alive; answer with `KeptAlive`."""


@dataclass(frozen=True, slots=True)
class MakePiece(Effect):
    """Let the server voice begin `text`, as `say_as` has it, or continue (None); answer with
    `Made`."""

    turn_id: str
    text: str | None = None
    say_as: SayAs | None = None


@dataclass(frozen=True, slots=True)
class WarmUp(Effect):
    """Load the server voice: it may be needed soon."""


@dataclass(frozen=True, slots=True)
class WakeAt(Effect):
    """Answer with `Tick` at this time instead of an earlier one named; infinity means never."""

    time: float


@dataclass(frozen=True, slots=True)
class Note(Effect):
    """Write a line of the audit log, see `audit.note`. `since`: when its duration began."""

    event: AuditEvent
    outcome: str
    since: float | None = None
    reason: str | None = None
    turn: Turn | None = None
    quoted: tuple[str, str] | None = None
