"""Telephone numbers, and other numbers that are said digit by digit."""

from __future__ import annotations

import re

from speech.numerals import (
    JOIN,
    one_by_one,
    spelled,
)
from speech.wording.rules import (
    BEGIN,
    Rules,
)

rule = Rules()


def _dialled(found: str) -> str:
    """Digit by digit, with a short pause between the groups; blanks stay where they are."""
    said = ""
    for group, gap in re.findall(r"([\dA-Z]+)([^\dA-Z]*)", found):
        words = one_by_one(group) if group.isdecimal() else spelled(group)
        if len(group) > 3 and group.isalpha():
            words = group.capitalize()
        comma = "," if gap and gap != ")" else ""
        said += words + comma + (" " if " " in gap else JOIN if gap else "")
    return said.rstrip(f",{JOIN}")


_DIALLED = (
    r"\+\d{1,3}(?:[ .-]?\(\d{1,5}\)|(?:[ .-]\d{1,5}))(?:[ .-]?\d{2,5}){1,4}",
    r"\+\d{8,15}",
    r"(?:\+?1[ .-]?)?\(\d{3}\)[ .-]?\d{3}[ .-]?\d{4}",
    r"(?:\+?1[ .-])?\d{3}([ .-])\d{3}\1\d{4}",
    r"1-(?:8\d\d|900)-(?=[A-Z\d-]{7,8}(?![\w-]))[A-Z\d]+(?:-[A-Z\d]+)?",
    r"\(0\d{2,4}\) ?\d{3,4}[ -]?\d{3,4}",
    r"0\d{2,4}[ -]\d{3,4}[ -]\d{3,4}",
    r"0\d{3,4}[ -]\d{5,7}",
    r"0\d(?:[ .]\d{2}){4}",
    r"0\d-\d{4}[ -]\d{4}",
    r"00\d{1,3}(?: \d{2,5}){2,4}",
    r"\d{4}([ -])\d{4}\2\d{4}\2\d{4}",
    r"\d{3}-\d{2}-\d{4}",
    r"97[89](?:-\d{1,7}){3}-[\dX]",
)


@rule(rf"(?<![\w.+-])(?:{'|'.join(_DIALLED)})(?![\w]|[.-]\d)")
def _telephone(found: re.Match[str]) -> str:
    number = found[0].replace("(0)", "")
    return (f"plus{JOIN}" if number[0] == "+" else "") + _dialled(number.lstrip("+("))


@rule(rf"{BEGIN}([2-9]\d\d)-(\d{{4}})(?![\w-]|[.,]\d)")
def _local_telephone(found: re.Match[str]) -> str:
    """555-0199, but 500-1000 is a range."""
    if int(found[2]) > int(found[1]) and int(found[2]) % 50 == 0:
        return found[0]
    return _dialled(found[0])


@rule(r"\b([Ee]xt|x(?=\d{3})(?!26[45])|extension)(\.? ?)(\d{1,6})(?![\w.,]\w)(?!\w)")
def _extension(found: re.Match[str]) -> str:
    said = "extension" if found[1] != "Ext" else "Extension"
    return said + (" " if " " in found[2] else JOIN) + one_by_one(found[3])


@rule(
    r"\b((?:PIN|OTP|[Pp]asscode|[Pp]assword|ZIP|[Zz]ip|[Pp]ostcode|[Cc]ode|[Cc]all|[Dd]ial)"
    r"(?: code| number)?(?: is)?:?) (\d{3,8})(?!\w|[.,:/-]\d| [a-z]+s\b)"
)
def _digits(found: re.Match[str]) -> str:
    return f"{found[1]} {one_by_one(found[2])}"
