"""How long things may take, in seconds, and how many there may be.

Everything here is a pure decision on frozen values; `session.py` and `desk.py` do the waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LimitName = Literal["idle", "max"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a visitor, and the server, may use up.

    `grace`: without any stage of the visitor's, before the session is ended. `max_seconds`: that a
    session lasts, from create or from the last `stay`. `idle_seconds`: without a verb, while
    nothing is being said or waits to be. `max_sessions`: live at once on this server.
    """

    grace: float = 20.0
    max_seconds: float = 1800.0
    idle_seconds: float = 300.0
    max_sessions: int = 10

    def sentence(self, limit: LimitName) -> str:
        """Why the session has ended, when `limit` was met."""
        if limit == "idle":
            return (
                f"The session was ended after {_minutes(self.idle_seconds)} in which nothing was"
                " said (AVATAR_IDLE_MINUTES). Start the avatar again when you need it."
            )
        return (
            f"The session was ended after {_minutes(self.max_seconds)}, which is as long as one may"
            " last here (AVATAR_MAX_MINUTES). Start the avatar again to go on."
        )

    @property
    def full(self) -> str:
        """Why no further session can be started."""
        return (
            f"This server has {self.max_sessions} live session{'s' * (self.max_sessions != 1)},"
            " which is as many as it may have at once (AVATAR_MAX_SESSIONS). Try again when one has"
            " ended."
        )


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a session waits, in seconds.

    `keep_alive_every` is Kaltura's (Control API). `unheard`: without one good keep-alive for so
    long, the session is given up; what the service itself waits is not documented, 70 s were seen
    to be survived (kaltura/intelligent-agents-sdk, August 2026). `first_sound`: from an accepted
    turn to its sound, before it has failed. `speech` scales the longest that a text can take.
    `after_return`: from the picture of a stage that has come back (or taken over) to the sound of
    the turn that was being said before, when it is still being said.
    """

    keep_alive_every: float = 10.0
    unheard: float = 60.0
    first_sound: float = 10.0
    speech: float = 1.0
    after_return: float = 2.5


def _minutes(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:g} s"
    return f"{seconds / 60:g} minute{'s' * (seconds != 60)}"
