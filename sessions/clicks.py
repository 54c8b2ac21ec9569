"""One click is told twice: by the stage at once, and by the page's script run after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Click = Literal["page", "stage"]
"""Who told of a click: the page's script, or the stage's own connection."""

Verb = Literal["start", "say", "interrupt", "end"]

SAME_CLICK = 10.0
"""Seconds between the two reports of a click, at most: a page that is being drawn is late by a
second or two, a page behind a slow line by more."""


@dataclass(frozen=True, slots=True)
class Told:
    """A click that was told once. `text`: of a say. `at`: seconds. `outcome`: its verb's result, or
    the refusal that holds for its twin, too."""

    verb: Verb
    by: Click
    text: str
    at: float
    outcome: object = None


def twin(
    told: tuple[Told, ...], verb: Verb, by: Click, text: str, now: float
) -> tuple[tuple[Told, ...], Told | None]:
    """The clicks that can still be told again, and the first report of this click, or None.

    Page and stage tell of each click once at most, so the oldest match is the one.
    """
    recent = tuple(t for t in told if now - t.at < SAME_CLICK)
    for place, other in enumerate(recent):
        if (other.verb, other.text) == (verb, text) and other.by != by:
            return recent[:place] + recent[place + 1 :], other
    return recent, None
