"""Shows from PowerPoint and PDF: their pictures, their texts, and the lines of their notes.

Blocking. What takes the files apart runs in processes of its own, with limits.
"""

from __future__ import annotations

import json
import logging
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from show import libreoffice, opening
from show.markdown import said
from show.model import ShowRejected
from speech.confined import Limits, NotDone, run

DEADLINE = 240.0
"""Seconds for which a file may be read; `opening.SECONDS` of a busy processor."""
MOST_PICTURES = 50 * 2**20
"""Bytes of all pictures of a show."""

_LIMITS = Limits(opening.MEMORY, opening.SECONDS, DEADLINE, MOST_PICTURES)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlideText:
    """A slide of PowerPoint. `rows`: level, from 0, and text."""

    title: str
    rows: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]
    hidden: bool

    def shown(self) -> str:
        """Its title and rows, as Markdown."""
        title = [f"# {_as_it_is(self.title)}"] if self.title.strip() else []
        rows = [f"{'  ' * level}- {_as_it_is(text)}" for level, text in self.rows]
        return "\n\n".join((*title, *(["\n".join(rows)] if rows else [])))

    def said(self) -> str:
        """The lines of its notes, as comments."""
        return "\n\n".join(filter(None, map(said, self.notes)))


def slides_of(pptx: bytes) -> tuple[SlideText, ...]:
    """All slides of a PowerPoint file, hidden ones, too. Raises `ShowRejected`."""
    return tuple(
        SlideText(
            each["title"],
            tuple((level, text) for level, text in each["rows"]),
            tuple(each["notes"]),
            each["hidden"],
        )
        for each in json.loads(_opened("pptx", pptx, "The PowerPoint file"))
    )


def pages_of(pdf: bytes) -> list[bytes]:
    """A WebP for each page of a PDF. Raises `ShowRejected`."""
    return list(_parted(_opened("pdf", pdf, "The PDF")))


def drawn(pptx: bytes) -> bytes:
    """The PDF of a PowerPoint file, without its hidden slides. Raises `NotDrawn`, also where
    LibreOffice is not there, or the file can't be freed of its links."""
    soffice = libreoffice.found()
    if not soffice:
        raise libreoffice.NotDrawn("this server has no LibreOffice")
    try:
        closed = _opened("without-links", pptx, "The PowerPoint file")
    except ShowRejected:
        raise libreoffice.NotDrawn("it can't be freed of its links") from None
    return libreoffice.pdf_of(closed, soffice)


def deck_of(
    slides: Sequence[str],
    pictures: Sequence[bytes],
    front: str = "",
    titles: Sequence[str] | None = None,
) -> tuple[str, Mapping[str, bytes]]:
    """Marp's Markdown of slides, each with a picture that fills it, and the pictures by name."""
    named = {f"{number}.webp": picture for number, picture in enumerate(pictures, start=1)}
    shown = [
        f"![bg contain]({name}{_title(title)})" + (f"\n\n{lines}" if lines else "")
        for name, lines, title in zip(named, slides, titles or [""] * len(slides), strict=True)
    ]
    return joined(shown, front), named


def joined(slides: Sequence[str], front: str = "") -> str:
    """Marp's Markdown of so many slides, behind front matter."""
    return (front or "---\nmarp: true\n---\n") + "\n" + "\n\n---\n\n".join(slides) + "\n"


def _title(title: str) -> str:
    """That of a picture, which Marp does not show."""
    written = _as_it_is(title).replace('"', "&quot;")
    return f' "{written}"' if written else ""


def _as_it_is(text: str) -> str:
    """Markdown that shows a text as it is."""
    text = " ".join(text.split())
    text = re.sub(r"([\\`*_\[\]#|~])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
    # What would begin a list, a quote or a rule.
    return re.sub(r"^[-+=>\d]", lambda found: f"&#{ord(found[0])};", text)


def _parted(framed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(framed):
        (size,) = struct.unpack_from(">I", framed, at)
        yield framed[at + 4 : at + 4 + size]
        at += 4 + size


def _opened(kind: str, file: bytes, named: str) -> bytes:
    """What opening.py makes of it. Raises `ShowRejected`."""
    try:
        return run(opening.__file__, kind, given=file, limits=_LIMITS)
    except NotDone as failure:
        sentences = {
            "refused": f"{named} can't be read: {failure}. Save it anew, or choose another.",
            "large": f"The pictures of {named} have more than {MOST_PICTURES >> 20} MB: part it.",
            "no room": f"This server has no room to read {named} now: try again.",
            "limits": f"{named} takes too long, or too much memory, to read: part it.",
        }
        raise ShowRejected(sentences[failure.why]) from failure
