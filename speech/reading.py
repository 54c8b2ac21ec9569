# ruff: noqa: RUF001 - it looks for typographic signs
"""From a text as typed to pieces the voice can say at once, with every typed word kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from speech import markup
from speech.abbreviations import ends_sentence
from speech.markup import LONGEST_PAUSE

LONGEST_PIECE = 160
"""Weight, in about characters, of one utterance: near 80 ms of work on a small machine."""

LONGEST_STRETCH = 600
"""Characters that are worded at once; a longer sentence is worded in stretches."""

ALL_PAUSES = 60.0
"""Seconds of pause that one text may ask for."""

SENTENCE_PAUSE = 0.2
CLAUSE_PAUSE = 0.08

_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]+")
_WORD = re.compile(r"[^\s。！？]*[。！？]+[”’」』）)]*\s*|\S+\s*")
"""With the blanks behind it; in Chinese and Japanese, all up to the end of the sentence."""
_CLAUSE_END = re.compile(r"[,;:—–][\"”’')\]]*$")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as `typed`, and what the voice is given for it: `spoken`, "" when that is nothing.

    `lead`: seconds of silence that the text asks for before it.
    """

    typed: str
    spoken: str
    lead: float = 0.0

    @property
    def weight(self) -> int:
        """Roughly the letters it takes to say it."""
        return len(self.spoken) + 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Words said in one go, between `lead` and `pause` seconds of silence.

    `sounds`: at least one can be said.
    """

    tokens: list[Token]
    pause: float
    sounds: bool
    lead: float = 0.0


def printable(text: str) -> str:
    """`text` without control characters and lone surrogates, which nothing can say or show."""
    return _NOT_TEXT.sub("", text)


def has_sound(text: str) -> bool:
    """Whether any of `text` can be said."""
    return any(piece.sounds for piece in _parts(printable(text)))


def sentences(text: str) -> list[str]:
    """`text` cut behind each sentence and each line, with the blanks that follow it.

    Nothing is lost: joined, the sentences are `text` again. A blank text has none.
    """
    words = _WORD.findall(text)
    found = [text[: len(text) - len(text.lstrip())]]
    for word, after in zip_longest(words, words[1:]):
        found[-1] += word
        if after is not None and ("\n" in word or ends_sentence(word.rstrip(), after.rstrip())):
            found.append("")
    return found if words else []


def pieces(text: str) -> Iterator[Piece]:
    """Cut a text into pieces, each with sound, none too long, no typed word lost.

    Words without sound go with what was said before them, or first with what comes after.
    A text with no sound at all gives nothing. Lazy: the first piece of a long text comes at once.
    """
    held = Piece([], 0.0, False)
    asked = 0.0  # the pause that the words without sound behind `held` ask for
    for piece in _parts(text):
        lead = min(LONGEST_PAUSE, asked + piece.lead)
        if held.sounds and piece.sounds:
            yield held
            held, asked = replace(piece, lead=lead), 0.0
            continue
        held.tokens.extend(piece.tokens)
        if held.sounds:
            held, asked = replace(held, pause=piece.pause), lead
        else:
            lead = min(LONGEST_PAUSE, held.lead + piece.lead)
            held = Piece(held.tokens, piece.pause, piece.sounds, lead)
    if held.sounds:
        yield replace(held, pause=asked)


def _tokens(text: str) -> Iterator[tuple[Token, bool]]:
    """Every word, and whether its sentence ends with it."""
    # Imported here: its patterns take 80 ms, which only a server whose voice speaks has to spend.
    from speech import wording

    left = ALL_PAUSES
    behind = 0.0  # the pause that a line ends with
    lines = [line.split() for line in text.split("\n")]
    plain = markup.plain("\n".join(map(" ".join, lines))).split("\n")
    for typed, line in zip(lines, plain, strict=True):
        if not typed:
            continue
        words, leads = _apart(line.split(" "))
        leads[0] += behind
        behind = leads[-1]
        after = [""]
        for word in reversed(words[1:]):
            after.append(word or after[-1])
        first = length = 0
        for number, (word, follows) in enumerate(zip(words, reversed(after), strict=True), 1):
            length += len(word) + 1
            last = number == len(words)
            ends = last or not follows or ends_sentence(word, follows)
            if ends or length > LONGEST_STRETCH or leads[number]:
                said = wording.worded(words[first:number])
                for index, spoken in enumerate(said, first):
                    token = Token(typed[index], spoken, min(left, leads[index]))
                    left -= token.lead
                    yield token, ends and index + 1 == number
                first, length = number, 0


def _apart(words: list[str]) -> tuple[list[str], list[float]]:
    """`words` without the pauses in them, and the seconds of pause before each and behind all."""
    found, leads = [], [0.0]
    for word in words:
        said, seconds = markup.pause(word)
        found.append(said)
        leads.append(0.0)
        leads[-2 if markup.is_pause(word[:1]) else -1] += seconds
    return found, leads


def _parts(text: str) -> Iterator[Piece]:
    """Sentences; a long one is cut near its middle, again and again."""
    held: list[Token] = []
    weight = 0
    for token, ends in _tokens(text):
        if token.lead and held:
            yield _piece(held, 0.0)
            held, weight = [], 0
        held.append(token)
        weight += token.weight
        while len(held) > 1 and weight > (LONGEST_PIECE if ends else 2 * LONGEST_PIECE):
            cut, pause = _middle(held, weight)
            yield _piece(held[:cut], pause)
            held = held[cut:]
            weight = sum(token.weight for token in held)
        if ends:
            yield _piece(held, SENTENCE_PAUSE)
            held, weight = [], 0


def _piece(tokens: list[Token], pause: float) -> Piece:
    return Piece(tokens, pause, any(token.spoken for token in tokens), tokens[0].lead)


def _middle(tokens: Sequence[Token], total: int) -> tuple[int, float]:
    """How many words to cut off, and the pause after them.

    The cut is at the clause nearest the middle, if one ends in the middle half, else at the word.
    """
    passed = 0
    word_cut, clause_cut = 1, 0
    word_miss, clause_miss = float(total), total / 4
    for index, token in enumerate(tokens[:-1], start=1):
        passed += token.weight
        miss = abs(passed - total / 2)
        if miss < word_miss:
            word_cut, word_miss = index, miss
        if miss < clause_miss and passed <= LONGEST_PIECE and _CLAUSE_END.search(token.spoken):
            clause_cut, clause_miss = index, miss
    return (clause_cut, CLAUSE_PAUSE) if clause_cut else (word_cut, 0.0)
