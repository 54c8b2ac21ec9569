# ruff: noqa: RUF001, RUF002 - it looks for typographic signs
"""From what is written to the words that are heard: numbers, money, dates, signs, addresses.

The phonemiser gets words alone, and none of its own tables for numbers and abbreviations is used.
Those read "no." as "number" and "Gen AI" as "General AI".

Each rule replaces what it finds by words. It keeps every blank, so that the words said for each
typed word are known, and joins its own words by `JOIN`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from speech.abbreviations import (
    AFTER_NAME,
    ANYWHERE,
    BEFORE_NAME,
    BEFORE_NUMBER,
    MONTH,
    MONTHS,
    WEEKDAY,
)
from speech.numerals import (
    JOIN,
    amount,
    cardinal,
    code,
    joined,
    one_by_one,
    ordinal,
    parts,
    plain,
    power,
    release,
    short_year,
    spelled,
    year,
)
from speech.units import (
    CURRENCIES,
    FRACTIONS,
    LENGTHS,
    PLAIN_SCALE,
    SCALE,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    UNITS,
)

LONGEST_WORD = 60
"""Characters of one typed word that are read aloud; the rest of it is shown, not said."""

LONGEST_WORDING = 240
"""Characters of what is said for one typed word."""

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
RULES: list[Rule] = []


def worded(words: Sequence[str]) -> list[str]:
    """What is said for each of `words`, the words of a sentence as they are typed; "" is nothing.

    It holds letters and marks of pause, and no digit.
    """
    text = " ".join(word[:LONGEST_WORD] for word in words)
    text = _REPEATED.sub(r"\1\1\1", text.translate(_TYPOGRAPHY).translate(SUBSCRIPTS))
    for pattern, say in RULES:
        text = pattern.sub(say, text)
    said = [_readable(word) for word in text.split(" ")]
    for index, word in enumerate(words):
        dash = not said[index] and _ONLY_DASH.fullmatch(word)
        if index and dash and said[index - 1][-1:].isalpha():
            said[index - 1] += ","  # a dash is a pause, which a word by itself can't be
    return said


# --- the pieces of the patterns ----------------------------------------------------------------


def _any(words: object) -> str:
    """One of `words`, the longest that fits."""
    found = sorted(map(re.escape, words), key=len, reverse=True)  # type: ignore[call-overload]
    return "|".join(found)


_NUMBER = r"(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,2}(?:,\d\d)+,\d{3}(?!\d)|\d+)(?:\.\d+)?|\.\d+)"
_BEGIN = r"(?<![\w.,])"
_END = r"(?![\w]|[.,]\d)"
_SIGN = _any(sign for sign in CURRENCIES if not sign.isalpha() and sign not in ("¢", "Fr.", "kr"))
_CODE = _any(code for code in CURRENCIES if code.isascii() and code.isalpha() and code.isupper())
_BEHIND = _any(["€", "$", "£", "¥", "₹", "₩", "₽", "₺", "₪", "₫", "₴", "zł", "kr", "Kč", "¢"])
_SCALE = rf"(?:{_any(SCALE)})(?!\w)"
_MONTH = _any(MONTH)
_WEEKDAY = rf"(?:{_any(WEEKDAY)})"
_DASH = r"(?: [-–—~] |[-–—~])"
_UNIT = _any(UNITS)
_UP = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"
_PEOPLE = (
    "users people customers views downloads subscribers followers members visitors viewers records"
    " rows sessions employees households homes jobs cars units requests players readers students"
    " dollars euros pounds tokens messages orders accounts devices parameters lines"
).replace(" ", "|")


def _rule(
    pattern: str, flags: int = 0
) -> Callable[[Callable[[re.Match[str]], str]], Callable[[re.Match[str]], str]]:
    """The decorated function says what `pattern` finds. Rules run in the order they are written."""

    def add(say: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
        RULES.append((re.compile(pattern, flags), say))
        return say

    return add


def _fixed(pattern: str, words: str) -> None:
    """What `pattern` finds, which holds no blank, is said as `words`."""
    said = joined(*words.split())
    RULES.append((re.compile(pattern), lambda _: said))


def _sign(pattern: str, words: str) -> None:
    """A sign between two words, with blanks around it or not."""
    RULES.append((re.compile(rf" ?(?:{pattern}) ?"), lambda found: _between(found[0], words)))


def _between(found: str, words: str) -> str:
    """`words` instead of a sign, with the blanks that the sign has around it."""
    before = " " if found[:1] == " " else JOIN
    after = " " if found[-1:] == " " else JOIN
    return before + joined(*words.split()) + after


def _gap(gap: str) -> str:
    """The blanks between a number and its unit; where there are none, the two are joined."""
    return gap if gap.strip() == "" and gap else JOIN


_NOUN = re.compile(r" (?!(?:wide|tall|long|deep|high|thick|by|of|in|per|and|or|is|are|x)\b)[a-z]")


def _before_noun(found: re.Match[str]) -> bool:
    """Whether a measure stands before its noun: a five kilometre run."""
    return (
        re.search(r"\b[Aa]n? $", found.string[: found.start()]) is not None
        and re.match(
            r" (?!wide|tall|long|deep|high|thick|by|of|in|per)[a-z]", found.string[found.end() :]
        )
        is not None
    )


# --- addresses ---------------------------------------------------------------------------------

_HOST = r"(?:[A-Za-z0-9](?:[\w-]{0,40}[A-Za-z0-9])?\.)+"
_TOP = (
    "com org net edu gov mil int info biz io ai co uk de fr eu ca au tv ly dev app cloud tech"
    " online shop store site xyz jp cn ch nl es se dk fi pl ru br mx nz sg hk kr ie pt cz gr tr ua"
    " il za live news blog agency studio design video media world"
).replace(" ", "|")
_SAID_AS_WORDS = frozenset(
    (
        *("com", "org", "net", "gov", "info", "biz", "mil", "co", "app", "dev", "cloud", "tech"),
        *("online", "shop", "store", "site", "live", "news", "blog", "agency", "studio", "design"),
        *("video", "media", "world", "zip", "env", "bin", "log", "lock", "doc"),
    )
)
_FILES = (
    "pdf docx doc xlsx xls pptx ppt csv tsv txt md rtf html htm css js ts jsx tsx mjs py ipynb rb"
    " go rs java cpp sh bat json yaml yml toml xml svg png jpg jpeg gif webp mp3 mp4 wav mov avi"
    " webm m4a ogg zip tar gz exe dmg apk iso log env lock cfg ini conf sql db key srt vtt psd ai"
).replace(" ", "|")
_DOT = f"{JOIN}dot{JOIN}"


def _labels(host: str) -> str:
    """A host or a name with points: "kaltura dot com"."""
    *names, top = host.split(".")
    return _DOT.join([*map(_label, names), spelled(top) if _is_country(top) else _label(top)])


def _label(label: str) -> str:
    words = (part for part in label.replace("_", "-_-").split("-") if part)
    return f"{JOIN}dash{JOIN}".join(map(_short, words)).replace(
        f"{JOIN}dash{JOIN}_{JOIN}dash{JOIN}", f"{JOIN}underscore{JOIN}"
    )


def _short(word: str) -> str:
    """A label's word as it is; by its letters where nobody could say it."""
    if word.lower() in _SAID_AS_WORDS or word == "_" or not word.isascii():
        return word
    unsayable = 1 < len(word) < 5 and not re.search("[aeiouyAEIOUY]", word)
    return spelled(word) if word.isalpha() and unsayable else word


def _is_country(top: str) -> bool:
    return len(top) == 2 and top.isalpha() and top.lower() not in _SAID_AS_WORDS


def _path(path: str) -> str:
    """Each step of a path; what comes behind ? or # is left out."""
    steps = [step for step in re.split(r"[?#]", path)[0].split("/") if step]
    said = (_DOT.join(re.split(r"[-_.+%=&;,:~]+", step)).replace(_DOT, JOIN) for step in steps)
    return "".join(f"{JOIN}slash{JOIN}{step.strip(JOIN)}" for step in said)


@_rule(
    r"(?<![\w.+-])(?:mailto:)?([\w.+-]{1,50})@((?:[A-Za-z0-9-]{1,40}\.)+[A-Za-z]{2,12})(?![\w-])"
)
def _email(found: re.Match[str]) -> str:
    name = _DOT.join(map(_label, found[1].split("."))).replace("+", f"{JOIN}plus{JOIN}")
    return f"{name}{JOIN}at{JOIN}{_labels(found[2])}"


@_rule(
    rf"(?:\b[A-Za-z][A-Za-z+]{{1,9}}://|(?<![\w.@/-])(?=www\.|{_HOST}(?:{_TOP})(?![\w-])))"
    r"([A-Za-z0-9](?:[\w.-]*\w)?)(:\d{2,5})?(/[^\s<>\"'()]*)?",
    re.IGNORECASE,
)
def _address(found: re.Match[str]) -> str:
    host, port, path = found[1], found[2], found[3] or ""
    stop = path[len(path.rstrip(".,;:!?")) :]
    said = _labels(host)
    if port:
        said = joined(said, "port", code(port[1:]))
    return said + _path(path[: len(path) - len(stop)]) + stop[:1]


@_rule(r"(?<![\w.])(Node|Next|Vue|Express|React|D3|Three|Nuxt|Chart|Backbone|Ember)\.js\b", re.I)
def _library(found: re.Match[str]) -> str:
    """Node.js is said without the point."""
    return joined(found[1], "J.S")


@_rule(r"\blocalhost:(\d{2,5})\b")
def _local_port(found: re.Match[str]) -> str:
    return joined("localhost", "port", code(found[1]))


@_rule(r"(?<![\w.])([A-Z])\.(?=\d{3}\b)")
def _standard(found: re.Match[str]) -> str:
    """H.264."""
    return found[1]


@_rule(rf"(?<![\w.@])([\w][\w-]{{0,50}}(?:\.[\w-]{{1,20}})?)\.({_FILES})(?!\w)(?!\.\w)", re.I)
def _file(found: re.Match[str]) -> str:
    name = re.sub(r"[-_]+", JOIN, found[1]).strip(JOIN)
    kind = {"json": "jason", "yaml": "yammel"}.get(found[2].lower(), _kind(found[2]))
    return f"{name.replace('.', _DOT)}{_DOT}{kind}"


def _kind(kind: str) -> str:
    return kind if kind.lower() in _SAID_AS_WORDS else spelled(kind)


@_rule(r"(?<![\w&/])#(?![A-Z]{1,3}-\d)(\d{0,9}[A-Za-z]\w{0,50})")
def _hashtag(found: re.Match[str]) -> str:
    words = re.findall(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+", found[1])
    return joined("hashtag", *words)


@_rule(r"(?<![\w@.])@(?=\w)")
def _handle(found: re.Match[str]) -> str:
    return f"at{JOIN}"


# --- names with signs ----------------------------------------------------------------------------

for _written, _words in {
    r"24/7/365": "twenty four seven three sixty five",
    r"24/7": "twenty four seven",
    r"9/11": "nine eleven",
    r"50[/:-]50": "fifty fifty",
    r"401\(?k\)?": "four oh one K",
    r"20/20": "twenty twenty",
}.items():
    _fixed(rf"(?<![\w/.]){_written}(?![\w/])", _words)
_fixed(r"(?<!\w)C#(?!\w)", "C sharp")
_fixed(r"(?<!\w)F#(?!\w)", "F sharp")
_fixed(r"(?<!\w)C\+\+(?!\w)", "C plus plus")
_fixed(r"(?<!\w)\.NET\b", "dot net")


@_rule(r"(?<![\w.])\.(?=[a-z]{2})")
def _hidden_file(found: re.Match[str]) -> str:
    """.env"""
    return f"dot{JOIN}"


_fixed(r"(?<!\w)c/o(?!\w)", "care of")
_fixed(r"(?<![\w.])eg(?= )", "for example")
_fixed(r"(?<![\w.])ie(?= )", "that is")
_fixed(r"(?<![\w.])approx(?= \d)", "approximately")
_fixed(r"(?<![\w.])ca(?= \d)", "circa")
_fixed(r"\bYoY\b", "year over year")
_fixed(r"\bQoQ\b", "quarter over quarter")
_fixed(r"\bMoM\b", "month over month")
_fixed(r"\bJSON\b", "jason")
_fixed(r"\bYAML\b", "yammel")
_fixed(r"(?<!\w)[:;]-?[DPpOo)(\]/|](?!\w)", "")
_fixed(r"\bw/o(?!\w)", "without")
_fixed(r"\bb/c(?!\w)", "because")


@_rule(r"\bw/(?=( ?)\w)")
def _with(found: re.Match[str]) -> str:
    return "with" if found[1] else f"with{JOIN}"


@_rule(r"\b([A-Z])2(?!O)([A-Z])\b")
def _to_whom(found: re.Match[str]) -> str:
    """B2B, P2P."""
    return joined(found[1], "to", found[2])


# --- telephone numbers, and other numbers that are said digit by digit ---------------------------


def _dialled(found: str) -> str:
    """Digit by digit, with a short pause between the groups; blanks stay where they are."""
    said = ""
    for group, gap in re.findall(r"([\dA-Z]+)([^\dA-Z]*)", found):
        words = one_by_one(group) if group.isdigit() else spelled(group)
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


@_rule(rf"(?<![\w.+-])(?:{'|'.join(_DIALLED)})(?![\w]|[.-]\d)")
def _telephone(found: re.Match[str]) -> str:
    number = found[0].replace("(0)", "")
    return (f"plus{JOIN}" if number[0] == "+" else "") + _dialled(number.lstrip("+("))


@_rule(rf"{_BEGIN}([2-9]\d\d)-(\d{{4}})(?![\w-]|[.,]\d)")
def _local_telephone(found: re.Match[str]) -> str:
    """555-0199, but 500-1000 is a range."""
    if int(found[2]) > int(found[1]) and int(found[2]) % 50 == 0:
        return found[0]
    return _dialled(found[0])


@_rule(r"\b([Ee]xt|x(?=\d{3})(?!26[45])|extension)(\.? ?)(\d{1,6})(?![\w.,]\w)(?!\w)")
def _extension(found: re.Match[str]) -> str:
    said = "extension" if found[1] != "Ext" else "Extension"
    return said + (" " if " " in found[2] else JOIN) + one_by_one(found[3])


@_rule(
    r"\b((?:PIN|passcode|password|ZIP|zip|postcode|code|call|Call|dial|Dial|extension)"
    r"(?: code| number)?(?: is)?:?) (\d{3,8})(?!\w|[.,:/-]\d| [a-z]+s\b)"
)
def _digits(found: re.Match[str]) -> str:
    return f"{found[1]} {one_by_one(found[2])}"


# --- dates -------------------------------------------------------------------------------------


def _year(digits: str) -> str:
    if len(digits) == 2:
        digits = ("19" if int(digits) > 30 else "20") + digits
    return year(digits) if digits[0] != "0" else cardinal(digits)


def _date(found: re.Match[str], month: str, day: str, years: str | None) -> str:
    """A date in numbers; not one, if there is no such day."""
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return found[0]
    return joined(
        MONTHS[int(month) - 1],
        ordinal(str(int(day))) + ("," if years else ""),
        _year(years) if years else "",
    )


@_rule(
    r"(?<![\w.,])(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{2}))?(?= {0,3}(?:€|EUR|kr|zł|Kč)(?!\w))"
    r"|(?<=€)(\d{1,3}(?:\.\d{3})*),(\d\d)(?!\d)"
)
def _continental(found: re.Match[str]) -> str:
    """1.234,56 € is 1234.56 €."""
    whole, rest = found[1] or found[3], found[2] or found[4]
    return whole.replace(".", "") + (f".{rest}" if rest else "")


@_rule(
    r"(?<![\w.,])(\d{1,3})((?: \d{3}){2,}|(?: 000)+(?! ?\d)|(?: \d{3})+(?= ?(?:€|EUR|kr|zł|Kč)))"
    r"(?![\w]|[.]\d)"
)
def _spaced_thousands(found: re.Match[str]) -> str:
    """1 000 000: its blanks come behind it."""
    return found[1] + found[2].replace(" ", "") + " " * found[2].count(" ")


@_rule(r"(?<=\d)['_](?=\d{3}(?!\d))")
def _separator(found: re.Match[str]) -> str:
    """1_000 and 1'000."""
    return ""


@_rule(r"(?<![\w/-])(\d{4})([-/])(\d{2})\2(\d{2})(?![\d/-])(?:T(?=\d\d:\d\d))?")
def _iso_date(found: re.Match[str]) -> str:
    said = _date(found, found[3], found[4], found[1])
    return said if not found[0].endswith("T") or said == found[0] else f"{said},{JOIN}"


@_rule(r"(?<![\w/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\w/-]|\.\d)")
def _numeric_date(found: re.Match[str]) -> str:
    """The month first, unless it can't be; with points the day first."""
    first, second = found[1], found[3]
    if (found[2] == "." and int(second) <= 12) or int(first) > 12:
        first, second = second, first
    return _date(found, first, second, found[4])


@_rule(r"(?<![\w/.-])(\d{1,2})/(\d{1,2})/(\d{2})(?![\w/-]|\.\d)")
def _short_date(found: re.Match[str]) -> str:
    first, second = found[1], found[2]
    if int(first) > 12:
        first, second = second, first
    return _date(found, first, second, found[3])


@_rule(
    rf"\b({_MONTH})(\.?) (\d{{1,2}})(?:st|nd|rd|th)?(?:({_DASH})(\d{{1,2}})(?:st|nd|rd|th)?)?"
    r"(?![\w%:]|[.,]\d|/)(?:(,? )(\d{4})(?!\w|[.,]\d))?"
)
def _month_day(found: re.Match[str]) -> str:
    month, day, until, years = MONTH[found[1]], found[3], found[5], found[7]
    if not (1 <= int(day) <= 31 and (until is None or 1 <= int(until) <= 31)):
        return f"{month} {found[0].split(' ', 1)[1]}"
    said = f"{month} {ordinal(str(int(day)))}"
    if until:
        said += _between(found[4], "to") + ordinal(str(int(until)))
    return said + (f", {_year(years)}" if years else "")


@_rule(rf"(?<![\w-])(\d{{1,2}})-({_MONTH})-(\d{{4}}|\d\d)(?![\w-])")
def _dashed_date(found: re.Match[str]) -> str:
    """05-Jun-2025."""
    day = ordinal(str(int(found[1]) or 1))
    return joined(MONTH[found[2]], f"{day},", _year(found[3]))


@_rule(rf"(?<![\w.,])(\d{{1,2}})({_DASH})(?=(\d{{1,2}})(?:st|nd|rd|th)? (?:{_MONTH})\b)")
def _days(found: re.Match[str]) -> str:
    """5–7 November."""
    return joined("the", ordinal(str(int(found[1])))) + _between(found[2], "to")


@_rule(
    rf"\b([Tt]he )?(\d{{1,2}})(?:(?:st|nd|rd|th))?( of)? ({_MONTH})(?!\w)(?:\.(?= \d))?"
    r"(?:(,? )(\d{4})(?!\w|[.,]\d))?"
)
def _day_month(found: re.Match[str]) -> str:
    the, day, of, month, years = found[1], found[2], found[3], MONTH[found[4]], found[6]
    if not 1 <= int(day) <= 31:
        return found[0]
    said = (the or f"the{JOIN}") + ordinal(str(int(day))) + (of or f"{JOIN}of") + f" {month}"
    return said + (f"{found[5]}{_year(years)}" if years else "")


@_rule(rf"\b({_MONTH})\.?(,? )(\d{{4}})(?!\w|[.,]\d)")
def _month_year(found: re.Match[str]) -> str:
    return f"{MONTH[found[1]]}{found[2]}{_year(found[3])}"


@_rule(rf"\b([Ii]n|[Ss]ince|[Uu]ntil|[Ll]ast|[Ee]arly|[Ll]ate|[Mm]id) ({_MONTH})\.(?= )")
def _in_month(found: re.Match[str]) -> str:
    return f"{found[1]} {MONTH[found[2]]}"


@_rule(rf"(?<=\w)( [-–] |[-–])(?=(?:{'|'.join(MONTHS)}) \w)")
def _until_month(found: re.Match[str]) -> str:
    """Jan 5 - Feb 3."""
    return _between(found[1], "to")


@_rule(rf"\b({_MONTH})\.?({_DASH}| to | and )({_MONTH})\b(?:\.(?=.))?")
def _months(found: re.Match[str]) -> str:
    if found[2] in (" to ", " and "):
        return f"{MONTH[found[1]]}{found[2]}{MONTH[found[3]]}"
    return MONTH[found[1]] + _between(found[2], "to") + MONTH[found[3]]


_MORE_DAYS = rf"(?:,? |[,/–-] ?| (?:to|and|or|–|-|&) ){_WEEKDAY}\b"


@_rule(
    rf"\b{_WEEKDAY}\.?(?:{_MORE_DAYS}\.?)+"
    rf"|(?<=\b[Oo]n )(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)\.(?= )"
    rf"|\b{_WEEKDAY}\.?(?=,? (?:{'|'.join(MONTHS)}|the{JOIN}|\d{{1,2}}(?::\d| ?[ap]\.?m\b)))"
)
def _weekdays(found: re.Match[str]) -> str:
    said = re.sub(rf"({_WEEKDAY})\b\.?", lambda day: WEEKDAY[day[1]], found[0])
    said = re.sub(r"(?<=\w)[–-](?=\w)| [–-] ", lambda dash: _between(dash[0], "to"), said)
    return re.sub(r"(?<=\w)/(?=\w)", f",{JOIN}", said)


@_rule(r"(?<![\w/.-])(\d{1,2})/((?:19|20)\d\d)(?![\w/])")
def _month_slash_year(found: re.Match[str]) -> str:
    if not 1 <= int(found[1]) <= 12:
        return found[0]
    return joined(MONTHS[int(found[1]) - 1], _year(found[2]))


@_rule(r"(?<![\w/.-])((?:19|20)\d\d)/(\d\d)(?![\w/])")
def _season(found: re.Match[str]) -> str:
    return joined(year(found[1]), short_year(found[2]))


def _decade(words: str) -> str:
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


@_rule(r"(?<![\w.,])'?(1\d|20)(\d0)'?s\b")
def _decades(found: re.Match[str]) -> str:
    return _decade(year(found[1] + found[2]))


@_rule(
    r"(?:(?<![\w.,])'|\b((?:the|in|his|her|their|my|your|our|early|mid|late|of|to)[ -]))"
    r"([2-9]0|00)s\b"
    r"|(?<![\w.,])([5-9]0)s(?= (?:music|style|fashion|songs?|movies?|hits?|kids?|pop|rock|era))",
    re.IGNORECASE,
)
def _short_decades(found: re.Match[str]) -> str:
    return (found[1] or "").replace("-", JOIN) + (
        joined("two", "thousands") if found[2] == "00" else _decade(cardinal(found[2] or found[3]))
    )


@_rule(r"(?:(?<!\w)|(?<=[QHT]\d)|(?<=FY))'(\d\d)\b(?!['\"%])")
def _apostrophe_year(found: re.Match[str]) -> str:
    """'25, Q3'25."""
    glued = found.string[found.start() - 1 : found.start()].isalnum()
    return (JOIN if glued else "") + short_year(found[1])


# --- ranges ------------------------------------------------------------------------------------

_VALUE = rf"(?:\d{{1,2}}:\d\d|{_NUMBER})"


@_rule(rf"{_BEGIN}({_NUMBER})[eE]([+-]?)(\d{{1,3}})(?!\w)")
def _scientific(found: re.Match[str]) -> str:
    exponent = ("-" if found[2] == "-" else "") + found[3]
    to = power(exponent) if exponent not in ("2", "3") else joined("to", "the", cardinal(exponent))
    return joined(amount(found[1]), "times", "ten", to)


@_rule(
    rf"(\d|\)|(?<![A-Za-z])[A-Za-z]{{1,3}})(?:([{_UP}]+)|(?:\^|\*\*)[({{]?([-−]?\w{{1,4}})[)}}]?)"
)
def _power(found: re.Match[str]) -> str:
    if found[1] in LENGTHS and found[0][-1] in "²³":
        return found[0]
    return joined(found[1] + JOIN + power((found[2] or found[3]).translate(SUPERSCRIPTS)), "")


@_rule(rf"\b((?:{_any(LENGTHS)}))([²³])")
def _squared_unit(found: re.Match[str]) -> str:
    """Without a number before it; with one, `_measure` comes first in what it finds."""
    before = found.string[: found.start()].rstrip(" -")
    if before[-1:].isdigit() or before[-1:] == "/":
        return found[0]
    return joined("square" if found[2] == "²" else "cubic", UNITS[found[1]][0])


@_rule(
    rf"(?<![\w.,:/-])({_SIGN}|(?:{_CODE}) ?)?({_VALUE})([A-Za-z%°′″'µ]{{0,5}}|°[CF]| [ap]\.?m\.?)"
    rf"({_DASH})({_SIGN})?(?={_VALUE}(?![\d:]|[.,]\d|/\d|{_DASH}\d| ?=))"
)
def _range(found: re.Match[str]) -> str:
    """The currency of the first is said once, behind the second; so is a unit."""
    sign, value, unit, dash, again = found[1] or "", found[2], found[3], found[4], found[5]
    rest = re.match(r"[\d,.]+", found.string[found.end() :])
    until = rest[0].rstrip(".,") if rest else ""
    if value.isdigit() and until.isdigit() and not (unit or sign or again) and dash != "–":
        if dash == " - " and int(value) > int(until):
            return f"{value} minus "
        if dash == "-" and int(value) > int(until) >= 100:
            return f"{value}{JOIN}"  # a Boeing 737-800
    if sign and unit in SCALE:
        value, unit = joined(amount(value), SCALE[unit]), ""
    if sign and (not again or again == sign.strip()):
        again, sign = sign.strip(), " " if sign.endswith(" ") else ""
    return f"{sign}{value}{unit}{_between(dash, 'to')}{again or ''}"


@_rule(r"(?<![\w.,-])([A-Z]{1,3})(\d{1,4})([-–])(?:\1)?(\d{1,4})(?![\w-])")
def _lettered_range(found: re.Match[str]) -> str:
    """Q1–Q3, FY24-25."""
    return f"{found[1]}{found[2]}{JOIN}to{JOIN}" + (found[0][found[0].index(found[3]) + 1 :])


@_rule(r"(?<!\w)([A-Z])[–](?=[A-Z](?!\w))")
def _letter_range(found: re.Match[str]) -> str:
    """A–Z."""
    return f"{found[1]}{JOIN}to{JOIN}"


# --- times -------------------------------------------------------------------------------------


@_rule(
    rf"{_BEGIN}(\d{{1,2}}):(\d\d)(?::(\d\d))?(?:\.\d+)?"
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


@_rule(rf"{_BEGIN}(\d{{1,2}})( ?)([AaPp])\.?[Mm](?!\w)\.?(?!\d)")
def _hour(found: re.Match[str]) -> str:
    if int(found[1]) > 24:
        return found[0]
    return f"{cardinal(found[1])}{found[2] or JOIN}{found[3].upper()}.M"


@_rule(rf"{_BEGIN}(\d{{1,4}}):(\d{{1,4}})(?![\w:])")
def _ratio(found: re.Match[str]) -> str:
    by = (found[1], found[2]) in (("16", "9"), ("4", "3"), ("21", "9"), ("9", "16"), ("3", "2"))
    return joined(cardinal(found[1]), "by" if by else "to", cardinal(found[2]))


# --- versions ----------------------------------------------------------------------------------

_SOFTWARE = (
    "Python Java Ruby PHP Node Go Rust Swift Kotlin iOS iPadOS Android macOS Windows Ubuntu Debian"
    " Chrome Firefox Safari Django Rails React Angular Vue Kubernetes Docker Postgres PostgreSQL"
    " MySQL Redis Kafka Spark OpenSSL TLS HTTP Bluetooth USB HDMI Streamlit Release release Version"
    " version build Build"
).replace(" ", "|")


@_rule(r"(?<![\w.])(?:v(?:er)?\.?|V(?=\d+\.\d))(\d+(?:\.\d+)*)(\.x)?(?!\w*\.\w)(?=\W|[a-z]|$)")
def _version(found: re.Match[str]) -> str:
    glued = found.string[found.end() : found.end() + 1].isalnum()
    x = joined("point", "x") if found[2] else ""
    return joined("version", release(found[1]), x) + (JOIN if glued else "")


@_rule(r"(?<=\d)\.x\b")
def _any_version(found: re.Match[str]) -> str:
    """Python 3.x."""
    return f"{JOIN}point{JOIN}x"


@_rule(rf"\b((?:{_SOFTWARE})/? ?)(\d+(?:\.\d+)+)(?![\d%])(?!\.\d)")
def _named_version(found: re.Match[str]) -> str:
    return found[1].replace("/", JOIN) + release(found[2])


@_rule(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?:/(\d{1,2}))?(?::(\d{2,5}))?(?![\w]|\.\d)")
def _ip_address(found: re.Match[str]) -> str:
    said = _DOT.join(one_by_one(part) for part in found[1].split("."))
    if found[2]:
        said = joined(said, "slash", cardinal(found[2]))
    return joined(said, "port", code(found[3])) if found[3] else said


@_rule(r"(?<![\w.])\d+(?:\.\d+){2,}(?!\w)")
def _points(found: re.Match[str]) -> str:
    return release(found[0])


# --- fractions and powers -------------------------------------------------------------------------


def _of_unit(gap: str | None, unit: str | None, many: bool) -> str:
    return f"{_gap(gap or '')}{joined(*UNITS[unit][many].split())}" if unit else ""


@_rule(
    rf"(?:{_BEGIN}(\d{{1,3}}(?:,\d{{3}})*)( ?)|(?<!\w))([{''.join(FRACTIONS)}])"
    rf"(?:(-| ?)({_UNIT})(?![\w]))?(?!\w)"
)
def _vulgar_fraction(found: re.Match[str]) -> str:
    return _mixed(found[1], found[2], *FRACTIONS[found[3]], found[4], found[5])


@_rule(r"(?<=\d/\d)\"(?!\w)")
def _part_of_an_inch(found: re.Match[str]) -> str:
    """3/4"."""
    return "″"


@_rule(
    rf"{_BEGIN}(?<!/)(?:(\d{{1,3}})([ -]))?(\d{{1,2}})[/⁄](\d{{1,3}})"
    rf"(?:(-| ?)({_UNIT})(?!\w)|(?:rds|ths|nds|th)\b)?(?![\w/]|\.\d)"
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
            return _date(found, found[3], found[4], None)
    if count >= whole or whole > 100:
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


@_rule(rf"(?<=[A-Za-z]{{4}})[{_UP}]+")
def _note(found: re.Match[str]) -> str:
    """A footnote's number is not said."""
    return ""


# --- money -------------------------------------------------------------------------------------


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
        return joined(amount(number) + _gap(gap) + SCALE[scale], more, many)
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


@_rule(
    r"\b((?:Apartment|Room|Suite|Gate|Unit|Seat|Row|Section|Terminal|Block|Flat|Appendix|Figure|"
    r"Table|Exhibit|Schedule|Option|Step|Part|Series|Plan|Hall|Booth|Stage|Apt\.|Fig\.|Rm\.) )"
    r"(\d{1,3})([A-Z])\b"
)
def _lettered(found: re.Match[str]) -> str:
    """Gate 4B."""
    return found[1] + joined(code(found[2]), spelled(found[3]))


@_rule(r"(?<!\w)([$€£₹¥])([-−])(?=\d)")
def _negative(found: re.Match[str]) -> str:
    return f"{found[2]}{found[1]}"


@_rule(
    rf"(?<![A-Za-z])({_SIGN}|\bRs\.?)( ?)({_NUMBER})(?:([ -]?)({_SCALE}))?(\+?)"
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
        found[4] == "-" or found[7] is not None or _before_noun(found),
    )
    return found[2] + said + (JOIN if found[7] else "")


@_rule(rf"\b({_CODE})( ?)({_NUMBER})(?:([ -]?)({_SCALE}))?(?!\w|[.,]\d)")
def _money_code(found: re.Match[str]) -> str:
    return found[2] + _money(found[3], found[1], found[4] or "", found[5])


@_rule(
    rf"{_BEGIN}({_NUMBER})(?:( ?)({_SCALE}|(?:[kKmM]|Mio)(?=€)))?"
    rf"(-| {{0,3}})({_BEHIND}|{_CODE})(?!\w)"
)
def _money_behind(found: re.Match[str]) -> str:
    number, scale, gap = found[1], found[3], found[4]
    one, many, *_ = (joined(*name.split()) for name in CURRENCIES[found[5]])
    said = amount(number)
    if len(number.partition(".")[2]) == 2 and not scale and CURRENCIES[found[5]][2]:
        return _money(number, found[5], "", None) + gap.replace("-", "")
    if scale:
        said += _gap(found[2]) + SCALE[scale]
    return said + _gap(gap) + (one if number == "1" and not scale else many)


@_rule(
    r"(dollars?|cents?|euros?|pounds?|pence|rupees?|yen|yuan|francs?|krona|kronor|zlotys?)"
    r"((?:/[A-Za-z]{1,12}){1,2})(?![\w/])"
)
def _per(found: re.Match[str]) -> str:
    """$10/user/month."""
    names = (UNITS[name][0] if name in UNITS else name for name in found[2][1:].split("/"))
    return joined(found[1], *(joined("per", *name.split()) for name in names))


# --- measures ----------------------------------------------------------------------------------


@_rule(rf"{_BEGIN}(\d{{1,3}}(?:\.\d+)?)( ?)(m|b|t)(\+?)(?= (?:[a-z]+ ){{0,2}}(?:{_PEOPLE})\b)")
def _small_scale(found: re.Match[str]) -> str:
    """2m users."""
    scale = joined(SCALE[found[3]], "plus" if found[4] else "")
    return amount(found[1]) + (found[2] or JOIN) + scale


@_rule(r"(?<![\w.,])([48])K(?!\w)(?!(?:\+| (?:[a-z]+ )?(?:" + _PEOPLE + r")\b))")
def _resolution(found: re.Match[str]) -> str:
    """A 4K video."""
    return joined(cardinal(found[1]), "K")


@_rule(rf"{_BEGIN}(\d+)[kK](?= (?:run|race|steps? challenge)\b)")
def _race(found: re.Match[str]) -> str:
    return joined(cardinal(found[1]), "K")


@_rule(
    rf"{_BEGIN}({_NUMBER})"
    rf"(?:([ -]?)(bn|mn|tn|trn|mln|bln|Mio|mio)|()({_any(PLAIN_SCALE)}))(\+?)(?!\w)"
)
def _scaled(found: re.Match[str]) -> str:
    scale = SCALE[found[3] or found[5]]
    return amount(found[1]) + _gap(found[2] or "") + joined(scale, "plus" if found[6] else "")


@_rule(r"(?<=\b[Ll])/(?=100 ?km)")
def _consumption(found: re.Match[str]) -> str:
    """5 L/100 km."""
    return f"{JOIN}per{JOIN}"


@_rule(r"(?<![\w.,])(\d{1,2})['′]( ?)(\d{1,2}(?:\.\d)?)(?:\"|″|'')")
def _feet_and_inches(found: re.Match[str]) -> str:
    feet = joined(cardinal(found[1]), "foot" if found[1] == "1" else "feet")
    return feet + (found[2] or JOIN) + joined(amount(found[3]), "inches")


@_rule(rf"{_BEGIN}({_NUMBER})(\"|')(?![\w\"'])")
def _inches(found: re.Match[str]) -> str:
    """27", unless the sign closes a quotation."""
    before = found.string[: found.start()]
    opened = len(re.findall(rf"(?<!\w){found[2]}(?=\w)", before))
    if opened > len(re.findall(rf"(?<=[^\W\d]){found[2]}(?!\w)|[.,!?]{found[2]}", before)):
        return found[0]
    one, many = ("inch", "inches") if found[2] == '"' else ("foot", "feet")
    single = found[1] == "1" or _NOUN.match(found.string[found.end() :])
    return joined(amount(found[1]), one if single else many)


@_rule(rf"{_BEGIN}({_NUMBER})( ?|-)(sq|cu)(\.?) (ft|m|in|mi|km|yd)\b(?:\.(?=[ ,;:)]))?")
def _square(found: re.Match[str]) -> str:
    power_of = "square" if found[3] == "sq" else "cubic"
    return f"{amount(found[1])}{_gap(found[2])}{power_of} {UNITS[found[5]][found[1] != '1']}"


@_rule(r"(?<=\d)( ?[°º]) ([CF])(?!\w)")
def _degrees(found: re.Match[str]) -> str:
    """24° C."""
    return f"{found[1]} {'Celsius' if found[2] == 'C' else 'Fahrenheit'}"


@_rule(rf"{_BEGIN}(\d+)(h|m)( ?)(\d{{1,2}})(m(?:in)?|s|)(?!\w)")
def _hours_and_minutes(found: re.Match[str]) -> str:
    """2h 30m, 2h30."""
    one, two = ("hour", "minute") if found[2] == "h" else ("minute", "second")
    if (not found[5] and (found[2] == "m" or found[3])) or (found[5] == "s") != (found[2] == "m"):
        return found[0]
    first = joined(cardinal(found[1]), one if found[1] == "1" else f"{one}s")
    second = joined(cardinal(found[4]), two if found[4] == "1" else f"{two}s")
    return first + (found[3] or JOIN) + second


@_rule(
    rf"{_BEGIN}({_NUMBER})(-| {{0,3}})(?:({_any(LENGTHS)})([²³]|\^[23]|[23])|({_UNIT}))"
    r"(?:/([A-Za-zµ]{1,10})([²³])?)?(?![\w²³])(?:\.(?= [a-z]|[,;:)]))?"
)
def _measure(found: re.Match[str]) -> str:
    number, gap, unit = found[1], found[2], found[3] or found[5]
    if unit in ("in", "us", "yo") and not found[0].endswith("."):
        after = found.string[found.end() : found.end() + 1]
        if after == "-" or (gap.startswith(" ") and (after == " " or unit != "in")):
            return found[0]
    single = number in ("1", "1.0") or gap == "-" or _before_noun(found)
    said = UNITS[unit][0 if single else 1]
    if found[3]:
        said = f"{'square' if found[4][-1] in '2²' else 'cubic'} {said}"
    if found[6]:
        per = UNITS[found[6]][0] if found[6] in UNITS else found[6]
        shape = {"²": "square ", "³": "cubic "}.get(found[7] or "", "")
        said = f"{said} per {shape}{per}"
    return amount(number) + _gap(gap) + joined(*said.split())


@_rule(r"(?<![\w/])(km|m|mi|ft|MB|GB|kB|Mb|Gb|mg|g|µg|L|l)/(h|hr|s|sec|min|L|l|dL|ml|kg)(?!\w)")
def _speed(found: re.Match[str]) -> str:
    return joined(*f"{UNITS[found[1]][1]} per {UNITS[found[2]][0]}".split())


# --- ordinals and Roman numerals -----------------------------------------------------------------


@_rule(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th|ST|ND|RD|TH)\b")
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


@_rule(rf"\b({_KINGS}) ((?!I\b(?!$|[.,;:!?]))(?:{_ROMAN}))(?!['\w]|\.\w)")
def _king(found: re.Match[str]) -> str:
    return f"{found[1]} the{JOIN}{ordinal(_roman(found[2]))}"


@_rule(rf"\b({_NUMBERED}) ({_ROMAN})(?!['\w]|\.\w)")
def _numbered(found: re.Match[str]) -> str:
    return f"{found[1]} {cardinal(_roman(found[2]))}"


@_rule(r"(?<=[a-z] )(?<![.!?] )(II|III|VII|VIII|XII|XIII|XIV|XVI)(?!['\w]|\.\w)")
def _sequel(found: re.Match[str]) -> str:
    return cardinal(_roman(found[1]))


# --- abbreviations -----------------------------------------------------------------------------

_STOP = r"\.(?=( )|[,;:!?)\]'\"]|$)"


def _stopped(found: re.Match[str], words: str) -> str:
    """`words`, with a full stop where one ends the sentence."""
    return joined(*words.split()) + ("" if found.end() < len(found.string) else ".")


@_rule(rf"(?<![\w.])({_any(BEFORE_NAME)})\. (?=[\"'(]?[A-Z])")
def _title(found: re.Match[str]) -> str:
    before = found.string[: found.start()]
    if found[1] in AFTER_NAME and re.search(r"\b[A-Z]\w* $", before):
        return found[0]
    return f"{BEFORE_NAME[found[1]]} "


@_rule(r"(?<![\w.])(?<![A-Z] )St (?=[A-Z][a-z])")
def _saint(found: re.Match[str]) -> str:
    return found[0] if re.search(r"\b[A-Z]\w* $", found.string[: found.start()]) else "Saint "


@_rule(rf"(?<=[a-z.,&\w] )({_any(AFTER_NAME)}){_STOP}")
def _after_name(found: re.Match[str]) -> str:
    if not re.search(r"\b[A-Z][\w&'.-]*,? $|(?:st|nd|rd|th) $", found.string[: found.start()]):
        return found[0]
    return _stopped(found, AFTER_NAME[found[1]])


_ONES = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_OURS = (
    "(?:our|the|their|his|her|my|your|its|is|was|are|at|to|as|by|see|and|in|with|model|item|flight)"
)


@_rule(
    rf"(?<![\w.])(?:({_OURS}) )?({_any(BEFORE_NUMBER)})\.( ?)(?=\d|(?:{_ONES})\b)", re.IGNORECASE
)
def _before_number(found: re.Match[str]) -> str:
    """No. 5; but "I said no. 5 people came" is two sentences."""
    short = found[2]
    if short not in BEFORE_NUMBER or (not found.string[found.end()].isdigit() and short != "Apt"):
        return found[0]
    clause = found.string[: found.start()].rstrip()[-1:] in ("", ",", ";", ":", "(")
    if short == "no" and found[1] is None and not clause:
        return found[0]
    before = f"{found[1]} " if found[1] else ""
    return before + BEFORE_NUMBER[short] + (found[3] or JOIN)


@_rule(rf"(?<![\w.])({_any(ANYWHERE)}){_STOP}")
def _anywhere(found: re.Match[str]) -> str:
    words = ANYWHERE[found[1]]
    if " " in found[1]:  # "et al.": its blank stays
        return words + ("" if found.end() < len(found.string) else ".")
    return _stopped(found, words)


_fixed(r"(?<![\w.])vs(?![\w.])", "versus")
_fixed(r"(?<![\w.])(?:aka|a\.k\.a)(?!\w)\.?", "A.K.A")
_fixed(r"(?<!\w)[Nn]/[Aa](?!\w)", "N.A")


@_rule(r"(?<!\w)№( ?)(?=\d)")
def _numero(found: re.Match[str]) -> str:
    return f"number{found[1] or JOIN}"


@_rule(r"(?<![\w.])((?:[A-Za-z]\.){2,})([A-Za-z]?)(?!\w)")
def _initialism(found: re.Match[str]) -> str:
    """U.S., P.S.: letters by their names, without a pause behind them."""
    return _stopped(found, spelled(found[1] + found[2]).replace(JOIN, " "))


@_rule(r"\b(?:US|IT|ID|WHO|AWS|SAP|GIS)(?!\w|[&'/])")
def _capitals(found: re.Match[str]) -> str:
    """Those that are words as well; not in a text all in capitals."""
    if not re.search("[a-z]", found.string):
        return found[0]
    return spelled(found[0])


@_rule(r"(\.M|\d|o'clock) (ET|PT|CT|MT|[ECMP][SD]T|CES?T|GMT|BST|IST)\b")
def _zone(found: re.Match[str]) -> str:
    return f"{found[1]} {spelled(found[2])}"


@_rule(r"\bAD(?= ?\d)|(?<=\d )AD\b|\b2FA\b")
def _letters_by_number(found: re.Match[str]) -> str:
    return spelled(found[0]) if found[0] == "AD" else joined("two", spelled("FA"))


# --- signs -------------------------------------------------------------------------------------


@_rule(
    rf"(?<![\w.)%{JOIN}])[-−–](?=[$€£₹¥]?\.?[\d])|(?<=\d)−(?=\d)| − "
    r"|(?<=\d)-(?=[\d.]+ ?=)|(?<=\d) - (?=[\d.]+ ?=)"
)
def _minus(found: re.Match[str]) -> str:
    if found[0] in (" − ", " - "):
        return " minus "
    before = found.string[found.start() - 1 : found.start()]
    return f"{JOIN}minus{JOIN}" if before.isdigit() else f"minus{JOIN}"


RULES.insert(
    next(i for i, rule in enumerate(RULES) if rule[1] is _negative) + 1, RULES[-1]
)  # before a sign of money is said, and again for what is left

_sign(r"<?[-=–—]{1,3}>|[→⇒➔➜➝⟶↦▶►]|⇨", "to")
_sign(r"↔|⇔", "to")
_sign(r"<-{1,2}(?= )|←|⇐", "from")


@_rule(rf"{_BEGIN}\d+(?:\.\d+)?(?:(?:[x×]| x )\d+(?:\.\d+)?)+(?!\w|{JOIN})")
def _by(found: re.Match[str]) -> str:
    """1920×1080 is nineteen twenty by ten eighty."""

    def side(number: re.Match[str]) -> str:
        long = number[0].isdigit() and len(number[0]) == 4
        return year(number[0]) if long else amount(number[0])

    by = re.sub(r" x |[x×]", lambda sign: _between(sign[0], "by"), found[0])
    return re.sub(r"[\d.]+", side, by)


_fixed(r"(?<=inches) x(?= )", "by")
RULES[-1] = (RULES[-1][0], lambda _: " by")


_sign(r"!=|≠", "is not equal to")
_sign(r">=|≥|⩾", "at least")
_sign(r"<=|≤|⩽", "at most")
_sign(r"±|\+/-|\+-", "plus or minus")
_sign(r"×|(?<=\d)\*(?=\d)|(?<= )\*(?= )", "times")
_sign("÷", "divided by")
_sign("≈|≅|≃", "about")
_sign("∞", "infinity")
_sign("√", "the square root of")
_sign("↑", "up")
_sign("↓", "down")
_sign("={1,3}", "equals")
_sign("§{1,2}", "section")
_sign("¶", "paragraph")
_sign("©", "copyright")
_sign("@", "at")


@_rule(r" ?([<>]) ?(?=[\w$€£.])")
def _compared(found: re.Match[str]) -> str:
    """x > 5 is greater than; > 5 alone more than."""
    alone = not re.search(r"\w ?$", found.string[: found.start()])
    more = "less than" if found[1] == "<" else "more than" if alone else "greater than"
    return _between(found[0], more)


@_rule(r"(?<!\w)~( ?)(?=\w)")
def _about(found: re.Match[str]) -> str:
    return f"about{found[1] or JOIN}"


@_rule(r"([A-Z]{2,3})?&(?=(\w)?)")
def _and(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    left = spelled(found[1]) + JOIN if found[1] else JOIN if before.isalnum() else ""
    return f"{left}and{JOIN if found[2] else ''}"


@_rule(r"(?<=and" + JOIN + r")A(?!\w)|(?<![\w.])A(?=" + JOIN + r"and)")
def _letter_a(found: re.Match[str]) -> str:
    """The letter, not the article: Q&A."""
    return "A."


@_rule(r"(\w|\))?\+(?=( ?)(\w)?)")
def _plus(found: re.Match[str]) -> str:
    return (
        (f"{found[1]}{JOIN}" if found[1] else "")
        + "plus"
        + (JOIN if found[3] and not found[2] else "")
    )


@_rule(r"(?<![\w&])#( ?)(?=\d|[A-Z]{1,3}-)|(?<![\w&])#(?= of\b)")
def _number_sign(found: re.Match[str]) -> str:
    return f"number{found[1] or JOIN}" if found[1] is not None else "number"


@_rule(r"(?<=\w) (\|)(?= |$)|(?<=\w)\|(?=\w)")
def _cell(found: re.Match[str]) -> str:
    """A table's line between two cells is a short pause."""
    return ", " if found[1] else f",{JOIN}"


@_rule(r"(?<![^\W\d_])[Α-Ωα-ω](?![^\W\d_])")
def _greek(found: re.Match[str]) -> str:
    """A letter by itself; Greek words are left out."""
    name = unicodedata.name(found[0]).split()[-1].lower()
    left = JOIN if found.string[found.start() - 1 : found.start()].isalnum() else ""
    return f"{left}{name.replace('lamda', 'lambda')}"


# --- what is left ------------------------------------------------------------------------------


@_rule(rf"{_BEGIN}(\d+\.\d+|0)/(5|10|100)(?![\w/.])")
def _marks(found: re.Match[str]) -> str:
    """4.5/5."""
    return joined(amount(found[1]), "out", "of", cardinal(found[2]))


@_rule(r"(?<=[a-z])/(?=\d)|(?<=\d)/(?=[a-z]{2})")
def _per_number(found: re.Match[str]) -> str:
    """$5/1,000 tokens, 1/day."""
    return f"{JOIN}per{JOIN}"


@_rule(r"(?<=\d)/(?=\d)")
def _over(found: re.Match[str]) -> str:
    """120/80."""
    return f"{JOIN}over{JOIN}"


@_rule(rf"{_BEGIN}{_NUMBER}{_END}")
def _number(found: re.Match[str]) -> str:
    return plain(found[0])


@_rule(r"\b([A-Z]{1,4})(\d+\.\d+)(?![\w.])")
def _lettered_decimal(found: re.Match[str]) -> str:
    """PM2.5."""
    return joined(spelled(found[1]), amount(found[2]))


@_rule(r"(?<=[a-z])\.(?=\d)")
def _inner_number(found: re.Match[str]) -> str:
    """beta.2."""
    return JOIN


@_rule(r"([A-Za-z]+)?[-_]?(\d+)(?=([A-Za-z]?))")
def _mixed_code(found: re.Match[str]) -> str:
    """MP3, A380, COVID-19: short capitals by their letters."""
    letters = found[1] or ""
    if letters.isupper() and len(letters) < 4:
        letters = spelled(letters) if len(letters) > 1 or letters == "A" else letters
    before = found.string[found.start() - 1 : found.start()]
    left = JOIN if before.isalnum() or (before in ("/", ".", ":", "-", ",") and before) else ""
    return left + joined(letters, code(found[2])) + (JOIN if found[3] else "")


@_rule(r"(?<=[a-z])\.(?=[a-z]{2})")
def _inner_point(found: re.Match[str]) -> str:
    return _DOT


@_rule(r"(?<=\w)/(?=\w)")
def _slash(found: re.Match[str]) -> str:
    """and/or."""
    return JOIN


# --- characters ----------------------------------------------------------------------------------

_REPEATED = re.compile(r"([^\w\s])\1{3,}")
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ‛", "'"),
        **dict.fromkeys("“”„‟", '"'),
        **dict.fromkeys("‐‑‒", "-"),
        **dict.fromkeys("™®℠", ""),
        **dict(zip("ˢᵗⁿᵈʳʰ", "stndrh", strict=True)),
        "―": "—",
        "⁄": "/",
        "∕": "/",
        "µ": "µ",
        "μ": "µ",
        "٪": "%",
    }
)
del _TYPOGRAPHY[ord("ⁿ")]
_LETTERS = {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae"}
_LETTERS |= {"œ": "oe", "Œ": "Oe", "ß": "ss", "ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th"}
_LETTERS |= {"ı": "i", "—": "—", "–": "—", "…": "…", JOIN: " "}
_ONLY_DASH = re.compile("[-–—]{1,3}")
_LOOSE = re.compile(" (?=[,.;:!?])")
_SOUND = re.compile(r"[A-Za-z]")
_UNSAID = re.compile(r"[^A-Za-z'.,;:!?()\"…— -]+|(?<![A-Za-z])'(?![A-Za-z])|(?<![A-Za-z])-|-(?!\w)")


def _readable(word: str) -> str:
    """`word` in plain letters and marks of pause, without what is before its first letter."""
    word = _UNSAID.sub(" ", "".join(map(_letter, word)))
    if len(word) > LONGEST_WORDING:
        word = word[:LONGEST_WORDING].rpartition(" ")[0] or word[:LONGEST_WORD]
    first = _SOUND.search(word)
    return _LOOSE.sub("", " ".join(word[max(0, first.start() - 1) :].split())) if first else ""


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    """A character as the voice can read it, or "".

    One at a time: to normalise a whole text takes quadratic time where thousands of combining
    marks follow each other.
    """
    if character in _LETTERS:
        return _LETTERS[character]
    return "".join(filter(str.isascii, unicodedata.normalize("NFKD", character)))
