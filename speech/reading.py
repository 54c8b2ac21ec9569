# ruff: noqa: RUF001 - it looks for typographic signs
"""From a text as typed to pieces the voice can say at once, with every typed word kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

LONGEST_WORD = 60
"""Characters of one word that are read aloud; the rest of it is shown, not said."""

LONGEST_NUMBER = 24
"""Digits of one number that are read aloud."""

LONGEST_PIECE = 160
"""Weight, in about characters, of one utterance: near 80 ms of work on a small machine."""

SENTENCE_PAUSE = 0.2
CLAUSE_PAUSE = 0.08

_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]+")
_SOUNDS = re.compile(r"[A-Za-z0-9]")
_SCHEME = re.compile(r"https?://(?=[A-Za-z0-9])", re.IGNORECASE)
_TAG_BRACKET = re.compile(r"</?(?=\w)|(?<=[\w\"'/])/?>")
_REPEATED = re.compile(r"([^\w\s])\1{3,}")
_LONG_NUMBER = re.compile(r"\d[\d,]{12,}")
_SENTENCE_END = re.compile(r"[.!?…؟।۔。！？][\"”’')\]」』）]*$")
_WORD = re.compile(r"[^\s。！？]*[。！？]+[”’」』）)]*\s*|\S+\s*")
"""With the blanks behind it; in Chinese and Japanese, all up to the end of the sentence."""
_CLAUSE_END = re.compile(r"[,;:—–][\"”’')\]]*$")
_ABBREVIATION = re.compile(
    r"[(\"“'‘]*(?:[A-Z]|Mrs?|Ms|Drs?|Prof|St|Mt|Gen|Gov|Sen|Rep|Capt|Lt|Col|Sgt|Rev|Hon|No|vs)\.$"
)
_TYPOGRAPHY = {"’": "'", "‘": "'", "“": '"', "”": '"', "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
_TYPOGRAPHY |= {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss"}
_TYPOGRAPHY |= {"ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th", "ı": "i"}
_TYPOGRAPHY |= {symbol: symbol for symbol in "—–…€£¥°¢"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word as `typed`, and what the voice is given for it: `spoken`, "" when that is nothing."""

    typed: str
    spoken: str

    @property
    def weight(self) -> int:
        """Roughly the letters it takes to say it: a digit is a word of its own."""
        return len(self.spoken) + 4 * sum(c.isdigit() for c in self.spoken) + 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Words said in one go, then `pause` seconds of silence. `sounds`: at least one can be said."""

    tokens: list[Token]
    pause: float
    sounds: bool


def printable(text: str) -> str:
    """`text` without control characters and lone surrogates, which nothing can say or show."""
    return _NOT_TEXT.sub("", text)


def spoken(word: str) -> str:
    """What the voice is given for one typed word: ASCII and a few symbols, or "".

    Rule: letters lose their accents (the dictionary has none); scripts the voice can't read, emoji
    and marks vanish. The brackets of tags and the scheme of addresses are not read out. The
    phonemiser's own markup, `[word](/phonemes/)`, is taken apart, so that a text can't put sounds
    into its mouth. Length is bounded: a number of 13 digits or more is read digit by digit.
    """
    word = "".join(map(_readable, word))
    word = _REPEATED.sub(r"\1\1\1", _TAG_BRACKET.sub(" ", _SCHEME.sub("", word)))
    first = _SOUNDS.search(word)
    if first:
        word = word[max(0, first.start() - 3) :]
    word = word[:LONGEST_WORD]
    word = _LONG_NUMBER.sub(
        lambda number: " ".join(number[0].replace(",", "")[:LONGEST_NUMBER]), word
    )
    return word.replace("](", "] (").strip()


def has_sound(text: str) -> bool:
    """Whether any of `text` can be said: it holds a Latin letter or a digit."""
    return any(_SOUNDS.search(_readable(character)) for character in set(text))


def sentences(text: str) -> list[str]:
    """`text` cut behind each sentence and each line, with the blanks that follow it.

    Nothing is lost: joined, the sentences are `text` again. A blank text has none.
    """
    words = _WORD.findall(text)
    found = [text[: len(text) - len(text.lstrip())]]
    for word, after in zip_longest(words, words[1:]):
        found[-1] += word
        if after is not None and ("\n" in word or _ends_sentence(word.rstrip(), after)):
            found.append("")
    return found if words else []


def pieces(text: str) -> Iterator[Piece]:
    """Cut a text into pieces, each with sound, none too long, no typed word lost.

    Words without sound go with what was said before them, or first with what comes after.
    A text with no sound at all gives nothing. Lazy: the first piece of a long text comes at once.
    """
    held = Piece([], 0.0, False)
    for piece in _parts(text):
        if held.sounds and piece.sounds:
            yield held
            held = piece
        else:
            held.tokens.extend(piece.tokens)
            held = Piece(held.tokens, piece.pause, held.sounds or piece.sounds)
    if held.sounds:
        yield Piece(held.tokens, 0.0, True)


@lru_cache(maxsize=4096)
def _readable(character: str) -> str:
    """A character as the voice can read it, or "".

    One at a time: to normalise a whole text takes quadratic time where thousands of combining
    marks follow each other.
    """
    if character in _TYPOGRAPHY:
        return _TYPOGRAPHY[character]
    return "".join(filter(str.isascii, unicodedata.normalize("NFKD", character)))


def _tokens(text: str) -> Iterator[tuple[Token, bool]]:
    """Every word, and whether its sentence ends with it."""
    for line in text.split("\n"):
        words = line.split()
        for word, after in zip_longest(words, words[1:]):
            yield Token(word, spoken(word)), after is None or _ends_sentence(word, after)


def _ends_sentence(word: str, after: str) -> bool:
    return (
        _SENTENCE_END.search(word) is not None
        and _ABBREVIATION.match(word) is None
        and not after[0].islower()
    )


def _parts(text: str) -> Iterator[Piece]:
    """Sentences; a long one is cut near its middle, again and again."""
    held: list[Token] = []
    weight = 0
    for token, ends in _tokens(text):
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
    return Piece(tokens, pause, any(_SOUNDS.search(token.spoken) for token in tokens))


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
        if miss < clause_miss and passed <= LONGEST_PIECE and _CLAUSE_END.search(token.typed):
            clause_cut, clause_miss = index, miss
    return (clause_cut, CLAUSE_PAUSE) if clause_cut else (word_cut, 0.0)
