"""A PowerPoint file, drawn by LibreOffice as a PDF: a program for `speech/confined.py`.

LibreOffice has the limits of this process.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

SECONDS = 120
"""Of a processor."""
MEMORY = 2 * 2**30
"""Bytes beyond those of the interpreter. LibreOffice 7.4 reserved 460 MB for 40 plain slides."""
LARGEST_FILE = 100 * 2**20
"""Bytes of any file that LibreOffice writes; one of so many was cut off there."""

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


class Refused(SystemExit):
    """A file that is not drawn; the message is a clause for the log."""


def main(pptx: bytes, soffice: str, folder: str) -> Iterator[bytes]:
    """The PDF, by the program `soffice`, which may write into the empty `folder`. Raises
    `Refused`."""
    if hasattr(os, "setsid"):
        os.setsid()  # soffice starts soffice.bin: both are ended with this process
    try:
        yield _drawn_in(Path(folder), pptx, soffice)
    except (OSError, MemoryError) as error:
        raise Refused(str(error)) from None


def _drawn_in(folder: Path, pptx: bytes, soffice: str) -> bytes:
    deck, profile = folder / "deck.pptx", folder / "profile"
    deck.write_bytes(pptx)
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    words = (
        *(soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless"),
        *("--norestore", f"--infilter={_POWERPOINT}", "--convert-to", "pdf"),
        *("--outdir", str(folder), str(deck)),
    )
    ended = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_NO_WAY_OUT, "HOME": str(folder), "TMPDIR": str(folder)},
    )
    pdf = deck.with_suffix(".pdf")
    if not pdf.exists() or not 0 < pdf.stat().st_size < LARGEST_FILE:
        raise Refused(f"it ended with {ended.returncode}")
    return pdf.read_bytes()
