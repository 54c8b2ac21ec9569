"""The transcript as files, read back by others' readers."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise

import webvtt
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from show.captions import one_line
from show.model import TranscriptLine, Outcome, Show, Slide
from show.transcript import JOINER, as_json, as_markdown, as_srt, as_webvtt
from speech import Word
from tests.support.spoken import spoken

STARTED = datetime(2026, 11, 28, 14, 3, tzinfo=UTC)
SHOW = Show("", (Slide("Welcome"), Slide("<b>Numbers</b> & *more*")), name="The launch")
OUTCOMES: tuple[Outcome, ...] = ("spoken", "interrupted", "failed")


def timed(text: str) -> tuple[Word, ...]:
    """Two words a second."""
    return tuple(Word(n / 2, n / 2 + 0.4, word) for n, word in enumerate(text.split()))


def said(text: str, began: float, **changes: object) -> TranscriptLine:
    """A line that was spoken in full, but for these changes."""
    words = timed(text)
    line = {"outcome": "spoken", "began": began, "ended": began + len(words) / 2, "words": words}
    return TranscriptLine(text, **{**line, **changes})  # type: ignore[arg-type]


CUT = said("One two three four.", 65.0, outcome="interrupted", ended=66.0, by="presenter", slide=1)
NOT_SAID = TranscriptLine("Never said.", "failed", slide=1, reason="The show was ended.")
RECORDING = TranscriptLine("jingle <1>", "spoken", began=70.0, ended=73.5, slide=1)
LINES = (said("Good morning, everybody.", 1.0), CUT, NOT_SAID, RECORDING)


@st.composite
def transcripts(draw: st.DrawFn) -> tuple[TranscriptLine, ...]:
    """Lines of every outcome, one after the other."""
    transcript: list[TranscriptLine] = []
    time = 0.0
    for words in draw(st.lists(spoken(), max_size=4)):
        if not words:
            continue
        length = words[-1].until
        heard = draw(st.sampled_from([0.0, length / 2, length]))
        outcome = draw(st.sampled_from(OUTCOMES)) if heard < length else "spoken"
        text = " ".join(word.text for word in words)
        transcript.append(TranscriptLine(text, outcome, "show", 0, time, time + heard, words))
        time += length
    return tuple(transcript)


def heard_in(transcript: tuple[TranscriptLine, ...]) -> list[str]:
    """The words that were heard, without the blanks at which a long one may be broken."""
    return [one_line(word.text).replace(" ", "") for line in transcript for word in line.heard]


def from_vtt(transcript: Sequence[TranscriptLine]) -> list[webvtt.Caption]:
    """The captions of the lines, as a strict reader of WebVTT finds them."""
    return list(webvtt.from_string(as_webvtt(transcript), strict=True).captions)


def from_srt(written: str) -> list[webvtt.Caption]:
    """As a reader of SRT finds them; it refuses a file without any."""
    if not written:
        return []
    return list(webvtt.from_buffer(StringIO(written), format="srt").captions)


def read_back(captions: Iterable[webvtt.Caption]) -> str:
    """The words of all captions, in one; times that rise are a part of being read."""
    times = [(c.start_time.in_milliseconds(), c.end_time.in_milliseconds()) for c in captions]
    assert all(begin < end for begin, end in times)
    assert all(one[0] <= other[0] for one, other in pairwise(times))
    return "".join("".join(caption.raw_text.split()) for caption in captions)


@given(transcripts())
def test_webvtt_has_what_was_heard(transcript: tuple[TranscriptLine, ...]) -> None:
    """The words read back are the words heard, in order, whatever signs they have."""
    assert html.unescape(read_back(from_vtt(transcript))) == "".join(heard_in(transcript))


@given(transcripts())
def test_srt_has_what_was_heard(transcript: tuple[TranscriptLine, ...]) -> None:
    """As with WebVTT; and a player finds no sign of its own in the words."""
    written = as_srt(transcript)
    captions = from_srt(written)
    assert read_back(captions).replace(JOINER, "") == "".join(heard_in(transcript))
    assert written.count("-->") == len(captions)
    assert re.search(r"<[A-Za-z/]|\{\\", written) is None


@given(transcripts())
def test_markdown_has_every_line(transcript: tuple[TranscriptLine, ...]) -> None:
    """A reader of Markdown finds each line's text to the letter, and no mark-up from within it."""
    tokens = (
        MarkdownIt().enable(["strikethrough", "table"]).parse(as_markdown(transcript, SHOW, STARTED))
    )
    kinds = [token.type for token in tokens]
    assert kinds.count("heading_open") == 1 + bool(transcript)
    assert kinds.count("list_item_open") == len(transcript)
    lines = [t for before, t in pairwise(tokens) if before.type == "paragraph_open" and t.level > 2]
    for line, line in zip(transcript, lines, strict=True):
        parts = line.children or []
        assert {part.type for part in parts} <= {
            "text",
            "text_special",
            "strong_open",
            "strong_close",
        }
        written = "".join(part.content for part in parts).replace("[cut here]", "")
        assert "".join(line.text.split()) in "".join(written.split())


@given(transcripts())
def test_json_has_every_fact(transcript: tuple[TranscriptLine, ...]) -> None:
    """All fields of each line are read back, and what was heard of it."""
    told = json.loads(as_json(transcript, SHOW, STARTED).encode())
    assert (told["show"], told["started"]) == ("The launch", "2026-11-28T14:03:00+00:00")
    for line, line in zip(transcript, told["entries"], strict=True):
        words = tuple(Word(**word) for word in line["words"])
        assert (
            TranscriptLine(
                line["text"],
                line["outcome"],
                line["by"],
                line["slide"] - 1,
                line["began"],
                line["ended"],
                words,
                line["estimated"],
                line["reason"],
            )
            == line
        )
        assert line["heard"] == " ".join(word.text for word in line.heard)
        assert line["title"] == "Welcome"


def test_markdown_tells_what_happened() -> None:
    """A heading for each slide; who asked, how it ended, what was heard and where it was cut."""
    assert as_markdown(LINES, SHOW, STARTED) == (
        """\
# The launch

2026-11-28 14:03

## Slide 1: Welcome

- **00:01** Good morning, everybody.

## Slide 2: \\<b\\>Numbers\\</b\\> \\& \\*more\\*

- **01:05** *(asked by the presenter)* One two **[cut here]** three four. — \
interrupted; heard: 2 of 4 words
- **--:--** Never said. — failed; The show was ended.
- **01:10** \\[jingle \\<1\\>\\]
"""
    )


def test_captions_of_a_show() -> None:
    """A recording is one caption, its name in brackets; what was not heard has none."""
    told = [(c.start, c.end, c.text) for c in from_vtt(LINES)]
    assert told == [
        ("00:00:01.000", "00:00:03.900", "Good morning, everybody."),
        ("00:01:05.000", "00:01:07.400", "One two"),
        ("00:01:10.000", "00:01:13.500", "[jingle &lt;1&gt;]"),
    ]
    again = said("And on it goes.", 2.0)
    first, second = from_vtt((LINES[0], again))
    assert first.end == second.start == "00:00:02.000"


def test_where_nothing_was_said() -> None:
    """Every file is valid, and has no line."""
    assert from_vtt(()) == []
    assert as_srt(()) == ""
    assert json.loads(as_json((), SHOW, STARTED))["entries"] == []
    assert as_markdown((), replace(SHOW, name=""), STARTED) == "# Transcript\n\n2026-11-28 14:03\n"


def test_texts_from_outside_stay_texts() -> None:
    """Line ends, half of a surrogate pair and a slide that is no more break nothing."""
    hostile = TranscriptLine("# A\n\n## B\ud800 --> <script>", "failed", slide=7, reason="No.\n\n# No")
    markdown = as_markdown((hostile,), SHOW, STARTED)
    assert "- **--:--** \\# A \\#\\# B --\\> \\<script\\> — failed; No. \\# No\n" in markdown
    assert "## Slide 8\n" in markdown
    told = json.loads(as_json((hostile,), SHOW, STARTED).encode())
    assert told["entries"][0]["text"] == "# A\n\n## B? --> <script>"
    named = TranscriptLine("a\n\n1\n00:00:00,000 --> 00:00:09,000\nb", "spoken", began=1.0, ended=2.0)
    (cue,) = from_srt(as_srt((named,)))
    assert cue.end == "00:00:02.000"
    assert len(from_vtt((named,))) == 1
