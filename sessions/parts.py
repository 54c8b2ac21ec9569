"""A long text in parts, so that its first sound does not wait for its last word."""

from __future__ import annotations

from dataclasses import dataclass

from speech import Recording, SayAs, sentences

LONG = 200
"""Characters, about 15 s of speech. A longer text is sent in parts of about this length."""


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

    What counts is how long they are as they are said; `text` is cut as it is printed.
    """
    cut = say_as.sentences if say_as else sentences
    if _spoken(text, say_as) <= LONG:
        return [text]
    first, *others = cut(text)
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
