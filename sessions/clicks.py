"""One click can be told twice: by the stage at the click, and by the page's script run after it.

Everything here is a pure decision on frozen values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Click = Literal["page", "stage"]
"""By whom a click was told: the page's script, or the stage's own connection."""

Verb = Literal["start", "say", "interrupt", "end"]

SAME_CLICK = 10.0
"""Seconds within which both tell of a click: a page that is being drawn is late by a second or two,
one behind a slow line by more."""


@dataclass(frozen=True, slots=True)
class Told:
    """A click that one of them has told. `text`: what is to be said. `at`: seconds on a clock.

    `outcome`: what came of it.
    """

    verb: Verb
    by: Click
    text: str
    at: float
    outcome: object = None


def twin(
    told: tuple[Told, ...], verb: Verb, by: Click, text: str, now: float
) -> tuple[tuple[Told, ...], Told | None]:
    """The clicks that may still be told a second time, and what this one was told as before.

    Each click is told twice at most, once by each, so it is the oldest one that the other has told.
    """
    recent = tuple(t for t in told if now - t.at < SAME_CLICK)
    for place, other in enumerate(recent):
        if (other.verb, other.text) == (verb, text) and other.by != by:
            return recent[:place] + recent[place + 1 :], other
    return recent, None
