"""What was said in a show, as files: Markdown, captions (WebVTT, SRT) and JSON.

The texts in it come from outside: none can end a caption, begin a heading or be a mark-up sign.
Times are seconds since the show began, as in `Entry`. The captions have only what was heard.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, pairwise

from show.captions import Caption, Part, captions, one_line
from show.model import Entry, Show

CUT = "**[cut here]**"
"""Where an interrupted text was cut, in Markdown."""

JOINER = "\u2060"
"""Nothing is seen of it, and no line breaks there."""

BRIEFEST = 0.01
"""Seconds that a caption is shown at least: players drop one that ends as it begins."""

_MARKDOWN = re.compile(r"[\\`*_\[\]<>&~#|$]")
# Players take <b>, {\an8} and --> for signs of their own, and SRT has no way to escape them.
_SRT = re.compile(r"<(?=\S)|\{(?=\S)|--(?=>)")


def as_markdown(entries: Sequence[Entry], show: Show, started: datetime) -> str:
    """A heading for each slide, as often as it was shown with a line; each line with its time.

    A line tells who asked for it where that was not the show, and, where it was not spoken, how it
    ended, why, how many of its words were heard, and where it was cut.
    """
    blocks = [f"# {_escaped(show.name) or 'Transcript'}", f"{started:%Y-%m-%d %H:%M}"]
    for slide, lines in groupby(entries, lambda entry: entry.slide):
        title = _escaped(_title(show, slide))
        blocks.append(f"## Slide {slide + 1}{title and f': {title}'}")
        blocks.append("\n".join(map(_markdown_line, lines)))
    return "\n\n".join(blocks) + "\n"


def as_webvtt(entries: Sequence[Entry]) -> str:
    """WebVTT of what was heard; a recording is one caption, its name in brackets."""
    cues = [
        f"{_clock(cue.begin, '.')} --> {_clock(cue.end, '.')}\n"
        + html.escape("\n".join(cue.lines), quote=False)
        for cue in _cues(entries)
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def as_srt(entries: Sequence[Entry]) -> str:
    """SubRip of what was heard; a recording is one caption, its name in brackets.

    A word joiner is after signs that a player would take for its own.
    """
    return "\n".join(
        f"{number}\n{_clock(cue.begin, ',')} --> {_clock(cue.end, ',')}\n"
        + _SRT.sub(rf"\g<0>{JOINER}", "\n".join(cue.lines))
        + "\n"
        for number, cue in enumerate(_cues(entries), 1)
    )


def as_json(entries: Sequence[Entry], show: Show, started: datetime) -> str:
    """All that is known of each line. Slides are counted from 1; a word's times are seconds from
    `began` on, as in `Entry`. What is unknown is null."""
    told = {
        "show": show.name,
        "started": started.isoformat(),
        "entries": [
            {
                "slide": entry.slide + 1,
                "title": _title(show, entry.slide),
                "by": entry.by,
                "outcome": entry.outcome,
                "reason": entry.reason,
                "began": entry.began,
                "ended": entry.ended,
                "text": entry.text,
                "heard": " ".join(word.text for word in entry.heard),
                "estimated": entry.estimated,
                "words": [{"at": w.at, "until": w.until, "text": w.text} for w in entry.words],
            }
            for entry in entries
        ],
    }
    written = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return written.encode(errors="replace").decode()  # half a surrogate pair is no text


def _title(show: Show, slide: int) -> str:
    return show.slides[slide].title if 0 <= slide < len(show.slides) else ""


def _markdown_line(entry: Entry) -> str:
    began = int(entry.began or 0)
    time = "--:--" if entry.began is None else f"{began // 60:02}:{began % 60:02}"
    asked = "" if entry.by == "show" else " *(asked by the presenter)*"
    told: list[str] = []
    if entry.outcome != "spoken":
        told.append(entry.outcome)
        told += [_escaped(entry.reason)] if entry.reason else []
        if entry.words:
            told.append(f"heard: {len(entry.heard)} of {len(entry.words)} words")
    ending = f" — {'; '.join(told)}" if told else ""
    return f"- **{time}**{asked} {_said(entry)}{ending}"


def _said(entry: Entry) -> str:
    """The text, marked at the place where it was cut; a recording's name in brackets."""
    if entry.began is None:
        return _escaped(entry.text)
    if not entry.words:
        return _escaped(f"[{entry.text}]")
    if entry.outcome == "spoken":
        return _escaped(entry.text)
    end = 0
    for word in entry.heard:
        found = entry.text.find(word.text, end)
        end = found + len(word.text) if found >= 0 else end
    parts = _escaped(entry.text[:end]), CUT, _escaped(entry.text[end:])
    return " ".join(filter(None, parts))


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text))


def _cues(entries: Sequence[Entry]) -> list[Caption]:
    """Captions on the show's clock, as they begin; none stays over the next."""
    cues = sorted((cue for entry in entries for cue in _heard(entry)), key=lambda cue: cue.begin)
    begins = [*(cue.begin for cue in cues), float("inf")]
    return [
        replace(cue, end=max(cue.begin + BRIEFEST, min(cue.end, after)))
        for cue, (_, after) in zip(cues, pairwise(begins), strict=True)
    ]


def _heard(entry: Entry) -> Iterator[Caption]:
    if entry.began is None or entry.ended is None:
        return
    if not entry.words:
        name = Part(entry.began, f"[{one_line(entry.text)}]")
        yield Caption(entry.began, entry.ended, ((name,),))
    began = entry.began
    yield from captions([replace(w, at=began + w.at, until=began + w.until) for w in entry.heard])


def _clock(seconds: float, point: str) -> str:
    minutes, thousandths = divmod(max(0, round(seconds * 1000)), 60_000)
    second, rest = divmod(thousandths, 1000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}{point}{rest:03}"
