"""How long a session may last and wait, in seconds, and how many there may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LimitName = Literal["idle", "max", "unseen"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a session, in seconds, and of the server.

    `grace`: without a stage of the visitor. `max_seconds`: from create or the last `stay`.
    `idle_seconds`: without a verb, and without a turn that has not ended. `unseen_seconds`: without
    a picture. `max_sessions`: live at once on this server. `starts_at_once`, `starts_a_minute`: by
    one visitor, each of them paid for.
    """

    grace: float = 20.0
    max_seconds: float = 1800.0
    idle_seconds: float = 300.0
    max_sessions: int = 5
    starts_at_once: int = 20
    starts_a_minute: float = 12.0
    unseen_seconds: float = 60.0

    def sentence(self, limit: LimitName) -> str:
        """Why the session has ended, for the visitor."""
        if limit == "idle":
            return (
                f"The session was ended after {_minutes(self.idle_seconds)} in which nothing was"
                " said (AVATAR_IDLE_MINUTES). Start the avatar again when you need it."
            )
        if limit == "unseen":
            return (
                f"The session was ended, because nobody saw the avatar for {self.unseen_seconds:g}"
                " s. Start the avatar again; Preflight, behind Details, finds out what keeps"
                " the picture away."
            )
        return (
            f"The session was ended after {_minutes(self.max_seconds)}, which is as long as one may"
            " last here (AVATAR_MAX_MINUTES). Start the avatar again to go on."
        )

    @property
    def full(self) -> str:
        """Why no session can be started, for the visitor."""
        return (
            f"This server has {self.max_sessions} live session{'s' * (self.max_sessions != 1)},"
            " which is as many as it may have at once (AVATAR_MAX_SESSIONS). Try again when one has"
            " ended."
        )


TOO_MANY_STARTS = (
    "The avatar was started very often from this browser, and each start may be paid for: wait a"
    " few seconds, then start it again."
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a session waits, in seconds.

    `keep_alive_every` is Kaltura's (Control API). `unheard`: without a good keep-alive, until the
    session is given up. The service's own limit is not documented; sessions were seen to survive
    70 s (kaltura/intelligent-agents-sdk, August 2026). `first_sound`: from an accepted turn to its
    sound, before it has failed. `speech` scales the longest time of a turn. `after_return`: from
    the picture of a stage that has come back to the sound of the present turn.
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
