"""Bad moods on request: how the next calls answer, for tests against the simulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from http.client import responses
from typing import Any

from simulator.sessions import Refusal

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
"""Seconds. A longer delay is a mistake in the test that asks for it."""


def _are_headers(value: object) -> bool:
    return isinstance(value, dict) and all(
        name.isascii()
        and name.replace("-", "").isalnum()
        and isinstance(text, str | int)
        and str(text).isascii()
        and str(text).isprintable()
        for name, text in value.items()
    )


RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "call": (f"one of {', '.join(CALLS)}", lambda call: call in CALLS),
    "status": (
        "a whole number from 200 to 599",
        lambda status: type(status) is int and 200 <= status <= 599,
    ),
    "body": ("any JSON", lambda body: True),
    "headers": ("an object of plain names and values", _are_headers),
    "delay": (
        f"a number of seconds from 0 to {LONGEST_DELAY:g}",
        lambda delay: type(delay) in (int, float) and 0 <= delay <= LONGEST_DELAY,
    ),
    "reset": ("true or false", lambda reset: isinstance(reset, bool)),
    "times": (
        "a whole number from 1, or null",
        lambda times: times is None or (type(times) is int and times >= 1),
    ),
}
"""The keys of a mood, each with the rule for its value."""


@dataclass(frozen=True, slots=True)
class Mood:
    """How `times` calls of one kind answer (`None`: until the moods are cleared).

    With `reset` the connection is cut without an answer. With a `status` the mood answers, and the
    call is not made. With `delay` (seconds) alone the call is late but right.
    """

    call: str
    status: int | None
    body: str
    headers: dict[str, str]
    delay: float
    reset: bool
    times: int | None


class Moods:
    """The moods in force. Those with a count are used first, in the order they were asked for. One
    without a count follows them, and replaces an earlier one without."""

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
        """The moods in the order of their use, each in the form it was asked for."""
        return [asdict(mood) for mood in self._moods]


def parse(asked: dict[str, Any]) -> Mood:
    """The mood that a JSON object asks for.

    A key that is missing or null has its default. `times` alone tells the two apart: missing is
    once, null is until cleared. Raises `Refusal` (400).
    """
    if unknown := sorted(asked.keys() - RULES.keys()):
        raise Refusal(400, f"A mood has no {unknown[0]!r}; it has {', '.join(sorted(RULES))}.")
    given: dict[str, Any] = {"call": None, "times": 1}
    given |= {name: value for name, value in asked.items() if value is not None or name == "times"}
    for name, value in given.items():
        rule, holds = RULES[name]
        if not holds(value):
            raise Refusal(400, f'"{name}" is {value!r}; it must be {rule}.')
    call, times = given["call"], given["times"]
    delay, reset = float(given.get("delay", 0.0)), given.get("reset", False)
    headers = {name: str(text) for name, text in given.get("headers", {}).items()}
    status, body = given.get("status"), given.get("body")
    if status is None and given.keys() & {"body", "headers"}:
        status = 200
    if status is None and not reset and not delay:
        raise Refusal(
            400, 'A mood needs a "status", a "body", "headers", a "delay" or "reset": true.'
        )
    if body is None and status is not None:
        body = {"success": status < 400, "error": _words(call, status)}
    if not isinstance(body, str):
        body = json.dumps(body)
    return Mood(call, status, body, headers, delay, reset, times)


def _words(call: str, status: int) -> str:
    if call == "create" and status == 401:
        return "Invalid Kaltura Session"
    return WORDS.get(status) or responses.get(status, "Error")
