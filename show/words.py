"""The words of a line with their times, and its length: by our own voice, else estimated."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from sessions.server_voice import NoVoice
from show.model import Pause, Show, Wait
from show.play import Item, Recorded
from speech import SayAs, Word
from speech.timing import spread

LETTERS_A_SECOND = 14.0
"""The pace of an estimate, of the simulator's voices at normal speed."""

MOST_KEPT = 2_000
"""Lines whose times are kept: those of several long shows."""


class Timer(Protocol):
    """A voice that tells the times of its words: `ServerVoice`."""

    async def timed(
        self, text: str, speed: float, say_as: SayAs | None = None
    ) -> tuple[tuple[Word, ...], float]:
        """The words of `text`, and its length in seconds. Raises `NoVoice`."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a line, in seconds from its first sound on, and its `length`."""

    words: tuple[Word, ...] = ()
    length: float = 0.0


@lru_cache(MOST_KEPT)  # each message to a desk asks for the lengths of the whole show
def estimated(text: str, speed: float = 1.0) -> Words:
    """`text` as long as its letters."""
    words = re.findall(r"\S+", text)
    length = sum(map(len, words)) / LETTERS_A_SECOND / speed
    return Words(spread(words, 0.0, length), length)


class Clock:
    """Knows how long lines take. On one event loop; one for all shows of a server.

    `changes`: how many lines it has measured.
    """

    def __init__(self, voice: Timer) -> None:
        self.changes = 0
        self._voice = voice
        self._known: OrderedDict[_Key, Words] = OrderedDict()

    def is_measured(self, show: Show, item: Item, speed: float) -> bool:
        """Whether `measure` was tried for this line at this speed."""
        return _key(show, item, speed) in self._known

    def words(self, show: Show, item: Item, speed: float) -> Words:
        """The words of this line at this speed (1.0 is normal); none of a recording or a pause."""
        match item.cue:
            case Pause(seconds):
                return Words(length=seconds)
            case Recorded(recording):
                return Words(length=recording.duration)
            case Wait():
                return Words()
        key = _key(show, item, speed)
        if known := self._known.get(key):
            self._known.move_to_end(key)  # what is used is forgotten last
            return known
        return estimated(show.filled(item.text), speed)

    def length(self, show: Show, item: Item, speed: float) -> float:
        """Seconds that `item` takes."""
        return self.words(show, item, speed).length

    async def measure(self, show: Show, item: Item, speed: float) -> None:
        """Have our voice say this line, unheard. Where it can't, the estimate holds."""
        text = show.filled(item.text)
        try:
            known = Words(*await self._voice.timed(text, speed, show.say_as))
        except NoVoice:
            known = estimated(text, speed)
        self._known[_key(show, item, speed)] = known
        self.changes += 1
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)


_Key = tuple[str, float, SayAs]


def _key(show: Show, item: Item, speed: float) -> _Key:
    return show.filled(item.text), speed, show.say_as
