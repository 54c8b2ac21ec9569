"""How often something may happen: so often at once, and so often a second from then on."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

MOST_KEYS = 10_000
"""Beyond that many, the keys that count for nothing any more are forgotten."""


class Rate:
    """A limit that is counted for each key by itself, such as a visitor's.

    `at_once`: how often in any moment; `a_second`: how often from then on. `clock`: seconds.
    """

    def __init__(
        self, at_once: int, a_second: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause = 1 / a_second
        self._credit = at_once * self._pause
        self._clock = clock
        self._used_until: dict[Hashable, float] = {}

    def wait(self, key: Hashable, *, at_most: float = 0.0) -> float:
        """Count one, and return the seconds until it may happen; 0.0 is now.

        One that would have to wait for more than `at_most` seconds is not counted.
        """
        now = self._clock()
        until = max(self._used_until.get(key, now), now) + self._pause
        wait = max(0.0, until - self._credit - now)
        if wait <= at_most:
            self._used_until[key] = until
            self._forget(now)
        return wait

    def allows(self, key: Hashable) -> bool:
        """Count one, if it may happen now; whether it may."""
        return self.wait(key) == 0.0

    def _forget(self, now: float) -> None:
        if len(self._used_until) > MOST_KEYS:
            in_use = {key: until for key, until in self._used_until.items() if until > now}
            # Where all of them are in use, somebody makes them up: the newest half stays.
            kept = list(in_use.items())[-MOST_KEYS // 2 :]
            self._used_until = dict(kept)
