"""The WebSocket of the page Preflight: `Message` down, `Asked` and `Saw` up.

`python -m components.typings` writes the same types for JavaScript (`js/protocol.d.ts`).
"""

from __future__ import annotations

import json
import re
from typing import Literal, TypedDict, final

from avatar_client import Media
from components.stage.protocol import Relay, relay_message
from preflight.run import Preflight
from preflight.sightings import Sight
from preflight.steps import Outcome, verdict, waiting

_WORDS = {
    Sight.CONNECTED: re.compile(r"direct|relay (UDP|TCP|TLS)"),
    Sight.REFUSED: re.compile(r"\d{3}"),
    Sight.TURNED_AWAY: re.compile(r"\d{3}"),
    Sight.SHUT: re.compile(r"(UDP|TCP|TLS over TCP) port \d{1,5}"),
}
"""The words that our page sends with a sight."""

_LONGEST_MESSAGE = 1000


class Watched(TypedDict):
    """The media to watch."""

    whepUrl: str
    turn: Relay | None


class ResultMessage(TypedDict):
    """How one step stands."""

    name: str
    title: str
    outcome: Outcome
    seconds: float | None
    detail: str
    toDo: str


class Message(TypedDict):
    """The whole state, each time. `refusal` says why no preflight was begun."""

    running: bool
    results: list[ResultMessage]
    verdict: str | None
    report: str | None
    refusal: str | None
    watch: Watched | None


@final
class Asked(TypedDict):
    """Begin a preflight."""

    event: Literal["run"]


@final
class Saw(TypedDict):
    """A sight of the page; preflight/sightings.py documents the words."""

    sight: Sight
    word: str


def message(preflight: Preflight | None, refusal: str | None, watched: Media | None) -> Message:
    """For the page that has begun `preflight`, which watches `watched`."""
    results = preflight.results if preflight else waiting()
    watch: Watched | None = None
    if watched:
        watch = {"whepUrl": watched.whep_url, "turn": relay_message(watched.turn)}
    is_over = bool(preflight and preflight.is_over)
    return {
        "running": bool(preflight and not is_over),
        "results": [
            {
                "name": result.step.name,
                "title": result.step.title,
                "outcome": result.outcome,
                "seconds": result.seconds,
                "detail": result.detail,
                "toDo": result.to_do,
            }
            for result in results
        ],
        "verdict": verdict(results) if is_over else None,
        "report": preflight.report() if preflight and is_over else None,
        "refusal": refusal,
        "watch": watch,
    }


def parse(text: str) -> Asked | Saw | None:
    """A message from our page, or None for anything else."""
    try:
        came = json.loads(text) if len(text) <= _LONGEST_MESSAGE else None
    except (ValueError, RecursionError):
        return None
    match came:
        case {"event": "run"}:
            return {"event": "run"}
        case {"sight": str(told), "word": str(word)} if told in set(Sight) - {Sight.LEFT}:
            sight = Sight(told)
            if sight not in _WORDS or _WORDS[sight].fullmatch(word):
                return {"sight": sight, "word": word}
    return None
