# ruff: noqa: RUF001 - a minus sign is no hyphen
"""Numbers as the words a person says for them, in American English without "and".

num2words gives cardinals and ordinals; it knows nothing of digits one by one, years and decimals.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import cast

JOIN = "\x02"
"""Joins words that are said for one typed word. No text holds it: it is not printable."""

LONGEST_NUMBER = 24
"""Digits of one number that are read aloud."""

_LONGEST_NAMED = 12, 15
"""Digits of a number whose name anybody follows, without commas and with them."""

_POWERS = {"2": "squared", "3": "cubed"}
_PARTS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_LETTERS = re.compile(r"[A-Za-z]+|\d")


def joined(*words: str) -> str:
    """`words` for one typed word."""
    return JOIN.join(word for word in words if word)


@lru_cache(maxsize=4096)
def cardinal(digits: str) -> str:
    """Digits, with commas or not: "1,500" is one thousand five hundred."""
    named, digits = _LONGEST_NAMED["," in digits], digits.replace(",", "")
    return one_by_one(digits) if len(digits) > named else _words(int(digits or "0"))


@lru_cache(maxsize=4096)
def ordinal(digits: str) -> str:
    """21 is twenty first."""
    digits = digits.replace(",", "")
    too_long = len(digits) > _LONGEST_NAMED[0]
    return one_by_one(digits) if too_long else _words(int(digits), ordinal=True)


def year(digits: str) -> str:
    """Four digits: 1905 is nineteen oh five, 2008 two thousand eight, 2025 twenty twenty five."""
    high, low = digits[:2], digits[2:]
    if digits[1:3] == "00":
        return cardinal(digits)
    if low == "00":
        return joined(cardinal(high), "hundred")
    return joined(cardinal(high), short_year(low))


def short_year(digits: str) -> str:
    """Two digits: 05 is oh five."""
    return joined("oh", cardinal(digits[1])) if digits[0] == "0" else cardinal(digits)


def one_by_one(digits: str) -> str:
    """Every digit by itself, 24 at most; what is no digit is left out."""
    found = [digit for digit in digits if digit.isdecimal()]
    return joined(*(cardinal(digit) for digit in found[:LONGEST_NUMBER]))


def amount(number: str) -> str:
    """A quantity: 1,234.50 is one thousand two hundred thirty four point five zero."""
    whole, point, rest = number.partition(".")
    words = cardinal(whole) if whole else ""
    return joined(words, "point", one_by_one(rest)) if point and rest else words


def plain(number: str) -> str:
    """A number that stands alone: four digits from 1100 to 2099 as a year, 007 digit by digit."""
    if len(number) > 1 and number.isdecimal():
        if number[0] == "0":
            return one_by_one(number)
        if len(number) == 4 and "1100" <= number < "2100":
            return year(number)
    return amount(number)


def code(digits: str) -> str:
    """Digits beside letters: A380 is A three eighty, MP3 M P three, X1234 X twelve thirty four."""
    if digits[0] == "0" or len(digits) > 4:
        return one_by_one(digits)
    if len(digits) == 4:
        return year(digits)
    if len(digits) == 3 and digits[1:] != "00":
        return joined(cardinal(digits[0]), short_year(digits[1:]))
    return cardinal(digits)


def release(number: str) -> str:
    """A version: 2.0.1 is two point zero point one, 3.14 three point fourteen."""
    parts = [one_by_one(p) if p.startswith("0") else cardinal(p) for p in number.split(".") if p]
    return f"{JOIN}point{JOIN}".join(parts)


def parts(count: str, whole: str) -> str:
    """A fraction: 3 of 4 is three quarters."""
    if whole in ("2", "4"):
        one, many = _PARTS[int(whole)]
    else:
        one = ordinal(whole)
        many = f"{one}s"
    return joined(cardinal(count), one if count == "1" else many)


def power(exponent: str) -> str:
    """What follows a base: squared, cubed, to the six, to the minus six, to the n."""
    if exponent in _POWERS:
        return _POWERS[exponent]
    minus = exponent[:1] in "-−⁻" and "minus"
    exponent = exponent.lstrip("+-−⁻")
    if not exponent:  # an ion: Na⁺
        return minus or "plus"
    words = cardinal(exponent) if exponent.isdecimal() else spelled(exponent)
    return joined("to", "the", minus or "", words)


def spelled(letters: str) -> str:
    """Letters by their names, digits one by one.

    With points between them the phonemiser names letters, whatever word they make: "A.I", "I.T".
    """
    names = (
        cardinal(run) if run.isdecimal() else ".".join(run.upper()) + ("." if run in "aA" else "")
        for run in _LETTERS.findall(letters.replace(".", ""))
    )
    return joined(*names)


def _words(number: int, *, ordinal: bool = False) -> str:
    words = re.split(r"[\s,-]+", _num2words()(number, ordinal=ordinal))
    return joined(*(word for word in words if word != "and"))


@lru_cache(maxsize=1)
def _num2words() -> Callable[..., str]:
    """Imported at its first use: 20 ms that only a server whose voice speaks has to spend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # Python 3.12 warns of its Portuguese
        from num2words import num2words  # type: ignore[import-untyped]  # 0.5.6 has no type hints

        return cast(Callable[..., str], num2words)
