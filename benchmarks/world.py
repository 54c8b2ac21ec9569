"""What the measures stand on: a simulator, the app in both display ways, a browser, bare pages."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from tests.support.app_process import ROOT, running_app
from tests.support.simulator_process import SimulatorProcess, running_simulator
from tests.support.visitor_page import VisitorPage, chromium

PAGES = Path(__file__).parent / "pages"
RATE = 48_000


@dataclass(frozen=True, slots=True)
class World:
    """All that runs. `origin` serves the bare pages, `app` has the URL for each display way."""

    simulator: SimulatorProcess
    browser: Browser
    origin: str
    app: dict[str, str]
    plain: dict[str, str]

    @contextmanager
    def page(self, url: str) -> Iterator[Page]:
        """A page with stamps in a window of its own, so that none is in the background."""
        context = self.browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_init_script(path=PAGES / "stamps.js")
        page = context.new_page()
        page.goto(url)
        yield page
        context.close()

    @contextmanager
    def bare_page(self) -> Iterator[Page]:
        """A static page that can `watch(whepUrl)`."""
        with self.page(f"{self.origin}/bare.html") as page:
            yield page

    @contextmanager
    def plain_page(self) -> Iterator[Page]:
        """A static page that posts its text to the plain server."""
        with self.page(f"{self.origin}/plain.html?server={self.plain['url']}") as page:
            yield page

    @contextmanager
    def visitor(self, way: str) -> Iterator[VisitorPage]:
        """The real page, with an avatar ready to be started."""
        with self.page(self.app[way]) as page:
            yield VisitorPage(page).open(self.app[way])


@contextmanager
def world() -> Iterator[World]:
    """All of it, ended afterwards."""
    with ExitStack() as stack:
        # Sessions of the bare pages get no keep-alive.
        simulator = stack.enter_context(running_simulator("--idle-timeout", "3600"))
        live = {"AVATAR_KS": "bench", "AVATAR_BASE_URL": simulator.base_url}
        app = {
            way: stack.enter_context(running_app(AVATAR_DISPLAY=way, **live)).url
            for way in ("sdk", "direct")
        }
        plain = stack.enter_context(_plain_server(simulator.base_url))
        origin = stack.enter_context(_static_server())
        yield World(simulator, stack.enter_context(chromium()), origin, app, plain)


@contextmanager
def _plain_server(base_url: str) -> Iterator[dict[str, str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.plain_server", base_url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def _static_server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=PAGES)) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def tone(*bursts: tuple[float, float]) -> tuple[bytes, float]:
    """A wav of 440 Hz bursts, each (seconds of sound, of silence), and its length in seconds."""
    pieces = []
    for sounding, silent in bursts:
        time = np.arange(round(sounding * RATE)) / RATE
        pieces += [np.sin(2 * np.pi * 440 * time) * 16_000, np.zeros(round(silent * RATE))]
    samples = np.concatenate(pieces).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(RATE)
        output.writeframes(samples.tobytes())
    return file.getvalue(), len(samples) / RATE
