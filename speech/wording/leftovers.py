"""Numbers and points that no other rule has said."""

from __future__ import annotations

import re

from speech.numerals import (
    JOIN,
    amount,
    cardinal,
    code,
    joined,
    plain,
    spelled,
)
from speech.wording.rules import (
    BEGIN,
    DOT,
    END,
    NUMBER,
    Rules,
)

rule = Rules()


@rule(rf"{BEGIN}(\d+\.\d+|0)/(5|10|100)(?![\w/.])")
def _marks(found: re.Match[str]) -> str:
    """4.5/5."""
    return joined(amount(found[1]), "out", "of", cardinal(found[2]))


@rule(r"(?<=[a-z])/(?=\d)|(?<=\d)/(?=[a-z]{2})")
def _per_number(found: re.Match[str]) -> str:
    """$5/1,000 tokens, 1/day."""
    return f"{JOIN}per{JOIN}"


@rule(r"(?<![\w./])(\d+)/(\d+)(?![\w/])|(?<=\d)/(?=\d)")
def _over(found: re.Match[str]) -> str:
    """120/80; 80/20 is what makes a hundred."""
    if found[1] is None:
        return f"{JOIN}over{JOIN}"
    over = "" if int(found[1][:9]) + int(found[2][:9]) == 100 else "over"
    return joined(plain(found[1]), over, plain(found[2]))


@rule(rf"{BEGIN}(\d+\.\d+)([xX])(?!\w)")
def _times_as_much(found: re.Match[str]) -> str:
    """1.5x."""
    return joined(amount(found[1]), "x")


@rule(rf"{BEGIN}{NUMBER}{END}")
def _number(found: re.Match[str]) -> str:
    return plain(found[0])


@rule(r"\b([A-Z]{1,4})(\d+\.\d+)(?![\w.])")
def _lettered_decimal(found: re.Match[str]) -> str:
    """PM2.5."""
    return joined(spelled(found[1]), amount(found[2]))


@rule(r"(?<=[a-z])\.(?=\d)")
def _inner_number(found: re.Match[str]) -> str:
    """beta.2."""
    return JOIN


@rule(r"([A-Za-z]+)?[-_]?(\d+)(?=([A-Za-z]?))")
def _mixed_code(found: re.Match[str]) -> str:
    """MP3, A380, COVID-19: short capitals by their letters."""
    letters = found[1] or ""
    if letters.isupper() and len(letters) < 4:
        letters = spelled(letters) if len(letters) > 1 or letters == "A" else letters
    before = found.string[found.start() - 1 : found.start()]
    left = JOIN if before.isalnum() or (before in ("/", ".", ":", "-", ",") and before) else ""
    return left + joined(letters, code(found[2])) + (JOIN if found[3] else "")


@rule(r"(?<=[a-z])\.(?=[a-z]{2})")
def _inner_point(found: re.Match[str]) -> str:
    return DOT


@rule(r"(?<=\w)/(?=\w)")
def _slash(found: re.Match[str]) -> str:
    """and/or."""
    return JOIN
