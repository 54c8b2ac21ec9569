"""Codes with which a phone, or another tab, becomes a remote of a presenter's desk.

A presenter reads a code from the desk and types it on the phone. It works once; what the phone gets
for it is a token, for the WebSocket of its page. All of it is kept in memory.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sessions.rates import Rate

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that is taken for another: no 0 or O, no 1, I or L, no U beside V."""
HALF = 4
"""A code is two times so many characters, with a hyphen between: 6.6e11 codes. Where a thousand
are open, all the tries of ten minutes find one with a chance of one in a million."""
LONGEST = 32
"""Characters of what is typed, at most: a code, with blanks in it."""
CODE_LIVES = 10 * 60.0
"""Seconds."""
TOKEN_LIVES = 12 * 3600.0
"""Seconds."""
TRIES, TRIES_OF_ALL = 10, 60
"""How often codes may be tried in a minute: from one address, and from all together. It bounds how
many tokens there can be, too."""


class TooManyTries(Exception):
    """Codes are tried too fast; the message is for the person who typed one."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A phone or a tab that drives the desk of `visitor`. `until`: seconds of the clock."""

    token: str = field(repr=False)
    visitor: str
    until: float


@dataclass(frozen=True, slots=True)
class _Code:
    code: str = field(repr=False)
    until: float


class Remotes:
    """The codes and the remotes of every desk of this server, for any thread. `clock`: seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._codes: dict[str, _Code] = {}
        self._remotes: dict[str, Remote] = {}
        self._tries = Rate(TRIES, TRIES / 60, clock=clock)
        self._lock = threading.Lock()
        self._tries_of_all = Rate(TRIES_OF_ALL, TRIES_OF_ALL / 60, clock=clock)

    def code_for(self, visitor: str) -> str:
        """A new code for this visitor's desk, such as "K7QM-3XRD". It replaces the one before."""
        halves = ("".join(secrets.choice(ALPHABET) for _ in range(HALF)) for _ in range(2))
        code = "-".join(halves)
        with self._lock:
            self._forget()
            self._codes[visitor] = _Code(code, self._clock() + CODE_LIVES)
        return code

    def redeem(self, code: str, peer: str) -> Remote | None:
        """The remote that this code, typed at the address `peer`, makes; None where it is no code.

        Capitals, blanks and the hyphen make no difference. Raises `TooManyTries`.
        """
        # In this order: what one address tries too fast is not counted against all.
        if not (self._tries.allows(peer) and self._tries_of_all.allows(None)):
            raise TooManyTries("Too many codes were tried: wait a minute, then try again.")
        with self._lock:
            self._forget()
            visitor = self._whose(code)
            if visitor is None:
                return None
            del self._codes[visitor]
            remote = Remote(secrets.token_urlsafe(), visitor, self._clock() + TOKEN_LIVES)
            self._remotes[remote.token] = remote
            return remote

    def visitor_of(self, token: str) -> str | None:
        """Whose desk this token drives now; None where it has ended or never was."""
        remote = self._remotes.get(token)
        return remote.visitor if remote and self._clock() < remote.until else None

    def revoke(self, visitor: str) -> None:
        """End all remotes of this visitor's desk, and its code."""
        with self._lock:
            self._codes.pop(visitor, None)
            kept = {t: r for t, r in self._remotes.items() if r.visitor != visitor}
            self._remotes = kept

    def _whose(self, code: str) -> str | None:
        """The visitor whose code this is, found in the same time wherever it differs."""
        if len(code) > LONGEST:
            return None
        typed = "".join(code.upper().replace("-", "").split()).encode()
        found = None
        for visitor, own in self._codes.items():
            if secrets.compare_digest(own.code.replace("-", "").encode(), typed):
                found = visitor
        return found

    def _forget(self) -> None:
        now = self._clock()
        self._codes = {v: code for v, code in self._codes.items() if now < code.until}
        self._remotes = {t: remote for t, remote in self._remotes.items() if now < remote.until}
