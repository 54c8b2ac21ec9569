# ruff: noqa: RUF001 - it looks for typographic signs
"""Versions and fractions: what else has points and slashes between numbers."""

from __future__ import annotations

import re

from speech.abbreviations import (
    WEEKDAY,
    WEEKDAYS,
)
from speech.numerals import (
    JOIN,
    cardinal,
    code,
    joined,
    one_by_one,
    parts,
    release,
)
from speech.units import (
    FRACTIONS,
    UNITS,
)
from speech.wording.dates import date_of
from speech.wording.rules import (
    BEGIN,
    DOT,
    UNIT,
    UP,
    WEEKDAY_NAME,
    Rules,
    gap_of,
)

rule = Rules()

_SOFTWARE = (
    "Python Java Ruby PHP Node Go Rust Swift Kotlin iOS iPadOS Android macOS Windows Ubuntu Debian"
    " Chrome Firefox Safari Django Rails React Angular Vue Kubernetes Docker Postgres PostgreSQL"
    " MySQL Redis Kafka Spark OpenSSL TLS HTTP Bluetooth USB HDMI Streamlit Release release Version"
    " version build Build"
).replace(" ", "|")


@rule(r"(?<![\w.])(?:v(?:er)?\.?|V(?=\d+\.\d))(\d+(?:\.\d+)*)(\.x)?(?!\w*\.\w)(?=\W|[a-z]|$)")
def _version(found: re.Match[str]) -> str:
    glued = found.string[found.end() : found.end() + 1].isalnum()
    x = joined("point", "x") if found[2] else ""
    return joined("version", release(found[1]), x) + (JOIN if glued else "")


@rule(r"(?<=\d)\.x\b")
def _any_version(found: re.Match[str]) -> str:
    """Python 3.x."""
    return f"{JOIN}point{JOIN}x"


@rule(rf"\b((?:{_SOFTWARE})/? ?)(\d+(?:\.\d+)+)(?![\d%])(?!\.\d)")
def _named_version(found: re.Match[str]) -> str:
    return found[1].replace("/", JOIN) + release(found[2])


@rule(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?:/(\d{1,2}))?(?::(\d{2,5}))?(?![\w]|\.\d)")
def _ip_address(found: re.Match[str]) -> str:
    said = DOT.join(one_by_one(part) for part in found[1].split("."))
    if found[2]:
        said = joined(said, "slash", cardinal(found[2]))
    return joined(said, "port", code(found[3])) if found[3] else said


@rule(r"(?<![\w.])\d+(?:\.\d+){2,}(?!\w)")
def _points(found: re.Match[str]) -> str:
    return release(found[0])


def _of_unit(gap: str | None, unit: str | None, many: bool) -> str:
    return f"{gap_of(gap or '')}{joined(*UNITS[unit][many].split())}" if unit else ""


@rule(rf"(?<=[{''.join(FRACTIONS)}])[-–](?=\d)")
def _fraction_range(found: re.Match[str]) -> str:
    """1½-2 hours."""
    return f"{JOIN}to{JOIN}"


@rule(
    rf"(?:{BEGIN}(\d{{1,3}}(?:,\d{{3}})*)( ?)|(?<!\w))([{''.join(FRACTIONS)}])"
    rf"(?:(-| ?)({UNIT})(?![\w])(?:\.(?= [a-z]))?|(x))?(?!\w)"
)
def _vulgar_fraction(found: re.Match[str]) -> str:
    said = _mixed(found[1], found[2], *FRACTIONS[found[3]], found[4], found[5])
    return joined(said, "x") if found[6] else said


@rule(r"(?<=\d/\d)\"(?!\w)")
def _part_of_an_inch(found: re.Match[str]) -> str:
    """3/4"."""
    return "″"


@rule(
    rf"((?:{WEEKDAY_NAME}|{'|'.join(WEEKDAYS)}|\b[Oo]n|\b[Bb]y|\b[Dd]ue)\.?,? )"
    r"(\d{1,2})/(\d{1,2})(?![\w/]|\.\d| of)"
)
def _day_in_numbers(found: re.Match[str]) -> str:
    """On 3/6."""
    if not (1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31):
        return found[0]
    day = re.sub(rf"^({WEEKDAY_NAME})\b\.?", lambda day: WEEKDAY[day[1]], found[1])
    return day + date_of(found, found[2], found[3], None)


@rule(
    rf"{BEGIN}(?<!/)(?:(\d{{1,3}})([ -]))?(\d{{1,2}})[/⁄](\d{{1,3}})"
    rf"(?:(-| ?)({UNIT})(?!\w)|(?:rds?|ths?|nds?)\b)?(?:\.(?= [a-z]))?(?![\w/]|\.\d)"
)
def _fraction(found: re.Match[str]) -> str:
    """3/4; but 12/25 is a day, 7/10 a mark, 120/80 neither."""
    count, whole = int(found[3]), int(found[4])
    if not count or not whole or found[3][0] == "0" or found[4][0] == "0":
        return found[0]
    if found[1] is None and found[6] is None:
        stars = re.match(r" stars?\b", found.string[found.end() :])
        if (whole in (10, 100) and count <= whole) or count == whole or stars:
            return joined(cardinal(found[3]), "out", "of", cardinal(found[4]))
        if count <= 12 and 10 < whole <= 31 and whole != 16:
            return date_of(found, found[3], found[4], None)
    few = whole <= 12 or count == 1 or whole in (16, 20, 32, 50, 64, 100)
    if count >= whole or whole > 100 or not few:
        return found[0]
    return _mixed(found[1], found[2], found[3], found[4], found[5], found[6])


def _mixed(
    number: str | None, blank: str | None, count: str, whole: str, gap: str | None, unit: str | None
) -> str:
    """One and a half; alone, one half."""
    if gap == "-" and unit:
        return joined(_mixed(number, blank, count, whole, "", None), UNITS[unit][0])
    said = parts(count, whole)
    if number is None:
        return said + _of_unit(gap, unit, False)
    if count == "1":
        said = joined("an" if whole == "8" else "a", *said.split(JOIN)[1:])
    return (
        cardinal(number)
        + (blank if blank == " " else JOIN)
        + joined("and", said)
        + _of_unit(gap, unit, True)
    )


@rule(rf"(?<=[A-Za-z]{{4}})[{UP}]+")
def _note(found: re.Match[str]) -> str:
    """A footnote's number is not said."""
    return ""
