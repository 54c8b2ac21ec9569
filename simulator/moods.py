"""Bad moods on request: how the next calls answer, for tests against the simulator."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from http import HTTPStatus
from typing import TypeGuard

CALLS = (
    *("create", "init-client", "say-text", "say-audio"),
    *("interrupt", "keep-alive", "end", "whep"),
)
WORDS = {
    401: "Invalid or expired token",
    403: "Kaltura Session not authorized",
    404: "Session not found",
    410: "Session ended",
}
"""What the live service says with these statuses. Source: Kaltura Control API."""
LONGEST_DELAY = 600.0
"""Seconds. Longer is a mistake in the test that asks for it."""

_STATUSES = frozenset(HTTPStatus)


class BadMood(Exception):
    """The mood asked for makes no sense; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Mood:
    """How `times` calls of one kind answer (`None`: until the moods are cleared).

    With `reset` the connection is cut without an answer. With a `status` that answer takes the
    call's place. With `delay` (seconds) alone the call is late but right.
    """

    call: str
    status: int | None
    body: str
    headers: tuple[tuple[str, str], ...]
    delay: float
    reset: bool
    times: int | None

    def as_json(self) -> dict[str, object]:
        """The mood as `GET /simulator/moods` shows it, in the shape it was asked for."""
        return asdict(self) | {"headers": dict(self.headers)}


class Moods:
    """The moods in force. Those with a count come first, in the order asked for; one without
    a count is what remains when they are used up, and replaces an earlier one without."""

    def __init__(self) -> None:
        self._moods: list[Mood] = []

    def ask(self, mood: Mood) -> None:
        """Put a mood into force."""
        if mood.times is None:
            self._moods = [m for m in self._moods if m.call != mood.call or m.times is not None]
        self._moods.append(mood)
        self._moods.sort(key=lambda m: m.times is None)

    def take(self, call: str) -> Mood | None:
        """The mood for this one call, counted down; `None` when there is none."""
        for index, mood in enumerate(self._moods):
            if mood.call != call:
                continue
            if mood.times == 1:
                del self._moods[index]
            elif mood.times is not None:
                self._moods[index] = replace(mood, times=mood.times - 1)
            return mood
        return None

    def clear(self) -> None:
        """Every call answers as it should again."""
        self._moods.clear()

    def as_json(self) -> list[dict[str, object]]:
        """What is in force, in the order in which it will be used."""
        return [mood.as_json() for mood in self._moods]


def parse(asked: object) -> Mood:
    """The mood that a JSON body asks for. A key that is left out, or null, has its default; only
    `times` tells the two apart (left out: once, null: until cleared). Raises `BadMood`."""
    if not isinstance(asked, dict):
        raise BadMood('A mood is a JSON object, such as {"call": "create", "status": 503}.')
    known = {field.name for field in fields(Mood)}
    if unknown := sorted(set(asked) - known):
        raise BadMood(f"A mood has no {unknown[0]!r}; it has {', '.join(sorted(known))}.")
    call = asked.get("call")
    if call not in CALLS:
        raise BadMood(f'"call" is {call!r}; it must be one of {", ".join(CALLS)}.')
    times = asked.get("times", 1)
    if times is not None and not (_is_int(times) and times >= 1):
        raise BadMood(f'"times" is {times!r}; it must be a whole number from 1, or null.')
    reset = asked.get("reset") or False
    if not isinstance(reset, bool):
        raise BadMood(f'"reset" is {reset!r}; it must be true or false.')
    delay = asked.get("delay") or 0.0
    if not isinstance(delay, int | float) or isinstance(delay, bool):
        raise BadMood(f'"delay" is {delay!r}; it must be a number of seconds.')
    if not 0 <= delay <= LONGEST_DELAY:
        raise BadMood(f'"delay" is {delay!r}; it must be from 0 to {LONGEST_DELAY:g} seconds.')
    status, body, headers = _answer(
        call, asked.get("status"), asked.get("body"), asked.get("headers")
    )
    if status is None and not reset and not delay:
        raise BadMood('A mood needs a "status", a "body", "headers", a "delay" or "reset": true.')
    return Mood(call, status, body, headers, float(delay), reset, times)


def _answer(
    call: str, status: object, body: object, headers: object
) -> tuple[int | None, str, tuple[tuple[str, str], ...]]:
    if status is None and (body is not None or headers is not None):
        status = 200
    if status is not None and not (_is_int(status) and 200 <= status <= 599):
        raise BadMood(f'"status" is {status!r}; it must be a whole number from 200 to 599.')
    if body is None and status is not None:
        body = {"success": status < 400, "error": _words(call, status)}
    if not isinstance(body, str):
        body = json.dumps(body)
    if headers is None:
        headers = {}
    if not isinstance(headers, dict) or not all(
        name.isascii()
        and name.replace("-", "").isalnum()
        and isinstance(value, str | int)
        and str(value).isascii()
        and str(value).isprintable()
        for name, value in headers.items()
    ):
        raise BadMood('"headers" must be an object of plain names and values.')
    return status, body, tuple((name, str(value)) for name, value in headers.items())


def _words(call: str, status: int) -> str:
    if call == "create" and status == 401:
        return "Invalid Kaltura Session"
    return WORDS.get(status, HTTPStatus(status).phrase if status in _STATUSES else "Error")


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
