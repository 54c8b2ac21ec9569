"""The simulator as one test sees it: what was created there since it began."""

from __future__ import annotations

from typing import Any

from tests.support.simulator_process import SimulatorProcess, eventually


class Service:
    """What was live at `simulator` before is no concern of this test."""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self.simulator = simulator
        self._created = simulator.created_from_now()

    def sessions(self) -> list[dict[str, Any]]:
        """Everything created since, oldest first."""
        return self._created()

    def the_session(self) -> dict[str, Any]:
        """The only one created since."""
        (session,) = self.sessions()
        return session

    def live(self) -> list[dict[str, Any]]:
        """Those that somebody still pays for."""
        return [session for session in self.sessions() if session["state"] == "live"]

    def until_nothing_is_live(self, within: float = 10) -> None:
        """Wait until nobody pays for anything."""
        eventually(lambda: not self.live(), within)
