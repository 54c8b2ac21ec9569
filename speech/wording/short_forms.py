"""Ordinals, Roman numerals and abbreviations."""

from __future__ import annotations

import re

from speech.abbreviations import (
    AFTER_NAME,
    ANYWHERE,
    BEFORE_NAME,
    BEFORE_NUMBER,
)
from speech.numerals import (
    JOIN,
    cardinal,
    joined,
    one_by_one,
    ordinal,
    spelled,
)
from speech.wording.rules import (
    Rules,
    any_of,
)

rule = Rules()


@rule(r"(?<![\w.])(\d+)\.(\d*)(\d)th\b")
def _percentile(found: re.Match[str]) -> str:
    """The 99.9th."""
    return joined(cardinal(found[1]), "point", one_by_one(found[2]), ordinal(found[3]))


@rule(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th|ST|ND|RD|TH)\b")
def _ordinal(found: re.Match[str]) -> str:
    return ordinal(found[1])


_KINGS = (
    "Pope King Queen Henry Louis Edward George William Charles James Richard Elizabeth"
    " Napoleon Pius Benedict Leo Paul Frederick Philip Philippe Alexander Nicholas Peter"
    " Catherine Ivan Emmanuel Gustav Christian Ferdinand Francis Mary Margaret Juan Felipe"
    " Harald Carl Otto Ramses"
).replace(" ", "|")
_NUMBERED = (
    "Chapter chapter Part part Act act Scene Section section Volume volume Book book Phase phase"
    " Article article War Mark Type type Level level Stage stage Class class Grade grade Bowl"
    " Apollo Gemini Episode Round round Tier tier Title Schedule Appendix Step step Option"
).replace(" ", "|")
_ROMAN = r"(?=[IVXL])(X{0,3}|XL|L)(IX|IV|V?I{0,3})"


def _roman(numeral: str) -> str:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50}[letter] for letter in numeral]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return str(sum(-value if value < after else value for value, after in pairs))


@rule(rf"\b({_KINGS}) ((?!I\b(?!$|[.,;:!?]))(?:{_ROMAN}))(?!['\w]|\.\w)")
def _king(found: re.Match[str]) -> str:
    return f"{found[1]} the{JOIN}{ordinal(_roman(found[2]))}"


@rule(rf"\b({_NUMBERED}) ({_ROMAN})(?!['\w]|\.\w)")
def _numbered(found: re.Match[str]) -> str:
    return f"{found[1]} {cardinal(_roman(found[2]))}"


@rule(r"(?<=[a-z] )(?<![.!?] )(II|III|VII|VIII|XII|XIII|XIV|XVI)(?!['\w]|\.\w)")
def _sequel(found: re.Match[str]) -> str:
    return cardinal(_roman(found[1]))


_STOP = r"\.(?=( )|[,;:!?)\]'\"]|$)"


def _stopped(found: re.Match[str], words: str) -> str:
    """`words`, with a full stop where one ends the sentence."""
    return joined(*words.split()) + ("" if found.end() < len(found.string) else ".")


@rule(rf"(?<![\w.])({any_of(BEFORE_NAME)})\. (?=[\"'(]?[A-Z])")
def _title(found: re.Match[str]) -> str:
    before = found.string[: found.start()]
    if found[1] in AFTER_NAME and re.search(r"\b[A-Z]\w* $", before):
        return found[0]
    return f"{BEFORE_NAME[found[1]]} "


@rule(r"(?<![\w.])(?<![A-Z] )St (?=[A-Z][a-z])")
def _saint(found: re.Match[str]) -> str:
    return found[0] if re.search(r"\b[A-Z]\w* $", found.string[: found.start()]) else "Saint "


@rule(rf"(?<=[a-z.,&\w] )({any_of(AFTER_NAME)}){_STOP}")
def _after_name(found: re.Match[str]) -> str:
    if not re.search(r"\b[A-Z][\w&'.-]*,? $|(?:st|nd|rd|th) $|& $", found.string[: found.start()]):
        return found[0]
    return _stopped(found, AFTER_NAME[found[1]])


_ONES = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_OURS = (
    "(?:our|the|their|his|her|my|your|its|is|was|are|at|to|as|by|see|and|in|with|model|item|flight)"
)


@rule(
    rf"(?<![\w.])(?:({_OURS}) )?({any_of(BEFORE_NUMBER)})\.( ?)(?=\d|(?:{_ONES})\b)", re.IGNORECASE
)
def _before_number(found: re.Match[str]) -> str:
    """No. 5; but "I said no. 5 people came" is two sentences."""
    short = found[2]
    if short not in BEFORE_NUMBER or (not found.string[found.end()].isdecimal() and short != "Apt"):
        return found[0]
    clause = found.string[: found.start()].rstrip()[-1:] in ("", ",", ";", ":", "(")
    if short == "no" and found[1] is None and not clause:
        return found[0]
    before = f"{found[1]} " if found[1] else ""
    return before + BEFORE_NUMBER[short] + (found[3] or JOIN)


@rule(rf"(?<![\w.])({any_of(ANYWHERE)}){_STOP}")
def _anywhere(found: re.Match[str]) -> str:
    words = ANYWHERE[found[1]]
    if " " in found[1]:  # "et al.": its blank stays
        return words + ("" if found.end() < len(found.string) else ".")
    return _stopped(found, words)


rule.fixed(r"(?<![\w.])vs(?![\w.])", "versus")
rule.fixed(r"(?<![\w./])etc(?![\w./])", "et cetera")
rule.fixed(r"(?<![\w.])(?:aka|a\.k\.a)(?!\w)\.?", "A.K.A")
rule.fixed(r"(?<!\w)[Nn]/[Aa](?!\w)", "N.A")


@rule(r"(?<!\w)№( ?)(?=\d)")
def _numero(found: re.Match[str]) -> str:
    return f"number{found[1] or JOIN}"


@rule(r"(?<![\w.])((?:[A-Za-z]\.){2,})([A-Za-z]?)(?!\w)")
def _initialism(found: re.Match[str]) -> str:
    """U.S., P.S.: letters by their names, without a pause behind them."""
    return _stopped(found, spelled(found[1] + found[2]).replace(JOIN, " "))


@rule(r"\b(?:US|IT|ID|WHO|AWS|SAP|GIS)(?!\w|[&'/])")
def _capitals(found: re.Match[str]) -> str:
    """Those that are words as well; not in a text all in capitals."""
    if not re.search("[a-z]", found.string):
        return found[0]
    return spelled(found[0])


@rule(r"(\.M|\d|o'clock) (ET|PT|CT|MT|[ECMP][SD]T|CES?T|GMT|BST|IST)\b")
def _zone(found: re.Match[str]) -> str:
    return f"{found[1]} {spelled(found[2])}"


@rule(r"\bAD(?= ?\d)|(?<=\d )AD\b|\b2FA\b")
def _letters_by_number(found: re.Match[str]) -> str:
    return spelled(found[0]) if found[0] == "AD" else joined("two", spelled("FA"))
