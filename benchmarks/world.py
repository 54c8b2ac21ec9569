"""What the measures stand on: a simulator, apps before it, a browser, pages without the app."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from playwright.sync_api import Browser, Page

from benchmarks.proxy import Proxy, proxy
from tests.support.app_process import ROOT, running_app
from tests.support.simulator_process import SimulatorProcess, running_simulator
from tests.support.visitor_page import VisitorPage, chromium

PAGES = Path(__file__).parent / "pages"
RATE = 48_000


class Usage:
    """What a process uses."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)

    def memory(self) -> float:
        """Kilobytes that are resident."""
        return float(self._process.memory_info().rss) / 1000

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        times = self._process.cpu_times()
        return float(times.user + times.system)


@dataclass(frozen=True, slots=True)
class World:
    """All that runs. `origin` serves the bare pages; calls to `simulator` are noted by `api`."""

    simulator: SimulatorProcess
    api: Proxy
    browser: Browser
    origin: str

    @contextmanager
    def app(self, **settings: str) -> Iterator[str]:
        """The URL of the app, with the simulator as its live service."""
        with running_app(**live(self.simulator), **settings) as app:
            yield app.url

    @contextmanager
    def plain_server(self) -> Iterator[str]:
        """The URL of the plain server, before the same simulator."""
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.plain_server", self.simulator.base_url],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.wait(timeout=10)
            process.stdout.close()

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
    def plain_page(self, server: str) -> Iterator[Page]:
        """A static page that posts to the plain server at this URL."""
        with self.page(f"{self.origin}/plain.html?server={server}") as page:
            yield page

    @contextmanager
    def visitor(self, app: str) -> Iterator[VisitorPage]:
        """The app's page, with an avatar ready to be started."""
        with self.page(app) as page:
            yield VisitorPage(page).open(app)


def live(simulator: SimulatorProcess) -> dict[str, str]:
    """The settings of an app that has this simulator for its live service."""
    return {"AVATAR_KS": "bench", "AVATAR_BASE_URL": simulator.base_url}


@contextmanager
def noted_simulator() -> Iterator[tuple[SimulatorProcess, Proxy]]:
    """A simulator behind a proxy, which notes when each call comes."""
    # Sessions of the bare pages get no keep-alive.
    flags = ("--idle-timeout", "3600", "--max-sessions", "100")
    with running_simulator(*flags) as simulator, proxy(simulator.base_url) as api:
        yield replace(simulator, base_url=api.url), api


@contextmanager
def world() -> Iterator[World]:
    """All of it, ended afterwards."""
    with noted_simulator() as (simulator, api), _static_server() as origin, chromium() as browser:
        yield World(simulator, api, browser, origin)


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
