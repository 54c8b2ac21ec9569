"""A run of show, and what came of it. All values are frozen.

A slide has cues, which are played one after the other: a line to say, a pause, a wait for the
presenter. Slides and cues are counted from 0; people are told numbers from 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from speech import AS_PRINTED, SayAs, Word

BLANK = re.compile(r"\{\{\s*([\w-]+)\s*\}\}")
"""A blank: `{{customer}}` is filled with the front matter's `customer:`."""


class ShowRejected(ValueError):
    """A file or a text that can't be a show; the message is the sentence for the presenter, and
    names the line or the slide."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text to say, as it is written: with its blanks."""

    text: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is said for so many `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Wait:
    """The show waits until the presenter goes on."""


Cue = Line | Pause | Wait


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide. `notes` are for the presenter's eyes alone; `row`: its first line in the source,
    from 1."""

    title: str = ""
    cues: tuple[Cue, ...] = ()
    notes: tuple[str, ...] = ()
    row: int = 1


@dataclass(frozen=True)
class Show:
    """A run of show.

    `source` is Marp's Markdown, as it came. `avatar` and `voice`: an id or a name from the catalog,
    empty for what is chosen on the page. `blanks`: what fills them. `pictures`: files that the
    Markdown names, as `![bg](1.webp)`. `notices`: sentences about how it was read.
    """

    source: str
    slides: tuple[Slide, ...]
    name: str = ""
    avatar: str = ""
    voice: str = ""
    blanks: Mapping[str, str] = field(default_factory=dict)
    say_as: SayAs = AS_PRINTED
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    notices: tuple[str, ...] = ()

    @cached_property
    def seen(self) -> str:
        """What its audience may have of the `source`: `markdown.for_the_audience`, once."""
        from show.markdown import for_the_audience  # which needs this module

        return for_the_audience(self)

    def filled(self, text: str) -> str:
        """`text` with its blanks filled; one that nothing fills stays as it is."""
        if "{{" not in text:  # so is nearly every one of the hundreds of texts of a message
            return text
        return BLANK.sub(lambda found: self.blanks.get(found[1], found[0]), text)


Outcome = Literal["spoken", "interrupted", "failed"]

AskedBy = Literal["show", "presenter"]
"""Who asked for a line: the run of show, or the presenter in mid-show."""


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """A line of the transcript: something that was said, or was to be.

    `slide`: the one that was shown. `began` and `ended`: seconds since the show began; None where
    no sound was heard. `words`: the words of `text` with their times, in seconds from `began` on;
    none of a recording, whose name is the `text`. `estimated`: their times are not the voice's own.
    `reason`: why it was not said in full.
    """

    text: str
    outcome: Outcome
    by: AskedBy = "show"
    slide: int = 0
    began: float | None = None
    ended: float | None = None
    words: tuple[Word, ...] = ()
    estimated: bool = False
    reason: str | None = None

    @property
    def heard(self) -> tuple[Word, ...]:
        """The words that were heard: all that had begun when the sound ended."""
        if self.began is None or self.ended is None:
            return ()
        if self.outcome == "spoken":
            return self.words
        return tuple(w for w in self.words if w.at < self.ended - self.began)
