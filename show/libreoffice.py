"""Slides of PowerPoint, drawn by LibreOffice where the server has it. Blocking.

A deck comes from a stranger. LibreOffice 7.4 shows a picture of this machine's disk that a deck
links to as a background, or from an SVG, whatever its settings say. So it gets a copy without links
(`opening.without_links`), and settings that forbid them as well.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from show import drawing
from speech.confined import Limits, command

DEADLINE = 120.0
"""Seconds in which a deck is to be drawn."""
SECONDS = 120
"""Of a processor."""
MEMORY = 2 * 2**30
"""Bytes beyond those of the interpreter. LibreOffice 7.4 reserved 460 MB for 40 plain slides."""
LARGEST_FILE = 100 * 2**20
"""Bytes of any file that LibreOffice writes; one of so many was cut off there."""

_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)
# Its name in LibreOffice: without it, a file that is of two kinds may be read as the other one.
_POWERPOINT = "Impress MS PowerPoint 2007 XML"
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


class NotDrawn(Exception):
    """There are no pictures of a deck; the message is a clause that says why."""


def found() -> str | None:
    """The path of LibreOffice's program; None where it is not."""
    return shutil.which("soffice") or next(filter(os.path.exists, _PLACES), None)


def pdf_of(
    pptx: bytes, soffice: str, environment: Mapping[str, str], deadline: float = DEADLINE
) -> bytes:
    """The PDF of a PowerPoint file that has no links, by the program `soffice`.

    Raises `NotDrawn` where it fails at that, or takes more than `deadline` seconds.
    """
    try:
        with TemporaryDirectory(prefix="show-", ignore_cleanup_errors=True) as folder:
            return _drawn_in(Path(folder), pptx, soffice, environment, deadline)
    except OSError as error:  # such as a full disk
        _log.error("LibreOffice could not be started: %s", error)
        raise NotDrawn("this server has no room to draw it now") from error


def _drawn_in(
    folder: Path, pptx: bytes, soffice: str, environment: Mapping[str, str], deadline: float
) -> bytes:
    deck, profile = folder / "deck.pptx", folder / "profile"
    deck.write_bytes(pptx)
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    words = (
        *(soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless"),
        *("--norestore", f"--infilter={_POWERPOINT}", "--convert-to", "pdf"),
        *("--outdir", str(folder), str(deck)),
    )
    limits = Limits(MEMORY, SECONDS, deadline, answer=0, file=LARGEST_FILE)
    program = subprocess.Popen(
        command(drawing.__file__, words, limits),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**environment, **_NO_WAY_OUT, "HOME": str(folder), "TMPDIR": str(folder)},
        start_new_session=True,  # soffice starts soffice.bin, which has to go with it
    )
    try:
        program.wait(deadline)
    except subprocess.TimeoutExpired:
        _log.error("LibreOffice took more than %.0f s for a deck.", deadline)
        raise NotDrawn(f"LibreOffice takes more than {deadline:.0f} seconds for it") from None
    finally:
        _end(program)
    pdf = deck.with_suffix(".pdf")
    if not pdf.exists() or not 0 < pdf.stat().st_size < LARGEST_FILE:
        _log.error("LibreOffice failed at a deck (%d).", program.returncode)
        raise NotDrawn("LibreOffice can't draw it")
    return pdf.read_bytes()


def _end(program: subprocess.Popen[bytes]) -> None:
    """With all that it started."""
    if sys.platform == "win32":
        if program.poll() is None:
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(program.pid)], stdout=subprocess.DEVNULL
            )
    else:
        import signal

        with suppress(OSError):
            os.killpg(program.pid, signal.SIGKILL)
    program.wait()
