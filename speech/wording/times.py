"""Times of day, lengths of time and ratios."""

from __future__ import annotations

import re

from speech.numerals import (
    JOIN,
    cardinal,
    joined,
    short_year,
)
from speech.wording.rules import (
    BEGIN,
    Rules,
)

rule = Rules()


@rule(
    rf"{BEGIN}(\d{{1,2}}):(\d\d)(?::(\d\d))?(?:\.\d+)?"
    r"(?:( ?)([AaPp])\.?[Mm](?!\w)\.?|(Z)\b)?(?![\d:])"
)
def _time(found: re.Match[str]) -> str:
    hour, minute, second = int(found[1]), int(found[2]), found[3]
    half = f"{found[5].upper()}.M" if found[5] else ""
    if hour > 24 or minute > 59 or int(second or 0) > 59:
        return found[0]
    if (found[1], found[2]) in (("16", "10"), ("50", "50")):
        return f"{cardinal(found[1])}{JOIN}by{JOIN}{cardinal(found[2])}"
    if minute:
        said = joined(cardinal(str(hour)), short_year(found[2]))
    elif half or second:
        said = cardinal(str(hour))
    elif hour in (0, 24):
        said = "midnight"
    else:
        said = joined(cardinal(str(hour)), "hundred" if hour > 12 else "o'clock")
    if second and int(second):
        word = "second" if int(second) == 1 else "seconds"
        said = joined(said, "and", cardinal(str(int(second))), word)
    if found[6]:
        said = joined(said, "U.T.C")
    return said + (f"{found[4] or JOIN}{half}" if half else "")


@rule(rf"{BEGIN}(\d{{1,2}})( ?)([AaPp])\.?[Mm](?!\w)\.?(?!\d)")
def _hour(found: re.Match[str]) -> str:
    if int(found[1]) > 24:
        return found[0]
    return f"{cardinal(found[1])}{found[2] or JOIN}{found[3].upper()}.M"


@rule(rf"{BEGIN}(\d{{1,4}}):(\d{{1,4}})(?![\w:])")
def _ratio(found: re.Match[str]) -> str:
    by = (found[1], found[2]) in (("16", "9"), ("4", "3"), ("21", "9"), ("9", "16"), ("3", "2"))
    return joined(cardinal(found[1]), "by" if by else "to", cardinal(found[2]))
