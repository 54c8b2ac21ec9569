"""A long text in parts, so that its first sound does not wait for its last word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from speech import Recording, SayAs, sentences
from speech.say_as import Stretch

LONG = 200
"""Characters, about 15 s of speech. A longer text is sent in parts of about this length."""


LONGEST = 500
"""Characters of a part at most, where one sentence is longer. A public app refuses more than 1,000
for one say-text; a service may count an emoji as two."""


@dataclass(frozen=True, slots=True)
class Part:
    """The text or sound of a turn that one call sends. `number` counts from 1.

    `last`: no part of the turn follows.
    """

    content: str | Recording
    number: int = 1
    last: bool = True

    def turn_id(self, turn_id: str) -> str:
        """The id to send with this part of the turn `turn_id`.

        Chunks of text share their turn's id (Kaltura Control API). Each call of say-audio is a turn
        of its own (kaltura/intelligent-agents-sdk, August 2026).
        """
        if self.number == 1 or isinstance(self.content, str):
            return turn_id
        return f"{turn_id}-{self.number}"


def chunks(text: str, say_as: SayAs | None = None) -> list[str]:
    """Cut `text` after its first sentence, then after as many sentences as `LONG` allows.

    A sentence of more than `LONGEST` characters is cut at its blanks, or anywhere without one. What
    counts is how long they are as they are said; `text` is cut as it is printed.
    """
    if _spoken(text, say_as) <= LONG:
        return [text]
    cut = say_as.sentences if say_as else sentences
    first, *others = (piece for sentence in cut(text) for piece in _pieces(sentence, say_as))
    found, length = [first], LONG
    for sentence in others:
        spoken = _spoken(sentence, say_as)
        if len(found) > 1 and length + spoken <= LONG:
            found[-1] += sentence
            length += spoken
        else:
            found.append(sentence)
            length = spoken
    return found


def _spoken(text: str, say_as: SayAs | None) -> int:
    """How long it is as it is said."""
    return len(say_as.spoken(text) if say_as else text)


def _pieces(sentence: str, say_as: SayAs | None) -> Iterator[str]:
    """None is blank alone: the service would refuse it."""
    piece, length = "", 0
    for word, spoken in _words(sentence, say_as):
        if piece.strip() and length + spoken > LONGEST:
            yield piece
            piece, length = "", 0
        piece, length = piece + word, length + spoken
    yield piece


def _words(sentence: str, say_as: SayAs | None) -> Iterator[tuple[str, int]]:
    """Words with the blanks behind them, and how long they are as they are said. One of `say_as` is
    never cut, any other only where it is longer than a part."""
    for stretch in say_as.stretches(sentence) if say_as else (Stretch(sentence, sentence),):
        if stretch.printed != stretch.spoken:
            yield stretch.printed, len(stretch.spoken)
            continue
        for word in re.findall(rf"\S{{1,{LONGEST}}}\s*|\s+", stretch.printed):
            yield word, len(word) if word.strip() else 0
