"""An event loop on which time stands still until a test moves it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class _IdleSelector(selectors.DefaultSelector):
    """Tells when the loop has nothing to do but wait, and for how long: None is for ever."""

    def __init__(self, idle: Callable[[float | None], None]) -> None:
        super().__init__()
        self._idle = idle

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Never wait."""
        if timeout != 0:
            self._idle(timeout)
        return super().select(0)


class StillLoop(asyncio.SelectorEventLoop):
    """Runs what is due, and stops where an ordinary loop would wait. Nothing may use a thread.

    What went wrong with nobody to hear it is in `complaints`.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._waits_for: float | None = None
        self.complaints: list[str] = []
        super().__init__(_IdleSelector(self._idle))
        self.set_exception_handler(lambda _, context: self.complaints.append(str(context)))

    def time(self) -> float:
        """Seconds since the test began, as far as it has moved them."""
        return self._now

    def do(self, act: Callable[[], T]) -> T:
        """Run `act` on the loop, and all that follows from it now; raises what it raises."""

        async def run() -> T:
            return act()

        doing = self.create_task(run())
        self.run_forever()
        return doing.result()

    def advance(self, seconds: float) -> None:
        """Let time pass, from one thing that is due to the next."""
        until = self._now + seconds
        self.run_forever()
        while self._waits_for is not None and self._now + self._waits_for <= until:
            self._now += self._waits_for
            self.run_forever()
        self._now = until
        self.run_forever()

    def leave_all(self) -> None:
        """Cancel what is still under way, and close."""
        for task in asyncio.all_tasks(self):
            task.cancel()
        self.run_forever()
        self.close()

    def _idle(self, timeout: float | None) -> None:
        self._waits_for = timeout
        self.stop()
