"""All that is known of a session, as one frozen value. Times are seconds on the loop's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum, auto

from avatar_client import AvatarError
from sessions.limits import Limits, Patience
from sessions.parts import Part
from sessions.state import PhaseEvent, State
from sessions.troubles import Trouble
from sessions.turns import Turn


class At(Enum):
    """Where the hand-over of a turn stands."""

    READY = auto()  # the next part can be sent
    SENDING = auto()  # a part was sent and has no answer yet
    ASKING = auto()  # a keep-alive is to tell whether a 404 means the session or the call
    PAUSING = auto()  # the part will be sent again
    MAKING = auto()  # the server voice makes the next part
    WAITING = auto()  # the next part waits until the one before is nearly over
    DONE = auto()  # the service has every part; the turn's sound is awaited


@dataclass(frozen=True, slots=True)
class HandOver:
    """The turn that is being handed over to the service, part by part.

    `part` is the present one, `rest` the texts after it. `tries` counts how often `part` was sent,
    `busy` the 503 answers in a row. `began`: when it could first be sent. `until`: when the
    hand-over goes on by itself. `sent_at`: when `part` was sent. `error`: the answer that a
    keep-alive is to explain.
    """

    turn_id: str
    at: At
    part: Part
    rest: tuple[str, ...] = ()
    tries: int = 0
    busy: int = 0
    began: float = 0.0
    until: float = math.inf
    sent_at: float = 0.0
    error: AvatarError | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """The sound of the turn at the service, as far as the stage has told.

    `heard`: the sound has begun. `missed`: the stage that could hear it has gone; `back_at`: when a
    stage had the picture again. `more`: parts are still to come. `broken`: why the rest of the turn
    can't be said; `details`: the facts behind that. `taken_at`: when the service took the first
    part. `over_at`: when the parts at the service end, if that is known; `length`: seconds of the
    last of them.
    """

    missed: bool = False
    back_at: float | None = None
    heard: bool = False
    more: bool = False
    broken: str | None = None
    details: str | None = None
    taken_at: float | None = None
    over_at: float | None = None
    length: float = 0.0


@dataclass(frozen=True, slots=True)
class KeepingAlive:
    """When the next keep-alive is due, and how the last ones went.

    `urgent`: it is to come as soon as possible. `calling`: one has no answer yet. `notice`: the
    sentence that a failed one has put on the page; `details`: the facts behind it.
    """

    last_good: float
    due: float
    sent_at: float
    urgent: bool = False
    calling: bool = False
    notice: str | None = None
    details: str | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """One session: its public state (`shown`), and everything else its next step depends on.

    `granted_at`: when its longest time began to count, at the start or the last `Stay`.
    `active_at`: when it was last used. `since`: when a turn last changed. `interrupts`: calls that
    have no answer yet. `may_survive`: until when an interrupted turn may still be heard. `quoted`:
    the service's words about the last text, and their stand-in for an audit log without texts.
    `problem`, `notice`, `details`: why the session ends; `wait`: seconds that the service asks for
    then. `wakes_at`: when it goes on by itself. `picture`: its trouble and the stage's sentence.
    `moves_until`: when the picture, which moves to another stage, is no longer waited for.
    `unseen_since`: when the avatar was seen last, while it is not. `unwatched_since`: when the last
    stage went. `deaf`: the browser has no sound output.
    """

    limits: Limits
    patience: Patience
    welcome: Turn | None
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
    details: str | None = None
    wait: float | None = None
    wakes_at: float = math.inf
    picture: tuple[Trouble, str] | None = None
    unseen_since: float | None = None
    unwatched_since: float = 0.0
    moves_until: float = 0.0
    deaf: bool = False
