# ruff: noqa: RUF001, RUF002 - it looks for typographic signs
"""Money, in many currencies and forms."""

from __future__ import annotations

import re

from speech.numerals import (
    JOIN,
    amount,
    cardinal,
    joined,
)
from speech.units import (
    CURRENCIES,
    SCALE,
    UNITS,
)
from speech.wording.rules import (
    BEGIN,
    CODE,
    NUMBER,
    SCALE_NAME,
    SIGN,
    Rules,
    any_of,
    before_noun,
    gap_of,
)

rule = Rules()

_BEHIND = any_of(["€", "$", "£", "¥", "₹", "₩", "₽", "₺", "₪", "₫", "₴", "zł", "kr", "Kč", "¢"])


def _money(
    number: str,
    currency: str,
    gap: str,
    scale: str | None,
    more: str = "",
    named: bool = False,
    single: bool = False,
) -> str:
    """An amount. `named`: the currency follows. `single`: it stands before its noun."""
    one, many, hundredth, hundredths = (joined(*name.split()) for name in CURRENCIES[currency])
    whole, _, rest = number.partition(".")
    if scale:
        many = "" if named else one if single else many
        return joined(amount(number) + gap_of(gap) + SCALE[scale], more, many)
    if named:
        return amount(number)
    if len(rest) == 2 and hundredth:
        few = joined(cardinal(rest), hundredth if rest == "01" else hundredths)
        much = joined(cardinal(whole or "0"), one if whole == "1" else many)
        if not int(whole.replace(",", "") or "0"):
            return few if int(rest) else much
        return joined(much, "and", few) if int(rest) else much
    return joined(amount(number), more, one if number == "1" or single else many)


_NAMED = r"(?= (?:US |Canadian )?(?:dollars?|euros?|pounds?|rupees?|yen|francs?|bucks)\b)"


@rule(r"(?<!\w)([$€£₹¥])([-−])(?=\d)")
def _negative(found: re.Match[str]) -> str:
    return f"{found[2]}{found[1]}"


MINUS = (
    rf"(?<![\w.)%/+{JOIN}])[-−–](?=[$€£₹¥]?\.?[\d])|(?<=\d)−(?=\d)| − "
    r"|(?<=\d)-(?=[\d.]+ ?=)|(?<=\d) - (?=[\d.]+ ?=)"
)


@rule(MINUS)
def minus(found: re.Match[str]) -> str:
    """-5 and 5 − 3; the signs look for what is left of them."""
    if found[0] in (" − ", " - "):
        return " minus "
    before = found.string[found.start() - 1 : found.start()]
    return f"{JOIN}minus{JOIN}" if before.isdecimal() else f"minus{JOIN}"


@rule(
    rf"(?<![A-Za-z])({SIGN}|\bRs\.?)( ?)({NUMBER})(?:([ -]?)({SCALE_NAME}))?(\+?)"
    rf"(?!\d|[.,]\d)(-(?=(?!plus)[a-z]))?({_NAMED})?"
)
def _money_before(found: re.Match[str]) -> str:
    more = "plus" if found[6] else ""
    named = found[8] is not None
    said = _money(
        found[3],
        found[1],
        found[4] or "",
        found[5],
        more,
        named,
        found[4] == "-" or found[7] is not None or before_noun(found),
    )
    return found[2] + said + (JOIN if found[7] else "")


@rule(rf"\b({CODE})( ?)({NUMBER})(?:([ -]?)({SCALE_NAME}))?(?!\w|[.,]\d)")
def _money_code(found: re.Match[str]) -> str:
    return found[2] + _money(found[3], found[1], found[4] or "", found[5])


@rule(
    rf"{BEGIN}({NUMBER})(?:( ?)({SCALE_NAME}|(?:[kKmM]|Mio)(?=€)))?"
    rf"(-| {{0,3}})({_BEHIND}|{CODE})(?!\w)"
)
def _money_behind(found: re.Match[str]) -> str:
    number, scale, gap = found[1], found[3], found[4]
    one, many, *_ = (joined(*name.split()) for name in CURRENCIES[found[5]])
    said = amount(number)
    if len(number.partition(".")[2]) == 2 and not scale and CURRENCIES[found[5]][2]:
        return _money(number, found[5], "", None) + gap.replace("-", "")
    if scale:
        said += gap_of(found[2]) + SCALE[scale]
    return said + gap_of(gap) + (one if number == "1" and not scale else many)


@rule(
    r"(dollars?|cents?|euros?|pounds?|pence|rupees?|yen|yuan|francs?|krona|kronor|zlotys?)"
    r"((?:/[A-Za-z]{1,12}){1,2})(?![\w/])"
)
def _per(found: re.Match[str]) -> str:
    """$10/user/month."""
    names = (UNITS[name][0] if name in UNITS else name for name in found[2][1:].split("/"))
    return joined(found[1], *(joined("per", *name.split()) for name in names))
