# ruff: noqa: RUF001 - it looks for typographic signs
"""Abbreviations: what is said for them, and whether a sentence ends with their full stop."""

from __future__ import annotations

import re

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MONTH = {name[:3]: name for name in MONTHS} | {"Sept": "September"} | {m: m for m in MONTHS}
"""Said beside a day or a year only: "Jan" and "May" are names, too."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAY = {name[:3]: name for name in WEEKDAYS} | {
    "Tues": "Tuesday",
    "Thur": "Thursday",
    "Thurs": "Thursday",
}
"""Said beside a date, a time or another weekday only: the Sun shines, too."""

ANYWHERE = {
    "e.g": "for example",
    "eg": "for example",
    "i.e": "that is",
    "ie": "that is",
    "etc": "et cetera",
    "approx": "approximately",
    "vs": "versus",
    "Vs": "versus",
    "incl": "including",
    "excl": "excluding",
    "avg": "average",
    "max": "maximum",
    "min": "minimum",
    "cf": "compare",
    "ca": "circa",
    "et al": "et al",
    "viz": "namely",
    "esp": "especially",
    "misc": "miscellaneous",
    "dept": "department",
    "Dept": "Department",
    "govt": "government",
    "Govt": "Government",
    "Assn": "Association",
    "Assoc": "Association",
    "Univ": "University",
    "tel": "telephone",
    "Tel": "Telephone",
    "Ph.D": "P.H.D",
}
"""With a full stop, wherever they stand."""

BEFORE_NUMBER = {
    "No": "Number",
    "no": "number",
    "Nos": "Numbers",
    "nos": "numbers",
    "Fig": "Figure",
    "fig": "figure",
    "Figs": "Figures",
    "figs": "figures",
    "Ch": "Chapter",
    "ch": "chapter",
    "Vol": "Volume",
    "vol": "volume",
    "Sec": "Section",
    "sec": "section",
    "Art": "Article",
    "Eq": "Equation",
    "eq": "equation",
    "Ex": "Example",
    "p": "page",
    "pp": "pages",
    "pg": "page",
    "c": "circa",
    "est": "established",
    "Est": "Established",
    "Apt": "Apartment",
    "Ste": "Suite",
    "Rm": "Room",
    "Hwy": "Highway",
    "Rte": "Route",
    "ext": "extension",
    "Ext": "Extension",
    "ver": "version",
    "Ver": "Version",
    "Rev": "Revision",
    "Op": "Opus",
}
"""With a full stop, before a number; elsewhere as they are written."""

BEFORE_NAME = {
    "Mr": "Mr",
    "Mrs": "Mrs",
    "Ms": "Ms",
    "Messrs": "Messers",
    "Dr": "Doctor",
    "Drs": "Doctors",
    "Prof": "Professor",
    "St": "Saint",
    "Mt": "Mount",
    "Ft": "Fort",
    "Gen": "General",
    "Gov": "Governor",
    "Sen": "Senator",
    "Rep": "Representative",
    "Capt": "Captain",
    "Lt": "Lieutenant",
    "Col": "Colonel",
    "Sgt": "Sergeant",
    "Cpl": "Corporal",
    "Maj": "Major",
    "Cmdr": "Commander",
    "Adm": "Admiral",
    "Rev": "Reverend",
    "Hon": "Honorable",
    "Pres": "President",
    "Supt": "Superintendent",
    "Atty": "Attorney",
    "Fr": "Father",
    "Msgr": "Monsignor",
    "v": "versus",
}
"""With a full stop, before a capital letter."""

AFTER_NAME = {
    "Inc": "Incorporated",
    "Corp": "Corporation",
    "Co": "Company",
    "Ltd": "Limited",
    "Bros": "Brothers",
    "Jr": "Junior",
    "Sr": "Senior",
    "St": "Street",
    "Ave": "Avenue",
    "Blvd": "Boulevard",
    "Rd": "Road",
    "Ln": "Lane",
    "Hwy": "Highway",
    "Pkwy": "Parkway",
    "Sq": "Square",
    "Bldg": "Building",
    "Esq": "Esquire",
}
"""With a full stop, after a capitalised word."""

_SENTENCE_STARTERS = """
The A An It This That These Those We You He She They I There Here Then But And So Or If When While
What Why How Who Where Our Your His Her Their My Its In On At By For From To With After Before Once
Now Next First Second Finally However Also Yes No Not Let Please Thanks Thank Today Tomorrow
Yesterday Is Are Was Were Do Does Did Can Could Will Would Should Every Each All Some Many Most
It's That's We're I'm You're They're Let's Don't There's
"""
_STARTERS = frozenset(_SENTENCE_STARTERS.split())
"""Words that hardly stand behind an abbreviation within a sentence with a capital letter."""

_END = re.compile(r"[.!?…؟।۔。！？][\"”’')\]」』）]*$")
_STOPPED = re.compile(r"[(\[\"“'‘]*((?:[A-Za-z]\.)*[A-Za-z]+)\.$")
_INITIALS = re.compile(r"[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]")
_UNITS = ("lb", "lbs", "oz", "ft", "yd", "mi", "min", "mins", "hr", "hrs", "sec", "yr", "yrs")
_MAY_END = frozenset({*AFTER_NAME, *_UNITS, "etc", "al"})


def ends_sentence(word: str, after: str) -> bool:
    """Whether a sentence ends with `word`, where `after` is the next word."""
    if _END.search(word) is None or after[:1].islower():
        return False
    stopped = _STOPPED.match(word)
    if stopped is None:
        return True
    short = stopped[1]
    if short in BEFORE_NUMBER or short in MONTH or short == "Rs":
        return not (after[:1].isdecimal() or after[:1] in "$€£<>~") and short not in BEFORE_NAME
    if short in WEEKDAY and short != "Sun":
        return not (after[:1].isdecimal() or after.strip(".,") in MONTH)
    if short in BEFORE_NAME and short not in AFTER_NAME:
        return False
    if short in _MAY_END or _INITIALS.fullmatch(short):
        return after.strip("\"'“‘,") in _STARTERS
    return short not in ANYWHERE
