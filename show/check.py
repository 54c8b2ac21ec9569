"""What a presenter should mend before a show, and how long it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sessions.turns import MAX_TEXT
from show.marp import read
from show.model import BLANK, Line, Show

LONGEST_LINE = 60.0
"""Seconds of a line after which an audience is lost."""
_CHARACTERS = 15.0
"""That are said in a second, as measured of our voice on plain prose (14 to 16)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence about a slide, or about a cue of it; both from 0."""

    slide: int
    cue: int | None
    sentence: str


def findings(show: Show, has_sound: Callable[[str], bool] | None = None) -> tuple[Finding, ...]:
    """What to mend, slide by slide. `has_sound`: whether the voice can say a text, as
    `speech.Engine.has_sound`. Raises `ShowRejected`, as `Show.seen` does."""
    return tuple(_found(show, has_sound))


def _found(show: Show, has_sound: Callable[[str], bool] | None) -> Iterator[Finding]:
    rows = re.split(r"\r\n|\n|\r", show.seen)
    for number, (slide, cut) in enumerate(zip(show.slides, read(show.seen).slides, strict=True)):
        for blank in dict.fromkeys(BLANK.findall("\n".join(rows[cut.first : cut.last]))):
            yield Finding(number, None, _unfilled(blank))
        if not any(isinstance(cue, Line) for cue in slide.cues):
            yield Finding(number, None, "Nothing is said on this slide: add a line.")
        for at, cue in enumerate(slide.cues):
            if isinstance(cue, Line):
                for sentence in _about(show, cue.text, has_sound):
                    yield Finding(number, at, sentence)


def _about(show: Show, text: str, has_sound: Callable[[str], bool] | None) -> Iterator[str]:
    for blank in dict.fromkeys(BLANK.findall(text)):
        if blank not in show.blanks:
            yield _unfilled(blank)
    printed = show.filled(text)
    spoken = show.say_as.spoken(printed)
    length = max(len(printed), len(spoken))
    if length > MAX_TEXT:
        yield (
            f"This line has {length:,} characters as it is said: {MAX_TEXT:,} are the most. Make"
            " two lines of it."
        )
    elif (seconds := len(spoken) / _CHARACTERS) > LONGEST_LINE:
        yield f"This line takes about {seconds:.0f} seconds: make two lines of it."
    if has_sound:
        silent = [word for word in spoken.split() if _is_a_word(word) and not has_sound(word)]
        if silent or not has_sound(spoken):
            words = ", ".join(dict.fromkeys(silent)) or printed
            yield f"The voice can't say {words}: write it in other words, or add a row to say-as."


def _unfilled(blank: str) -> str:
    return f"Nothing fills {{{{{blank}}}}}: add {blank}: to the front matter."


def _is_a_word(text: str) -> bool:
    return any(map(str.isalnum, text))
