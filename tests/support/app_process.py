"""The app as `make run` starts it: a process of its own on a port the system chose."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.simulator_process import eventually

ROOT = Path(__file__).parent.parent.parent

STREAMLIT = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "{port}")
UVICORN = (sys.executable, "-m", "uvicorn", "app:app", "--port", "{port}")
MAKE = ("make", "--silent", "run", "PORT={port}")
"""The three ways to start the app."""
DEV = ("make", "--silent", "dev", "PORT={port}", f"VENV={ROOT / '.venv'}")
"""As MAKE, and edited pages are drawn again; in a copy of the app, too, which has no packages."""


def free_port() -> int:
    """A port nobody listened on a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """This process's, but with these settings of ours and no others, not even of `.env`.

    What is kept for later starts is in `folder`, not in the ledger of whoever tests.
    """
    ours = ("AVATAR_", "STREAMLIT_", "MAKE")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    home = {"HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    return {**clean, **home, "AVATAR_ENVIRONMENT_ONLY": "1", **settings}


@dataclass(slots=True)
class App:
    """An app that runs, or was stopped and can be started again as it was; `folder` is its own."""

    settings: dict[str, str]
    folder: Path
    command: tuple[str, ...] = STREAMLIT
    root: Path = ROOT
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    @property
    def url(self) -> str:
        """`http://host:port`."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """The process; returns at once."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [word.format(port=self.port) for word in self.command],
                cwd=self.root,
                env=environment(self.folder, self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a terminal's process group, as Ctrl+C reaches it
            )

    def until_it_answers(self) -> None:
        """Wait until it can be used."""
        eventually(self.answers, within=60)

    def kill(self) -> None:
        """SIGKILL: it can do nothing any more."""
        self.process.kill()
        self.process.wait()

    def stop(self, how: int = signal.SIGTERM) -> int:
        """SIGTERM, or Ctrl+C, which let it end its sessions; its exit code. Idempotent."""
        if self.process.poll() is None:
            if how == signal.SIGINT:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)
        try:
            return self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

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
        return self._log.read_text(errors="replace")

    @property
    def _log(self) -> Path:
        return self.folder / "terminal.log"


@contextmanager
def running_app(
    command: tuple[str, ...] = STREAMLIT, root: Path = ROOT, /, **settings: str
) -> Iterator[App]:
    """The app in `root` with these settings and no others; stopped at the end."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(settings, Path(folder), command, root)
        try:
            app.until_it_answers()
            yield app
        finally:
            app.stop()
