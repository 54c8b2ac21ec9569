"""An edit of a show's line, in its source. Pure: it gives a new show, and every other byte is as it
was."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from sessions.turns import MAX_TEXT
from show import marp
from show.markdown import cues_of, parse
from show.model import Line, Show, ShowRejected


def with_line(show: Show, slide: int, cue: int, text: str) -> Show:
    """`text` in the place of a cue.

    What is written is read again before it is taken: a text that would be a directive or a pause is
    put behind `say:`. Raises `ShowRejected` for a text that can't stand in a comment, and
    `IndexError` for a slide or cue that is not there.
    """
    line = _line(text)
    start, end = _places(show, slide)[cue]
    wanted = list(show.slides)
    cues = list(wanted[slide].cues)
    cues[cue] = line
    wanted[slide] = replace(wanted[slide], cues=tuple(cues))
    for spelled in _spelled(line):
        source = show.source[:start] + spelled + show.source[end:]
        with suppress(ShowRejected):
            edited = parse(source, name=show.name, pictures=show.pictures)
            if [replace(s, row=0) for s in edited.slides] == [replace(s, row=0) for s in wanted]:
                return replace(show, source=source, slides=edited.slides, notices=edited.notices)
    raise ShowRejected(
        f"Slide {slide + 1} can't be changed here, as this text or its place would change more than"
        " the line: change it in the Markdown."
    )


def _places(show: Show, slide: int) -> list[tuple[int, int]]:
    """Where each cue of a slide stands in the source."""
    found: list[tuple[int, int]] = []
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
        found += [(offset + start, offset + end) for _, (start, end) in said]
    return found


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
