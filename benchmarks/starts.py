"""How long a visitor waits: for the page to answer, and from Start Avatar to the first picture."""

from __future__ import annotations

import time

import httpx
from playwright.sync_api import Page

from benchmarks.table import Row, Target
from benchmarks.world import world
from tests.support.app_process import running_app
from tests.support.simulator_caller import session
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage


def app_start(rounds: int) -> list[Row]:
    """`make run` on an installed clone, its simulator included, to a page that answers."""
    seen = []
    for _ in range(rounds):
        began = time.perf_counter()
        with running_app() as app:
            httpx.get(app.url).raise_for_status()
            assert app.health()["status"] == "ok"
            seen.append(time.perf_counter() - began)
    return [Row("Server start to a page that answers", "s", seen, target=Target("p95", 5))]


def first_frame(rounds: int) -> list[Row]:
    """Start Avatar to the first decoded frame, beside bare create + init-client + WHEP connect."""
    floors: dict[str, list[float]] = {"sdk": [], "direct": []}
    ways: dict[str, list[float]] = {"sdk": [], "direct": []}
    with (
        world() as everything,
        everything.page("bare.html") as bare,
        everything.app(AVATAR_DISPLAY="sdk") as sdk_app,
        everything.app(AVATAR_DISPLAY="direct") as direct_app,
        everything.visitor(sdk_app) as sdk,
        everything.visitor(direct_app) as direct,
    ):
        for _ in range(rounds + 1):
            for way, visitor in (("sdk", sdk), ("direct", direct)):
                floors[way].append(_bare_start(everything.simulator, bare))
                ways[way].append(_start(visitor))
                # What the end of a session leaves to do must not slow the next start.
                visitor.page.wait_for_timeout(400)
    target = Target("ratio", 1.5)
    return [
        Row(f"Start Avatar to first frame, {way}", "ms", seen[1:], floors[way][1:], target)
        for way, seen in ways.items()
    ]


def _bare_start(simulator: SimulatorProcess, bare: Page) -> float:
    began = time.perf_counter()
    with session(simulator) as caller:
        whep_url = caller.whep_url()
        calls = (time.perf_counter() - began) * 1000
        connect: float = bare.evaluate("watch", whep_url)
        bare.evaluate("hangUp()")
    return calls + connect


def _start(visitor: VisitorPage) -> float:
    visitor.page.evaluate("stamps.clear()")
    visitor.start.click()
    frame: float = visitor.page.evaluate("stamps.framed()")
    click: float = visitor.page.evaluate("stamps.click")
    visitor.until_phase("ready")
    visitor.end.click()
    visitor.until_phase("idle")
    return frame - click
