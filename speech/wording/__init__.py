# ruff: noqa: RUF001 - it looks for typographic signs
"""From what is written to the words that are heard: numbers, money, dates, signs, addresses.

The phonemiser gets words alone, and none of its own tables for numbers and abbreviations is used.
Those read "no." as "number" and "Gen AI" as "General AI".

Each rule replaces what it finds by words. It keeps every blank, so that the words said for each
typed word are known, and joins its own words by `JOIN`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from speech.numerals import JOIN
from speech.units import SUBSCRIPTS
from speech.wording import (
    addresses,
    dates,
    dialled,
    fractions,
    leftovers,
    measures,
    money,
    ranges,
    short_forms,
    signs,
    times,
)

LONGEST_WORD = 60
"""Characters of one typed word that are read aloud; the rest of it is shown, not said."""

LONGEST_WORDING = 240
"""Characters of what is said for one typed word."""

RULES = [
    *addresses.rule,
    *dialled.rule,
    *dates.rule,
    *ranges.rule,
    *times.rule,
    *fractions.rule,
    *money.rule,
    *measures.rule,
    *short_forms.rule,
    *signs.rule,
    *leftovers.rule,
]
"""In this order: an address holds dots, a telephone number holds what looks like ranges, and so on;
what one rule has said is words, which hardly another one touches."""


def worded(words: Sequence[str]) -> list[str]:
    """What is said for each of `words`, the words of a sentence as they are typed; "" is nothing.

    It holds letters and marks of pause, and no digit.
    """
    text = " ".join(word[:LONGEST_WORD] for word in words)
    text = _REPEATED.sub(r"\1\1\1", text.translate(_TYPOGRAPHY).translate(SUBSCRIPTS))
    for pattern, say in RULES:
        text = pattern.sub(say, text)
    said = [_readable(word) for word in text.split(" ")]
    for index, word in enumerate(words):
        dash = not said[index] and _ONLY_DASH.fullmatch(word)
        if index and dash and said[index - 1][-1:].isalpha():
            said[index - 1] += ","  # a dash is a pause, which a word by itself can't be
    return said


_REPEATED = re.compile(r"([^\w\s])\1{3,}")
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ‛", "'"),
        **dict.fromkeys("“”„‟", '"'),
        **dict.fromkeys("‐‑‒", "-"),
        **dict.fromkeys("™®℠", ""),
        **dict(zip("ˢᵗᵈʳʰ", "stdrh", strict=True)),
        "―": "—",
        "⁄": "/",
        "∕": "/",
        "µ": "µ",
        "μ": "µ",
        "٪": "%",
    }
)
_LETTERS = {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae"}
_LETTERS |= {"œ": "oe", "Œ": "Oe", "ß": "ss", "ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th"}
_LETTERS |= {"ı": "i", "—": "—", "–": "—", "…": "…", JOIN: " "}
_ONLY_DASH = re.compile("[-–—]{1,3}|/")
_LOOSE = re.compile(" (?=[,.;:!?])")
_SOUND = re.compile(r"[A-Za-z]")
_UNSAID = re.compile(r"[^A-Za-z'.,;:!?()\"…— -]+|(?<![A-Za-z])'(?![A-Za-z])|(?<![A-Za-z])-|-(?!\w)")


def _readable(word: str) -> str:
    """`word` in plain letters and marks of pause, without what is before its first letter."""
    word = _UNSAID.sub(" ", "".join(map(_letter, word)))
    if len(word) > LONGEST_WORDING:
        word = word[:LONGEST_WORDING].rpartition(" ")[0] or word[:LONGEST_WORD]
    first = _SOUND.search(word)
    return _LOOSE.sub("", " ".join(word[max(0, first.start() - 1) :].split())) if first else ""


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    """A character as the voice can read it, or "".

    One at a time: to normalise a whole text takes quadratic time where thousands of combining
    marks follow each other.
    """
    if character in _LETTERS:
        return _LETTERS[character]
    return "".join(filter(str.isascii, unicodedata.normalize("NFKD", character)))
