"""What was said in a show, as files: Markdown, captions (WebVTT, SRT) and JSON.

The texts in it come from outside: none can end a caption, begin a heading or be a mark-up sign.
Times are seconds since the show began, as in `TranscriptLine`. The captions have only what was heard.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, pairwise

from show.captions import Caption, captions, one_line
from show.model import TranscriptLine, Show

CUT = "**[cut here]**"
"""Where an interrupted text was cut, in Markdown."""

JOINER = "\u2060"
"""Nothing is seen of it, and no line breaks there."""

BRIEFEST = 0.01
"""Seconds that a caption is shown at least: players drop one that ends as it begins."""

_MARKDOWN = re.compile(r"[\\`*_\[\]<>&~#|$]")
# Players take <b>, {\an8} and --> for signs of their own, and SRT has no way to escape them.
_SRT = re.compile(r"<(?=\S)|\{(?=\S)|--(?=>)")


def as_markdown(transcript: Sequence[TranscriptLine], show: Show, started: datetime) -> str:
    """A heading for each slide, as often as it was shown with a line; each line with its time.

    A line tells who asked for it where that was not the show, and, where it was not spoken, how it
    ended, why, how many of its words were heard, and where it was cut.
    """
    blocks = [f"# {_escaped(show.name) or 'Transcript'}", f"{started:%Y-%m-%d %H:%M}"]
    for slide, lines in groupby(transcript, lambda line: line.slide):
        title = _escaped(_title(show, slide))
        blocks.append(f"## Slide {slide + 1}{title and f': {title}'}")
        blocks.append("\n".join(map(_markdown_line, lines)))
    return "\n\n".join(blocks) + "\n"


def as_webvtt(transcript: Sequence[TranscriptLine]) -> str:
    """WebVTT of what was heard; a recording is one caption, its name in brackets."""
    cues = [
        f"{_clock(cue.begin, '.')} --> {_clock(cue.end, '.')}\n"
        + html.escape("\n".join(cue.lines), quote=False)
        for cue in _cues(transcript)
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def as_srt(transcript: Sequence[TranscriptLine]) -> str:
    """SubRip of what was heard; a recording is one caption, its name in brackets.

    A word joiner is after signs that a player would take for its own.
    """
    return "\n".join(
        f"{number}\n{_clock(cue.begin, ',')} --> {_clock(cue.end, ',')}\n"
        + _SRT.sub(rf"\g<0>{JOINER}", "\n".join(cue.lines))
        + "\n"
        for number, cue in enumerate(_cues(transcript), 1)
    )


def as_json(transcript: Sequence[TranscriptLine], show: Show, started: datetime) -> str:
    """All that is known of each line. Slides are counted from 1; a word's times are seconds from
    `began` on, as in `TranscriptLine`. What is unknown is null."""
    told = {
        "show": show.name,
        "started": started.isoformat(),
        "entries": [
            {
                "slide": line.slide + 1,
                "title": _title(show, line.slide),
                "by": line.by,
                "outcome": line.outcome,
                "reason": line.reason,
                "began": line.began,
                "ended": line.ended,
                "text": line.text,
                "heard": " ".join(word.text for word in line.heard),
                "estimated": line.estimated,
                "words": [{"at": w.at, "until": w.until, "text": w.text} for w in line.words],
            }
            for line in transcript
        ],
    }
    written = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return written.encode(errors="replace").decode()  # half a surrogate pair is no text


def _title(show: Show, slide: int) -> str:
    return show.slides[slide].title if 0 <= slide < len(show.slides) else ""


def _markdown_line(line: TranscriptLine) -> str:
    began = int(line.began or 0)
    time = "--:--" if line.began is None else f"{began // 60:02}:{began % 60:02}"
    asked = "" if line.by == "show" else " *(asked by the presenter)*"
    told: list[str] = []
    if line.outcome != "spoken":
        told.append(line.outcome)
        told += [_escaped(line.reason)] if line.reason else []
        if line.words:
            told.append(f"heard: {len(line.heard)} of {len(line.words)} words")
    ending = f" — {'; '.join(told)}" if told else ""
    return f"- **{time}**{asked} {_said(line)}{ending}"


def _said(line: TranscriptLine) -> str:
    """The text, marked at the place where it was cut; a recording's name in brackets."""
    if line.began is None:
        return _escaped(line.text)
    if not line.words:
        return _escaped(f"[{line.text}]")
    if line.outcome == "spoken":
        return _escaped(line.text)
    end = 0
    for word in line.heard:
        found = line.text.find(word.text, end)
        end = found + len(word.text) if found >= 0 else end
    parts = _escaped(line.text[:end]), CUT, _escaped(line.text[end:])
    return " ".join(filter(None, parts))


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text))


def _cues(transcript: Sequence[TranscriptLine]) -> list[Caption]:
    """Captions on the show's clock, as they begin; none stays over the next."""
    cues = sorted((cue for line in transcript for cue in _heard(line)), key=lambda cue: cue.begin)
    begins = [*(cue.begin for cue in cues), float("inf")]
    return [
        replace(cue, end=max(cue.begin + BRIEFEST, min(cue.end, after)))
        for cue, (_, after) in zip(cues, pairwise(begins), strict=True)
    ]


def _heard(line: TranscriptLine) -> Iterator[Caption]:
    if line.began is None or line.ended is None:
        return
    if not line.words:
        yield Caption(line.began, line.ended, (f"[{one_line(line.text)}]",))
    for caption in captions(line.heard):
        yield Caption(line.began + caption.begin, line.began + caption.end, caption.lines)


def _clock(seconds: float, point: str) -> str:
    minutes, thousandths = divmod(max(0, round(seconds * 1000)), 60_000)
    second, rest = divmod(thousandths, 1000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}{point}{rest:03}"
