# ruff: noqa: RUF001 - it looks for typographic signs
"""Numbers with a scale or a unit."""

from __future__ import annotations

import re

from speech.numerals import (
    JOIN,
    amount,
    cardinal,
    code,
    joined,
    spelled,
)
from speech.units import (
    LENGTHS,
    PLAIN_SCALE,
    SCALE,
    UNITS,
)
from speech.wording.rules import (
    BEGIN,
    NOUN,
    NUMBER,
    UNIT,
    Rules,
    any_of,
    before_noun,
    gap_of,
)

rule = Rules()

_PEOPLE = (
    "users people customers views downloads subscribers followers members visitors viewers records"
    " rows sessions employees households homes jobs cars units requests players readers students"
    " dollars euros pounds tokens messages orders accounts devices parameters lines"
).replace(" ", "|")


@rule(
    r"\b((?:Apartment|Room|Suite|Gate|Unit|Seat|Row|Section|Terminal|Block|Flat|Appendix|Figure|"
    r"Table|Exhibit|Schedule|Option|Step|Part|Series|Plan|Hall|Booth|Stage|Apt\.|Fig\.|Rm\.) )"
    r"(\d{1,3})([A-Z])\b"
)
def _lettered(found: re.Match[str]) -> str:
    """Gate 4B is not four billion."""
    return found[1] + joined(code(found[2]), spelled(found[3]))


@rule(rf"{BEGIN}(\d{{1,3}}(?:\.\d+)?)( ?)(m|b|t)(\+?)(?= (?:[a-z]+ ){{0,2}}(?:{_PEOPLE})\b)")
def _small_scale(found: re.Match[str]) -> str:
    """2m users."""
    scale = joined(SCALE[found[3]], "plus" if found[4] else "")
    return amount(found[1]) + (found[2] or JOIN) + scale


@rule(r"(?<![\w.,])([48])K(?!\w)(?!(?:\+| (?:[a-z]+ )?(?:" + _PEOPLE + r")\b))")
def _resolution(found: re.Match[str]) -> str:
    """A 4K video."""
    return joined(cardinal(found[1]), "K")


@rule(rf"{BEGIN}(\d+)[kK](?= (?:run|race)\b)|(?<=\b[Rr][au]n )(5|10)[kK]\b")
def _race(found: re.Match[str]) -> str:
    return joined(cardinal(found[1] or found[2]), "K")


@rule(
    rf"{BEGIN}({NUMBER})"
    rf"(?:([ -]?)(bn|mn|tn|trn|mln|bln|Mio|mio)|()({any_of(PLAIN_SCALE)}))(\+?)(?!\w)"
)
def _scaled(found: re.Match[str]) -> str:
    scale = SCALE[found[3] or found[5]]
    return amount(found[1]) + gap_of(found[2] or "") + joined(scale, "plus" if found[6] else "")


@rule(r"(?<=\b[Ll])/(?=100 ?km)")
def _consumption(found: re.Match[str]) -> str:
    """5 L/100 km."""
    return f"{JOIN}per{JOIN}"


@rule(r"(?<![\w.,])(\d{1,3})°( ?)(\d{1,2})['′](?:( ?)(\d{1,2}(?:\.\d+)?)[\"″])?")
def _angle(found: re.Match[str]) -> str:
    """45°30'15"."""
    said = joined(cardinal(found[1]), "degrees") + (found[2] or JOIN)
    said += joined(cardinal(found[3]), "minutes")
    if found[5]:
        said += (found[4] or JOIN) + joined(amount(found[5]), "seconds")
    return said


@rule(r"(?<![\w.,])(\d{1,2})['′]( ?)(\d{1,2}(?:\.\d)?)(?:\"|″|'')")
def _feet_and_inches(found: re.Match[str]) -> str:
    feet = joined(cardinal(found[1]), "foot" if found[1] == "1" else "feet")
    return feet + (found[2] or JOIN) + joined(amount(found[3]), "inches")


@rule(rf"{BEGIN}({NUMBER})(\"|')(?![\w\"'])")
def _inches(found: re.Match[str]) -> str:
    """27", unless the sign closes a quotation."""
    before = found.string[: found.start()]
    opened = len(re.findall(rf"(?<!\w){found[2]}(?=\w)", before))
    if opened > len(re.findall(rf"(?<=[^\W\d]){found[2]}(?!\w)|[.,!?]{found[2]}", before)):
        return found[0]
    one, many = ("inch", "inches") if found[2] == '"' else ("foot", "feet")
    single = found[1] == "1" or NOUN.match(found.string[found.end() :])
    return joined(amount(found[1]), one if single else many)


@rule(rf"{BEGIN}({NUMBER})( ?)fl(\.? ?)oz\b(?:\.(?=[ ,;:)]))?")
def _fluid_ounces(found: re.Match[str]) -> str:
    ounces = "ounce" if found[1] == "1" else "ounces"
    gap = " " if " " in found[3] else JOIN
    return f"{amount(found[1])}{gap_of(found[2])}fluid{gap}{ounces}"


@rule(rf"{BEGIN}({NUMBER})( ?|-)(sq|cu)(\.?) (ft|m|in|mi|km|yd)\b(?:\.(?=[ ,;:)]))?")
def _square(found: re.Match[str]) -> str:
    power_of = "square" if found[3] == "sq" else "cubic"
    return f"{amount(found[1])}{gap_of(found[2])}{power_of} {UNITS[found[5]][found[1] != '1']}"


@rule(r"(?<=\d)( ?[°º]) ([CF])(?!\w)")
def _degrees(found: re.Match[str]) -> str:
    """24° C."""
    return f"{found[1]} {'Celsius' if found[2] == 'C' else 'Fahrenheit'}"


@rule(rf"{BEGIN}(\d+)(h|m)( ?)(\d{{1,2}})(m(?:in)?|s|)(?!\w)")
def _hours_and_minutes(found: re.Match[str]) -> str:
    """2h 30m, 2h30."""
    one, two = ("hour", "minute") if found[2] == "h" else ("minute", "second")
    if (not found[5] and (found[2] == "m" or found[3])) or (found[5] == "s") != (found[2] == "m"):
        return found[0]
    first = joined(cardinal(found[1]), one if found[1] == "1" else f"{one}s")
    second = joined(cardinal(found[4]), two if found[4] == "1" else f"{two}s")
    return first + (found[3] or JOIN) + second


@rule(
    rf"{BEGIN}({NUMBER})(-| {{0,3}})(?:({any_of(LENGTHS)})([²³]|\^[23]|[23])|({UNIT}))"
    r"(?:/([A-Za-zµ]{1,10})([²³])?)?(?![\w²³])(?:\.(?= [a-z]|[,;:)]))?"
)
def _measure(found: re.Match[str]) -> str:
    number, gap, unit = found[1], found[2], found[3] or found[5]
    if unit in ("in", "us", "yo") and not found[0].endswith("."):
        after = found.string[found.end() : found.end() + 1]
        if after == "-" or (gap.startswith(" ") and (after == " " or unit != "in")):
            return found[0]
    single = number in ("1", "1.0") or gap == "-" or before_noun(found)
    said = UNITS[unit][0 if single else 1]
    if found[3]:
        said = f"{'square' if found[4][-1] in '2²' else 'cubic'} {said}"
    if found[6]:
        per = UNITS[found[6]][0] if found[6] in UNITS else found[6]
        shape = {"²": "square ", "³": "cubic "}.get(found[7] or "", "")
        said = f"{said} per {shape}{per}"
    return amount(number) + gap_of(gap) + joined(*said.split())


@rule(r"(?<![\w/])(km|m|mi|ft|MB|GB|kB|Mb|Gb|mg|g|µg|L|l)/(h|hr|s|sec|min|L|l|dL|ml|kg)(?!\w)")
def _speed(found: re.Match[str]) -> str:
    return joined(*f"{UNITS[found[1]][1]} per {UNITS[found[2]][0]}".split())
