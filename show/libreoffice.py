"""Slides of PowerPoint, drawn by LibreOffice where the server has it. Blocking.

A deck comes from a stranger. LibreOffice 7.4 shows a picture of this machine's disk that a deck
links to as a background, or from an SVG, whatever its settings say. So it gets a copy without links
(`opening.without_links`), and settings that forbid them as well.
"""

from __future__ import annotations

import logging
import os
import shutil
from tempfile import TemporaryDirectory

from show import drawing
from speech.confined import Limits, NotDone, run

DEADLINE = 120.0
"""Seconds in which a deck is to be drawn."""

_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)

_log = logging.getLogger(__name__)


class NotDrawn(Exception):
    """There are no pictures of a deck; the message is a clause that says why."""


def found() -> str | None:
    """The path of LibreOffice's program; None where it is not."""
    return shutil.which("soffice") or next(filter(os.path.exists, _PLACES), None)


def pdf_of(pptx: bytes, soffice: str, deadline: float = DEADLINE) -> bytes:
    """The PDF of a PowerPoint file that has no links, by the program `soffice`.

    Raises `NotDrawn` where it fails at that, or takes more than `deadline` seconds.
    """
    largest = drawing.LARGEST_FILE
    limits = Limits(drawing.MEMORY, drawing.SECONDS, deadline, answer=largest, file=largest)
    no_room = "this server has no room to draw it now"
    try:
        with TemporaryDirectory(prefix="show-", ignore_cleanup_errors=True) as folder:
            return run(drawing.__file__, soffice, folder, given=pptx, limits=limits)
    except NotDone as failure:
        _log.error("LibreOffice did not draw a deck (%s): %s", failure.why, failure)
        reasons = {
            "limits": f"LibreOffice takes more than {deadline:.0f} seconds for it",
            "no room": no_room,
        }
        raise NotDrawn(reasons.get(failure.why, "LibreOffice can't draw it")) from failure
    except OSError as error:  # such as a full disk
        _log.error("LibreOffice could not be started: %s", error)
        raise NotDrawn(no_room) from error
