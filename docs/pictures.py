"""The pictures in the docs, of each page in each phase: `python -m docs.pictures` takes them anew.

It runs the app on the simulator, in a headless Chromium, as a visitor would see it. Look at them
before you commit them. `visit.webp` is a visit of ten seconds.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.support.app_process import App, running_app
from tests.support.presenter import Presenter
from tests.support.simulator_process import SimulatorProcess, running_simulator
from tests.support.visitor_page import VisitorPage, chromium

HERE = Path(__file__).parent / "pictures"

LAPTOP, PHONE = (1440, 900), (390, 844)

TEXTS = (
    "Good morning! I will show you our new portal in three minutes.",
    "It answers the questions of your customers, day and night.",
)

BRAND = {
    "AVATAR_BRAND_NAME": "Harbour Bank",
    "AVATAR_BRAND_COLOR": "#0b6e4f",
    "AVATAR_BRAND_ACCENT": "#f2b134",
    "AVATAR_OPENING_TEXT": "Welcome to Harbour Bank!",
}

QUESTIONS = 5
"""The slide of the sample show on which somebody asks."""
ANSWER = "Yes: it can start next week."

FILM, RATE = 10.0, 8
"""Seconds, and pictures a second, of the animation."""


def page_of(browser: Browser, app: App, size: tuple[int, int], colors: str) -> VisitorPage:
    """A new visitor's page."""
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]
        color_scheme="dark" if colors == "dark" else "light",
        reduced_motion="reduce",
    )
    visitor = VisitorPage(context.new_page()).open(app.url)
    expect(visitor.page.locator("html[data-poster-settled='true']")).to_be_attached()
    return visitor


def keep(page: Page, of: str, name: str) -> None:
    """Write what is to be seen now."""
    path = HERE / f"{of}-{name}.webp"
    page.mouse.move(0, 0)  # nothing is under the pointer
    seen = Image.open(io.BytesIO(page.screenshot()))
    seen.convert("RGB").save(path, quality=82, method=6)
    print(path)


def take_a_visit(
    visitor: VisitorPage, simulator: SimulatorProcess, keep: Callable[[str], None]
) -> None:
    """From the start to a failure."""
    page = visitor.page
    simulator.ask_mood(call="create", delay=2.0)
    visitor.start.click()
    expect(page.get_by_text("Opening the session")).to_be_visible()
    page.wait_for_timeout(900)
    keep("starting")
    visitor.until_live()
    visitor.until_turn("avatar assistant", "spoken")
    for text in TEXTS:
        visitor.say(text)
    visitor.until_turn(TEXTS[0], "speaking")
    page.wait_for_timeout(1500)
    keep("speaking")
    visitor.end.click()
    visitor.until_phase("idle")
    keep("ended")
    simulator.ask_mood(call="create", status=401)
    visitor.start.click()
    visitor.until_phase("error")
    expect(page.locator(".stage-hint")).not_to_be_empty()
    keep("failed")


def take_the_panels(visitor: VisitorPage, keep: Callable[[str], None]) -> None:
    """Two of them, open."""
    page = visitor.page
    for name, panel in (("Default voice", "choices"), ("Details", "details")):
        page.get_by_role("button", name=name).first.click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        page.wait_for_timeout(500)
        keep(panel)
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


def take_the_other_pages(visitor: VisitorPage, keep: Callable[[str], None]) -> None:
    """While a session is live, and when all is well."""
    page = visitor.page
    visitor.start.click()
    visitor.until_live()
    visitor.go_to("Sessions")
    expect(page.get_by_role("button", name="End", exact=True)).to_be_visible()
    keep("sessions")
    visitor.go_to("Back to the avatar")
    visitor.end.click()
    visitor.until_phase("idle")
    visitor.go_to("Preflight")
    page.get_by_role("button", name="Run preflight").click()
    expect(page.get_by_role("status").filter(has_text="It works here.")).to_be_visible(
        timeout=60_000
    )
    keep("preflight")


def take_the_presenters_desk(browser: Browser, app: App, colors: Literal["light", "dark"]) -> None:
    """The desk and the stage, while the avatar says a line of a sample."""
    context = browser.new_context(
        viewport={"width": LAPTOP[0], "height": LAPTOP[1]},
        color_scheme=colors,
        reduced_motion="reduce",
    )
    presenter = Presenter(context, app.url)
    desk = presenter.desk
    presenter.until("m.phase === 'idle'")
    presenter.press_popover("Show")
    presenter.press("Sample: Meet your presenter")
    presenter.until("m.name === 'Meet your presenter'")
    presenter.press_popover("Show")
    desk.get_by_role("spinbutton", name="Slide").fill(str(QUESTIONS))
    presenter.press("Jump")
    stage = presenter.open_stage()
    stage.set_viewport_size({"width": 1280, "height": 720})
    presenter.start()
    presenter.until_playing(stage)
    presenter.press("Go")
    presenter.until("m.said && m.said.since !== null")
    presenter.ask(ANSWER, now=False)
    desk.wait_for_timeout(1500)
    keep(desk, colors, "desk")
    if colors == "light":  # the stage is dark in either theme
        keep(stage, "live", "stage")
    presenter.press("End Session")
    presenter.until("m.phase === 'idle'")
    context.close()


def film(visitor: VisitorPage) -> None:
    """A start, a text that is typed, and the avatar that says it."""
    page, frames = visitor.page, []
    begun = time.monotonic()
    steps = [
        (1.0, lambda: visitor.start.click()),
        (4.5, lambda: visitor.text.fill(TEXTS[1])),
        (5.5, lambda: visitor.speak.click()),
    ]
    for number in range(int(FILM * RATE)):
        while steps and time.monotonic() - begun >= steps[0][0]:
            steps.pop(0)[1]()
        seen = Image.open(io.BytesIO(page.screenshot(type="jpeg", quality=90)))
        frames.append(seen.resize((960, 600), Image.Resampling.LANCZOS))
        page.wait_for_timeout(max(0.0, 1000 * ((number + 1) / RATE - (time.monotonic() - begun))))
    frames[0].save(
        HERE / "visit.webp",
        save_all=True,
        append_images=frames[1:],
        duration=round((time.monotonic() - begun) * 1000 / len(frames)),
        loop=0,
        quality=70,
        method=4,
    )


def main() -> None:
    """Take them all."""
    HERE.mkdir(exist_ok=True)
    with running_simulator() as simulator, chromium() as browser:
        settings = {"AVATAR_KS": "a-ks", "AVATAR_BASE_URL": simulator.base_url}
        with running_app(**settings) as app:
            for size, colors in product((LAPTOP, PHONE), ("light", "dark")):
                visitor = page_of(browser, app, size, colors)
                of = colors if size is LAPTOP else f"phone-{colors}"
                keep_it = partial(keep, visitor.page, of)
                keep_it("idle")
                if size is LAPTOP:
                    take_the_panels(visitor, keep_it)
                take_a_visit(visitor, simulator, keep_it)
                if size is LAPTOP:
                    take_the_other_pages(visitor, keep_it)
                visitor.page.context.close()
            take_the_presenters_desk(browser, app, "light")
            take_the_presenters_desk(browser, app, "dark")
            film(page_of(browser, app, LAPTOP, "light"))
        with running_app(**settings, **BRAND) as app:
            keep(page_of(browser, app, LAPTOP, "light").page, "light", "branded")


if __name__ == "__main__":
    main()
