# ruff: noqa: RUF001 - it looks for typographic signs
"""What rules are made of: the patterns they share, and how they keep the blanks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from speech.abbreviations import MONTH, WEEKDAY
from speech.numerals import JOIN, joined
from speech.units import CURRENCIES, SCALE, UNITS

Say = Callable[[re.Match[str]], str]


class Rules(list[tuple[re.Pattern[str], Say]]):
    """Rules in the order they are written: a pattern, and what is said for what it finds.

    A rule keeps each blank of what it finds, and joins the words it adds by `JOIN`.
    """

    def __call__(self, pattern: str, flags: int = 0) -> Callable[[Say], Say]:
        """The decorated function says what `pattern` finds."""

        def add(say: Say) -> Say:
            self.append((re.compile(pattern, flags), say))
            return say

        return add

    def fixed(self, pattern: str, words: str) -> None:
        """What `pattern` finds, which holds no blank, is said as `words`."""
        said = joined(*words.split())
        self.append((re.compile(pattern), lambda _: said))

    def sign(self, pattern: str, words: str) -> None:
        """A sign between two words, with blanks around it or not, is said as `words`."""
        self(rf" ?(?:{pattern}) ?")(lambda found: between(found[0], words))


def any_of(words: Iterable[str]) -> str:
    """One of `words`, the longest that fits."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def between(found: str, words: str) -> str:
    """`words` instead of a sign, with the blanks that the sign has around it."""
    before = " " if found[:1] == " " else JOIN
    after = " " if found[-1:] == " " else JOIN
    return before + joined(*words.split()) + after


def gap_of(gap: str) -> str:
    """The blanks between a number and its unit; where there are none, the two are joined."""
    return gap if gap and not gap.strip() else JOIN


def before_noun(found: re.Match[str]) -> bool:
    """Whether a measure stands before its noun: a five kilometre run."""
    article = re.search(r"\b[Aa]n? $", found.string[: found.start()])
    return article is not None and NOUN.match(found.string[found.end() :]) is not None


NOUN = re.compile(r" (?!(?:wide|tall|long|deep|high|thick|by|of|in|per|and|or|is|are|x)\b)[a-z]")
NUMBER = r"(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,2}(?:,\d\d)+,\d{3}(?!\d)|\d+)(?:\.\d+)?|\.\d+)"
BEGIN = r"(?<![\w.,])"
END = r"(?![\w]|[.,]\d)"
DASH = r"(?: [-–—~] |[-–—~])"
SIGN = any_of(sign for sign in CURRENCIES if not sign.isalpha() and sign not in ("¢", "Fr.", "kr"))
CODE = any_of(code for code in CURRENCIES if code.isascii() and code.isalpha() and code.isupper())
SCALE_NAME = rf"(?:{any_of(SCALE)})(?!\w)"
UNIT = any_of(UNITS)
MONTH_NAME = any_of(MONTH)
WEEKDAY_NAME = rf"(?:{any_of(WEEKDAY)})"
UP = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"
DOT = f"{JOIN}dot{JOIN}"
