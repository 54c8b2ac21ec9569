"""A show from Marp's Markdown, and the Markdown that its audience sees. Pure.

A comment that is no directive of Marp is said: each of its paragraphs is a line. `pause: 2` is a
pause of so many seconds, `wait` a wait, and `private:` makes the rest of its comment a note. `say:`
before a text has it said, whatever it looks like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from sessions.turns import MAX_TEXT
from show import marp
from show.marp import Comment
from show.marp_yaml import directives_of
from show.model import Cue, Line, Pause, Show, ShowRejected, Slide, Wait

LARGEST = 1_000_000
"""Bytes of a source, in UTF-8."""
MOST_SLIDES = 500
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 60.0
"""Seconds."""

EMPTY = "<!-- -->"
"""What is left of a comment for the audience: without any, a text and a rule below it would become
a heading, and two lists one."""

_PARAGRAPH = re.compile(r"\S[^\r\n]*(?:(?:\r\n|\n|\r)[^\S\r\n]*\S[^\r\n]*)*")
_PRIVATE = re.compile(r"^[^\S\n]*private\s*:\s*", re.IGNORECASE | re.MULTILINE)
_PAUSE = re.compile(r"pause\s*:(.*)", re.IGNORECASE)
_SAY = re.compile(r"say\s*:\s*", re.IGNORECASE)


def parse(source: str, *, name: str = "", pictures: Mapping[str, bytes] | None = None) -> Show:
    """The show of a source; `name`: its name, if its front matter has no title.

    Raises `ShowRejected`.
    """
    if (size := len(source.encode(errors="replace"))) > LARGEST:
        raise ShowRejected(f"The show has {size:,} bytes of text: {LARGEST:,} are the most.")
    deck = marp.read(source)
    if len(deck.slides) > MOST_SLIDES:
        raise ShowRejected(f"The show has {len(deck.slides)} slides: {MOST_SLIDES} are the most.")
    cues: list[list[Cue]] = [[] for _ in deck.slides]
    notes: list[list[str]] = [[] for _ in deck.slides]
    notices = []
    for comment in deck.comments:
        if comment.is_said:
            cues[comment.slide] += [cue for cue, _ in cues_of(comment, comment.content)]
            note = _PRIVATE.sub("", comment.content[_said_until(comment.content) :]).strip()
            notes[comment.slide] += [note] if note else []
        elif comment.in_html:
            notices.append(f"Line {comment.row}: a comment inside HTML is not said.")
        if source[comment.end : comment.swallowed].strip():
            notices.append(
                f"Line {comment.row}: what follows a comment on its line is neither shown nor said."
            )
    slides = zip(deck.slides, cues, notes, strict=True)
    return Show(
        source=source,
        slides=tuple(Slide(c.title, tuple(q), tuple(n), c.first + 1) for c, q, n in slides),
        name=deck.front.title or name,
        avatar=deck.front.avatar,
        voice=deck.front.voice,
        blanks=deck.front.blanks,
        say_as=deck.front.say_as,
        pictures=pictures or {},
        notices=tuple(notices),
    )


def for_the_audience(show: Show) -> str:
    """The Markdown of a show that its audience may have: blanks are filled, and only what is shown
    is left, on as many slides.

    Raises `ShowRejected` where what fills a blank would cut a slide.
    """
    source = show.source
    deck = marp.read(source)
    parts, at = [deck.front.for_the_audience(show.filled) if deck.has_front else ""], deck.body
    for comment in deck.comments:
        parts.append(show.filled(source[at : comment.start]))
        parts.append(_left_of(comment))
        at = comment.swallowed
    seen = "".join((*parts, show.filled(source[at:])))
    again = marp.read(seen)
    if len(again.slides) != len(deck.slides) or any(
        c.is_said and c.content for c in again.comments
    ):
        raise ShowRejected(
            "What fills a blank would begin a slide or a comment: change it in the front matter."
        )
    return seen


def cues_of(comment: Comment, content: str) -> list[tuple[Cue, tuple[int, int]]]:
    """The cues of a comment, each with where its paragraph begins and ends in `content`.

    Raises `ShowRejected` for a pause that is none, and for a line that is too long.
    """
    found: list[tuple[Cue, tuple[int, int]]] = []
    for paragraph in _PARAGRAPH.finditer(content, 0, _said_until(content)):
        words = " ".join(paragraph[0].split())
        cue: Cue | None
        if words.lower() == "wait":
            cue = Wait()
        elif pause := _PAUSE.fullmatch(words):
            cue = Pause(_seconds(pause[1].strip(), comment))
        else:
            cue = _line(_SAY.sub("", words, count=1) if _SAY.match(words) else words, comment)
        if cue:
            end = paragraph.start() + len(paragraph[0].rstrip())
            found.append((cue, (paragraph.start(), end)))
    return found


def _said_until(content: str) -> int:
    """Where the note begins in a comment's text."""
    private = _PRIVATE.search(content)
    return private.start() if private else len(content)


def _line(text: str, comment: Comment) -> Line | None:
    if len(text) > MAX_TEXT:
        raise ShowRejected(
            f"Line {comment.row}, on slide {comment.slide + 1}, has a text of {len(text):,}"
            f" characters: the avatar says at most {MAX_TEXT:,} at a time. Part it with a blank"
            " line."
        )
    return Line(text) if text else None


def _seconds(text: str, comment: Comment) -> float:
    if not _is_a_pause(text):
        raise ShowRejected(
            f"Line {comment.row}, on slide {comment.slide + 1}, has a pause that is not of"
            f" {SHORTEST_PAUSE} to {LONGEST_PAUSE:.0f} seconds: write pause: 2, or put say:"
            " before it if it is to be said."
        )
    return float(text)


def _is_a_pause(text: str) -> bool:
    is_number = re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?|\.[0-9]{1,9}", text)
    return bool(is_number) and SHORTEST_PAUSE <= float(text) <= LONGEST_PAUSE


def _left_of(comment: Comment) -> str:
    if comment.directives:
        return f"<!-- {json.dumps(comment.directives, ensure_ascii=False)} -->"
    return f"<!-- {comment.content} -->" if comment.is_a_sign else EMPTY


def said(text: str) -> str:
    """The Markdown that has a text of another program said: a comment; "" for none.

    `wait`, `pause: 2`, `private:` and `say:` mean the same as in a show.
    """
    text = " ".join(re.sub(r"--+!?>", "->", text).split())
    if not text:
        return ""
    pause = _PAUSE.fullmatch(text)
    is_taken_for_more = (
        (pause and not _is_a_pause(pause[1].strip()))
        or text == "fit"
        or text[0] in "->"
        or marp.SIGN.fullmatch(text)
        or directives_of(text)
    )
    return f"<!-- say: {text} -->" if is_taken_for_more else f"<!-- {text} -->"


def written(slide: Slide) -> list[str]:
    """The comments that give a slide its cues and notes."""
    return [
        *(_comment_of(cue) for cue in slide.cues),
        *(f"<!-- private: {note} -->" for note in slide.notes),
    ]


def _comment_of(cue: Cue) -> str:
    if isinstance(cue, Pause):
        return f"<!-- pause: {cue.seconds:g} -->"
    if isinstance(cue, Wait):
        return "<!-- wait -->"
    is_taken_for_more = cue.text.lower() == "wait" or any(
        each.match(cue.text) for each in (_PAUSE, _SAY, _PRIVATE)
    )
    return f"<!-- say: {cue.text} -->" if is_taken_for_more else said(cue.text)
