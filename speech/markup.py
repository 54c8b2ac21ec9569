# ruff: noqa: RUF001 - it looks for typographic signs
"""Text without the mark-up that came with it: SSML, HTML and Markdown.

Nothing here adds or removes a blank or a line end, so that every typed word keeps its place: words
are one blank apart, before and after.
"""

from __future__ import annotations

import re
from html import unescape

from speech.numerals import JOIN, joined, spelled

LONGEST_PAUSE = 5.0
"""Seconds of one pause that a text may ask for."""

_FIRST = 0xE000  # Private Use: a pause is one character, one code point per 10 ms
_LAST = _FIRST + round(LONGEST_PAUSE * 100)
_PAUSES = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]+")

_TAG = re.compile(r"</?([A-Za-z][\w:-]*)((?:\"[^\"<>]*\"|'[^'<>]*'|[^<>\"'])*)>")
_COMMENT = re.compile(r"<!--.{0,1000}?-->", re.DOTALL)
_ADDRESS = re.compile(r"<((?:https?://|mailto:)[^\s<>]+|[\w.+-]+@[\w.-]+)>")
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>.{0,1000}?</\1>", re.DOTALL | re.IGNORECASE)
_ORDINAL = re.compile(r"<say-as\s[^<>]{0,99}?\bordinal\b[^<>]*>\s*(\d{1,9})\s*</say-as>", re.I)
_SUBSTITUTE = re.compile(
    r"<sub\s[^<>]{0,99}?alias\s*=\s*[\"']([^\"'<>]{0,200})[\"'][^<>]*>([^<>]{0,200})</sub>", re.I
)
_SPELL_OUT = re.compile(
    r"<say-as\s[^<>]{0,99}?(?:characters|spell-out|verbatim|digits|telephone)\b[^<>]*>"
    r"([^<>]{0,200})</say-as>",
    re.IGNORECASE,
)
_TIME = re.compile(r"time\s*=\s*[\"']?\s*(\d{0,6}(?:\.\d{1,6})?)\s*(ms|s)\b", re.IGNORECASE)
_STRENGTH = re.compile(r"strength\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7}
_STRENGTHS |= {"x-strong": 1.2}
_BLOCKS = frozenset(("p", "s", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6"))
_TAG_NAMES = """
a abbr acronym address article aside audio b bdi bdo big blockquote body break button caption center
cite code col colgroup dd del details dfn dl dt em emphasis fieldset figcaption figure font footer
form head header hr html i iframe img input ins kbd label lang legend link main mark meta metadata
nav ol optgroup option phoneme picture pre prosody q rp rt ruby samp say-as script section select
small source span speak strike strong style sub summary sup svg table tbody td template textarea
tfoot th thead time title tt u ul var video voice wbr
"""
_NAMES = _BLOCKS | frozenset(_TAG_NAMES.split())
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_LINE = re.compile(r"^[ \t]*([-=_*~#])\1{2,}[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^([ \t]*)#{1,6}(?=[ \t])", re.MULTILINE)
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)*>(?=[ \t])", re.MULTILINE)
_BULLET = re.compile(
    r"^([ \t]*)[-*+•◦▪‣·–→⇒➔➜►▶✓✔●○■](?=[ \t])(?:([ \t]+)\[[ xX]\](?=[ \t]))?", re.MULTILINE
)
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()<>]{0,500}(?:\([^()<>]{0,99}\)[^()<>]{0,99})?\)")
_REFERENCE = re.compile(r"\[([^\[\]]{1,300})\]\[[^\[\]]{0,99}\]")
_NOTE = re.compile(r"(?<=[\w.,;:!?\"')])\[\^?\d{1,3}\]|\[\^[\w-]{1,30}\]")
_STARS = re.compile(r"\*+")
_EMPHASIS = re.compile(r"(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)|~~|`+")


def plain(text: str) -> str:
    """`text` with tags, entities and Markdown replaced by what is said for them.

    `<break>` becomes a pause, `<sub>` its alias; `<say-as>` spells where it says so. All other tags
    go, and what they enclose stays. A word in brackets that is no tag ("<your name>") stays.
    """
    text = re.sub(r"[\ue000-\uf8ff]", "", text)
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    if "<" in text:
        text = _COMMENT.sub(_gone, text)
        text = _SCRIPT.sub(_gone, text)
        text = _SUBSTITUTE.sub(_alias, text)
        text = _ORDINAL.sub(lambda say: _inner(say, 1, f"{say[1]}th"), text)
        text = _SPELL_OUT.sub(_spelled, text)
        text = _ADDRESS.sub(lambda address: address[1].removeprefix("mailto:"), text)
        closed = {name.lower() for name in re.findall(r"</([A-Za-z][\w:-]*)\s*>", text)}
        text = _TAG.sub(lambda tag: _tag(tag, closed), text)
    text = _FENCE.sub(_gone, text)
    text = _LINE.sub(_gone, text)
    text = _HEADING.sub(r"\1", text)
    text = _QUOTE.sub(_gone, text)
    text = _BULLET.sub(lambda mark: mark[1] + (mark[2] or ""), text)
    if "[" in text:
        text = _LINK.sub(lambda link: _inner(link, 1), text)
        text = _REFERENCE.sub(lambda link: _inner(link, 1), text)
        text = _NOTE.sub("", text)
    text = _STARS.sub(lambda star: star[0] if _counts(star) else "", text)
    return _EMPHASIS.sub("", text)


def is_pause(character: str) -> bool:
    """Whether a character of plain text is a pause."""
    return _FIRST <= ord(character or " ") <= _LAST


def pause(word: str) -> tuple[str, float]:
    """A word without its pauses, and their sum in seconds, `LONGEST_PAUSE` at most."""
    seconds = sum((ord(mark) - _FIRST) / 100 for mark in word if is_pause(mark))
    return _PAUSES.sub(JOIN, word).strip(JOIN), min(LONGEST_PAUSE, seconds)


def _blanks(text: str) -> str:
    return "".join(filter(str.isspace, text))


def _gone(match: re.Match[str]) -> str:
    return _blanks(match[0])


def _inner(match: re.Match[str], group: int, instead: str | None = None) -> str:
    """A group of the match alone, or `instead` of it, among the blanks around it."""
    start, end = match.start(group) - match.start(), match.end(group) - match.start()
    inside = match[group] if instead is None else instead
    return _blanks(match[0][:start]) + inside + _blanks(match[0][end:])


def _character(entity: re.Match[str]) -> str:
    found = unescape(entity[0])
    return JOIN if found.isspace() else found if found.isprintable() else ""


def _alias(match: re.Match[str]) -> str:
    return _inner(match, 2, joined(*match[1].split()) + _blanks(match[2]))


def _spelled(match: re.Match[str]) -> str:
    return _inner(match, 1, re.sub(r"\S+", lambda word: spelled(word[0]), match[1]))


def _tag(tag: re.Match[str], closed: set[str]) -> str:
    name, attributes = tag[1].lower(), tag[2]
    is_tag = name in _NAMES or ":" in name or name in closed
    if not (is_tag or "=" in attributes or attributes.endswith("/")):
        glued = tag.string[max(0, tag.start() - 1) : tag.start()].isalnum()
        return tag[0] if glued else tag[0].strip("</>")
    if name == "break":
        return _gone(tag) + _pause(_seconds(attributes))
    ends = name in _BLOCKS and (name == "br" or tag[0].startswith("</"))
    return _pause(0.2) + _gone(tag) if ends else _gone(tag)


def _seconds(attributes: str) -> float:
    if time := _TIME.search(attributes):
        return float(time[1] or 0) / (1000 if time[2].lower() == "ms" else 1)
    strength = _STRENGTH.search(attributes)
    return _STRENGTHS.get(strength[1].lower() if strength else "medium", 0.4)


def _pause(seconds: float) -> str:
    return chr(_FIRST + round(100 * min(LONGEST_PAUSE, seconds))) if seconds else ""


def _counts(star: re.Match[str]) -> bool:
    """Whether a star stands between two numbers."""
    before, after = (
        star.string[max(0, star.start() - 1) : star.start()],
        star.string[star.end() : star.end() + 1],
    )
    return (before.isdecimal() and after.isdecimal()) or before == after == " "
