"""How the pages are laid out: at once, at every size, and without covering the face."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.app_process import App
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

MOST_SHIFT = 0.05
"""Cumulative layout shift; 0.1 is called good (web.dev/cls)."""

FACE = (0.32, 0.18, 0.68, 0.71)
"""Left, top, right and bottom of a presenter's face without its hair, in parts of the side."""

_WATCH_SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (!hadRecentInput) window.shifts.push([value, sources.map((s) => s.node?.className ?? "")]);
    }
  }).observe({ type: "layout-shift", buffered: true });
"""

# What lies over the picture and is seen, and by how many pixels it covers the face.
_COVERS = """([left, top, right, bottom]) => {
  const frame = document.querySelector(".stage-frame").getBoundingClientRect();
  const side = Math.min(frame.width, frame.height);
  const face = {
    left: frame.left + (frame.width - side) / 2 + left * side,
    top: frame.top + (frame.height - side) / 2 + top * side,
    right: frame.left + (frame.width - side) / 2 + right * side,
    bottom: frame.top + (frame.height - side) / 2 + bottom * side,
  };
  const over = [".stage-pills", ".stage-tools", ".stage-foot > *"];
  return [...document.querySelectorAll(over.join())]
    .filter((part) => part.checkVisibility())
    .map((part) => [part.className, part.getBoundingClientRect()])
    .filter(([, box]) => box.left < face.right && box.right > face.left &&
      box.top < face.bottom - 1 && box.bottom > face.top + 1)
    .map(([name, box]) => `${name} ${box.top} ${box.bottom} over ${face.top} ${face.bottom}`);
}"""

SIZES = [(1920, 1080), (1440, 900), (720, 450), (390, 844), (320, 568), (844, 390)]
"""A projector, a laptop, the same at 200 % zoom, a phone in both positions, the least one."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty profile."""
    context = browser.new_context()
    context.add_init_script(_WATCH_SHIFTS)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    "width",
    [390, *(pytest.param(width, marks=pytest.mark.soak) for width in (1920, 1440, 320))],
)
def test_nothing_moves_while_a_page_loads(app: App, page: Page, width: int) -> None:
    """Each page, the first time and with all its files known; the poster is there at once."""
    page.set_viewport_size({"width": width, "height": 1080 if width == 1920 else 844})
    for path, there in (("", "Start Avatar"), ("sessions", "Refresh"), ("preflight", "Run")):
        for _ in ("cold", "warm"):
            page.goto(f"{app.url}/{path}")
            expect(page.get_by_role("button", name=there)).to_be_visible()
            expect(page.locator("html[data-laid-out='true']")).to_be_attached()
            page.wait_for_load_state("networkidle")
            shifts = page.evaluate("window.shifts")
            assert sum(value for value, _ in shifts) <= MOST_SHIFT, (path, shifts)


def test_the_stage_grows_with_the_screen(
    app: App, simulator: SimulatorProcess, visitor: VisitorPage
) -> None:
    """Its parts too, and none of them covers the face, whatever there is to say; the four controls
    can be reached."""
    page = visitor.page
    visitor.open(app.url)
    visitor.start.click()
    visitor.until_live()
    page.get_by_role("button", name="Statistics").click()
    visitor.say("This is a long sentence, so that its caption has as many lines as it can. " * 3)
    visitor.until_turn("long sentence", "speaking")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        stage = page.locator(".stage").bounding_box()
        assert stage
        if width == 1920:
            assert stage["height"] >= 900
        assert stage["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(_COVERS, FACE) == []
    page.get_by_role("button", name="Statistics").click()
    expect(page.locator(".stage-caption")).to_be_visible()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(_COVERS, FACE) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    visitor.end.click()
    visitor.until_phase("idle")
    simulator.ask_mood(call="create", status=401)
    visitor.start.click()
    expect(page.locator(".stage-hint")).not_to_be_empty()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(_COVERS, FACE) == []
