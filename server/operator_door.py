"""The operator's password: compared in constant time, guessed slowly, and each guess on record.

Wrong guesses make the next one wait, longer each time. That holds for each visitor, and for all
visitors together, because a new visitor is made in no time. Nobody waits in a thread: a guess that
comes too early is refused with a sentence, and not even looked at.

So that strangers can't keep the operator out, those of this machine are counted apart from those of
the network, and a visitor who has given the right password waits for their own guesses alone.
"""

from __future__ import annotations

import hmac
import math
import time
from collections.abc import Callable

from sessions import audit

FREE = 3
"""Wrong guesses without a wait: everybody mistypes."""
FREE_FOR_ALL = 10
LONGEST = 60.0
"""Seconds: the first wait is 1 s, and each is twice the one before, up to this."""
FORGOTTEN = 900.0
"""Seconds without a guess after which the wrong ones count no more."""
MOST_VISITORS = 1000

WRONG = "That is not the operator's password."
TOO_EARLY = "Too many wrong passwords were given: wait {} s, then try again."


class OperatorDoor:
    """The guesses of one process. `clock`: seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[str, tuple[int, float]] = {}
        """By whom: how many, and when the last one was."""
        self._known: set[str] = set()

    def try_password(self, given: str, right: str, *, visitor: str, here: bool) -> str | None:
        """Why `visitor` is not let in, a sentence; None for the right password.

        `here`: whether they sit at this machine.
        """
        together = "this machine" if here else "the network"
        by = {visitor: FREE} if visitor in self._known else {visitor: FREE, together: FREE_FOR_ALL}
        wait = max(self._wait(whose, free) for whose, free in by.items())
        if wait > 0:
            audit.refusal("operator", visitor, f"a password too early, from {together}")
            return TOO_EARLY.format(math.ceil(wait))
        is_right = hmac.compare_digest(given.encode(), right.encode())
        outcome = "opened" if is_right else "wrong password"
        audit.note("operator", visitor, outcome=outcome, reason=f"from {together}")
        if is_right:
            self._known.add(visitor)
            self._wrong.pop(visitor, None)
            return None
        for whose in by:
            count, _ = self._wrong.pop(whose, (0, 0.0))
            self._wrong[whose] = (count + 1, self._clock())
        while len(self._wrong) > MOST_VISITORS:
            del self._wrong[next(iter(self._wrong))]  # the one whose last guess is the oldest
        return WRONG

    def _wait(self, whose: str, free: int) -> float:
        """Seconds until the next guess is looked at."""
        count, last = self._wrong.get(whose, (0, 0.0))
        since = self._clock() - last
        if since > FORGOTTEN:
            self._wrong.pop(whose, None)
        if count < free or since > FORGOTTEN:
            return 0.0
        return min(2.0 ** min(count - free, 10), LONGEST) - since


operator_door = OperatorDoor()
"""That of this process."""
