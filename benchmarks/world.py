"""What the measures stand on: a simulator, apps before it, a browser, pages without the app."""

from __future__ import annotations

import io
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from benchmarks.proxy import Proxy, proxy
from tests.support.app_process import ROOT, free_port, running_app
from tests.support.served import served
from tests.support.simulator_process import SimulatorProcess, eventually, running_simulator
from tests.support.visitor_page import VisitorPage, chromium

PAGES = Path(__file__).parent / "pages"
RATE = 48_000


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
        port = str(free_port())
        words = [sys.executable, "-m", "benchmarks.plain_server", self.simulator.base_url, port]
        with subprocess.Popen(words, cwd=ROOT) as process:
            try:
                eventually(lambda: _answers(f"http://127.0.0.1:{port}"))
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()

    @contextmanager
    def window(self) -> Iterator[BrowserContext]:
        """A window whose pages have stamps."""
        context = self.browser.new_context(
            base_url=self.origin, viewport={"width": 1440, "height": 900}
        )
        context.add_init_script(path=PAGES / "stamps.js")
        yield context
        context.close()

    @contextmanager
    def page(self, url: str) -> Iterator[Page]:
        """A page in a window of its own, so that none is in the background."""
        with self.window() as window:
            page = window.new_page()
            page.goto(url)
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
    pages = Starlette(routes=[Mount("/", StaticFiles(directory=PAGES))])
    with noted_simulator() as (simulator, api), served(pages) as origin, chromium() as browser:
        yield World(simulator, api, browser, origin)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_client_error
    except httpx.TransportError:
        return False


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
