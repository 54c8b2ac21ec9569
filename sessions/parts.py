"""A long text in parts, so that its first sound does not wait for its last word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from speech import Recording, sentences

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


def chunks(text: str) -> list[str]:
    """Cut `text` after its first sentence, then after as many sentences as `LONG` allows.

    A sentence of more than `LONGEST` characters is cut at its blanks, or anywhere without one.
    """
    if len(text) <= LONG:
        return [text]
    first, *others = (piece for sentence in sentences(text) for piece in _pieces(sentence))
    found = [first]
    for sentence in others:
        if len(found) > 1 and len(found[-1]) + len(sentence) <= LONG:
            found[-1] += sentence
        else:
            found.append(sentence)
    return found


def _pieces(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST:
        blank = max(sentence.rfind(blank, 1, LONGEST) for blank in " \n\t")
        at = blank + 1 if blank > 0 else LONGEST
        # No part may be blank alone: the service would refuse it.
        at = at if sentence[:at].strip() and sentence[at:].strip() else len(sentence)
        yield sentence[:at]
        sentence = sentence[at:]
    if sentence:
        yield sentence
