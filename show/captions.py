"""Captions: the words of a line, cut into pieces of two lines at most, with their times.

The stage shows the same captions while they are spoken as the transcript has afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import regex

from speech import Word

LONGEST_LINE = 42
"""Characters of a line; a Chinese, Japanese or Korean one takes the room of two."""

LINGER = 1.5
"""Seconds that a caption stays after its last word, unless the next one begins."""

_BLANKS = regex.compile(r"[\s\p{Cc}\p{Cs}\ufeff]+")
_WIDE = regex.compile(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]")
_CHARACTER = regex.compile(r"\X")
_UNDIVIDED = regex.compile(r"\X[、。，．！？；：」』）]{0,2}")  # noqa: RUF001
"""A character as people count it, with the signs that must not begin a line."""
_CLOSING = "[\"”’')\\]」』）]*$"  # noqa: RUF001
_SENTENCE_END = regex.compile("[.!?…؟।۔。！？]" + _CLOSING)  # noqa: RUF001
_CLAUSE_END = regex.compile("[,;:،؛–—、，；：]" + _CLOSING)  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line, heard from `at` on; with the blank before it, if it begins no line."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Caption:
    """One or two lines, shown from `begin` to `end`, in seconds on the clock of the words.

    `parts`: those of each line. While it is spoken, a line has the parts that have begun, so that
    no word moves to another line.
    """

    begin: float
    end: float
    parts: tuple[tuple[Part, ...], ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Each line in full."""
        return tuple("".join(part.text for part in line) for line in self.parts)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What no line break divides: a word, or a character of a word that is longer than a line.

    `gap`: what is before it within a line. `whole`: the number of that long word, from 1; else 0.
    """

    at: float
    until: float
    text: str
    width: int
    gap: str = " "
    whole: int = 0


def captions(words: Sequence[Word]) -> tuple[Caption, ...]:
    """The captions of these words, in order; none overlaps the next.

    What fits into one caption stays together, but for a silence longer than `LINGER`. Else it ends
    with a sentence, where none ends there with a clause, and else between any two words. A word
    that is longer than a line has captions of its own, broken between characters. The longest line
    of a caption is as short as can be; of two such ways the one with the shorter first line.
    """
    cut = [caption for run in _runs(tuple(_pieces(words))) for caption in _cut(run)]
    begins = [*accumulate((caption[0].at for caption in cut), max), float("inf")]
    return tuple(
        Caption(begin, max(begin, min(caption[-1].until + LINGER, after)), _lines(caption))
        for caption, (begin, after) in zip(cut, pairwise(begins), strict=True)
    )


def one_line(text: str) -> str:
    """`text` with one blank for blanks, line ends and control signs; none at its ends."""
    return str(_BLANKS.sub(" ", text)).strip(" ")


def _pieces(words: Sequence[Word]) -> Iterator[_Piece]:
    whole = 0
    for word in words:
        for part in one_line(word.text).split():
            width = _width(part)
            if width <= LONGEST_LINE:
                yield _Piece(word.at, word.until, part, width)
                continue
            whole += 1
            found = _UNDIVIDED.findall(part)
            each = (word.until - word.at) / len(found)
            for place, character in enumerate(found):
                at = word.at + each * place
                yield _Piece(at, at + each, character, _width(character), "", whole)


def _runs(pieces: tuple[_Piece, ...]) -> Iterator[tuple[_Piece, ...]]:
    """Pieces that may share a caption."""
    begin = 0
    for place, (before, piece) in enumerate(pairwise(pieces), 1):
        if before.whole != piece.whole or piece.at - before.until > LINGER:
            yield pieces[begin:place]
            begin = place
    if pieces:
        yield pieces[begin:]


def _cut(run: tuple[_Piece, ...]) -> Iterator[tuple[_Piece, ...]]:
    while run:
        length = _length(run)
        yield run[:length]
        run = run[length:]


def _length(run: tuple[_Piece, ...]) -> int:
    """How many pieces the next caption has."""
    most = _filled(run, _filled(run, 0))
    if most == len(run):
        return most
    for length in range(most, 0, -1):
        if _SENTENCE_END.search(run[length - 1].text):
            return length
    widths = _summed(run)
    # A clause of a word or two would be gone before it is read.
    for length in range(most, 0, -1):
        if _CLAUSE_END.search(run[length - 1].text) and widths[length - 1] > LONGEST_LINE:
            return length
    # No place is good: all that is left up to a good one is cut into captions of like length.
    good = next((n for n, p in enumerate(run) if n >= most and _SENTENCE_END.search(p.text)), -1)
    share = widths[good] / -(-widths[good] // (2 * LONGEST_LINE + 1))
    return next(n for n in range(1, most + 1) if n == most or widths[n - 1] >= share)


def _filled(run: tuple[_Piece, ...], begin: int) -> int:
    """Where a line that begins there is full."""
    room = LONGEST_LINE
    for place in range(begin, len(run)):
        room -= run[place].width + (len(run[place].gap) if place > begin else 0)
        if room < 0:
            return place
    return len(run)


def _lines(caption: tuple[_Piece, ...]) -> tuple[tuple[Part, ...], ...]:
    widths = _summed(caption)
    if widths[-1] <= LONGEST_LINE:
        return (_parts(caption),)
    best = min(
        range(1, len(caption)),
        key=lambda n: max(widths[n - 1], widths[-1] - widths[n - 1] - len(caption[n].gap)),
    )
    return _parts(caption[:best]), _parts(caption[best:])


def _summed(pieces: tuple[_Piece, ...]) -> list[int]:
    """The width up to the end of each piece."""
    gaps = (len(piece.gap) if place else 0 for place, piece in enumerate(pieces))
    return [*accumulate(piece.width + gap for piece, gap in zip(pieces, gaps, strict=True))]


def _parts(line: tuple[_Piece, ...]) -> tuple[Part, ...]:
    gaps = ("", *(piece.gap for piece in line[1:]))
    return tuple(Part(p.at, gap + p.text) for gap, p in zip(gaps, line, strict=True))


def _width(text: str) -> int:
    return sum(2 if _WIDE.match(part) else 1 for part in _CHARACTER.findall(text))
