"""Edits of a show's lines, in its source. Pure: each gives a new show, and every other byte is as
it was.

What is written is read again before it is taken: a text that would be a directive or a pause is
put behind `say:`. All raise `ShowRejected` for a text that can't stand in a comment, and for a
place where none can; `IndexError` for a slide or cue that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from sessions.turns import MAX_TEXT
from show import marp
from show.markdown import cues_of, parse
from show.marp import Comment
from show.model import Cue, Line, Show, ShowRejected


def with_line(show: Show, slide: int, cue: int, text: str) -> Show:
    """`text` in the place of a cue."""
    line, place = _line(text), _places(show, slide)[cue]
    cues = _put(show.slides[slide].cues, cue, cue + 1, line)
    edits = ((place.start, place.end, spelled) for spelled in _spelled(line))
    return _first_that_says(show, slide, cues, edits)


def with_line_added(show: Show, slide: int, cue: int, text: str) -> Show:
    """`text` before a cue; behind the last one for the number of cues."""
    line, cues, places = _line(text), show.slides[slide].cues, _places(show, slide)
    if not 0 <= cue <= len(cues):
        raise IndexError(cue)
    edits = [
        edit
        for spelled in _spelled(line)
        for edit in (
            _before(show.source, places[cue], spelled)
            if cue < len(cues)
            else _at_the_end(show.source, slide, f"<!-- {spelled} -->")
        )
    ]
    return _first_that_says(show, slide, _put(cues, cue, cue, line), edits)


def without_cue(show: Show, slide: int, cue: int) -> Show:
    """All but a cue. A comment that held it alone goes with it."""
    source, place = show.source, _places(show, slide)[cue]
    comment = place.comment
    edits: list[_Edit] = []
    if place.gap_after:
        edits.append((place.start, place.end + len(place.gap_after), ""))
    if place.gap_before:
        edits.append((place.start - len(place.gap_before), place.end, ""))
    if comment.own_lines:
        begin = max(source.rfind(sign, 0, comment.start) for sign in "\r\n") + 1
        newline = re.compile(r"\r\n|\n|\r|$").match(source, comment.swallowed)
        edits.append((begin, newline.end() if newline else len(source), ""))
    edits.append((comment.start, comment.end, ""))
    edits.append((comment.start, comment.end, "<!-- -->"))
    edits.append((place.start, place.end, ""))
    cues = _put(show.slides[slide].cues, cue, cue + 1)
    return _first_that_says(show, slide, cues, edits)


_T = TypeVar("_T")
_Edit = tuple[int, int, str]
"""What stands in the source instead of a stretch of it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cue stands in the source, and what parts it from the ones in the same comment."""

    comment: Comment
    start: int
    end: int
    gap_before: str
    gap_after: str


def _places(show: Show, slide: int) -> list[_Place]:
    """Of all cues of a slide."""
    found: list[_Place] = []
    for comment in marp.read(show.source).comments:
        if comment.slide != slide or not comment.is_said:
            continue
        inner = marp.comment_at(show.source, comment.start)
        assert inner
        text = inner[0]
        offset = show.source.index(text, comment.start + 4)
        said = cues_of(comment, text)
        if [c for c, _ in said] != [c for c, _ in cues_of(comment, comment.content)]:
            raise ShowRejected(
                f"The comment on line {comment.row} is inside a quote: change it in the Markdown."
            )
        spans = [span for _, span in said]
        for at, (start, end) in enumerate(spans):
            found.append(
                _Place(
                    comment,
                    offset + start,
                    offset + end,
                    text[spans[at - 1][1] : start] if at else "",
                    text[end : spans[at + 1][0]] if at + 1 < len(spans) else "",
                )
            )
    return found


def _before(source: str, place: _Place, text: str) -> list[_Edit]:
    """The ways to put a line before a cue: in a comment of its own, or in the cue's."""
    if place.gap_before:
        return [(place.start, place.start, text + place.gap_before)]
    start, newline, comment = place.comment.start, _newline(source), f"<!-- {text} -->"
    indent = source[max(source.rfind(sign, 0, start) for sign in "\r\n") + 1 : start]
    return [
        (start, start, f"{comment}{newline}{indent}"),
        (start, start, comment),
        (place.start, place.start, f"{text}{newline * 2}"),
    ]


def _at_the_end(source: str, slide: int, comment: str) -> list[_Edit]:
    """The ways to put a comment on a slide behind its last cue: at the slide's end, or right after
    that cue, or first, where the slide ends in code that is never closed."""
    deck, starts, newline = marp.read(source), marp.line_starts(source), _newline(source)
    cut = deck.slides[slide]
    first, end = (starts[n] if n < len(starts) else len(source) for n in (cut.first, cut.last))
    said = [each.swallowed for each in deck.comments if each.slide == slide and each.is_said]
    last = max([first, len(source[:end].rstrip()), *said])
    tail = "" if source[last : last + 1] in ("\r", "\n") else newline
    return [
        (at, at, before + comment + after)
        for at, before, after in (
            (last, "" if last == first else newline * 2, tail),
            (last, newline * 2, tail),
            (max(said, default=first), newline, newline),
            (max(said, default=first), "", newline * 2),
            (max(said, default=first), "", ""),
        )
    ]


def _first_that_says(show: Show, slide: int, cues: tuple[Cue, ...], edits: Iterable[_Edit]) -> Show:
    """The show after the first of the edits after which its slides say what they should."""
    wanted = _put(show.slides, slide, slide + 1, replace(show.slides[slide], cues=cues))
    for start, end, text in edits:
        source = show.source[:start] + text + show.source[end:]
        with suppress(ShowRejected):
            edited = parse(source, name=show.name, pictures=show.pictures)
            if [replace(s, row=0) for s in edited.slides] == [replace(s, row=0) for s in wanted]:
                return replace(show, source=source, slides=edited.slides, notices=edited.notices)
    raise ShowRejected(
        f"Slide {slide + 1} can't be changed here, as this text or its place would change more than"
        " the line: change it in the Markdown."
    )


def _line(text: str) -> Line:
    """Raises `ShowRejected`."""
    text = " ".join(text.split())
    if not text:
        raise ShowRejected("This line has nothing to say: write a text, or take the line out.")
    if "-->" in text:
        raise ShowRejected("A line can't have --> in it, which would end its comment: take it out.")
    if len(text) > MAX_TEXT:
        raise ShowRejected(
            f"This line has {len(text):,} characters: the avatar says at most {MAX_TEXT:,} at a"
            " time. Make two lines of it."
        )
    return Line(text)


def _spelled(line: Line) -> tuple[str, ...]:
    """The ways to write a text; the last ones where it looks like something else."""
    return line.text, f"say: {line.text}", f" say: {line.text} "


def _put(sequence: tuple[_T, ...], start: int, end: int, *put: _T) -> tuple[_T, ...]:
    return (*sequence[:start], *put, *sequence[end:])


def _newline(source: str) -> str:
    return "\r\n" if "\r\n" in source else "\n"
