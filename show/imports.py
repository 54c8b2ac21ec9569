"""Shows from PowerPoint and PDF: their pictures, their texts, and the lines of their notes.

Blocking. What takes the files apart runs in processes of its own, with limits.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from show import opening
from show.markdown import said
from show.model import ShowRejected
from speech.confined import Limits, NotDone, environment, run

DEADLINE = 240.0
"""Seconds for which a file may be read; `opening.SECONDS` of a busy processor."""
DRAWING_DEADLINE = 120.0
"""Seconds in which LibreOffice is to draw the slides."""
MOST_PICTURES = 50 * 2**20
"""Bytes of all pictures of a show."""

_LIMITS = Limits(opening.MEMORY, opening.SECONDS, DEADLINE, MOST_PICTURES)
# A deck may link pictures and macros; neither is followed.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
</item></oor:items>
"""
_NO_WAY_OUT = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")

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


def drawn(pptx: bytes) -> bytes | None:
    """The PDF of a PowerPoint file; None where LibreOffice is not there, or fails at it."""
    soffice = shutil.which("soffice")
    if not soffice:
        return None
    with TemporaryDirectory(prefix="show-", ignore_cleanup_errors=True) as folder:
        deck, profile = Path(folder, "deck.pptx"), Path(folder, "profile")
        deck.write_bytes(pptx)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
        program = subprocess.Popen(
            [
                *(
                    soffice,
                    f"-env:UserInstallation={profile.as_uri()}",
                    "--headless",
                    "--norestore",
                ),
                *("--convert-to", "pdf", "--outdir", folder, str(deck)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**environment(), **_NO_WAY_OUT, "HOME": folder},
            start_new_session=True,  # soffice starts soffice.bin, which has to go with it
        )
        try:
            program.wait(DRAWING_DEADLINE)
        except subprocess.TimeoutExpired:
            _log.error("LibreOffice took more than %.0f s for a deck.", DRAWING_DEADLINE)
        finally:
            _end(program)
        pdf = deck.with_suffix(".pdf")
        return pdf.read_bytes() if pdf.exists() and pdf.stat().st_size else None


def deck_of(
    slides: Sequence[str], pictures: Sequence[bytes], front: str = ""
) -> tuple[str, Mapping[str, bytes]]:
    """Marp's Markdown of slides, each with a picture that fills it, and the pictures by name."""
    named = {f"{number}.webp": picture for number, picture in enumerate(pictures, start=1)}
    shown = [
        f"![bg contain]({name})" + (f"\n\n{lines}" if lines else "")
        for name, lines in zip(named, slides, strict=True)
    ]
    return joined(shown, front), named


def joined(slides: Sequence[str], front: str = "") -> str:
    """Marp's Markdown of so many slides, behind front matter."""
    return (front or "---\nmarp: true\n---\n") + "\n" + "\n\n---\n\n".join(slides) + "\n"


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


def _end(program: subprocess.Popen[bytes]) -> None:
    """With all that it started."""
    with suppress(OSError):
        if sys.platform == "win32":
            program.kill()
        else:
            import signal

            os.killpg(program.pid, signal.SIGKILL)
    program.wait()
