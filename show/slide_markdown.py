"""Markdown of other programs, as Marp's: `## Slide 1` sections, and Slidev's decks. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from show import marp_yaml
from show.markdown import said
from show.model import ShowRejected

_SECTION = re.compile(
    r"^#{1,3}[^\S\n]+Slide[^\S\n]+\d+\b[^\S\n]*[^\w\s]?[^\S\n]*(.*)$", re.I | re.M
)
_COMMENT = re.compile(r"<!--([\s\S]*?)-->")
_FENCE = re.compile(r"^(```|~~~)[\s\S]*?^\1", re.M)
_MARKS = re.compile(r"^[^\S\n]*(?:[-*+]|\d{1,9}[.)]|>|#{1,6})[^\S\n]+", re.M)
_CLICK = re.compile(r"\[click(?::[^\]\n]*)?\]", re.I)
_SLOT = re.compile(r"^::[\w-]+::[^\S\n]*$", re.M)

_SLIDEV_HEAD = {
    *("layout", "highlighter", "drawings", "mdc", "colorSchema", "routerMode", "seoMeta", "fonts"),
    *("canvasWidth", "aspectRatio", "exportFilename", "lineNumbers", "duration", "addons"),
}
_SLIDEV_SLIDE = {"layout", "src", "clicks", "hideInToc", "routeAlias", "disabled", "hide"}
_BIG = ("cover", "center", "intro", "section", "statement", "fact", "quote", "end")
"""Layouts of Slidev that are like Marp's class "lead"."""


def has_sections(text: str) -> bool:
    """Whether it is Markdown of `## Slide 1: Title` sections: two of them, or one at its head."""
    found = list(_SECTION.finditer(_FENCE.sub(_blanked, _plain(text))))
    return len(found) > 1 or (len(found) == 1 and not _plain(text)[: found[0].start()].strip())


def from_sections(text: str) -> str:
    """Marp's Markdown of such sections: their titles are shown, and each paragraph or row of a list
    is said. Comments stay as they are."""
    text = _plain(text)
    sections = list(_SECTION.finditer(_FENCE.sub(_blanked, text)))
    ends = [*(each.start() for each in sections[1:]), len(text)]
    slides = (
        "\n\n".join((f"# {found[1].strip()}".rstrip(" #"), *_lines(text[found.end() : end])))
        for found, end in zip(sections, ends, strict=True)
    )
    title = re.search(r"^#[^\S\n]+(.+)$", text[: sections[0].start()], re.M)
    return _head({"title": title[1].strip()} if title else {}) + "\n\n---\n\n".join(slides) + "\n"


@dataclass(frozen=True, slots=True)
class _Slide:
    front: Mapping[str, Any]
    content: str


def is_slidev(text: str) -> bool:
    """Whether it is a deck of Slidev: one of its slides has front matter as only Slidev's have."""
    slides = list(_slidev(_plain(text)))
    head, *others = slides or [_Slide({}, "")]
    return "marp" not in head.front and (
        bool(_SLIDEV_HEAD & head.front.keys())
        or any(_SLIDEV_SLIDE & slide.front.keys() for slide in others)
    )


def from_slidev(text: str) -> str:
    """Marp's Markdown of a deck of Slidev. The last comment of a slide is its note, which is said.

    Raises `ShowRejected` for a slide that is in another file.
    """
    slides = list(_slidev(_plain(text)))
    shown = []
    for number, slide in enumerate(slides, start=1):
        if slide.front.get("src"):
            raise ShowRejected(
                f"Slide {number} is in another file (src: {slide.front['src']}): put its Markdown"
                " into this one."
            )
        if "true" not in (slide.front.get("disabled"), slide.front.get("hide")):
            shown.append("\n\n".join(_marp_slide(slide)))
    ours = {k: v for k, v in slides[0].front.items() if k in ("title", "avatar", "voice", "say-as")}
    return _head(ours) + "\n\n---\n\n".join(shown) + "\n"


def _slidev(text: str) -> Iterator[_Slide]:
    """As Slidev cuts: a --- with a text right below it begins the front matter of a slide."""
    lines = text.split("\n")
    at, begin, front = 0, 0, dict[str, Any]()
    fence = ""
    while at < len(lines):
        line = lines[at].rstrip()
        if found := re.match(r"\s*(```+|~~~+)", line):
            fence = "" if fence and line.strip().startswith(fence) else fence or found[1]
        elif re.fullmatch("---+", line) and not fence:
            if at:
                yield _Slide(front, "\n".join(lines[begin:at]))
            front, begin = {}, at + 1
            if line == "---" and "".join(lines[at + 1 : at + 2]).strip():
                end = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == "---"), 0)
                if end and (read := _mapping("\n".join(lines[at + 1 : end]))) is not None:
                    front, begin, at = read, end + 1, end
        at += 1
    yield _Slide(front, "\n".join(lines[begin:]))


def _marp_slide(slide: _Slide) -> Iterator[str]:
    if slide.front.get("layout") in _BIG:
        yield "<!-- _class: lead -->"
    picture = slide.front.get("background") or slide.front.get("image")
    if isinstance(picture, str) and re.fullmatch(r"[^\s()<>]+\.\w+", picture):
        yield f"![bg]({picture})"
    code = [each.span() for each in _FENCE.finditer(slide.content)]
    notes = [
        found
        for found in _COMMENT.finditer(slide.content)
        if not any(start <= found.start() < end for start, end in code)
    ]
    shown, at = "", 0
    for note in notes:
        shown, at = shown + slide.content[at : note.start()], note.end()
    yield _SLOT.sub("", shown + slide.content[at:]).strip("\n")
    if notes:
        yield from _lines(_CLICK.sub("", notes[-1][1]))


def _lines(text: str) -> Iterator[str]:
    """A comment for each paragraph and each row of a list."""
    for paragraph in re.split(r"\n[^\S\n]*(?:\n|(?=[-*+][^\S\n]|\d{1,9}[.)][^\S\n]))", text):
        if _COMMENT.fullmatch(paragraph.strip()):
            yield paragraph.strip()
        elif comment := said(_MARKS.sub("", paragraph).replace("**", "").replace("`", "")):
            yield comment


def _mapping(text: str) -> dict[str, Any] | None:
    try:
        found = marp_yaml.load(text)
    except yaml.YAMLError:
        return None
    return found if isinstance(found, dict) and all(isinstance(key, str) for key in found) else None


def _head(front: Mapping[str, Any]) -> str:
    rows = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in front.items())
    return f"---\nmarp: true\n{''.join(rows)}---\n\n"


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _blanked(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])
