"""The app as `make run` starts it: a process of its own on a port the system chose."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx

from tests.simulator_process import eventually

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

    def answers(self) -> bool:
        """Whether `/health` answers. Fails once the process has ended."""
        assert self.process.poll() is None, f"The app stopped:\n{self.printed()}"
        try:
            self.health()
        except httpx.TransportError:
            return False
        return True

    def printed(self) -> str:
        """All of the terminal so far."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


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
            eventually(app.answers, within=60)
            yield app
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
