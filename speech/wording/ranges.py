# ruff: noqa: RUF001, RUF002 - it looks for typographic signs
"""Ranges, and powers, whose signs look like those of ranges."""

from __future__ import annotations

import re

from speech.numerals import (
    JOIN,
    amount,
    cardinal,
    joined,
    power,
)
from speech.units import (
    LENGTHS,
    SCALE,
    SUPERSCRIPTS,
    UNITS,
)
from speech.wording.rules import (
    BEGIN,
    CODE,
    DASH,
    NUMBER,
    SIGN,
    UP,
    Rules,
    any_of,
    between,
)

rule = Rules()

_VALUE = rf"(?:\d{{1,2}}:\d\d|{NUMBER})"


@rule(rf"{BEGIN}({NUMBER})[eE]([+-]?)(\d{{1,3}})(?!\w)")
def _scientific(found: re.Match[str]) -> str:
    exponent = ("-" if found[2] == "-" else "") + found[3]
    to = power(exponent) if exponent not in ("2", "3") else joined("to", "the", cardinal(exponent))
    return joined(amount(found[1]), "times", "ten", to)


@rule(rf"(\d|\)|(?<![A-Za-z])[A-Za-z]{{1,3}})(?:([{UP}]+)|(?:\^|\*\*)[({{]?([-−]?\w{{1,4}})[)}}]?)")
def _power(found: re.Match[str]) -> str:
    if found[1] in LENGTHS and found[0][-1] in "²³":
        return found[0]
    return joined(found[1], power((found[2] or found[3]).translate(SUPERSCRIPTS)))


@rule(rf"\b((?:{any_of(LENGTHS)}))([²³])")
def _squared_unit(found: re.Match[str]) -> str:
    """Without a number before it; with one, `_measure` comes first in what it finds."""
    before = found.string[: found.start()].rstrip(" -")
    if before[-1:].isdecimal() or before[-1:] == "/":
        return found[0]
    return joined("square" if found[2] == "²" else "cubic", UNITS[found[1]][0])


@rule(
    rf"(?<![\w.,:/-])({SIGN}|(?:{CODE}) ?)?({_VALUE})([A-Za-z%°′″'µ]{{0,5}}| %|°[CF]| [ap]\.?m\.?)"
    rf"({DASH})({SIGN})?(?={_VALUE}(?!\d|:\d|[.,]\d|/\d|{DASH}\d| ?=))"
)
def _range(found: re.Match[str]) -> str:
    """The currency of the first is said once, behind the second; so is a unit."""
    sign, value, unit, dash, again = found[1] or "", found[2], found[3], found[4], found[5]
    rest = re.match(r"[\d,.]+", found.string[found.end() :])
    until = rest[0].rstrip(".,") if rest else ""
    if value.isdecimal() and until.isdecimal() and not (unit or sign or again) and dash != "–":
        if dash == " - " and int(value) > int(until):
            return f"{value} minus "
        if dash == "-" and int(value) > int(until) >= 100:
            return f"{value}{JOIN}"  # a Boeing 737-800
    if sign and unit in SCALE:
        value, unit = joined(amount(value), SCALE[unit]), ""
    if sign and (not again or again == sign.strip()):
        again, sign = sign.strip(), " " if sign.endswith(" ") else ""
    return f"{sign}{value}{unit}{between(dash, 'to')}{again or ''}"


@rule(r"(?<![\w.,-])([A-Z]{1,3})(\d{1,4})([-–])(?:\1)?(\d{1,4})(?![\w-])")
def _lettered_range(found: re.Match[str]) -> str:
    """Q1–Q3, FY24-25."""
    return f"{found[1]}{found[2]}{JOIN}to{JOIN}{found[0].partition(found[3])[2]}"


@rule(r"(?<!\w)([A-Z])–(?=(?:[A-Z]|\d{1,2})(?!\w))")
def _letter_range(found: re.Match[str]) -> str:
    """A–Z."""
    return f"{found[1]}{JOIN}to{JOIN}"
