# ruff: noqa: RUF001, RUF002 - it looks for typographic signs
"""Dates, months, weekdays and decades; first, numbers as other countries write them."""

from __future__ import annotations

import re

from speech.abbreviations import (
    MONTH,
    MONTHS,
    WEEKDAY,
)
from speech.numerals import (
    JOIN,
    cardinal,
    joined,
    ordinal,
    short_year,
    year,
)
from speech.wording.rules import (
    DASH,
    MONTH_NAME,
    WEEKDAY_NAME,
    Rules,
    between,
)

rule = Rules()


def year_of(digits: str) -> str:
    """A year of two or four digits; two are of 1931 to 2030."""
    if len(digits) == 2:
        digits = ("19" if int(digits) > 30 else "20") + digits
    return year(digits) if digits[0] != "0" else cardinal(digits)


def date_of(found: re.Match[str], month: str, day: str, years: str | None) -> str:
    """A date in numbers; not one, if there is no such day."""
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return found[0]
    return joined(
        MONTHS[int(month) - 1],
        ordinal(str(int(day))) + ("," if years else ""),
        year_of(years) if years else "",
    )


@rule(
    r"(?<![\w.,])(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{2}))?(?= {0,3}(?:€|EUR|kr|zł|Kč)(?!\w))"
    r"|(?<=€)(\d{1,3}(?:\.\d{3})*),(\d\d)(?!\d)"
    r"|(?<![\w.,])(\d{1,3}),(\d{1,2})(?= ?%)"
)
def _continental(found: re.Match[str]) -> str:
    """1.234,56 € is 1234.56 €."""
    whole, rest = found[1] or found[3] or found[5], found[2] or found[4] or found[6]
    return whole.replace(".", "") + (f".{rest}" if rest else "")


@rule(
    r"(?<![\w.,])(\d{1,3})((?: \d{3}){2,}|(?: 000)+(?! ?\d)|(?: \d{3})+(?= ?(?:€|EUR|kr|zł|Kč)))"
    r"(?![\w]|[.]\d)"
)
def _spaced_thousands(found: re.Match[str]) -> str:
    """1 000 000: its blanks come behind it."""
    return found[1] + found[2].replace(" ", "") + " " * found[2].count(" ")


@rule(r"(?<=\d)['_](?=\d{3}(?!\d))")
def _separator(found: re.Match[str]) -> str:
    """1_000 and 1'000."""
    return ""


@rule(r"(?<![\w/-])(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?![\d/-])(?:T(?=\d\d:\d\d))?")
def _iso_date(found: re.Match[str]) -> str:
    said = date_of(found, found[3], found[4], found[1])
    return said if not found[0].endswith("T") or said == found[0] else f"{said},{JOIN}"


@rule(r"(?<![\w/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\w/-]|\.\d)")
def _numeric_date(found: re.Match[str]) -> str:
    """The month first, unless it can't be; with points the day first."""
    first, second = found[1], found[3]
    if (found[2] == "." and int(second) <= 12) or int(first) > 12:
        first, second = second, first
    return date_of(found, first, second, found[4])


@rule(r"(?<![\w/.-])(\d{1,2})/(\d{1,2})/(\d{2})(?![\w/-]|\.\d)")
def _short_date(found: re.Match[str]) -> str:
    first, second = found[1], found[2]
    if int(first) > 12:
        first, second = second, first
    return date_of(found, first, second, found[3])


@rule(
    rf"\b({MONTH_NAME})(\.?) (\d{{1,2}})(?:st|nd|rd|th)?(?:({DASH})(\d{{1,2}})(?:st|nd|rd|th)?)?"
    r"(?![\w%:]|[.,]\d|/)(?:(,? )(\d{4})(?!\w|[.,]\d))?"
)
def _month_day(found: re.Match[str]) -> str:
    month, day, until, years = MONTH[found[1]], found[3], found[5], found[7]
    if not (1 <= int(day) <= 31 and (until is None or 1 <= int(until) <= 31)):
        return f"{month} {found[0].split(' ', 1)[1]}"
    said = f"{month} {ordinal(str(int(day)))}"
    if until:
        said += between(found[4], "to") + ordinal(str(int(until)))
    return said + (f", {year_of(years)}" if years else "")


@rule(rf"(?<![\w-])(\d{{1,2}})-({MONTH_NAME})-(\d{{4}}|\d\d)(?![\w-])")
def _dashed_date(found: re.Match[str]) -> str:
    """05-Jun-2025."""
    day = ordinal(str(int(found[1]) or 1))
    return joined(MONTH[found[2]], f"{day},", year_of(found[3]))


@rule(rf"(?<![\w.,])(\d{{1,2}})({DASH})(?=(\d{{1,2}})(?:st|nd|rd|th)? (?:{MONTH_NAME})\b)")
def _days(found: re.Match[str]) -> str:
    """5–7 November."""
    return joined("the", ordinal(str(int(found[1])))) + between(found[2], "to")


@rule(
    rf"\b([Tt]he )?(\d{{1,2}})(?:(?:st|nd|rd|th))?( of)? ({MONTH_NAME})(?!\w)(?:\.(?= \d))?"
    r"(?:(,? )(\d{4})(?!\w|[.,]\d))?"
)
def _day_month(found: re.Match[str]) -> str:
    the, day, of, month, years = found[1], found[2], found[3], MONTH[found[4]], found[6]
    if not 1 <= int(day) <= 31:
        return found[0]
    said = (the or f"the{JOIN}") + ordinal(str(int(day))) + (of or f"{JOIN}of") + f" {month}"
    return said + (f"{found[5]}{year_of(years)}" if years else "")


@rule(rf"\b({MONTH_NAME})\.?(,? |-)(\d{{4}})(?!\w|[.,]\d)")
def _month_year(found: re.Match[str]) -> str:
    return f"{MONTH[found[1]]}{found[2].replace('-', JOIN)}{year_of(found[3])}"


@rule(rf"\b([Ii]n|[Ss]ince|[Uu]ntil|[Ll]ast|[Ee]arly|[Ll]ate|[Mm]id) ({MONTH_NAME})\.(?= )")
def _in_month(found: re.Match[str]) -> str:
    return f"{found[1]} {MONTH[found[2]]}"


@rule(rf"(?<=\w)( [-–] |[-–])(?=(?:{'|'.join(MONTHS)}) \w)")
def _until_month(found: re.Match[str]) -> str:
    """Jan 5 - Feb 3."""
    return between(found[1], "to")


@rule(rf"\b({MONTH_NAME})\.?({DASH}| to | and )({MONTH_NAME})\b(?:\.(?=.))?")
def _months(found: re.Match[str]) -> str:
    if found[2] in (" to ", " and "):
        return f"{MONTH[found[1]]}{found[2]}{MONTH[found[3]]}"
    return MONTH[found[1]] + between(found[2], "to") + MONTH[found[3]]


_MORE_DAYS = rf"(?:,? |[,/–-] ?| (?:to|and|or|–|-|&) ){WEEKDAY_NAME}\b"


@rule(
    rf"\b{WEEKDAY_NAME}\.?(?:{_MORE_DAYS}\.?)+"
    rf"|(?<=\b[Oo]n )(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)\.(?= )"
    rf"|\b{WEEKDAY_NAME}\.?"
    rf"(?=,? (?:{'|'.join(MONTHS)}|the{JOIN}|the \d|\d{{1,2}}(?::\d| ?[ap]\.?m\b)))"
)
def _weekdays(found: re.Match[str]) -> str:
    said = re.sub(rf"({WEEKDAY_NAME})\b\.?", lambda day: WEEKDAY[day[1]], found[0])
    said = re.sub(r"(?<=\w)[–-](?=\w)| [–-] ", lambda dash: between(dash[0], "to"), said)
    return re.sub(r"(?<=\w)/(?=\w)", f",{JOIN}", said)


@rule(r"(?<![\w/.-])(\d{1,2})/((?:19|20)\d\d)(?![\w/])")
def _month_slash_year(found: re.Match[str]) -> str:
    if not 1 <= int(found[1]) <= 12:
        return found[0]
    return joined(MONTHS[int(found[1]) - 1], year_of(found[2]))


@rule(r"(?:(?<![\w/.-])|(?<=FY))((?:19|20)\d\d)/(\d\d)(?![\w/])|(?<=FY)(\d\d)/(\d\d)(?!\w)")
def _season(found: re.Match[str]) -> str:
    """2024/25, FY24/25."""
    if found[3]:
        return JOIN + joined(short_year(found[3]), short_year(found[4]))
    glued = found.string[found.start() - 1 : found.start()].isalpha()
    return (JOIN if glued else "") + joined(year(found[1]), short_year(found[2]))


def _decade(words: str) -> str:
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


@rule(r"(?<![\w.,])'?(1\d|20)(\d0)'?s\b")
def _decades(found: re.Match[str]) -> str:
    return _decade(year(found[1] + found[2]))


@rule(
    r"(?:(?<![\w.,])'|\b((?:the|in|his|her|their|my|your|our|early|mid|late|of|to)[ -]))"
    r"([2-9]0|00)s\b"
    r"|(?<![\w.,])([5-9]0)s(?= (?:music|style|fashion|songs?|movies?|hits?|kids?|pop|rock|era))",
    re.IGNORECASE,
)
def _short_decades(found: re.Match[str]) -> str:
    return (found[1] or "").replace("-", JOIN) + (
        joined("two", "thousands") if found[2] == "00" else _decade(cardinal(found[2] or found[3]))
    )


@rule(r"(?:(?<!\w)|(?<=[QHT]\d)|(?<=FY))'(\d\d)\b(?!['\"%])")
def _apostrophe_year(found: re.Match[str]) -> str:
    """'25, Q3'25."""
    glued = found.string[found.start() - 1 : found.start()].isalnum()
    return (JOIN if glued else "") + short_year(found[1])
