"""The Firefox that the tests drive, and a sound device for it: those that are there, else Debian's.

`python -m tests.support.firefox --install` does the installing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.simulator_process import eventually

ROOT = Path(__file__).parent.parent.parent
NODE = Path(sys.executable).with_name("node")
VISIT = "tests/journeys/firefox_visit.mjs"
MISSING = (
    "No Firefox or no PulseAudio was found for the tests, and none could be installed: install"
    " both, or set FIREFOX to the path of the browser."
)


def find() -> str | None:
    """The path of a Firefox on this machine; `FIREFOX` in the environment goes first."""
    found = (shutil.which(name) for name in ("firefox-esr", "firefox"))
    return next((p for p in (os.environ.get("FIREFOX"), *found) if p and Path(p).exists()), None)


def is_complete() -> bool:
    """Whether a Firefox and PulseAudio are there."""
    return bool(find() and shutil.which("pulseaudio"))


def install() -> None:
    """Debian's, as root."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = ["--no-install-recommends", "firefox-esr", "pulseaudio"]
        for words in (["update", "-qq"], ["install", "-y", "-qq", *packages]):
            subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL)


@contextmanager
def sound_device() -> Iterator[dict[str, str]]:
    """A sound card that nobody hears; the environment in which Firefox finds it."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder, "native")
        protocol = f"module-native-protocol-unix socket={socket} auth-anonymous=1"
        process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
            + [f"--load={module}" for module in ("module-null-sink", protocol)],
            env={**os.environ, "HOME": folder, "XDG_RUNTIME_DIR": folder},
            stderr=subprocess.DEVNULL,
        )
        try:
            eventually(socket.exists)
            yield {"PULSE_SERVER": f"unix:{socket}"}
        finally:
            process.terminate()
            process.wait()


def visit(app: str, simulator: str, environment: dict[str, str]) -> None:
    """The main visit, with the page at `app`. Fails with the browser's own words."""
    path = find()
    assert path, MISSING
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [NODE, VISIT, path, app, simulator],
            cwd=ROOT,
            env={**os.environ, "HOME": home, **environment},
            capture_output=True,
            text=True,
            timeout=240,
        )
    assert done.returncode == 0, done.stdout + done.stderr


if __name__ == "__main__" and "--install" in sys.argv and not is_complete():
    install()
    if not is_complete():
        sys.exit(MISSING)
