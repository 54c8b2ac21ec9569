"""What one visitor's page and stages show."""

from __future__ import annotations

from dataclasses import dataclass, field

from sessions import turns
from sessions.state import State, Way
from sessions.turns import Turn


@dataclass(frozen=True, slots=True)
class View:
    """What one visitor's page and stages show; `revision` moves with every change.

    `refusal`: why what was last asked for without a click of the page's makes no sense.
    """

    state: State = field(default_factory=State)
    revision: int = 0
    way: Way = "sdk"
    refusal: str | None = None

    @property
    def saying(self) -> Turn | None:
        """The turn Interrupt would stop: the one the service has, else the next in the queue.

        Else the last one, where it may be being said although its answer was lost.
        """
        known = self.state.said or turns.next_queued(self.state.turns)
        return known or next((t for t in self.state.turns[-1:] if t.maybe_said), None)
