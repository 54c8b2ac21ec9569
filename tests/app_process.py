"""The app as `make run` starts it: a process of its own on a port the system chose."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    """A port nobody listened on a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass(slots=True)
class App:
    """A running app: where it is, and what it has printed."""

    url: str
    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def health(self) -> dict[str, Any]:
        """The body of `/health`, whatever its status."""
        body: dict[str, Any] = httpx.get(f"{self.url}/health").json()
        return body

    def printed(self) -> str:
        """All of the terminal so far."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


def wait_until_it_answers(app: App, within: float) -> None:
    """Returns when `/health` answers; fails with what was printed when it does not in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and app.process.poll() is None:
        try:
            app.health()
        except httpx.TransportError:
            # A busy loop against a port that refuses at once, kept from eating a core.
            select_nothing(0.05)
        else:
            return
    raise AssertionError(f"The app did not answer in {within} s:\n{app.printed()}")


def select_nothing(seconds: float) -> None:
    """Yield the core between two looks at a condition."""
    import threading

    threading.Event().wait(seconds)


@contextmanager
def running_app(**settings: str) -> Iterator[App]:
    """The app with these settings in its environment and no others; stopped at the end."""
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("AVATAR_", "STREAMLIT_"))}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env={**clean, **settings},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        app = App(f"http://127.0.0.1:{port}", process, log)
        try:
            wait_until_it_answers(app, within=60)
            yield app
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=20)
