"""The LibreOffice that draws PowerPoint in the tests: the one that is there, else one is installed.

`python -m tests.support.libreoffice --install` does the installing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from show.libreoffice import found

PACKAGE = "libreoffice-impress-nogui"
"""80 MB to fetch, 240 MB on the disk, half a minute."""
MISSING = (
    "No LibreOffice was found for the tests, and none could be installed: install it, so that"
    " soffice is on the PATH."
)


def install() -> str | None:
    """Debian's as root; the path, or `None` where it could not."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["install", "-y", "-qq", "--no-install-recommends", PACKAGE]
        for words in (["update", "-qq"], install):
            subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL)
    return found()


def executable() -> str:
    """The path of its program. Fails with the sentence that says what to install."""
    path = found()
    assert path, MISSING
    return path


if __name__ == "__main__" and "--install" in sys.argv and not found() and not install():
    sys.exit(MISSING)
