# ruff: noqa: RUF001, RUF002 - it looks for typographic signs
"""Signs between words and numbers."""

from __future__ import annotations

import re
import unicodedata

from speech.numerals import (
    JOIN,
    amount,
    spelled,
    year,
)
from speech.wording.money import MINUS, minus
from speech.wording.rules import (
    BEGIN,
    Rules,
    between,
)

rule = Rules()

rule(MINUS)(minus)
rule.sign(r"(?<=noon)[-–](?=\w)|(?<=midnight)[-–](?=\w)|(?<=now)[-–](?=\w)", "to")
rule.sign(r"<?[-=–—]{1,3}>|[→⇒➔➜➝⟶↦▶►]|⇨", "to")
rule.sign(r"↔|⇔", "to")
rule.sign(r"<-{1,2}(?= )|←|⇐", "from")


@rule(rf"{BEGIN}\d+(?:\.\d+)?(?:(?:[x×]| x )\d+(?:\.\d+)?)+(?!\w|{JOIN}| ?=)")
def _by(found: re.Match[str]) -> str:
    """1920×1080 is nineteen twenty by ten eighty."""

    def side(number: re.Match[str]) -> str:
        long = number[0].isdecimal() and len(number[0]) == 4
        return year(number[0]) if long else amount(number[0])

    by = re.sub(r" x |[x×]", lambda sign: between(sign[0], "by"), found[0])
    return re.sub(r"[\d.]+", side, by)


@rule(r"(metres|feet|inches|pixels|yards)( ?[x×] ?)(?=\w)")
def _by_lengths(found: re.Match[str]) -> str:
    """6 m × 9 m."""
    return found[1] + between(found[2], "by")


rule.sign(r"!=|≠", "is not equal to")
rule.sign(r">=|≥|⩾", "at least")
rule.sign(r"<=|≤|⩽", "at most")
rule.sign(r"±|\+/-|\+-", "plus or minus")
rule.sign(r"×|(?<=\d)\*(?=\d)|(?<= )\*(?= )", "times")
rule.sign("÷", "divided by")
rule.sign("≈|≅|≃", "about")
rule.sign("∞", "infinity")
rule.sign("√", "the square root of")
rule.sign("↑", "up")
rule.sign("↓", "down")
rule.sign("={1,3}", "equals")
rule.sign("§{1,2}", "section")
rule.sign("¶", "paragraph")
rule.sign("©", "copyright")
rule.sign("@", "at")


@rule(r" ?([<>]) ?(?=[\w$€£.])")
def _compared(found: re.Match[str]) -> str:
    """x > 5 is greater than; > 5 alone more than."""
    alone = not re.search(r"\w ?$", found.string[: found.start()])
    more = "less than" if found[1] == "<" else "more than" if alone else "greater than"
    return between(found[0], more)


@rule(r"(?<!\w)~( ?)(?=\w)")
def _about(found: re.Match[str]) -> str:
    return f"about{found[1] or JOIN}"


@rule(r"([A-Z]{2,3})?&(?=(\w)?)")
def _and(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    left = spelled(found[1]) + JOIN if found[1] else JOIN if before.isalnum() else ""
    return f"{left}and{JOIN if found[2] else ''}"


@rule(r"(?<=and" + JOIN + r")A(?!\w)|(?<![\w.])A(?=" + JOIN + r"and)")
def _letter_a(found: re.Match[str]) -> str:
    """The letter, not the article: Q&A."""
    return "A."


@rule(r"(\w|\))?\+(?=( ?)(\w)?)")
def _plus(found: re.Match[str]) -> str:
    return (
        (f"{found[1]}{JOIN}" if found[1] else "")
        + "plus"
        + (JOIN if found[3] and not found[2] else "")
    )


@rule(r"(?<![\w&])#( ?)(?=\d|[A-Z]{1,3}-)|(?<![\w&])#(?= of\b)")
def _number_sign(found: re.Match[str]) -> str:
    return f"number{found[1] or JOIN}" if found[1] is not None else "number"


@rule(r"(?<=\w) (\|)(?= |$)|(?<=\w)\|(?=\w)")
def _cell(found: re.Match[str]) -> str:
    """A table's line between two cells is a short pause."""
    return ", " if found[1] else f",{JOIN}"


@rule(r"(?<![^\W\d_])[Α-Ωα-ω](?![^\W\d_])")
def _greek(found: re.Match[str]) -> str:
    """A letter by itself; Greek words are left out."""
    name = unicodedata.name(found[0]).split()[-1].lower()
    left = JOIN if found.string[found.start() - 1 : found.start()].isalnum() else ""
    return f"{left}{name.replace('lamda', 'lambda')}"
