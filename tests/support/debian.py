"""Packages of Debian or Ubuntu for the tests, without installing them: nothing else changes."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path


def unpack(package: str, folder: Path) -> None:
    """Put the files of `package`, and of all it needs that is missing here, below `folder`.

    Nobody has to be root.
    """
    plan = subprocess.run(["apt-get", "-s", "install", package], stdout=subprocess.PIPE)
    steps = (line.split() for line in plan.stdout.decode().splitlines())
    packages = [step[1] for step in steps if step[:1] == ["Inst"]]
    with tempfile.TemporaryDirectory() as downloaded:
        subprocess.run(["apt-get", "download", "-qq", *packages], cwd=downloaded)
        for deb in Path(downloaded).glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", deb, folder])
