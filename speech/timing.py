"""The time of each typed word."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from speech.reading import Token
from speech.utterance import Span, Word


def spread(words: Sequence[str], start: float, end: float) -> tuple[Word, ...]:
    """`words` one after the other from `start` to `end` seconds, each as long as its letters."""
    return tuple(
        Word(at, until, word)
        for word, (at, until) in zip(words, _shares(words, start, end), strict=True)
    )


def align(tokens: Sequence[Token], heard: Sequence[str], spans: Sequence[Span]) -> tuple[Word, ...]:
    """The times of typed words, from the times (`spans`) of the words as they were `heard`.

    The two lists differ where the voice expands what was typed ("7:30" is heard as "seven thirty").
    Where they agree a word has its measured time; in between, the stretch is shared by length.
    """
    typed = [(part, index) for index, token in enumerate(tokens) for part in token.spoken.split()]
    times: list[list[Span]] = [[] for _ in tokens]
    matcher = SequenceMatcher(
        None, [part.lower() for part, _ in typed], [word.lower() for word in heard], autojunk=False
    )
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            stretch = list(spans[j:j_end])
        else:
            start = spans[j][0] if j < len(spans) else spans[-1][1]
            end = spans[j_end - 1][1] if j_end > j else start
            stretch = _shares([part for part, _ in typed[i:i_end]], start, end)
        for (_, index), span in zip(typed[i:i_end], stretch, strict=True):
            times[index].append(span)
    words: list[Word] = []
    last = spans[0][0]
    for token, parts in zip(tokens, times, strict=True):
        at = max(last, parts[0][0]) if parts else last
        last = max(at, parts[-1][1]) if parts else last
        words.append(Word(at, last, token.typed))
    return tuple(words)


def _shares(words: Sequence[str], start: float, end: float) -> list[Span]:
    letters = [*accumulate(map(len, words), initial=0)]
    edges = [start + (end - start) * passed / max(1, letters[-1]) for passed in letters]
    return list(pairwise(edges))
