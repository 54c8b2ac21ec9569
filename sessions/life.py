"""All that is known of one session, as one frozen value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum, auto

from avatar_client import AvatarError
from sessions.limits import Limits, Patience
from sessions.parts import Part
from sessions.state import PhaseEvent, State
from sessions.turns import Turn


class At(Enum):
    """Where the turn stands that is being handed over."""

    READY = auto()  # its next part can be sent
    ON_ITS_WAY = auto()  # a part was sent, and not answered
    ASKING = auto()  # a keep-alive is to tell whether the session or the call is unknown
    PAUSING = auto()  # a part is sent again later
    MAKING = auto()  # the server voice makes the next part
    ROOM = auto()  # the next part waits until the one before is nearly over
    OUT = auto()  # the service has all of it: it is heard out


@dataclass(frozen=True, slots=True)
class HandOver:
    """The turn that is being handed over to the service, part by part.

    `rest`: the texts behind `part`. `tries` and `busy`: how often `part` was sent, and how many
    503 in a row it was answered with. `began`: when it could be sent first. `until`: the time at
    which it goes on by itself.
    """

    turn_id: str
    at: At
    part: Part
    rest: tuple[str, ...] = ()
    tries: int = 0
    busy: int = 0
    began: float = 0.0
    until: float = math.inf
    error: AvatarError | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is known of how the turn at the service sounds.

    `missed`: the stage that could hear it has gone; `back_at`: when a stage had the picture again.
    `heard`: a sound of it was heard. `more`: parts are still to come. `broken`: why the rest of it
    can't be said. `taken_at`: when the service took its first part. `over_at`: when the parts at
    the service are over, where that is known; `length`: of the last of them. Seconds on one clock.
    """

    missed: bool = False
    back_at: float | None = None
    heard: bool = False
    more: bool = False
    broken: str | None = None
    taken_at: float | None = None
    over_at: float | None = None
    length: float = 0.0


@dataclass(frozen=True, slots=True)
class KeepingAlive:
    """When the next keep-alive is due, and how the last ones went. `ours`: the notice of one."""

    last_good: float
    due: float
    asked_at: float
    wanted: bool = False
    calling: bool = False
    ours: str | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """All of one session: what is `shown` of it, and what else its next step depends on.

    `started_at`, `granted_at`, `active_at`: when it was started, last granted its longest time, and
    last used. `since`: when the turn at the service last changed. `interrupts`: calls without an
    answer. `may_survive`: until when an interrupted turn may be heard. `quoted`: what the service
    said last of a text, and what stands for it in an audit log without texts. `problem`, `notice`:
    why the end was asked for. `wakes_at`: when it goes on by itself.
    """

    limits: Limits
    patience: Patience
    welcome: Turn
    started_at: float
    granted_at: float
    active_at: float
    watched: bool
    shown: State = field(default_factory=lambda: State().after(PhaseEvent.START))
    alive: KeepingAlive | None = None
    hand_over: HandOver | None = None
    hearing: Hearing = Hearing()  # frozen
    since: float = 0.0
    interrupts: int = 0
    may_survive: float = 0.0
    quoted: tuple[str, str] | None = None
    problem: str | None = None
    notice: str | None = None
    wakes_at: float = math.inf
