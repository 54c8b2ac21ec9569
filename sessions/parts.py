"""A long text in parts, so that its first sound does not wait for its last word."""

from __future__ import annotations

from dataclasses import dataclass

from speech import Recording, sentences

LONG = 200
"""Characters: some 15 s of speech. A text of more is sent in parts of about as much."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one call hands over of a turn: words, or sound. `last`: no more of it will come.

    `number` counts from 1.
    """

    content: str | Recording
    number: int = 1
    last: bool = True

    @property
    def is_first(self) -> bool:
        """Nothing of its turn is at the service yet."""
        return self.number == 1

    def turn_id(self, turn_id: str) -> str:
        """What the service is told of whose turn it is.

        Chunks of text share their turn's id (Kaltura Control API). Of say-audio it is only known
        that each call is a turn of its own (kaltura/intelligent-agents-sdk, August 2026).
        """
        if self.is_first or isinstance(self.content, str):
            return turn_id
        return f"{turn_id}-{self.number}"


def chunks(text: str) -> list[str]:
    """`text` in parts that are joined to it again: its first sentence, then as many as fit."""
    if len(text) <= LONG:
        return [text]
    first, *others = sentences(text)
    found = [first]
    for sentence in others:
        if len(found) > 1 and len(found[-1]) + len(sentence) <= LONG:
            found[-1] += sentence
        else:
            found.append(sentence)
    return found
