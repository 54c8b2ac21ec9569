"""The time of each typed word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from speech.reading import Token
from speech.utterance import Span, Word


def spread(words: Sequence[str], start: float, end: float) -> tuple[Word, ...]:
    """`words` one after the other from `start` to `end` seconds, each as long as its letters."""
    return tuple(
        Word(at, until, word)
        for word, (at, until) in zip(words, _shares(words, start, end), strict=True)
    )


def align(tokens: Sequence[Token], spans: Sequence[Span | None]) -> tuple[Word, ...]:
    """The times of typed words, from those of their spoken words, one span each.

    A typed word lasts from the first to the last word that is said for it ("$2bn": "two billion
    dollars"). None is a word that could not be heard. A typed word without sound takes no time.
    """
    words: list[Word] = []
    heard = iter(spans)
    last = next((span[0] for span in spans if span), 0.0)
    for token in tokens:
        parts = [span for _, span in zip(token.spoken.split(), heard, strict=False) if span]
        at = max(last, parts[0][0]) if parts else last
        last = max(at, parts[-1][1]) if parts else last
        words.append(Word(at, last, token.typed))
    return tuple(words)


def _shares(words: Sequence[str], start: float, end: float) -> list[Span]:
    letters = [*accumulate(map(len, words), initial=0)]
    edges = [start + (end - start) * passed / max(1, letters[-1]) for passed in letters]
    return list(pairwise(edges))
