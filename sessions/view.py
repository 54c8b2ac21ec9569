"""What one visitor's page and stages show."""

from __future__ import annotations

from dataclasses import dataclass, field

from sessions import turns
from sessions.state import State, Way
from sessions.turns import Turn, TurnState


@dataclass(frozen=True, slots=True)
class View:
    """What one visitor's page and stages show; `revision` moves with every change."""

    state: State = field(default_factory=State)
    revision: int = 0
    way: Way = "sdk"

    @property
    def saying(self) -> Turn | None:
        """The turn Interrupt would stop: the one the service has, else the next in the queue.

        Else the last one, where it may be being said although its answer was lost.
        """
        known = self.state.said or turns.next_queued(self.state.turns)
        return known or next((t for t in self.state.turns[-1:] if t.maybe_said), None)

    def message(self, now: float = 0.0, *, is_holder: bool = True) -> dict[str, object]:
        """For a stage, as JSON. `now`: seconds on the event loop's clock.

        The picture has one viewer, so only the holder is given the avatar.
        """
        state, said = self.state, self.state.said
        shown = state.avatar if is_holder else None
        words = said.text if said and said.kind == "text" else None  # a recording has but a name
        return {
            "revision": self.revision,
            "phase": state.phase,
            "caption": words if said and said.state is not TurnState.SENDING else None,
            "interrupts": state.interrupts,
            "interrupting": state.interrupting,
            "way": self.way,
            "avatar": shown.message() if shown else None,
            "elsewhere": bool(state.avatar and not is_holder),
            "endsIn": None if state.ends_at is None else max(0.0, state.ends_at - now),
            "limit": state.limit,
        }
