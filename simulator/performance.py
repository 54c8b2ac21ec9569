"""What the face does for its voice at any sample: the deliveries on the clock, and between them.

A speaker tells it what happens; from these few facts alone each moment is worked out, so nothing
has to be asked in order. Positions are samples of the session's clock.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from simulator.delivery import LEAD, SILENCE, TAIL, Delivery, Moment, eased
from simulator.media import SAMPLE_RATE

CUT = 0.25
"""Seconds in which a face that was interrupted comes to rest."""
SMILE = 2.0
"""Seconds of the small smile at the end of a turn."""


class Stretch(Protocol):
    """Speech on the clock (`speaker.Segment`)."""

    @property
    def delivery(self) -> Delivery:
        """How the face says it."""

    @property
    def start(self) -> int:
        """Its first sample."""

    @property
    def end(self) -> int:
        """The first sample after it."""


class Performance:
    """Of one session."""

    def __init__(self) -> None:
        self._past: tuple[tuple[Stretch, float], ...] = ()
        """The last two that have ended, each with the position at which it was cut off."""
        self._waiting: tuple[float, float] = (math.inf, math.inf)
        """From when until when the last text waited."""
        self._rest: tuple[float, float] = (math.inf, math.inf)
        """When the last turn ended, and when something was begun after it."""

    def waits(self, position: int, coming: Sequence[Stretch]) -> None:
        """A text was taken. It waits unless something is being said."""
        if not coming and not self._waiting[0] <= position < self._waiting[1]:
            self._waiting = (position, math.inf)

    def begins(self, start: int) -> None:
        """A stretch was laid on the clock."""
        self._waiting = (self._waiting[0], min(self._waiting[1], start))
        self._rest = (self._rest[0], min(self._rest[1], start))

    def ended(self, stretches: Sequence[Stretch]) -> None:
        """These were said to their end."""
        self._past = (*self._past, *((stretch, math.inf) for stretch in stretches))[-2:]

    def rests(self, position: int, coming: Sequence[Stretch]) -> None:
        """A turn was said to its end. With nothing to follow, the face smiles."""
        self._waiting = (self._waiting[0], min(self._waiting[1], position))
        if not coming:
            self._rest = (position, math.inf)

    def breaks_off(self, position: int, coming: Sequence[Stretch]) -> None:
        """An interrupt: nothing of what was coming is said."""
        begun = [(stretch, float(position)) for stretch in coming if stretch.start <= position]
        self._past = (*self._past, *begun)[-2:]
        self._waiting = (self._waiting[0], min(self._waiting[1], position))

    def at(self, position: int, coming: Sequence[Stretch]) -> Moment:
        """What the face does at this sample; `coming` are the stretches that have not ended."""
        curves = None
        for stretch, cut in (*self._past, *((stretch, math.inf) for stretch in coming)):
            since = (position - stretch.start) / SAMPLE_RATE
            if since > -LEAD and position < stretch.end + TAIL * SAMPLE_RATE:
                left = 1 - eased((position - cut) / SAMPLE_RATE / CUT)
                part = left * stretch.delivery.at(since)
                curves = part if curves is None else curves + part
        waiting = _between(position, *self._waiting, rise=0.5, fall=0.4)
        began, until = self._rest
        smile = _between(position, began, min(until, began + SMILE * SAMPLE_RATE), 0.5, 0.9)
        if curves is None:
            return Moment(SILENCE.mouth, waiting=waiting, smile=smile)
        nod, brows, speaking = curves[:3].tolist()
        return Moment(curves[3:], nod, brows, min(speaking, 1.0), waiting, smile)


def _between(position: int, begin: float, end: float, rise: float, fall: float) -> float:
    """0 before and 1 between two positions, over `rise` and `fall` seconds after each of them."""
    if position < begin or math.isinf(begin):
        return 0.0
    up = eased((position - begin) / SAMPLE_RATE / rise)
    if position < end:
        return up
    reached = eased((end - begin) / SAMPLE_RATE / rise)
    return reached * (1 - eased((position - end) / SAMPLE_RATE / fall))
